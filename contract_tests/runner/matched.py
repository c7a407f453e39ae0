"""Replies held against the rules of an example: a mock's, a sandbox's, and the example's own, which must keep them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from contract_tests.examples.check import Run
from contract_tests.examples.example import Example, ExampleFile, Rule
from contract_tests.examples.flow import Played
from contract_tests.examples.matching import CODE, Member, kind_of, members
from contract_tests.examples.proof import Proof
from contract_tests.examples.shown import shown
from contract_tests.examples.subject import Subject
from contract_tests.runner.canonical import differences
from gateway.catalogue.marks import Diagnostic
from gateway.wire.contract import Reply, WireReply
from gateway.wire.limits import MATCH_TEXT_MAX

Answered = Sequence[tuple[str, Reply, WireReply | None]]
"""Each step's name, its reply as it was read, and as it came."""


def compare_matches(proof: Proof, example: Example, answered: Answered) -> None:
    """Every rule on every member it is about."""
    for rule in example.match:
        for member in _of(rule, answered):
            wrong = breach(rule, member)
            proof.holds(
                not wrong, at=_at(rule, member), mark=rule.mark, expected=told(rule), actual=wrong or "as the rule says"
            )


def _of(rule: Rule, answered: Answered) -> Iterator[Member]:
    """The members of the reply a rule is about; of a step that was not reached none."""
    for step, reply, raw in answered:
        if rule.step in ("", step):
            yield from members(_tree(rule, reply, raw), rule.path)


def _tree(rule: Rule, reply: Reply, raw: WireReply | None) -> Any:
    if rule.part == "body":
        return reply.wire if reply.wire is not None else {}
    headers = raw.headers if raw is not None else ()
    (wanted,) = rule.path
    found = [value for name, value in headers if name.lower() == wanted.lower()]
    return {wanted: found[0]} if found else {}


def _at(rule: Rule, member: Member) -> str:
    steps = f"steps.{rule.step}." if rule.step else ""
    return f"{steps}response.{rule.part}.{'.'.join(member.path)}"


def breach(rule: Rule, member: Member) -> str:
    """How a member breaks a rule, in words; empty when it keeps it."""
    if not member.here:
        return "" if rule.optional else "nothing here"
    value = member.value
    if value is None and rule.nullable:
        return ""
    kind = kind_of(value)
    keeps = (
        (not rule.type or kind == rule.type or (rule.type, kind) == ("number", "integer"))
        and (not rule.one_of or any(kind_of(each) == kind and each == value for each in rule.one_of))
        and (not rule.regex or (isinstance(value, str) and _found(rule.regex, value)))
        and (value is not None or bool(rule.type or rule.one_of))
    )
    return "" if keeps else _hinted(value)


def _hinted(value: Any) -> str:
    """What a value is, without telling it: a sandbox's reply may speak of somebody."""
    kind = kind_of(value)
    return f'{kind} "{value[:1]}***" ({len(value)} characters)' if isinstance(value, str) else kind


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> "re.Pattern[str]":
    return re.compile(pattern)


def _found(pattern: str, text: str) -> bool:
    """Found in a text; one longer than mappings may look at was never bounded, and fits nothing."""
    return len(text) <= MATCH_TEXT_MAX and _compiled(pattern).search(text) is not None


def told(rule: Rule) -> str:
    """A rule in words."""
    parts = [f"a text with {rule.regex}"] if rule.regex else []
    parts += [rule.type] if rule.type else []
    parts += ["one of " + ", ".join(map(shown, rule.one_of))] if rule.one_of else []
    parts += ["null"] if rule.nullable else []
    return " or ".join([*parts, *(["nothing"] if rule.optional else [])])


def unkept(file: ExampleFile, subject: Subject) -> Iterator[Diagnostic]:
    """Rules about what the written reply does not have, and rules that it breaks itself."""
    for example in file.examples:
        if not example.match:
            continue
        try:
            answered = _written(Run(file, example, subject))
        except Exception:  # noqa: BLE001, S112 - what is wrong with the example, its own checks tell
            continue
        for rule in example.match:
            yield from _unkept(rule, answered)


def _unkept(rule: Rule, answered: Answered) -> Iterator[Diagnostic]:
    found = list(_of(rule, answered))
    if not any(member.here for member in found):
        yield Diagnostic(CODE, rule.mark, f"the response has nothing at {rule.shown}", hint=_near(rule, answered))
        return
    for member in found:
        if wrong := breach(rule, member):
            what = f"the response itself does not keep this rule ({told(rule)}): {_at(rule, member)} is {wrong}"
            yield Diagnostic(CODE, rule.mark, what)
            return


def _near(rule: Rule, answered: Answered) -> str | None:
    """The names there are where a path leaves what there is."""
    for step, reply, raw in answered:
        if rule.step not in ("", step):
            continue
        tree = _tree(rule, reply, raw)
        for length in range(len(rule.path) - 1, -1, -1):
            last = next(iter(members(tree, rule.path[:length])), None)
            if last is not None and last.here and isinstance(last.value, dict) and last.value:
                way = ".".join(("response", rule.part, *rule.path[:length]))
                return f"{way} has {', '.join(list(last.value)[:20])}"
    steps = ", ".join(step for step, _, _ in answered)
    return f"the example has replies of: {steps}" if rule.step and steps else None


def _written(run: Run) -> Answered:
    """The example's own replies, as the mapping sees them."""
    return [
        (each.step.name, each.reply, each.exchange.reply.reply)
        for each in run.flow.played
        if each.reply is not None and each.exchange.reply is not None
    ]


class Loose(Struct, frozen=True):
    """Fields of a result that come of members under a rule: which may be absent, which may be another value."""

    absent: frozenset[tuple[str, ...]] = frozenset()
    other: frozenset[tuple[str, ...]] = frozenset()


def loosened(run: Run) -> Loose:
    """What of the written result hangs on members that a rule lets change: found by reading it without them."""
    absent: set[tuple[str, ...]] = set()
    other: set[tuple[str, ...]] = set()
    for played in run.flow.played if run.example.match else ():
        for rule in run.example.match:
            if rule.part != "body" or rule.step not in ("", played.step.name):
                continue
            fields = set(_hanging(run, played, rule))
            other |= fields
            if rule.optional or rule.nullable:
                absent |= fields
    return Loose(frozenset(absent), frozenset(other))


def _hanging(run: Run, played: Played, rule: Rule) -> Iterable[tuple[str, ...]]:
    """The fields that are read otherwise once the members of a rule are gone."""
    read = run.subject.read_result(run.flow.operation, played.step.name)
    reply, exchange = played.reply, played.exchange.reply
    if read is None or reply is None or reply.wire is None or exchange is None:
        return
    whole = _leaves(read(reply.wire, exchange.reply, run.example.request, played.context))
    for member in members(reply.wire, rule.path):
        if member.here:
            without = _without(reply.wire, member.path)
            left = _leaves(read(without, exchange.reply, run.example.request, played.context))
            yield from (tuple(path) for path, _, _ in differences(whole, left))


def _leaves(read: tuple[Any, Any]) -> Any:
    return msgspec.to_builtins(read[0])


def _without(wire: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    tree: Any = deepcopy(dict(wire))
    holder = next(iter(members(tree, path[:-1]))).value
    if isinstance(holder, dict):
        del holder[path[-1]]
    else:
        del holder[int(path[-1])]
    return tree
