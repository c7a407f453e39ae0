"""Statements of the intermediate form as Python text; layout is the formatter's business afterwards."""

from collections.abc import Iterator

from cli.codegen.plan.code import Block, Call, Constant, Function, If, Line, Statement, Tag, Try

_INDENT = "    "


def function_source(function: Function) -> str:
    """The text of one function."""
    head = f"def {function.name}({', '.join(function.parameters)}) -> {function.returns}:"
    lines = [head]
    if function.doc:
        lines.append(f'{_INDENT}"""{function.doc}"""')
    lines += [_INDENT + line for line in _body(function.body)]
    return "\n".join(lines)


def constant_source(constant: Constant) -> str:
    """The text of one module-level assignment."""
    annotation = f": {constant.annotation}" if constant.annotation else ""
    return _tagged(f"{constant.name}{annotation} = {constant.text}", constant.tag)


def _body(body: list[Statement]) -> Iterator[str]:
    if not body:
        yield "pass"
    for statement in body:
        yield from _statement(statement)


def _statement(statement: Statement) -> Iterator[str]:
    match statement:
        case Line():
            yield _tagged(statement.text, statement.tag)
        case If():
            yield from _if(statement)
        case Block():
            yield _tagged(f"{statement.head}:", statement.tag)
            yield from _inside(statement.body)
        case Try():
            yield "try:"
            yield from _inside(statement.body)
            for catch, handler in [(statement.catch, statement.handler), *statement.more]:
                yield f"except {catch}:"
                yield from _inside(handler)
        case Call():
            yield statement.head
            for argument, tag in statement.arguments:
                yield _INDENT + _tagged(f"{argument},", tag)
            yield _tagged(statement.tail, statement.tag)


def _if(statement: If) -> Iterator[str]:
    word = "if"
    for arm in statement.arms:
        yield _tagged("else:" if arm.test is None else f"{word} {arm.test}:", arm.tag)
        yield from _inside(arm.body)
        word = "elif"


def _inside(body: list[Statement]) -> Iterator[str]:
    for line in _body(body):
        yield _INDENT + line


def _tagged(text: str, tag: Tag) -> str:
    return f"{text}  # {tag}" if tag else text
