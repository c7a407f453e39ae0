"""The examples' own expectations made wrong: a check that still passes asserts nothing."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.example import Example, Exchange, Expect, Stated, WantedRequest
from contract_tests.examples.subject import Subject
from contract_tests.mutate.trial import counts
from contract_tests.runner.expand import stated
from contract_tests.runner.run import run_check
from gateway.catalogue.marks import Mark
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import OutcomeKind

_UNSENT = ("cannot_send", "not_offered")
_ASKED = ("expect inquiry", "expect callback")
"""What comes of it in the end is asked of the mock alone, over a socket: mutants are not judged there, these are."""

Flipped = tuple[str, Mark, Example]


class Vacuous(msgspec.Struct, frozen=True):
    """An expectation that can be made wrong without any check noticing."""

    mark: Mark
    example: str
    what: str

    def __str__(self) -> str:
        """Where, and what to do."""
        return f"{self.mark}: {self.example}: {self.what} made wrong, and every check still passes: it asserts nothing"


def vacuous(subject: Subject) -> tuple[int, tuple[Vacuous, ...]]:
    """How many expectations were made wrong, and those that nobody noticed."""
    tried, found = 0, []
    for file in subject.files:
        for example in file.examples:
            run = Run(file, example, subject)
            if not any(counts(check) for check in stated(run)):
                continue
            for what, mark, wrong in flipped(example):
                tried += 1
                if not _noticed(Run(file, wrong, subject), what):
                    found.append(Vacuous(mark, example.id, what))
    return tried, tuple(found)


def _noticed(run: Run, what: str) -> bool:
    checks = sorted((each for each in stated(run) if counts(each) or what in _ASKED), key=lambda each: each.level)
    return any(not run_check(each).passed for each in checks)


def flipped(example: Example) -> Iterator[Flipped]:
    """The example with one thing it says made wrong, for each thing it says."""
    # What is never sent, lost on its way, or comes in has the request of the example it is laid over, not its own.
    incoming = example.callback is not None
    unsent = incoming or example.fault is not None or not example.expect.words.keys().isdisjoint(_UNSENT)
    for at, exchange in enumerate(example.exchanges):
        if exchange.request is None or unsent:
            continue
        for what, mark, wrong in _requests(exchange.request):
            exchanges = _with(example.exchanges, at, replace(exchange, request=wrong))
            step = f"{exchange.step} " if exchange.step else ""
            yield f"{step}request {what}", mark, replace(example, exchanges=exchanges)
    for what, mark, expect in _expectations(example.expect, example):
        yield what, mark, replace(example, expect=expect)


def _with(exchanges: tuple[Exchange, ...], at: int, exchange: Exchange) -> tuple[Exchange, ...]:
    return (*exchanges[:at], exchange, *exchanges[at + 1 :])


def _requests(wanted: WantedRequest) -> Iterator[tuple[str, Mark, WantedRequest]]:
    for name in ("method", "target"):
        said: Stated | None = getattr(wanted, name)
        if said is not None:
            yield name, said.mark, replace(wanted, **{name: Stated(f"{said.value}x", said.mark)})
    for at, (name, said) in enumerate(wanted.headers):
        headers = (*wanted.headers[:at], (name, Stated(f"{said.value}x", said.mark)), *wanted.headers[at + 1 :])
        yield f"header {name}", said.mark, replace(wanted, headers=headers)
    if wanted.body is not None:
        body: bytes = wanted.body.value
        changed = bytes([body[0] ^ 1]) + body[1:] if body else b"x"
        yield "body", wanted.body.mark, replace(wanted, body=Stated(changed, wanted.body.mark))


def _expectations(expect: Expect, example: Example) -> Iterator[tuple[str, Mark, Expect]]:
    for name, said in expect.words.items():
        wrong = _other(name, said.value)
        if wrong is not None:
            words = {**expect.words, name: Stated(wrong, said.mark)}
            yield f"expect {name}", said.mark, replace(expect, words=words)
    if expect.canonical is not None:
        kind = OPERATIONS[example.operation].result if example.operation in OPERATIONS else None
        leaf = next(_leaves(expect.canonical.value, kind), None)
        if leaf is not None:
            wrong = Stated(leaf, expect.canonical.mark)
            yield "expect canonical", wrong.mark, replace(expect, canonical=wrong)
    if expect.answer is not None:
        for what, mark, answer in _requests(expect.answer):
            yield f"answer {what}", mark, replace(expect, answer=answer)
    if expect.answer_status is not None:
        status = Stated(expect.answer_status.value + 1, expect.answer_status.mark)
        yield "answer status", status.mark, replace(expect, answer_status=status)


def _other(name: str, value: Any) -> Any:
    """Another value of the same kind; None where the word has no other."""
    if name == "outcome":
        return next(kind.value for kind in OutcomeKind if kind.value != value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if name == "next":
        return "review" if value != "review" else "retry"
    if isinstance(value, str) and name != "must_not":
        return f"{value} otherwise"
    if isinstance(value, list | tuple):
        return (*value, "what nobody says")
    return {**value, "nobody": "knows"} if isinstance(value, dict) else None


def _leaves(value: Any, kind: Any) -> Iterator[Any]:
    """The result with one leaf changed, first where the model takes it: else its form is refused, not compared."""
    found = list(_changed(value))
    fitting = (each for each in found if kind is None or _fits(each, kind))
    yield from fitting
    yield from found


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except (msgspec.ValidationError, ValueError):
        return False
    return True


def _changed(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, item in value.items():
            for changed in _changed(item):
                yield {**value, key: changed}
    elif isinstance(value, list):
        for at, item in enumerate(value):
            for changed in _changed(item):
                yield [*value[:at], changed, *value[at + 1 :]]
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, str):
        yield f"{value}9"
