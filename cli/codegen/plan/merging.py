"""Neighbouring statements under the same condition become one block, as a person would write them."""

from cli.codegen.plan.code import Arm, Block, If, Line, Statement, Try


def guarded(tests: tuple[str, ...], statements: list[Statement], tag: str = "") -> list[Statement]:
    """The statements under all tests, outermost first."""
    if not statements:
        return []
    for test in reversed(tuple(dict.fromkeys(tests))):
        statements = [If([Arm(test, statements, tag)])]
    return statements


def merged(body: list[Statement]) -> list[Statement]:
    """The body with neighbours of one condition joined and lonely nested conditions folded into one."""
    joined: list[Statement] = []
    for statement in body:
        previous = joined[-1] if joined else None
        if _joins(previous, statement):
            assert isinstance(previous, If)
            assert isinstance(statement, If)
            joined[-1] = If([Arm(previous.arms[0].test, previous.arms[0].body + statement.arms[0].body)])
        else:
            joined.append(statement)
    return [_folded(statement) for statement in joined]


def _joins(previous: Statement | None, statement: Statement) -> bool:
    if not isinstance(previous, If) or not isinstance(statement, If):
        return False
    one, other = previous.arms, statement.arms
    return len(one) == len(other) == 1 and one[0].test == other[0].test and ":=" not in (one[0].test or "")


def _folded(statement: Statement) -> Statement:
    if isinstance(statement, Block):
        return Block(statement.head, merged(statement.body), statement.tag)
    if isinstance(statement, Try):
        return Try(merged(statement.body), statement.catch, merged(statement.handler), statement.more)
    if not isinstance(statement, If):
        return statement
    arms = [Arm(arm.test, merged(arm.body), arm.tag) for arm in statement.arms]
    if len(arms) == 1 and len(arms[0].body) == 1:
        inner = arms[0].body[0]
        if isinstance(inner, If) and len(inner.arms) == 1 and inner.arms[0].test is not None:
            test = f"{_operand(arms[0].test)} and {_operand(inner.arms[0].test)}"
            return If([Arm(test, inner.arms[0].body, inner.arms[0].tag or arms[0].tag)])
    return If(arms)


def _operand(test: str | None) -> str:
    assert test is not None
    return f"({test})" if " or " in test or " if " in test or (test.startswith("not ") and " and " in test) else test


def opened(body: list[Statement]) -> list[Statement]:
    """`out: Wire = {}` followed by `out.update(x)` becomes `out = x`: a message begins with another one's fields."""
    if len(body) > 1 and isinstance(body[0], Line) and isinstance(body[1], Line):
        first, second = body[0].text, body[1].text
        if first == "out: Wire = {}" and second.startswith("out.update(") and second.endswith(")"):
            return [Line(f"out = {second[11:-1]}", body[1].tag), *body[2:]]
    return body
