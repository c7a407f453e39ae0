"""A run: every test of a kit against one carrier, one after the other; nothing a carrier does ends it early."""

import fnmatch
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from contract_tests.kit.portable.bounds import TookTooLong, cpu_bound
from contract_tests.kit.portable.course import Course, Running, Stood, acknowledgement, read_names
from contract_tests.kit.portable.crypto import NeedsPackage, is_there
from contract_tests.kit.portable.definition import Kit, Standing, Test
from contract_tests.kit.portable.evidence import Evidence
from contract_tests.kit.portable.limits import EXCHANGES_SHOWN_MAX, TEST_CPU_S_MAX
from contract_tests.kit.portable.listener import Answer, Listener
from contract_tests.kit.portable.results import Broken, Ended, Result, Stopped, Tested
from contract_tests.kit.portable.sending import Sender
from contract_tests.kit.portable.steps import follow
from contract_tests.kit.portable.world import Clock, TooLong, World
from contract_tests.language.expression import ExpressionError, Scope

Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class Plan:
    """What a person said about a run."""

    target: str
    secrets: dict[str, str]
    settings: dict[str, Any] = field(default_factory=dict)
    allowed: frozenset[str] = frozenset()
    per_second: float = 0.0
    patience_s: float = 600.0
    advance_url: str = ""
    only: Sequence[str] = ()
    tls: Any = None
    listener: Listener | None = None


@dataclass(slots=True)
class Done:
    """A run that is over."""

    tests: list[Tested]
    started_at: str
    ended_at: str
    exchanges: int
    certificate_sha256: str
    left_out: int = 0


def carry_out(kit: Kit, plan: Plan, progress: Progress = lambda *_: None) -> Done:
    """Run the tests of a kit; standing checks are tests of their own, judged at the end. Raises Stopped on Ctrl-C."""
    started = datetime.now(UTC).isoformat(timespec="seconds")
    running = _running(kit, plan)
    wanted = [test for test in kit.tests if is_wanted(test.name, plan.only)]
    tests: list[Tested] = []
    try:
        for number, test in enumerate(wanted):
            progress(number, len(wanted), test.name)
            tests.append(_tested(test, running))
    except KeyboardInterrupt:
        raise Stopped(len(tests), len(wanted), "tests") from None
    lacking = bool(kit.needs) and not is_there()
    standing = [_stood(each, lacking=lacking) for name, each in running.stood.items() if is_wanted(name, plan.only)]
    progress(len(wanted), len(wanted), "")
    ended = datetime.now(UTC).isoformat(timespec="seconds")
    left_out = len(kit.tests) + len(running.stood) - len(tests) - len(standing)
    return Done([*standing, *tests], started, ended, running.sender.count, running.sender.certificate_sha256, left_out)


def is_wanted(name: str, only: Sequence[str]) -> bool:
    """Whether a test is one of those asked for; all are where nothing is said."""
    return not only or any(fnmatch.fnmatchcase(name, pattern) for pattern in only)


def _running(kit: Kit, plan: Plan) -> Running:
    clock = Clock(plan.patience_s, plan.advance_url)
    clock.begin()
    world = World(kit.zone, clock)
    names = {"secret": dict(plan.secrets), "settings": dict(plan.settings)}
    sender = Sender(plan.allowed, plan.per_second, plan.tls)
    running = Running(kit, world, sender, plan.target, names, Evidence(plan.secrets.values()), plan.listener)
    running.stood = {standing.name: Stood(standing) for standing in kit.standing}
    if plan.listener is not None and kit.callbacks is not None:
        plan.listener.take = lambda came: _taken(running, came)
    return running


def _taken(running: Running, came: dict[str, Any]) -> tuple[dict[str, Any], Answer]:
    """Read a callback, and answer it as the running test wants; the acknowledgement is the document's."""
    rules = running.kit.callbacks
    if rules is None:
        return came, (503, {}, b"")
    try:
        scope = running.scope()
        event = read_names(rules.read, scope, came)
        event["at"] = running.world.clock.now()
        event["acknowledged"] = not _is_refused(running, event)
        return event, acknowledgement(rules, scope) if event["acknowledged"] else (500, {}, b"")
    except (ExpressionError, NeedsPackage, ValueError, TypeError) as error:
        return {**came, "unreadable": str(error), "at": running.world.clock.now(), "acknowledged": False}, (
            500,
            {},
            b"",
        )


def _is_refused(running: Running, event: dict[str, Any]) -> bool:
    for refusal in running.refusals:
        which, scope, left = refusal
        try:
            if left > 0 and which(Scope(scope.world, {**scope, **event})):
                refusal[2] -= 1
                return True
        except ExpressionError:
            continue
    return False


def _tested(test: Test, running: Running) -> Tested:
    course, began = Course(running), time.monotonic()
    running.refusals.clear()
    scope = running.scope()
    tested = Tested(test.name, Result.passed, test.clauses, test.says, place=str(test.place), optional=test.optional)
    try:
        with cpu_bound(TEST_CPU_S_MAX):
            follow(running.kit.before, course, scope)
            before = course.checks
            follow(test.steps, course, scope)
        if course.checks == before:
            raise Broken("the test checked nothing")
    except Ended as ended:
        tested.result, tested.reason = ended.result, running.evidence.clean(str(ended))
    except TooLong as error:
        tested.result, tested.reason = Result.skipped, str(error)
    except NeedsPackage as error:
        tested.result, tested.reason = Result.could_not_check, str(error)
    except ExpressionError as error:
        tested.result = Result.failed
        tested.reason = running.evidence.clean(f"the reply cannot be read as the test wants: {error}")
    except (OSError, ValueError, TypeError, KeyError, RecursionError, MemoryError, TookTooLong) as error:
        tested.result, tested.reason = Result.error, f"{type(error).__name__}: {error}"
    tested.exchanges = len(course.exchanges)
    tested.checks, tested.wait_s = course.checks, round(time.monotonic() - began, 3)
    if tested.result is not Result.passed:
        tested.evidence = course.exchanges[-EXCHANGES_SHOWN_MAX:]
    return tested


def _stood(stood: Stood, *, lacking: bool) -> Tested:
    """A standing check as a test: broken once is failed, never met is not checked; `lacking` a package it cannot be."""
    standing: Standing = stood.standing
    tested = Tested(standing.name, Result.passed, standing.clauses, standing.says, place=str(standing.holds.place))
    tested.checks = stood.held
    if stood.broken:
        tested.result, tested.reason = Result.failed, stood.broken
        tested.evidence = [stood.evidence] if stood.evidence else []
    elif not stood.held:
        tested.result = Result.could_not_check if lacking and not standing.of_callbacks else Result.skipped
        what = "callback" if standing.of_callbacks else "reply"
        tested.reason = f"no {what} came that it could be checked on"
    return tested
