"""The faults that carriers play under torture: which there are, how often each comes, and each of them once."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

Fault = Mapping[str, Any]
Rule = dict[str, Any]

WRITES = (
    "policy.issue",
    "policy.issue_batch",
    "underwriting.submit",
    "cancellation.submit",
    "endorsement.submit",
    "claim.report",
)
ISSUES, READS = ["policy.issue"], ["policy.get"]

EXCHANGE_FAULTS: tuple[Fault, ...] = (
    {"fault": "rst_before_commit"},
    {"fault": "fin_before_commit"},
    {"fault": "commit_then_rst"},
    {"fault": "commit_then_fin"},
    {"fault": "commit_then_hang", "with": {"seconds": 5}},
    {"fault": "late_commit", "with": {"after": 3}},
    {"fault": "error_before_commit"},
    {"fault": "error_after_commit", "with": {"status": 502, "html": True}},
    {"fault": "html_200", "with": {"commit": True}},
    {"fault": "html_502"},
    {"fault": "empty_200", "with": {"commit": True}},
    {"fault": "redirect", "with": {"commit": True}},
    {"fault": "garbage", "with": {"commit": True}},
    {"fault": "maintenance", "with": {"retry_after": 1}},
    {"fault": "rate_limit"},
    {"fault": "truncate"},
    {"fault": "truncate_close"},
    {"fault": "truncate_chunked"},
    {"fault": "bad_chunk"},
    {"fault": "bad_gzip"},
    {"fault": "wrong_charset"},
    {"fault": "bom"},
    {"fault": "dribble"},
    {"fault": "slow_first_byte", "with": {"seconds": 0.6}},
    {"fault": "slow", "with": {"seconds": 0.6}},
    {"fault": "dup_response"},
    {"fault": "swap_response", "with": {"wait": 0.5}},
    {"fault": "huge_header"},
    {"fault": "huge_body", "with": {"bytes": 200_000_000, "gzip": True}},
    {"fault": "deep_body"},
    {"fault": "auth_expired"},
)
"""Every fault of an exchange that a write may meet."""
EARLY: Fault = {"fault": "early_callback"}
QUERY_FAULTS: tuple[Fault, ...] = (
    {"fault": "query_lag"},
    {"fault": "query_not_found_then_found", "with": {"times": 2}},
    {"fault": "idle_close"},
)
"""What a look at a policy may meet; only there are connections kept that a carrier may close."""
CALLBACK_FAULTS: tuple[Fault, ...] = (
    {"fault": "dup_callback"},
    {"fault": "lost_callback"},
    {"fault": "forged_callback"},
    {"fault": "reorder_callback", "with": {"seconds": 2}},
)
HEAD_FAULTS: tuple[Fault, ...] = ({"fault": "rst_mid_request"},)
ACCEPT_FAULTS: tuple[Fault, ...] = ({"fault": "rst_accept"}, {"fault": "fin_accept"})
TLS_FAULTS: tuple[Fault, ...] = tuple(
    {"fault": name} for name in ("tls_reset", "tls_hang", "tls_untrusted", "tls_expired")
)
REFUSE: Fault = {"fault": "refuse"}
RARE = ("huge_body", "dribble", "commit_then_hang", "late_commit")
TLS_CHANNELS = ("harbor_main",)
REFUSES_ON_PURPOSE = "tide_main"
BEYOND: Mapping[str, Collection[str]] = dict.fromkeys(("aurora", "harbor", "tide"), ("swap_response",))
"""What nobody could see through, by carrier: errors of these bear no number of ours (`echo: success`), so that only a
write's own connection tells whose they are, and a no that was meant for another order would be believed."""

PLANNED: tuple[str, ...] = tuple(
    each["fault"]
    for each in (
        *EXCHANGE_FAULTS, EARLY, *QUERY_FAULTS, *CALLBACK_FAULTS, *HEAD_FAULTS, *ACCEPT_FAULTS, *TLS_FAULTS, REFUSE,
    )
)  # fmt: skip
"""By name what a long run must have met, as the carriers themselves count it."""


def faults_of(channel: str, share: float, *, refuses: bool = False) -> list[Rule]:
    """A carrier's plan: each fault with its part of the share, the slow ones a third of it."""
    exchanges = _exchanges(channel)
    each = share / len(exchanges)
    plan = [
        {**fault, "operation": list(WRITES), "probability": each / 3 if fault["fault"] in RARE else each}
        for fault in exchanges
    ]
    plan += _all(QUERY_FAULTS, operation=READS, probability=0.1)
    plan += _all(CALLBACK_FAULTS, probability=0.12)
    plan.append({**EARLY, "operation": ISSUES, "probability": each * 2})
    plan += _all((*HEAD_FAULTS, *ACCEPT_FAULTS), probability=each)
    if channel in TLS_CHANNELS:
        plan += _all(TLS_FAULTS, probability=0.08)
    return [*plan, {**REFUSE}] if refuses else plan


def each_once(channel: str, wanted: Collection[str]) -> list[Rule]:
    """A carrier's plan in which each of the wanted faults strikes a request, connection or callback of its own."""
    if "refuse" in wanted and channel == REFUSES_ON_PURPOSE:
        return [{**REFUSE}]
    accepted = (*ACCEPT_FAULTS, *(TLS_FAULTS if channel in TLS_CHANNELS else ()))
    return [
        *_in_turn(_exchanges(channel), wanted, operation=list(WRITES)),
        *_in_turn(QUERY_FAULTS, wanted, operation=READS),
        *_in_turn(CALLBACK_FAULTS, wanted),
        *_in_turn(HEAD_FAULTS, wanted),
        *_in_turn(accepted, wanted),
        # Few orders are decided later: it waits for one that is, behind all that strike once.
        *_all([EARLY] if "early_callback" in wanted else [], operation=ISSUES, probability=1.0),
    ]


def _exchanges(channel: str) -> list[Fault]:
    """The faults of an exchange that a carrier plays; a channel is named after its carrier."""
    beyond = BEYOND.get(channel.partition("_")[0], ())
    return [each for each in EXCHANGE_FAULTS if each["fault"] not in beyond]


def _all(faults: Iterable[Fault], **more: Any) -> list[Rule]:
    return [{**fault, **more} for fault in faults]


def _in_turn(faults: Iterable[Fault], wanted: Collection[str], **more: Any) -> list[Rule]:
    """The first event meets the first of them, the next one the second; two follow where one is nothing alone."""
    rules: list[Rule] = []
    number = 1
    for fault in faults:
        if fault["fault"] in wanted:
            takes = 2 if fault["fault"] == "swap_response" else 1
            rules.append({**fault, **more, "nth": list(range(number, number + takes))})
            number += takes
    return rules
