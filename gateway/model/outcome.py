"""What is known after a call to a carrier, in one vocabulary that every room shares.

`unknown` is the default: whatever is not recognised may have happened, and is never resent before it is resolved.
"""

from msgspec import Struct

from gateway.model.code import Code


class OutcomeKind(Code):
    """How one attempt, a single call to a single carrier, ended."""

    accepted = "accepted"
    declined = "declined"
    pending = "pending"
    refused = "refused"
    not_executed = "not_executed"
    unknown = "unknown"


class SafetyClass(Code):
    """What may follow an `unknown`; derived from what the mapping declares, never typed in."""

    read = "read"
    write_replay = "write_replay"
    write_inquiry = "write_inquiry"
    write_blind = "write_blind"


class Outcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One classified reply: its kind, the canonical error code, and what to do next.

    `then` names how the answer arrives (`inquiry`, `callback`, `file`, or `answer`: from our caller), asked `every_s`
    seconds for at most `for_s`. `after_s` is the wait a carrier demands before another try; `because` quotes the clause
    of the carrier's document that says nothing was processed. `carrier_code` and `text` are the carrier's own words;
    `disclose` is false where the caller must not read them.
    """

    kind: OutcomeKind
    code: str | None = None
    text: str | None = None
    field: str | None = None
    carrier_code: str | None = None
    then: str | None = None
    every_s: float | None = None
    for_s: float | None = None
    after_s: float | None = None
    once: bool = False
    because: str | None = None
    alert: bool = False
    disclose: bool = True

    @property
    def is_definite_no_effect(self) -> bool:
        """True when the carrier certainly did not execute the request."""
        return self.kind in (OutcomeKind.not_executed, OutcomeKind.refused)


UNKNOWN = Outcome(kind=OutcomeKind.unknown)
