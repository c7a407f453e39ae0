"""Reading a channel's `rates:`: effective-dated rows, of which no two serve one request on one day."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast, get_args

from msgspec.structs import replace

from gateway.catalogue.fields import Fields
from gateway.catalogue.limits import Span
from gateway.catalogue.marks import Mark
from gateway.catalogue.products import Plan
from gateway.catalogue.rates import Of, Per, Rate, overlaps
from gateway.catalogue.spans import read_span
from gateway.catalogue.values import Faults, did_you_mean

AGE_MAX = 150
TERM_DAYS_MAX = 40_000


def read_rates(fields: Fields, plans: Mapping[str, Plan]) -> tuple[Rate, ...]:
    nodes = fields.items("rates")
    rows = [(_rate(Fields(each, fields.faults, f"{fields.what}: rate"), plans), each.mark) for each in nodes]
    rows.sort(key=lambda row: (row[0].start, row[1].line))
    return _dated(rows, fields.faults)


_EARLIEST = date(1970, 1, 1)


def _rate(fields: Fields, plans: Mapping[str, Plan]) -> Rate:
    fields.needed("from")
    of = cast("Of", fields.word("of", get_args(Of)))
    age = read_span(fields.inner("age"), AGE_MAX) or Span()
    days = read_span(fields.inner("days"), TERM_DAYS_MAX) or Span()
    made = Rate(
        start=fields.day("from") or _EARLIEST,
        until=fields.day("until"),
        plan=fields.maybe_text("plan"),
        category=fields.maybe_text("category"),
        merchant=fields.maybe_text("merchant"),
        currency=fields.currency("currency"),
        age_min=age.min,
        age_max=age.max,
        days_min=days.min,
        days_max=days.max,
        coverage=fields.maybe_text("coverage"),
        of=of,
        per=cast("Per", fields.word("per", get_args(Per), "policy")),
        rate=fields.decimal("rate", least=Decimal(0)),
        amount=fields.money("amount"),
        plus=fields.money("plus"),
        at_least=fields.money("at_least"),
        at_most=fields.money("at_most"),
    )
    if fields.node("to") is not None:
        hint = "write until: the first day on which it is no longer in force"
        fields.fault("to", f"{fields.what} has no 'to'", hint, code="E502")
    _rate_is_whole(fields, made, plans)
    fields.done()
    return made


def _rate_is_whole(fields: Fields, made: Rate, plans: Mapping[str, Plan]) -> None:
    if made.of == "fixed" and (made.amount is None or made.rate is not None):
        fields.fault("of", "a fixed premium has an 'amount' and no 'rate'")
    if made.of != "fixed" and (made.rate is None or made.amount is not None):
        fields.fault("of", f"a premium of {made.of} has a 'rate' and no 'amount'")
    if made.until is not None and made.until <= made.start:
        fields.fault("until", "a rate ends after it begins; 'until' is the first day without it")
    if made.plan is not None and made.plan not in plans:
        fields.fault("plan", f"the product has no plan '{made.plan}'", did_you_mean(made.plan, plans), code="E501")
    covered = {each.code for plan in plans.values() for each in plan.coverages}
    if made.coverage is not None and made.coverage not in covered:
        hint = did_you_mean(made.coverage, covered)
        fields.fault("coverage", f"the product has no coverage '{made.coverage}'", hint, code="E501")
    beside = [money for money in (made.amount, made.plus, made.at_least, made.at_most) if money is not None]
    if len({money.currency for money in beside} | ({made.currency} if made.currency else set())) > 1:
        fields.fault("from", f"{fields.what} is in one currency")
    elif made.at_least and made.at_most and made.at_most < made.at_least:
        fields.fault("at_least", "at_least is above at_most")


def _dated(rows: list[tuple[Rate, Mark]], faults: Faults) -> tuple[Rate, ...]:
    """Each row ends where the next of its kind begins; rows of which two would serve one request are a fault."""
    dated: list[tuple[Rate, Mark]] = []
    for at, (row, mark) in enumerate(rows):
        after = (later for later, _ in rows[at + 1 :] if _kind(later) == _kind(row) and later.start > row.start)
        following = (later.start for later in after)
        dated.append((replace(row, until=row.until or next(following, None)), mark))
    for at, (row, mark) in enumerate(dated):
        earlier = next((other.line for before, other in dated[:at] if overlaps(before, row)), None)
        if earlier is not None:
            hint = "end one with 'until', or tell them apart by plan, category, merchant, age or days"
            faults.add(mark, f"overlaps the rate at line {earlier}", hint, code="E504")
    return tuple(row for row, _ in dated)


def _kind(row: Rate) -> tuple[Any, ...]:
    named = row.plan, row.category, row.merchant, row.currency, row.coverage, row.of, row.per
    return *named, row.age_min, row.age_max, row.days_min, row.days_max
