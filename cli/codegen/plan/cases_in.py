"""Case tables while reading: the first case whose wire pattern holds sets its canonical values, then reads its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cli.codegen.plan.code import Arm, If, Line, Statement
from cli.codegen.plan.expressions import tested
from cli.codegen.plan.frame import Refused
from cli.codegen.plan.names import snake
from cli.codegen.plan.policy import of_row
from cli.codegen.plan.targets import Target
from cli.codegen.plan.types import constant_of
from cli.codegen.plan.values import converter
from cli.mapping.tree import Case, Path, Pattern, Row

if TYPE_CHECKING:
    from cli.codegen.plan.reading import Reading


def read_cases(reading: Reading, cases: tuple[Case, ...]) -> None:
    """The cases of a message, over several of its fields."""
    _chain(reading, cases, reading.missing.filler)


def row_cases(reading: Reading, row: Row) -> None:
    """The cases of one row, their paths relative to the row's field and element."""
    base = reading.base
    if row.to is not None and row.to.text != ".":
        base = reading.wires.node(row.to, base)
    target = reading.target if row.canonical.text == "." else reading.targets.at(row.canonical, reading.target)
    way = reading.way if row.canonical.text == "." else (*reading.way, row.canonical.text)
    _chain(replace(reading, base=base, target=target, way=way), row.cases, of_row(row, reading.missing).filler)


def _chain(reading: Reading, cases: tuple[Case, ...], filler: str | None) -> None:
    branches: list[Arm] = []
    compared = _compared(reading, cases)
    for case in cases:
        tests, captured = _tests(reading, case, compared)
        body: list[Statement] = []
        _read_case(replace(reading, into=body), case, captured)
        branches.append(Arm(" and ".join(tests) or None, body, reading.frame.tag(case.mark)))
        if not tests:
            break
    sets = any(arm.body for arm in branches)
    if sets and branches[0].test is None:
        reading.say(*branches[0].body)
    elif sets:
        reading.say(If(_closed(reading, cases, branches, filler)))


def _closed(reading: Reading, cases: tuple[Case, ...], branches: list[Arm], filler: str | None) -> list[Arm]:
    """The arms, those that set nothing among them, and one for a value that no case knows."""
    arms = [Arm(arm.test, arm.body or [Line("pass")], arm.tag) for arm in branches]
    if arms[-1].test is None:
        return arms
    paths = dict.fromkeys(path.text for case in cases for path, pattern in case.wire if pattern.kind != "absent")
    ways = {path.text: path for case in cases for path, _ in case.wire}
    if not paths:
        return arms
    found = ", ".join(f"({path!r}, {reading.wires.value(ways[path], reading.base)})" for path in paths)
    absent = f", filler={filler!r}" if filler is not None else ""
    mark = cases[0].mark
    said = Line(f"{reading.env.use('no_case')}({found}{absent})", reading.frame.tag(mark))
    return [*arms, Arm(None, [said], reading.frame.tag(mark))]


def _compared(reading: Reading, cases: tuple[Case, ...]) -> dict[str, str]:
    """The fields that several cases compare with a text, each taken once into a variable: its name by the path."""
    asked = Counter(path.text for case in cases for path, pattern in case.wire if pattern.kind == "texts")
    found: dict[str, str] = {}
    for case in cases:
        for path, pattern in case.wire:
            if pattern.kind == "texts" and asked[path.text] > 1 and path.text not in found:
                name = path.attribute or (path.segments[-1].name if path.segments else "found")
                found[path.text] = reading.frame.locals.new(snake(name))
                value = f"{reading.env.use('text_of')}({reading.wires.value(path, reading.base)})"
                reading.say(Line(f"{found[path.text]}: str | None = {value}", reading.frame.tag(case.mark)))
    return found


def _tests(reading: Reading, case: Case, compared: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    tests: list[str] = []
    captured: dict[str, str] = {}
    for path, pattern in case.wire:
        if path.text in compared and pattern.kind == "texts":
            tests.append(_is_one_of(compared[path.text], pattern))
        else:
            tests += _pattern_tests(reading, case, path, pattern, captured)
    if not case.wire and case.to is not None and case.to.text != ".":
        node = reading.wires.node(case.to, reading.base)
        tests.append(node.var)
    if case.when is not None:
        scope = reading.scope.at(reading.base.var)
        probe = tested(reading.env, reading.frame.probe(), case.when, scope)
        if probe.speaks_of_reply:
            tests.append(tested(reading.env, reading.frame, case.when, scope).operand)
    tests += _agreements(reading, case)
    return tests, captured


def _pattern_tests(reading: Reading, case: Case, path: Path, pattern: Pattern, captured: dict[str, str]) -> list[str]:
    value = reading.wires.value(path, reading.base)
    if pattern.kind == "texts":
        return [_is_one_of(f"{reading.env.use('text_of')}({value})", pattern)]
    if pattern.kind == "absent":
        return [f"{value} is None"]
    if pattern.kind == "present":
        return [f"{value} is not None"]
    assert pattern.capture is not None
    target = _captured(reading, case, pattern.capture)
    kind = target.type
    made = converter(reading.env, pattern.codec, kind.required(), pattern.mark)
    if made.plan.sends_only:
        # It says too little to be read: the hour of a day that another field tells.
        return [f"{value} is not None"]
    name = reading.frame.locals.new(f"{target.name}_read")
    captured[pattern.capture] = name
    return [f"({name} := {made.attempted(value)}) is not None"]


def _is_one_of(value: str, pattern: Pattern) -> str:
    wanted = [repr(text.value) for text in pattern.texts]
    return f"{value} == {wanted[0]}" if len(wanted) == 1 else f"{value} in ({', '.join(wanted)})"


def _captured(reading: Reading, case: Case, capture: str) -> Target:
    for path, pattern in case.matches:
        if pattern.kind == "capture" and pattern.capture == capture:
            return reading.target if path.text == "." else reading.targets.at(path, reading.target)
    raise Refused("E222", case.mark, f"'${capture}' is captured on the wire and not used by this case's is:")


def _agreements(reading: Reading, case: Case) -> list[str]:
    """A case must not contradict what rows have read already."""
    tests = []
    for path, pattern in case.matches:
        if pattern.kind != "texts" or path.text == ".":
            continue
        target = reading.targets.at(path, reading.target)
        if not target.is_leaf or target.name in reading.frame.by_cases:
            continue
        if not (target.text or "").isidentifier():
            reading.targets.hold(target)
        imports = reading.env.module.imports
        wanted = [constant_of(target.type, text.value, text.mark, imports) for text in pattern.texts]
        listed = f"({', '.join([*wanted, 'None'])})"
        tests.append(f"{target.text} in {listed}" if target.nullable else f"{target.text} in ({', '.join(wanted)},)")
    return tests


def _read_case(reading: Reading, case: Case, captured: dict[str, str]) -> None:
    tag = reading.frame.tag(case.mark)
    for path, pattern in case.matches:
        target = reading.target if path.text == "." else reading.targets.at(path, reading.target)
        _set(reading, target, pattern, captured, tag)
    if case.body is not None or case.shape is not None:
        row = Row(case.mark, Path(".", case.mark), to=case.to, list_to=case.list_to, shape=case.shape, body=case.body)
        reading.row(row)


def _set(reading: Reading, target: Target, pattern: Pattern, captured: dict[str, str], tag: str) -> None:
    if pattern.kind == "texts" and len(pattern.texts) == 1:
        text = pattern.texts[0]
        value = constant_of(target.type, text.value, text.mark, reading.env.module.imports)
    elif pattern.kind == "capture" and (pattern.capture or "") in captured:
        value = captured[pattern.capture or ""]
    else:
        return
    reading.frame.by_cases.add(target.name)
    reading.fill(target, value, nullable=False, tag=tag)
