"""Reading what was agreed with an insurer about a product's volume: commission, commitment, a canary's share."""

from decimal import Decimal
from typing import Literal, cast

from gateway.catalogue.fields import Fields
from gateway.catalogue.products import Binding, Commission, Commitment

COUNT_MAX = 10**9
SHARE_MAX = Decimal("0.5")
DAYS_OF = {"month": 28, "quarter": 90, "year": 365}
"""The fewest days each has: what a quota allows in all of them."""


def read_commission(fields: Fields | None) -> Commission | None:
    """What the seller earns of a premium; more than what is filed is refused."""
    if fields is None:
        return None
    fields.needed("rate")
    fields.needed("filed")
    made = Commission(
        rate=fields.decimal("rate", least=Decimal(0), most=Decimal(1)) or Decimal(0),
        filed=fields.decimal("filed", least=Decimal(0), most=Decimal(1)) or Decimal(0),
        cost=fields.money("cost"),
    )
    if made.rate > made.filed:
        fields.fault("rate", f"the rate is above the filed {made.filed}", "a commission never exceeds its filed rate")
    fields.done()
    return made


def read_share(fields: Fields, mode: str) -> float | None:
    """The share of a canary: it has one instead of a weight."""
    share = fields.decimal("share", least=Decimal(0), most=SHARE_MAX)
    if mode == "canary" and not share:
        fields.fault("share", f"{fields.what} is a canary and needs a share", "share: 0.01 is one order in a hundred")
    if mode == "canary" and "weight" in fields.map:
        fields.fault("weight", f"{fields.what} is a canary: it has a share instead of a weight", code="E505")
    if mode != "canary" and share is not None:
        fields.fault("share", f"{fields.what} is {mode}: only a canary has a share", code="E505")
    return None if share is None else float(share)


def read_commitment(fields: Fields | None) -> Commitment | None:
    if fields is None:
        return None
    made = Commitment(
        period=cast("Literal['month', 'quarter', 'year']", fields.word("period", ("month", "quarter", "year"))),
        policies=fields.integer("policies", least=1, most=COUNT_MAX),
        premium=fields.money("premium"),
    )
    if (made.policies is None) == (made.premium is None):
        fields.fault("policies", f"{fields.what} is a number of policies, or a premium")
    fields.done()
    return made


def check_together(fields: Fields, bindings: dict[str, Binding]) -> None:
    """What cannot be met when the channels of a product are seen together."""
    modes = {each.mode for each in bindings.values()}
    for name, each in bindings.items():
        if "primary" in modes and each.mode == "weighted":
            hint = "make every channel that shares the business primary, or the others standby"
            fields.fault(name, f"{name}: its weight cannot be met beside a primary channel", hint, code="E505")
        _commitment_is_possible(fields, name, each)
    if sum(each.share or 0.0 for each in bindings.values()) > float(SHARE_MAX):
        fields.fault(next(iter(bindings)), f"canaries together take more than {SHARE_MAX} of the business", code="E505")


def _commitment_is_possible(fields: Fields, name: str, binding: Binding) -> None:
    commitment, per_day = binding.commitment, binding.limits.per_day
    if commitment is not None and (binding.mode == "standby" or (binding.share is None and not binding.weight)):
        why = "standing by" if binding.mode == "standby" else "a weight of 0"
        fields.fault(name, f"{name}: what it is promised cannot be kept by {why}", "give it a weight", code="E505")
    if commitment is None or commitment.policies is None or per_day is None:
        return
    most = per_day * DAYS_OF[commitment.period]
    if commitment.policies > most:
        promised = f"{commitment.policies} policies a {commitment.period} are promised"
        why = f"{promised}, its quota allows {most} in the shortest"
        fields.fault(name, f"{name}: {why}", "raise per_day, or lower the commitment")
