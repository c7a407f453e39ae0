"""Which faults there are, and the plan that says which request meets which one.

A fault never changes the carrier's state unless its name says so: what replaces the reply leaves the request unworked
(`commit: true` works on it first); what only damages the reply lets the request take its ordinary course.
"""

from collections.abc import Iterable, Mapping
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
        "garbage": FaultKind(exchange, "bytes that are no HTTP", commit),
        "maintenance": FaultKind(exchange, "the edge's page, nothing done", {"status": 503, "retry_after": 60}),
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
        "swap_response": FaultKind(exchange, "two requests get each other's reply", {"wait": 2.0}),
        "huge_header": FaultKind(exchange, "a header of many bytes", {"bytes": 200_000}),
        "huge_body": FaultKind(exchange, "a body of many bytes, also by gzip", {"bytes": 10_000_000, "gzip": False}),
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
_MATCH = frozenset({"operation", "nth", "first", "key", "path", "callback", "probability"})


class BadPlan(ValueError):
    """A plan that names an unknown fault, parameter or condition."""


@dataclass(slots=True)
class Rule:
    """One line of a plan: a fault, its parameters, and the requests it strikes."""

    fault: str
    params: dict[str, Any]
    match: dict[str, Any]
    met: int = 0

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
        return probability is None or chance.random() < probability


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


def _rule(item: str | Mapping[str, Any]) -> Rule:
    given: dict[str, Any] = {"fault": item} if isinstance(item, str) else dict(item)
    name = given.pop("fault", None)
    kind = FAULTS.get(str(name))
    if kind is None:
        raise BadPlan(f"unknown fault '{name}'; known: {', '.join(sorted(FAULTS))}")
    params = dict(given.pop("with", {}))
    given.pop("met", None)
    if unknown := set(params) - set(kind.params):
        known = ", ".join(kind.params) or "none"
        raise BadPlan(f"{name} has no parameter {', '.join(sorted(unknown))}; it has {known}")
    if unknown := set(given) - _MATCH:
        raise BadPlan(f"unknown condition {', '.join(sorted(unknown))}; known: {', '.join(sorted(_MATCH))}")
    return Rule(str(name), {**kind.params, **params}, given)
