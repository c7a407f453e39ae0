"""`insurehub test --live URL --update`: what the sandbox said goes into the example, if that leaves its tests right."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, PlainScalarString

from cli.out import counted
from cli.yaml_text import dump, load
from contract_tests.examples.check import Run
from contract_tests.examples.reading import read_example_file
from contract_tests.live.chain import LiveCourse
from contract_tests.live.record import NotRecorded, recorded
from contract_tests.live.sandbox import Sandbox
from contract_tests.runner.expand import checks_of
from contract_tests.runner.run import run_checks

_REPLACED = ("response", "request", "steps", "freeze")


def record(run: Run, course: LiveCourse, sandbox: Sandbox) -> Path:
    """Write one example anew; gives the file. Raises NotRecorded, and then nothing is changed."""
    words = recorded(run, course, sandbox.host, sandbox.world.now())
    path, text = run.file.path, run.file.path.read_text("utf-8")
    changed = _rewritten(text, run.example.id, words)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        fresh.write_text(changed, encoding="utf-8")
        _must_stay_right(run, fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path


def _rewritten(text: str, name: str, words: dict[str, Any]) -> str:
    document = load(text)
    example = next(each for each in document["examples"] if str(each["id"]) == name)
    for key in _REPLACED:
        example.pop(key, None)
    for key, value in words.items():
        example[key] = _node(value)
    return dump(document)


def _node(value: Any) -> Any:
    """Plain data as the example's reader takes it: texts in quotes, numbers and flags without."""
    if isinstance(value, dict):
        return CommentedMap({str(key): _node(each) for key, each in value.items()})
    if isinstance(value, list | tuple):
        return CommentedSeq([_node(each) for each in value])
    if isinstance(value, bool):
        return PlainScalarString("true" if value else "false")
    return DoubleQuotedScalarString(value) if isinstance(value, str) else PlainScalarString(str(value))


def _must_stay_right(run: Run, fresh: Path) -> None:
    """The whole file's pure checks: a recording that its own tests do not pass proves nothing."""
    before = {name for name, passed in _fates(run, run.file.path) if not passed}
    file, faults = read_example_file(fresh, run.subject.root)
    wrong = [str(each) for each in faults if each.severity == "error"]
    if file is None or wrong:
        raise NotRecorded(f"the example could not be read: {'; '.join(wrong[:3])}")
    now_wrong = [name for name, passed in _fates(run, fresh) if not passed and name not in before]
    if now_wrong:
        shown = ", ".join(now_wrong[:3])
        raise NotRecorded(
            f"with it {counted(len(now_wrong), 'check fails', 'checks fail')} ({shown}): it was signed with other keys "
            "than the example's, or other examples are laid over it"
        )


def _fates(run: Run, path: Path) -> Iterator[tuple[str, bool]]:
    file, _ = read_example_file(path, run.subject.root)
    checks = checks_of(file, run.subject, 0) if file is not None else ()
    for verdict in run_checks(checks):
        yield f"{verdict.check.run.example.id}/{verdict.check.name}", verdict.passed


def update(courses: Sequence[tuple[Run, LiveCourse]], sandbox: Sandbox) -> Iterator[str]:
    """Write each; gives a line about each."""
    for run, course in courses:
        name = f"{run.file.shown} example {run.example.id}"
        try:
            record(run, course, sandbox)
        except NotRecorded as reason:
            yield f"{name}: not recorded: {reason}"
        else:
            yield f"{name}: recorded; next: insurehub test {run.file.carrier} --update-lock"
