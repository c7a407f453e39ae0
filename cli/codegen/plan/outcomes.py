"""Outcome tables and error tables as functions: what a reply means, before anything of it is mapped."""

from __future__ import annotations

from dataclasses import replace

from cli.codegen.plan.code import Constant, Function, Line, Statement
from cli.codegen.plan.environment import Environment
from cli.codegen.plan.expressions import Scope, compiled, tested
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.merging import guarded
from cli.codegen.plan.names import Locals
from cli.mapping.named import names_in
from cli.mapping.tree import ErrorTable, Expression, OutcomeRow, Response, Result, Text
from gateway.model.outcome import OutcomeKind

_WITHOUT_BODY = frozenset(("header", "http", "match", "part", "lower", "upper", "trim", "length", "slice"))
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def outcome_text(env: Environment, frame: Frame, result: Result, scope: Scope) -> str:
    """The source of the outcome a row names."""
    fields = _fields(env, result)
    text = f"{env.use('Outcome')}({', '.join(fields)})"
    if isinstance(result.after, Expression):
        after = compiled(env, frame, result.after, scope).text
        frame.uses.add("ctx")
        text = f"{env.use('waiting')}({text}, {env.use('wait_s')}({after}, ctx.now))"
    if result.message is not None:
        text = f"{env.use('said')}({text}, {compiled(env, frame, result.message, scope).text})"
    return text


def _fields(env: Environment, result: Result) -> list[str]:
    kind = result.kind.value
    if kind not in OutcomeKind.__members__:
        raise Refused("E402", result.kind.mark, f"unknown outcome '{kind}'; known: {', '.join(OutcomeKind)}")
    fields = [f"kind={env.use('OutcomeKind')}.{kind}"]
    named: dict[str, Text | None] = {
        "code": result.code, "text": result.zh, "field": result.field, "then": result.then, "because": result.because,
    }  # fmt: skip
    fields += [f"{name}={text.value!r}" for name, text in named.items() if text is not None]
    after = seconds(result.after) if isinstance(result.after, Text) else None
    waits = {"every_s": result.every_s, "for_s": result.for_s, "after_s": after}
    fields += [f"{name}={float(wait)!r}" for name, wait in waits.items() if wait is not None]
    fields += ["once=True"] if result.once else []
    fields += ["alert=True"] if result.alert else []
    return fields + ([] if result.disclose else ["disclose=False"])


def seconds(text: Text) -> float:
    """A duration as written: `5s`, `10m`."""
    number = text.value.rstrip("mshd")
    unit = text.value[len(number) :]
    if unit not in _SECONDS or not number.replace(".", "", 1).isdigit():
        raise Refused("E110", text.mark, f"'{text.value}' is no duration: write 30s, 10m or 24h")
    return float(number) * _SECONDS[unit]


def classify_function(
    env: Environment, response: Response, scope: Scope, name: str, taken: str = "WireReply"
) -> Function:
    """`classify`: the first row that holds."""
    frame = Frame(env.module, Locals(("wire", "reply", "req", "ctx", "status", "headers")))
    frame.parameters = {"wire", "req", "ctx"}
    rows: list[Statement] = []
    for row in response.outcome:
        with env.carrier.faults.collected():
            rows += outcome_row(env, frame, row, scope)
    body = _surroundings(env, frame, response, taken) + rows
    imports = env.module.imports
    parameters = [f"wire: {env.use('Wire')}", f"reply: {env.use(taken)}"]
    if scope.request is not None:
        parameters.append(f"req: {scope.request.python(imports)}")
    parameters.append(f"ctx: {env.use('Context')}")
    doc = "What the reply means: the first row of the outcome table that holds."
    return Function(name, parameters, env.use("Outcome"), body, doc)


def _surroundings(env: Environment, frame: Frame, response: Response, taken: str) -> list[Statement]:
    declared = sorted({status for row in response.outcome for status in row.http if status >= 300})
    believed = "".join(f", {status}" for status in declared if status >= 500 or status < 400)
    named = "status" in frame.uses or any(row.http for row in response.outcome)
    if taken == "Inbound" and named:
        raise Refused("E292", response.mark, "a callback is a request: it has no http status")
    body: list[Statement] = [Line("status = reply.status")] if named else []
    if "headers" in frame.uses:
        body.append(Line(f"headers = {env.use('headers_of')}(reply)"))
    if taken == "Inbound":
        return body
    test = f"{env.use('unanswered')}({'status' if named else 'reply.status'}{believed})"
    return body + guarded((test,), [Line(f"return {env.use('UNKNOWN')}")])


def outcome_row(env: Environment, frame: Frame, row: OutcomeRow, scope: Scope) -> list[Statement]:
    """One row as an `if` that returns its outcome."""
    tag = frame.tag(row.mark)
    tests = [_status_test(row.http)] if row.http else []
    if row.when is not None:
        found = tested(env, frame, row.when, scope)
        tests.append(found.text)
    if row.by_code is not None:
        code = compiled(env, frame, row.by_code, scope)
        text = error_call(env, frame, code.text, "w" if scope.element else "wire")
    elif row.result is not None:
        text = outcome_text(env, frame, row.result, scope)
    else:
        raise Refused("E401", row.mark, "an outcome row says is:, by_code: or else:")
    test = " and ".join(f"({test})" if len(tests) > 1 and " or " in test else test for test in tests)
    return guarded((test,) if test else (), [Line(f"return {text}", tag)], tag)


def _status_test(statuses: tuple[int, ...]) -> str:
    return f"status == {statuses[0]}" if len(statuses) == 1 else f"status in {statuses!r}"


def by_status_function(env: Environment, response: Response, name: str) -> Function | None:
    """`by_status`: the rows that look at status and headers alone, for bodies that cannot be decoded; None without any.

    A yes is never taken from a body nobody could read: only from one that is empty, where nothing has to be echoed.
    """
    rows = [row for row in response.outcome if row.http and row.result is not None and _asks_no_body(row)]
    if not rows:
        return None
    frame = Frame(env.module, Locals(("reply", "ctx", "status", "headers")), parameters={"ctx"})
    body: list[Statement] = []
    for row in rows:
        assert row.result is not None
        with env.carrier.faults.collected():
            tag = frame.tag(row.mark)
            tests = [_status_test(row.http)]
            if row.when is not None:
                tests.append(f"({tested(env, frame, row.when, Scope(reply=True)).text})")
            if row.result.kind.value == "accepted":
                if response.correlate:
                    continue
                tests.append("not reply.body")
            text = outcome_text(env, frame, replace(row.result, message=None), Scope(reply=True))
            body += guarded((" and ".join(tests),), [Line(f"return {text}", tag)], tag)
    start: list[Statement] = [Line("status = reply.status")]
    if "headers" in frame.uses:
        start.append(Line(f"headers = {env.use('headers_of')}(reply)"))
    parameters = [f"reply: {env.use('WireReply')}", f"ctx: {env.use('Context')}"]
    doc = "What the status alone says of a reply whose body cannot be decoded."
    end = Line(f"return {env.use('UNKNOWN')}")
    function = Function(name, parameters, env.use("Outcome"), [*start, *body, end], doc)
    return function if body else None


def _asks_no_body(row: OutcomeRow) -> bool:
    """Whether a row can be judged without the message: it has no condition, or one about status and headers."""
    return row.when is None or names_in(row.when) <= _WITHOUT_BODY


# --- the carrier's error table ---


def error_call(env: Environment, frame: Frame, code: str, element: str = "wire") -> str:
    """The outcome of a carrier's code, by the carrier's error table; `element` is what its messages are taken from."""
    table = env.carrier.tree.carrier.errors
    if table is None:
        raise Refused("E404", env.carrier.tree.carrier.mark, "by_code needs an errors: table in carrier.yaml")
    home = f"{env.carrier.package}.carrier"
    dynamic = any(_is_dynamic(result) for result in _results(table))
    name = "error" if dynamic else "ERRORS"
    if env.module.name != "carrier":
        env.module.imports.add(home, name)
    if not dynamic:
        return f"{env.use('by_code')}({name}, {code})"
    frame.uses |= {"headers", "ctx"}
    return f"error({code}, {element}, headers, ctx)"


def _results(table: ErrorTable) -> list[Result]:
    return [result for _, result in table.rows] + ([table.other] if table.other is not None else [])


def _is_dynamic(result: Result) -> bool:
    return result.message is not None or isinstance(result.after, Expression)


def error_table(env: Environment, table: ErrorTable) -> Constant:
    """The constant `ERRORS`; adds the function `error` where a row takes words from the reply."""
    frame = Frame(env.module, parameters={"wire", "headers", "ctx"})
    exact, prefixes = [], []
    for code, result in sorted(table.rows, key=lambda row: -len(row[0].value)):
        with env.carrier.faults.collected():
            text = outcome_text(env, frame, replace(result, message=None, after=_constant(result)), Scope())
            tag = frame.tag(code.mark)
            if code.value.endswith("*"):
                prefixes.append(f"({code.value[:-1]!r}, {text}),  # {tag}")
            else:
                exact.append((code.mark.line, f"{code.value!r}: {text},  # {tag}"))
    if table.other is None:
        raise Refused("E406", table.mark, "errors needs other: what a code that is not listed means")
    other = outcome_text(env, frame, replace(table.other, message=None, after=_constant(table.other)), Scope())
    lines = [f"{env.use('ErrorTable')}(", "{", *(line for _, line in sorted(exact)), "},"]
    lines.append(f"{other},  # {frame.tag(table.other.mark)}")
    lines += ["(", *prefixes, "),", ")"] if prefixes else [")"]
    _error_function(env, table)
    return Constant("ERRORS", "", "\n".join(lines))


def _constant(result: Result) -> Text | None:
    return result.after if isinstance(result.after, Text) else None


def _error_function(env: Environment, table: ErrorTable) -> None:
    rows = [*table.rows, *([(Text("other", table.other.mark), table.other)] if table.other is not None else [])]
    dynamic = [(code, result) for code, result in rows if _is_dynamic(result)]
    if not dynamic:
        return
    frame = Frame(env.module, Locals(("code", "found", "key")), parameters={"wire", "headers", "ctx"})
    body: list[Statement] = [
        Line("key, _ = ERRORS.row(code)"),
        Line(f"found = {env.use('by_code')}(ERRORS, code)"),
    ]
    for code, result in dynamic:
        text, tag = "found", frame.tag(code.mark)
        if isinstance(result.after, Expression):
            after = compiled(env, frame, result.after, Scope(reply=True)).text
            text = f"{env.use('waiting')}({text}, {env.use('wait_s')}({after}, ctx.now))"
        if result.message is not None:
            text = f"{env.use('said')}({text}, {compiled(env, frame, result.message, Scope(reply=True)).text})"
        body += guarded((f"key == {code.value!r}",), [Line(f"return {text}", tag)], tag)
    parameters = [
        f"code: {env.module.imports.add('typing', 'Any')}", f"wire: {env.use('Wire')}", "headers: dict[str, str]",
        f"ctx: {env.use('Context')}",
    ]  # fmt: skip
    doc = "The outcome of a carrier's code, with what the reply itself says of it."
    env.module.functions.append(Function("error", parameters, env.use("Outcome"), [*body, Line("return found")], doc))


__all__ = ["by_status_function", "classify_function", "error_call", "error_table", "outcome_row", "outcome_text"]
