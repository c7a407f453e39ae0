"""Replies and callbacks as input: a typed outcome whatever comes, never a yes of a message nobody signed."""

import importlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property, lru_cache
from types import ModuleType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from cli.mapping.workspace import list_carriers, shipped
from contract_tests.examples.check import Run
from contract_tests.examples.example import Example
from contract_tests.examples.frozen import context_of
from contract_tests.examples.subject import Subject
from contract_tests.fuzz.bounds import Costs, Violation, bounded
from contract_tests.fuzz.edits import words_of
from gateway.model.outcome import OutcomeKind
from gateway.wire.contract import Reply
from gateway.wire.limits import PROBLEMS_MAX, UNMAPPED_MAX

WAIT_S, MEMORY_MB = 3.0, 200.0
PROBLEM_MAX = 400
_PERSONAL = ("张三", "李小燕", "13800000001", "13800000002", "999999199003071234", "zhangsan@example.com")

Read = Callable[[bytes], Reply | None]


class Seed(Struct, frozen=True):
    """A message that came in, by its example: `read` takes another body in its place."""

    name: str
    carrier: str
    body: bytes
    read: Read
    is_signed: bool
    is_believed: bool = False


class ReplyTarget:
    """Every shipped carrier's reader, on every reply and callback its examples hold."""

    name = "replies"

    def __init__(self) -> None:
        """Gather the seeds; carriers whose examples cannot be carried out have their own tests to say so."""
        self.costs, self.told = Costs(), Counter[str]()
        own = _shipped_seeds()
        # Behind a signature nothing else would be reached: such messages stand among the seeds a second time, believed.
        self.seeds = [*own, *(replace(each, is_signed=False, is_believed=True) for each in own if each.is_signed)]

    @cached_property
    def words(self) -> list[bytes]:
        """The words replies are made of."""
        return words_of(each.body for each in self.seeds)

    def source(self, seed: int) -> bytes:
        """The bytes of a seed."""
        return self.seeds[seed].body

    def label(self, seed: int) -> str:
        """Which example's message a seed is."""
        return self.seeds[seed].name

    def take(self, seed: int, content: bytes) -> None:
        """One input; raises `Violation`."""
        chosen = self.seeds[seed]
        with _believing(chosen), bounded(self.costs, WAIT_S, MEMORY_MB):
            reply = _read(chosen, content)
        if reply is None:
            self.told["not heard"] += 1
            return
        self.told[reply.outcome.kind.value] += 1
        _within_limits(reply)
        believed = reply.outcome.kind is not OutcomeKind.unknown
        if chosen.is_signed and believed and content != chosen.body:
            raise Violation(f"{chosen.name}: believed as {reply.outcome.kind.value} under another's signature")

    def close(self) -> None:
        """Nothing is held."""


@contextmanager
def _believing(seed: Seed) -> Iterator[None]:
    """Every signature and time stamp of the carrier holds, for a seed that is to be believed."""
    with ExitStack() as stack:
        for module in _modules(seed.carrier) if seed.is_believed else ():
            for name in [name for name in vars(module) if name in _CHECKS or name.endswith("_genuine")]:
                stack.callback(setattr, module, name, getattr(module, name))
                setattr(module, name, _holds)
        yield


_CHECKS = ("same_signature", "fresh")


def _holds(*_: object, **__: object) -> bool:
    return True


def _modules(carrier: str) -> list[ModuleType]:
    package = f"adapters.{carrier}"
    own = [module for name, module in sys.modules.items() if name.startswith(f"{package}.")]
    return [*own, importlib.import_module("gateway.wire.native_reply")]


def _read(seed: Seed, content: bytes) -> Reply | None:
    try:
        return seed.read(content)
    except Violation:
        raise
    except BaseException as error:
        raise Violation(f"{seed.name}: raised {type(error).__name__}: {str(error)[:200]}") from error


def _within_limits(reply: Reply) -> None:
    if len(reply.problems) > PROBLEMS_MAX + 1 or len(reply.unmapped) > UNMAPPED_MAX:
        raise Violation("more problems or unmapped names than a reply may report")
    for problem in reply.problems:
        if len(problem) > PROBLEM_MAX or any(each in problem for each in _PERSONAL):
            raise Violation(f"a problem quotes the message: {problem[:60]!r}")


@lru_cache(maxsize=1)
def _shipped_seeds() -> tuple[Seed, ...]:
    """Every message of the shipped carriers' examples; carrying those out is what takes the time."""
    root = shipped()
    assert root is not None, "no mappings are shipped with this installation"
    subjects = [Subject(folder.path, folder.root) for folder in list_carriers(root)]
    return tuple(seed for subject in subjects for seed in _seeds(subject))


def _seeds(subject: Subject) -> Iterator[Seed]:
    for file in subject.files:
        for example in file.examples:
            if example.callback is not None:
                yield _callback(subject, example)
            elif example.is_answered:
                yield from _replies(Run(file, example, subject))


def _callback(subject: Subject, example: Example) -> Seed:
    given = example.callback
    assert given is not None
    callback = subject.adapter.callback(given.name)
    assert callback is not None

    def read(body: bytes) -> Reply | None:
        notice = callback.read(replace(given.inbound, body=body), context_of(example, example.freeze, {}))
        return notice.reply if notice.genuine else None

    name = f"{subject.carrier}/{given.name}/{example.id}"
    return Seed(name, subject.carrier, given.inbound.body, read, is_signed=subject.verifies)


def _replies(run: Run) -> Iterator[Seed]:
    for played in run.flow.played:
        if played.exchange.reply is None or played.wire is None:
            continue
        raw, step, context = played.exchange.reply.reply, played.step, played.context

        def read(body: bytes, raw: Any = raw, step: Any = step, context: Any = context) -> Reply | None:
            found: Reply = step.parse(replace(raw, body=body), run.example.request, context)
            return found

        name = f"{run.subject.carrier}/{step.name}/{run.example.id}"
        yield Seed(name, run.subject.carrier, raw.body, read, is_signed=run.subject.verifies)
