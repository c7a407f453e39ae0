"""Which faults there are, and the plan that says which request meets which one.

A fault never changes the carrier's state unless its name says so: what replaces the reply leaves the request unworked
(`commit: true` works on it first); what only damages the reply lets the request take its ordinary course.
"""

import difflib
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A fault's stage (where it strikes), its parameters with their defaults, and one line about it."""

    stage: str
    about: str
    params: Mapping[str, Any] = field(default_factory=dict)


def _kinds() -> dict[str, FaultKind]:
    listen, accept, head, exchange, callback = "listen", "accept", "head", "exchange", "callback"
    commit = {"commit": False}
    return {
        "refuse": FaultKind(listen, "connections are refused while this is planned"),
        "rst_accept": FaultKind(accept, "reset as soon as connected"),
        "fin_accept": FaultKind(accept, "closed as soon as connected"),
        "tls_reset": FaultKind(accept, "reset before the TLS handshake"),
        "tls_hang": FaultKind(accept, "no answer to the TLS handshake"),
        "tls_untrusted": FaultKind(accept, "a certificate nobody trusts"),
        "tls_expired": FaultKind(accept, "a certificate of yesterday"),
        "rst_mid_request": FaultKind(head, "reset when the head is read, the body not"),
        "rst_before_commit": FaultKind(exchange, "request read, nothing done, reset"),
        "fin_before_commit": FaultKind(exchange, "request read, nothing done, closed"),
        "commit_then_rst": FaultKind(exchange, "done, then reset instead of the reply"),
        "commit_then_fin": FaultKind(exchange, "done, then closed instead of the reply"),
        "commit_then_hang": FaultKind(exchange, "done, then silence", {"seconds": 3600.0}),
        "late_commit": FaultKind(exchange, "silence; done late, within the horizon", {"after": 5.0, "horizon": None}),
        "error_before_commit": FaultKind(exchange, "an error status, nothing done", {"status": 500, "html": False}),
        "error_after_commit": FaultKind(exchange, "done, then an error status", {"status": 500, "html": False}),
        "html_200": FaultKind(exchange, "a web page with status 200", commit),
        "html_502": FaultKind(exchange, "the edge's error page", commit),
        "empty_200": FaultKind(exchange, "status 200 and no body", commit),
        "redirect": FaultKind(exchange, "sent to the same address once more", {"status": 307, **commit}),
        "garbage": FaultKind(exchange, "bytes that are no HTTP", commit),
        "maintenance": FaultKind(
            exchange, "the edge's page, nothing done; `window` seconds long from the first request it meets",
            {"status": 503, "retry_after": 60, "window": None},
        ),
        "rate_limit": FaultKind(exchange, "above n a second: the carrier's own refusal", {"n": 0, "retry_after": 1}),
        "auth_expired": FaultKind(exchange, "the carrier's answer to an expired token, nothing done"),
        "truncate": FaultKind(exchange, "the body is cut, the announced length is not", {"pct": 50}),
        "truncate_close": FaultKind(exchange, "the body is cut and ends with the connection", {"pct": 50}),
        "truncate_chunked": FaultKind(exchange, "chunks that stop", {"pct": 50}),
        "bad_chunk": FaultKind(exchange, "a chunk whose size is no number"),
        "bad_gzip": FaultKind(exchange, "said to be gzip, and broken"),
        "wrong_charset": FaultKind(exchange, "other bytes than the header says"),
        "bom": FaultKind(exchange, "a byte order mark before the body"),
        "dribble": FaultKind(exchange, "a few bytes at a time", {"bytes": 1, "interval": 0.2}),
        "slow_first_byte": FaultKind(exchange, "done, then a wait before the first byte", {"seconds": 5.0}),
        "slow": FaultKind(exchange, "a wait, then the ordinary course", {"seconds": 1.0}),
        "dup_response": FaultKind(exchange, "the reply twice on one connection"),
        "idle_close": FaultKind(exchange, "a reply that keeps the connection, which is closed all the same"),
        "swap_response": FaultKind(exchange, "two requests get each other's reply", {"wait": 2.0}),
        "huge_header": FaultKind(exchange, "a header of many bytes", {"bytes": 200_000}),
        "huge_body": FaultKind(exchange, "a body of many bytes, also by gzip", {"bytes": 10_000_000, "gzip": False}),
        "deep_body": FaultKind(exchange, "a body of objects inside one another", {"depth": 1_000}),
        "clock_skew": FaultKind(exchange, "the carrier's clock is off in this reply", {"seconds": 600}),
        "query_lag": FaultKind(exchange, "reads see what is older", {"seconds": 30.0}),
        "query_not_found_then_found": FaultKind(exchange, "the first reads of a key find nothing", {"times": 1}),
        "early_callback": FaultKind(exchange, "the callback is delivered before the reply"),
        "dup_callback": FaultKind(callback, "delivered several times", {"times": 2}),
        "lost_callback": FaultKind(callback, "never delivered"),
        "forged_callback": FaultKind(callback, "one signed with a wrong key goes first"),
        "reorder_callback": FaultKind(callback, "held until another one went", {"seconds": 5.0}),
    }  # fmt: skip


FAULTS = _kinds()
_COUNTED = ("nth", "first", "probability")
_CONDITIONS = {
    "listen": (), "accept": _COUNTED, "head": ("path", *_COUNTED),
    "exchange": ("operation", "key", "path", *_COUNTED), "callback": ("callback", *_COUNTED),
}  # fmt: skip
"""What is known where a fault strikes: a condition on anything else could never be met."""
_MATCH = frozenset().union(*_CONDITIONS.values())
_OF_THE_PORT = ("listen", "accept")
_NOT_OPERATIONS = ("unknown", "unreadable")
"""What requests are called that are none of the carrier's operations."""
_WHOLE = frozenset({"pct", "status", "bytes", "depth", "n", "times"})
_RANGES = {"pct": (0, 100), "status": (200, 599), "bytes": (1, 1_000_000_000), "depth": (1, 1_000_000)}
_RANGES_OF = {"redirect": {"status": (300, 399)}, "clock_skew": {"seconds": (-1_000_000_000, 1_000_000_000)}}
"""Where a fault takes other values than those of its parameter's name."""
_SECONDS_MAX = 1_000_000_000


class BadPlan(ValueError):
    """A plan that names an unknown fault, parameter or condition, or one that nothing could ever meet."""


def read_plan(told: Any) -> tuple[list[Any], int]:
    """The rules and the seed of `{"faults": [...], "seed": 0}`. Raises BadPlan for a word that is neither."""
    if not isinstance(told, dict) or not isinstance(told.get("faults", []), list):
        raise BadPlan('a plan is {"faults": [...], "seed": 0}')
    unknown = sorted(told.keys() - {"faults", "seed"})
    if unknown:
        raise BadPlan(f"a plan has no '{unknown[0]}': only faults and seed")
    seed = told.get("seed", 0)
    if not _is_whole(seed):
        raise BadPlan(f"seed is a whole number, not {seed!r}")
    return told.get("faults", []), seed


@dataclass(slots=True)
class Rule:
    """One line of a plan: a fault, its parameters, and the requests it strikes."""

    fault: str
    params: dict[str, Any]
    match: dict[str, Any]
    met: int = 0
    began: float | None = None

    @property
    def stage(self) -> str:
        """Where the fault strikes."""
        return FAULTS[self.fault].stage

    def strikes(self, facts: Mapping[str, Any], chance: Random) -> bool:
        """Whether this event meets the rule; counts the events that fit its conditions."""
        for name in ("operation", "key", "path", "callback"):
            wanted = self.match.get(name)
            if wanted is not None and facts.get(name) not in (wanted if isinstance(wanted, list) else [wanted]):
                return False
        self.met += 1
        nth, first, probability = (self.match.get(name) for name in ("nth", "first", "probability"))
        if nth is not None and self.met not in (nth if isinstance(nth, list) else [nth]):
            return False
        if first is not None and self.met > first:
            return False
        if probability is not None and chance.random() >= probability:
            return False
        return self._is_open(facts)

    def _is_open(self, facts: Mapping[str, Any]) -> bool:
        """Whether a fault that lasts a while is not over: its window opens with the first event it meets."""
        window_s = self.params.get("window")
        if window_s is None:
            return True
        self.began = facts["now"] if self.began is None else self.began
        return bool(facts["now"] < self.began + window_s)


@dataclass(slots=True)
class Plan:
    """An ordered list of rules; scripted ones win over those with a probability."""

    rules: list[Rule] = field(default_factory=list)
    seed: int = 0
    _chance: Random = field(default_factory=lambda: Random(0))

    def strike(self, stage: str, facts: Mapping[str, Any]) -> Rule | None:
        """The rule that strikes an event of a stage, if any. Every fitting rule counts the event."""
        if not self.rules:
            return None
        struck = [rule for rule in self.rules if rule.stage == stage and rule.strikes(facts, self._chance)]
        return next((rule for rule in struck if "probability" not in rule.match), struck[0] if struck else None)

    def refuses(self) -> bool:
        """Whether connections are to be refused."""
        return any(rule.fault == "refuse" for rule in self.rules)

    def wants_keys(self) -> bool:
        """Whether any rule looks at business keys (finding them costs time)."""
        return any("key" in rule.match or rule.fault == "query_not_found_then_found" for rule in self.rules)

    def describe(self) -> dict[str, Any]:
        """The plan as it is written, with how many events each rule has met."""
        rules = [{"fault": rule.fault, "with": rule.params, **rule.match, "met": rule.met} for rule in self.rules]
        return {"seed": self.seed, "faults": rules}


def make_plan(faults: Iterable[str | Mapping[str, Any]], seed: int = 0) -> Plan:
    """Read a plan: each fault a name, or `{fault, with: {...}}` with conditions (operation, nth, first, key, ...)."""
    return Plan([_rule(item) for item in faults], seed, Random(seed))


def refuse_idle(
    plan: Plan, *, operations: Collection[str], callbacks: Collection[str], encrypted: bool, namespace: str
) -> None:
    """Raise BadPlan for a rule that nothing at this carrier could ever meet: a fault never met proves nothing."""
    for rule in plan.rules:
        # A port that refuses does so for everybody, whoever planned it, until that plan is over.
        if rule.stage in _OF_THE_PORT and rule.fault != "refuse" and namespace != "default":
            raise BadPlan(f"{rule.fault} strikes before a namespace is known: plan it for the namespace default")
        if rule.fault in ("tls_untrusted", "tls_expired") and not encrypted:
            raise BadPlan(f"{rule.fault} needs a mock that speaks TLS: start it with --tls")
        _named(rule, "operation", (*operations, *_NOT_OPERATIONS))
        _named(rule, "callback", callbacks)


def _named(rule: Rule, condition: str, known: Collection[str]) -> None:
    """A list of names may be meant for several carriers; one name is meant for this one."""
    wanted = rule.match.get(condition)
    if isinstance(wanted, str) and wanted not in known:
        near = difflib.get_close_matches(wanted, known, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"it has {', '.join(known) or 'none'}"
        raise BadPlan(f"{rule.fault}: this carrier has no {condition} '{wanted}'; {hint}")


def _rule(item: Any) -> Rule:
    if not isinstance(item, (str, Mapping)):
        raise BadPlan(f"a fault is a name, or {{fault, with, ...}}, not {item!r}")
    given: dict[str, Any] = {"fault": item} if isinstance(item, str) else dict(item)
    name = given.pop("fault", None)
    kind = FAULTS.get(str(name))
    if kind is None:
        raise BadPlan(_unknown(str(name)))
    params = given.pop("with", {})
    if not isinstance(params, Mapping):
        raise BadPlan(f"{name}: with is a map of parameters, not {params!r}")
    given.pop("met", None)
    if unknown := set(params) - set(kind.params):
        known = ", ".join(kind.params) or "none"
        raise BadPlan(f"{name} has no parameter {', '.join(sorted(unknown))}; it has {known}")
    for parameter, value in params.items():
        _refuse_parameter(str(name), parameter, value, kind.params[parameter])
    _refuse_conditions(str(name), kind.stage, given)
    return Rule(str(name), {**kind.params, **params}, given)


def _unknown(name: str) -> str:
    if name == "dns":
        return "dns is no fault of a carrier: its host is not found. Lead the caller to a host nobody has (x.invalid)"
    near = difflib.get_close_matches(name, FAULTS, 1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return f"unknown fault '{name}'{hint}; known: {', '.join(sorted(FAULTS))}"


def _refuse_parameter(fault: str, name: str, value: Any, default: Any) -> None:
    what = f"{fault}: {name}"
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise BadPlan(f"{what} is true or false, not {value!r}")
        return
    if value is None and default is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise BadPlan(f"{what} is a number, not {value!r}")
    if name in _WHOLE and not _is_whole(value):
        raise BadPlan(f"{what} is a whole number, not {value!r}")
    least, most = _RANGES_OF.get(fault, {}).get(name) or _RANGES.get(name, (0, _SECONDS_MAX))
    if not least <= value <= most:
        raise BadPlan(f"{what} is between {least} and {most}, not {value}")


def _refuse_conditions(fault: str, stage: str, match: Mapping[str, Any]) -> None:
    if unknown := set(match) - _MATCH:
        raise BadPlan(f"unknown condition {', '.join(sorted(unknown))}; known: {', '.join(sorted(_MATCH))}")
    for name, value in match.items():
        if name not in _CONDITIONS[stage]:
            known = ", ".join(_CONDITIONS[stage]) or "none"
            raise BadPlan(f"{fault} strikes where no {name} is known yet; it takes {known}")
        if not _fits(name, value):
            raise BadPlan(f"{fault}: {name} cannot be {value!r}; {_SHAPES.get(name, 'a text, or a list of texts')}")


_SHAPES = {
    "nth": "a whole number from 1, or a list of them", "first": "a whole number from 1",
    "probability": "a number from 0 to 1",
}  # fmt: skip


def _fits(name: str, value: Any) -> bool:
    if name == "probability":
        return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1
    if name == "first":
        return _is_whole(value) and value > 0
    several = value if isinstance(value, list) else [value]
    if name == "nth":
        return bool(several) and all(_is_whole(each) and each > 0 for each in several)
    return bool(several) and all(isinstance(each, str) for each in several)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
