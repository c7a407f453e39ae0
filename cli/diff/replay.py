"""Every example of two versions, carried out by both: which messages differ, and whom that breaks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from cli.diff.adapters import adapter_of
from cli.diff.change import Breaks
from cli.diff.version import Version
from contract_tests.examples.example import Example, ExampleFile
from contract_tests.examples.flow import play
from contract_tests.examples.frozen import context_of
from contract_tests.examples.shown import masked_fields
from contract_tests.runner import Subject, read_examples
from gateway.channel.registry import AdapterMissing
from gateway.wire.contract import WireRequest

SHOWN_MAX = 120
AROUND = 40


@dataclass(frozen=True, slots=True)
class Message:
    """What differs in one example: `at` a step and a part of it."""

    example: str
    at: str
    breaks: Breaks
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Course:
    """How an example went: the requests by step, what the replies came to, or why it could not be sent."""

    requests: Mapping[str, WireRequest]
    refused: str = ""
    outcome: Mapping[str, Any] | None = None
    result: Any = None


Courses = dict[str, Course]


def replayed(old: Version, new: Version) -> tuple[int, tuple[Message, ...]]:
    """How many examples were carried out by both, and every difference between them."""
    files = _examples(old, new)
    before, after = _courses(old, files), _courses(new, files)
    found = [message for name in before for message in _differences(name, before[name], after[name])]
    return len(before), tuple(found)


def _examples(old: Version, new: Version) -> tuple[ExampleFile, ...]:
    """The older version's examples, which is what works today, and those only the newer one has."""
    mine, _ = read_examples(old.folder, old.root)
    theirs, _ = read_examples(new.folder, new.root)
    known = {_name(file, example) for file in mine for example in file.examples}
    return (*mine, *(_without(file, known) for file in theirs))


def _without(file: ExampleFile, known: set[str]) -> ExampleFile:
    left = tuple(example for example in file.examples if _name(file, example) not in known)
    return msgspec.structs.replace(file, examples=left)


def _name(file: ExampleFile, example: Example) -> str:
    variant = f"/{file.variant}" if file.variant else ""
    return f"{file.operation or 'callbacks'}{variant}/{example.id}"


def _courses(version: Version, files: tuple[ExampleFile, ...]) -> Courses:
    with adapter_of(version) as adapter:
        subject = Subject(version.folder, version.root, adapter)
        return {_name(file, example): _course(example, subject) for file in files for example in file.examples}


def _course(example: Example, subject: Subject) -> Course:
    try:
        return _sent(example, subject) if example.callback is None else _called(example, subject)
    except AdapterMissing as missing:
        return Course({}, refused=str(missing))
    except Exception as error:  # noqa: BLE001 - a mapping that breaks on an example is a finding of the comparison
        return Course({}, refused=f"{type(error).__name__} in the generated adapter")


def _called(example: Example, subject: Subject) -> Course:
    """A callback: what it was taken for, and the answer the carrier gets, which is what we send here."""
    assert example.callback is not None
    callback = subject.adapter.callback(example.callback.name)
    if callback is None:
        return Course({}, refused=f"there is no callback '{example.callback.name}'")
    context = context_of(example, example.freeze, {})
    notice = callback.read(example.callback.inbound, context)
    answer = callback.answer(notice, context)
    facts = {"genuine": notice.genuine, "matched": notice.matched, "event_id": notice.event_id}
    reply = notice.reply
    outcome = {} if reply is None else msgspec.to_builtins(reply.outcome)
    return Course(
        {"answer": WireRequest(method=str(answer.status), url="", headers=answer.headers, body=answer.body)},
        outcome={**facts, "correlate": dict(notice.correlate), **outcome},
        result=None if reply is None or reply.result is None else msgspec.to_builtins(reply.result),
    )


def _sent(example: Example, subject: Subject) -> Course:
    flow = play(example, subject)
    requests = {played.step.name: played.wire for played in flow.played if played.wire is not None}
    refusal = next((played.refusal for played in flow.played if played.refusal is not None), None)
    refused = str(refusal) if refusal is not None else f"no reply given to {flow.missing}" if flow.missing else ""
    reply = flow.reply
    return Course(
        requests,
        refused=refused,
        outcome=None if reply is None else msgspec.to_builtins(reply.outcome),
        result=None if reply is None or reply.result is None else msgspec.to_builtins(reply.result),
    )


def _differences(name: str, old: Course, new: Course) -> Iterator[Message]:
    if old.refused != new.refused:
        # Refused by both in other words, or taken now: nobody who could send it cannot any more.
        breaks: Breaks = "nobody" if old.refused else "caller"
        yield Message(name, "request", breaks, old.refused or "is sent", new.refused or "is sent")
        return
    for step in dict.fromkeys((*old.requests, *new.requests)):
        was, now = old.requests.get(step), new.requests.get(step)
        if was is None or now is None:
            yield Message(
                name, step, "carrier", "is called" if was else "not called", "is called" if now else "not called"
            )
        else:
            yield from _request(name, step, was, now)
    if old.outcome != new.outcome:
        yield Message(name, "outcome", "caller", _words(old.outcome), _words(new.outcome))
    for path, before, after in _tree("", old.result, new.result):
        yield Message(name, f"result {path}", "nobody" if before is None else "caller", _shown(before), _shown(after))


def _request(name: str, step: str, was: WireRequest, now: WireRequest) -> Iterator[Message]:
    parts = (
        ("call", f"{was.method} {was.url}", f"{now.method} {now.url}"),
        ("headers", _headers(was), _headers(now)),
        ("body", _text(was), _text(now)),
    )
    for part, before, after in parts:
        if before != after:
            yield Message(name, f"{step} {part}", "carrier", *_around(before, after))


def _headers(request: WireRequest) -> str:
    return "\n".join(f"{name}: {value}" for name, value in request.headers)


def _text(request: WireRequest) -> str:
    return request.body.decode("utf-8", "backslashreplace")


def _around(before: str, after: str) -> tuple[str, str]:
    """Both texts from a little before their first difference on; what they have in common is masked."""
    at = _same(before, after)
    tail = _same(before[at:][::-1], after[at:][::-1])
    start = max(0, at - AROUND)
    middles = (text[at : len(text) - tail][:SHOWN_MAX] for text in (before, after))
    one, other = (
        f"{masked_fields(before[start:at])}{middle}{masked_fields(_after(before, tail))}" for middle in middles
    )
    return one, other


def _after(text: str, tail: int) -> str:
    return text[len(text) - tail :][:AROUND] if tail else ""


def _same(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (first, second) in pairs if first != second), min(len(one), len(other)))


def _tree(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """The leaves of two results that differ, by path."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _tree(f"{path}.{key}".lstrip("."), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (was, now) in enumerate(zip(old, new, strict=True)):
            yield from _tree(f"{path}.{index}", was, now)
    elif old != new:
        yield path, old, new


def _words(outcome: Mapping[str, Any] | None) -> str:
    return "none" if outcome is None else ", ".join(f"{word} {value}" for word, value in outcome.items() if value)


def _shown(value: Any) -> str:
    return "absent" if value is None else masked_fields(str(value)[:SHOWN_MAX])
