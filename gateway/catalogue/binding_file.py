"""Reading a product's `channels:`: per channel its weight, codes, rates, limits, commitment and rules."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal, cast, get_args

from msgspec.structs import replace

from gateway.catalogue.channels import Channel
from gateway.catalogue.expression import compile_rule
from gateway.catalogue.fields import Fields
from gateway.catalogue.limits import Limits, MoneySpan, Span
from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import MapNode, ScalarNode
from gateway.catalogue.products import MODES, Binding, Commitment, Plan, Rule
from gateway.catalogue.rates import Of, Per, Rate, overlaps
from gateway.catalogue.values import Faults, as_text, did_you_mean, plain_data

WEIGHT_MAX = 10_000
PREFER_MAX = Decimal(100)
AGE_MAX = 150
COUNT_MAX = 10**9


def read_bindings(fields: Fields, plans: Mapping[str, Plan], channels: Mapping[str, Channel]) -> dict[str, Binding]:
    """Every channel that sells the product."""
    inner = fields.inner("channels")
    if inner is None or not len(inner.map):
        fields.fault("channels", "no channel sells this product")
        return {}
    bindings = {}
    for key, node in inner:
        if key.text not in channels:
            hint = did_you_mean(key.text, channels)
            fields.faults.add(key.mark, f"there is no channel '{key.text}'", hint, code="E501")
        bindings[key.text] = _binding(key.text, Fields(node, fields.faults, key.text), plans)
    if not any(each.weight for each in bindings.values() if each.mode in ("weighted", "primary")):
        fields.fault("channels", "every weight is 0: nothing would be sold", code="E505")
    return bindings


def _binding(channel: str, fields: Fields, plans: Mapping[str, Plan]) -> Binding:
    mode = fields.word("mode", MODES, "weighted")
    made = Binding(
        channel=channel,
        mode=mode,
        weight=_weight(fields, mode),
        limits=_limits(fields.inner("limits"), plans),
        binding=_codes(fields, plans),
        rates=_rates(fields, plans),
        commitment=_commitment(fields.inner("commitment")),
        rules=tuple(_rule(Fields(each, fields.faults, f"{channel}: rule")) for each in fields.items("rules")),
    )
    _plans_have_codes(fields, made, plans)
    fields.done()
    return made


def _weight(fields: Fields, mode: str) -> int:
    if "weight" not in fields.map and mode == "weighted":
        fields.fault("weight", f"{fields.what} is {mode} and needs a weight", code="E505")
    before = len(fields.faults)
    weight = fields.integer("weight", least=0, most=WEIGHT_MAX)
    if len(fields.faults) > before:
        fields.fault("weight", "a weight is a share against the other channels' weights", code="E505")
    return 1 if weight is None else weight


def _codes(fields: Fields, plans: Mapping[str, Plan]) -> dict[str, Any]:
    """The carrier's codes, as they are; `plan_code` and `coverage_code` maps are checked against the product."""
    node = fields.node("binding")
    if node is None:
        return {}
    coverages = {each.code for plan in plans.values() for each in plan.coverages}
    if isinstance(node, MapNode):
        for key, known in (("plan_code", plans.keys()), ("coverage_code", coverages)):
            inner = node.get(key)
            for name, _ in inner if isinstance(inner, MapNode) else ():
                if name.text not in known:
                    message = f"the product has no {key.removesuffix('_code')} '{name.text}'"
                    fields.faults.add(name.mark, message, did_you_mean(name.text, known), code="E501")
    data = plain_data(node, fields.faults)
    if not isinstance(data, dict):
        fields.fault("binding", f"{fields.what}: binding is a map of the carrier's codes")
        return {}
    return data


def _plans_have_codes(fields: Fields, made: Binding, plans: Mapping[str, Plan]) -> None:
    # A plan without a code would be sent to the carrier without one, and come back as our fault.
    codes = made.binding.get("plan_code")
    if isinstance(codes, dict):
        lacking = [plan for plan in made.limits.plans or plans if plan not in codes]
        if lacking:
            hint = "add it, or say under limits which plans this channel sells"
            fields.fault("binding", f"{fields.what} has no plan_code for {', '.join(lacking)}", hint)


def _rule(fields: Fields) -> Rule:
    node = fields.needed("when")
    text = (as_text(node, fields.faults, "when") or "") if node is not None else ""
    test = None
    if isinstance(node, ScalarNode) and text:
        test, found = compile_rule(text, node.text_mark)
        fields.faults.extend(found)
    pin, exclude = fields.maybe_text("pin"), fields.maybe_text("exclude")
    prefer = fields.decimal("prefer", least=Decimal(0), most=PREFER_MAX)
    if sum(key in fields.map for key in ("pin", "exclude", "prefer")) != 1:
        fields.faults.add(fields.mark, "a rule has one result: pin, exclude (with its reason) or prefer", code="E507")
    fields.done()
    factor = None if prefer is None else float(prefer)
    return Rule(text=text, test=test or _never, pin=pin, exclude=exclude, prefer=factor)


def _never(_request: Any) -> bool:
    return False


def _limits(fields: Fields | None, plans: Mapping[str, Plan]) -> Limits:
    if fields is None:
        return Limits()
    named = tuple(as_text(each, fields.faults, "plan") or "" for each in fields.items("plans"))
    for name in named:
        if name not in plans:
            fields.fault("plans", f"the product has no plan '{name}'", did_you_mean(name, plans), code="E501")
    made = Limits(
        sum_insured=_money_span(fields.inner("sum_insured")),
        objects_amount=_money_span(fields.inner("objects_amount")),
        premium=_money_span(fields.inner("premium")),
        age=_span(fields.inner("age"), AGE_MAX),
        insureds=_span(fields.inner("insureds"), COUNT_MAX),
        days=_span(fields.inner("days"), COUNT_MAX),
        regions=tuple(as_text(each, fields.faults, "region") or "" for each in fields.items("regions")),
        plans=named,
        currencies=tuple(as_text(each, fields.faults, "currency") or "" for each in fields.items("currencies")),
        per_day=fields.integer("per_day", least=0, most=COUNT_MAX),
    )
    fields.done()
    return made


def _span(fields: Fields | None, most: int) -> Span | None:
    if fields is None:
        return None
    made = Span(min=fields.integer("min", least=0, most=most), max=fields.integer("max", least=0, most=most))
    if made.min is not None and made.max is not None and made.min > made.max:
        fields.fault("min", f"{fields.what}: min is above max")
    fields.done()
    return made


def _money_span(fields: Fields | None) -> MoneySpan | None:
    if fields is None:
        return None
    made = MoneySpan(min=fields.money("min"), max=fields.money("max"))
    if made.min and made.max:
        if made.min.currency != made.max.currency:
            fields.fault("max", f"{fields.what}: min and max are in different currencies")
        elif made.max < made.min:
            fields.fault("min", f"{fields.what}: min is above max")
    fields.done()
    return made


def _commitment(fields: Fields | None) -> Commitment | None:
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


def _rates(fields: Fields, plans: Mapping[str, Plan]) -> tuple[Rate, ...]:
    nodes = fields.items("rates")
    rows = [(_rate(Fields(each, fields.faults, f"{fields.what}: rate"), plans), each.mark) for each in nodes]
    rows.sort(key=lambda row: (row[0].start, row[1].line))
    return _dated(rows, fields.faults)


_EARLIEST = date(1970, 1, 1)


def _rate(fields: Fields, plans: Mapping[str, Plan]) -> Rate:
    fields.needed("from")
    of = cast("Of", fields.word("of", get_args(Of)))
    age = _span(fields.inner("age"), AGE_MAX) or Span()
    made = Rate(
        start=fields.day("from") or _EARLIEST,
        until=fields.day("until"),
        plan=fields.maybe_text("plan"),
        category=fields.maybe_text("category"),
        currency=fields.maybe_text("currency"),
        age_min=age.min,
        age_max=age.max,
        coverage=fields.maybe_text("coverage"),
        of=of,
        per=cast("Per", fields.word("per", get_args(Per), "policy")),
        rate=fields.decimal("rate", least=Decimal(0)),
        amount=fields.money("amount"),
        plus=fields.money("plus"),
        at_least=fields.money("at_least"),
        at_most=fields.money("at_most"),
    )
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
            hint = "end one with 'until', or tell them apart by plan, category or age"
            faults.add(mark, f"overlaps the rate at line {earlier}", hint, code="E504")
    return tuple(row for row, _ in dated)


def _kind(row: Rate) -> tuple[Any, ...]:
    return row.plan, row.category, row.currency, row.age_min, row.age_max, row.coverage, row.of, row.per
