"""Case tables while sending: the first case that holds writes its constants and captures, then its rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cli.codegen.plan.code import Arm, If, Line, Statement
from cli.codegen.plan.expressions import tested
from cli.codegen.plan.frame import Refused
from cli.codegen.plan.source import Source, Value
from cli.codegen.plan.types import constant_of
from cli.codegen.plan.values import converter
from cli.mapping.patterns import is_number
from cli.mapping.tree import Case, Path, Pattern, Row, Text

if TYPE_CHECKING:
    from cli.codegen.plan.sending import Sending


def message_cases(sending: Sending, cases: tuple[Case, ...]) -> None:
    """The cases of a message, over several of its fields."""
    _chain(sending, sending.source, cases, "")


def row_cases(sending: Sending, row: Row) -> None:
    """The cases of one row, their paths relative to the row's field and element."""
    source = _row_source(sending, row.canonical)
    base = sending.base
    if row.to is not None and row.to.text != ".":
        base = sending.elements.element(row.to, sending.base)
    _chain(replace(sending, source=source, base=base), source, row.cases, row.canonical.text)


def _row_source(sending: Sending, path: Path) -> Source:
    """The object a case row is about; of a plain field a source that stands for its value."""
    if path.text == ".":
        return sending.source
    value = sending.source.read(path)
    name = value.text
    if not name.isidentifier():
        name = sending.frame.locals.new(value.name)
        sending.frame.say(Line(f"{name} = {value.or_none()}", sending.frame.tag(path.mark)))
    nullable = not value.always
    guards = (f"{name} is not None",) if nullable else ()
    return Source(sending.frame, name, value.type.required(), sending.source, guards=guards)


def _chain(sending: Sending, source: Source, cases: tuple[Case, ...], name: str) -> None:
    branches: list[Arm] = []
    seen: list[Value] = []
    closed = False
    for case in cases:
        if closed and not _asks_for_absence(case):
            continue
        tests, values, captured = _tests(sending, source, case)
        seen += values
        body: list[Statement] = []
        _write_case(replace(sending, into=body), case, captured)
        test = " and ".join(tests)
        branches.append(Arm(test or "True", body, sending.frame.tag(case.mark)))
        closed = closed or set(tests) <= set(source.guards)
        if not tests:
            break
    if closed and len(branches) == 1 and branches[0].test == "True":
        sending.say(*branches[0].body)
        return
    if closed and branches[-1].test == "True":
        branches[-1] = Arm(None, branches[-1].body, branches[-1].tag)
    elif not closed and not _is_exhaustive(source, cases):
        branches += _no_case(sending, source, seen, name, cases[0])
    sending.say(If(branches))


def _asks_for_absence(case: Case) -> bool:
    """Whether a case is about a value that is not there: one that takes every value does not take it."""
    return any(pattern.kind == "absent" for _, pattern in case.matches)


def _no_case(sending: Sending, source: Source, seen: list[Value], name: str, case: Case) -> list[Arm]:
    """What is said when nothing holds: a refusal, unless there is no value at all."""
    if name:
        test: str | None = " and ".join(source.guards) or None
    else:
        test = _any_present(seen)
    raised = sending.env.module.imports.add("gateway.wire", "CannotSend")
    what = "this object" if name in ("", ".") else name
    message = f"no case of {what} holds; this carrier cannot be told"
    path = "" if name in ("", ".") else f", path={name!r}"
    return [Arm(test, [Line(f"raise {raised}({message!r}{path})", sending.frame.tag(case.mark))])]


def _is_exhaustive(source: Source, cases: tuple[Case, ...]) -> bool:
    """Whether the cases name every value of one code, so that one of them always holds."""
    seen: set[str] = set()
    paths: set[str] = set()
    for case in cases:
        if len(case.matches) != 1 or case.when is not None or case.matches[0][1].kind != "texts":
            return False
        path, pattern = case.matches[0]
        paths.add(path.text)
        seen |= {text.value for text in pattern.texts}
    if len(paths) != 1 or not cases:
        return False
    value = source.read(cases[0].matches[0][0])
    return (
        value.type.kind == "enum"
        and value.type.cls is not None
        and seen >= {str(each.value) for each in value.type.cls}
    )


def _any_present(values: list[Value]) -> str | None:
    """The test that one of some values is there, None when one always is."""
    by_guards: dict[tuple[str, ...], list[str]] = {}
    for value in values:
        tests = by_guards.setdefault(value.guards, [])
        if value.type.kind in ("bool", "list"):
            tests.append(value.text)
        else:
            tests.append(f"{value.text} is not None" if value.type.nullable else "")
    parts = []
    for guards, tests in by_guards.items():
        inner = "" if "" in tests else " or ".join(dict.fromkeys(tests))
        if not guards and not inner:
            return None
        parts.append(
            " and ".join([*guards, *([f"({inner})" if guards and " or " in inner else inner] if inner else [])])
        )
    return " or ".join(parts) or None


def _tests(sending: Sending, source: Source, case: Case) -> tuple[list[str], list[Value], dict[str, Value]]:
    tests: list[str] = []
    values: list[Value] = []
    captured: dict[str, Value] = {}
    for path, pattern in case.matches:
        value = source.read(path)
        values.append(value)
        for guard in value.guards:
            # A value that equals a constant is there.
            asked = pattern.kind == "texts" and guard == f"{value.text} is not None"
            if guard not in tests and pattern.kind != "absent" and not asked:
                tests.append(guard)
        tests += _pattern_tests(sending, value, pattern, captured)
    if case.when is not None:
        found = tested(sending.env, sending.frame, case.when, sending.scope.at(sending.base.var))
        if not found.speaks_of_reply:
            tests.append(found.operand)
    return tests, values, captured


def _pattern_tests(sending: Sending, value: Value, pattern: Pattern, captured: dict[str, Value]) -> list[str]:
    imports = sending.env.module.imports
    if pattern.kind == "texts":
        wanted = [constant_of(value.type, text.value, text.mark, imports) for text in pattern.texts]
        if len(wanted) > 1:
            return [f"{value.text} in ({', '.join(wanted)})"]
        return [f"{value.text} is {wanted[0]}" if value.type.kind == "bool" else f"{value.text} == {wanted[0]}"]
    if pattern.kind == "absent":
        absent = f"({value.or_none()})" if value.guards else value.text
        return [f"{absent} is None" if value.type.kind != "list" else f"not {absent}"]
    if pattern.kind == "present":
        return [f"{value.text} is not None"] if value.type.nullable else []
    assert pattern.capture is not None
    if not value.type.nullable:
        captured[pattern.capture] = value
        return []
    name = sending.frame.locals.new(value.name)
    captured[pattern.capture] = Value(name, value.type.required(), (), value.name)
    return [f"({name} := {value.text}) is not None"]


def _write_case(sending: Sending, case: Case, captured: dict[str, Value]) -> None:
    for path, pattern in case.wire:
        if pattern.kind in ("present", "absent"):
            continue
        place = sending.place(path)
        if pattern.kind == "texts":
            sending.write(place, _constant(sending, pattern.texts[0]), sending.frame.tag(pattern.mark), certain=False)
            continue
        value = captured.get(pattern.capture or "")
        if value is None:
            raise Refused("E222", pattern.mark, f"'${pattern.capture}' is not captured by this case's is:")
        found = converter(sending.env, pattern.codec, value.type, pattern.mark)
        sending.write(place, found.send(value.text), sending.frame.tag(pattern.mark), certain=False)
    _write_rows(sending, case)


def _constant(sending: Sending, text: Text) -> str:
    """What a case writes: a text, or on JSON the number or flag that was typed."""
    if not text.typed or not sending.env.json or not (is_number(text.value) or text.value in ("true", "false")):
        return repr(text.value)
    if text.value in ("true", "false"):
        return text.value.capitalize()
    if "." not in text.value:
        return text.value
    sending.env.module.imports.add("decimal", "Decimal")
    return f"Decimal({text.value!r})"


def _write_rows(sending: Sending, case: Case) -> None:
    if case.body is None and case.shape is None:
        return
    row = Row(
        case.mark,
        Path(".", case.mark),
        to=case.to,
        list_to=case.list_to,
        shape=case.shape,
        body=case.body,
    )
    sending.row(row)
