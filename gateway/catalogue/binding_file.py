"""Reading a product's `channels:`: per channel its weight, codes, rates, limits, commitment and rules."""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from gateway.catalogue.channels import Channel
from gateway.catalogue.currencies import as_currency
from gateway.catalogue.expression import compile_rule
from gateway.catalogue.fields import Fields
from gateway.catalogue.limits import Limits
from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import MapNode, ScalarNode
from gateway.catalogue.products import MODES, Binding, Plan, Rule
from gateway.catalogue.rate_file import AGE_MAX, read_rates
from gateway.catalogue.regions import read_regions
from gateway.catalogue.spans import read_money_span, read_span
from gateway.catalogue.terms_file import COUNT_MAX, check_together, read_commission, read_commitment, read_share
from gateway.catalogue.values import as_text, as_word, did_you_mean, plain_data
from gateway.model.enums import PaymentMethod

WEIGHT_MAX = 10_000
PREFER_MAX = Decimal(100)


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
        bindings[key.text] = _binding(key.text, Fields(node, fields.faults, key.text), plans, channels)
    if not any(each.weight for each in bindings.values() if each.mode in ("weighted", "primary")):
        idle = any(each.weight for each in bindings.values())
        why = "none of its channels is weighted or primary" if idle else "every weight is 0"
        hint = "make one weighted" if idle else "give at least one channel a weight of 1 or more"
        fields.fault("channels", f"{why}: nothing would be sold", hint, code="E505")
    check_together(inner, bindings)
    return bindings


def _binding(channel: str, fields: Fields, plans: Mapping[str, Plan], channels: Collection[str]) -> Binding:
    mode = fields.word("mode", MODES, "weighted")
    made = Binding(
        channel=channel,
        mode=mode,
        weight=_weight(fields, mode),
        share=read_share(fields, mode),
        limits=_limits(fields.inner("limits"), plans),
        binding=_codes(fields, plans),
        rates=read_rates(fields, plans),
        commitment=read_commitment(fields.inner("commitment")),
        commission=read_commission(fields.inner("commission")),
        rules=tuple(_rule(Fields(each, fields.faults, f"{channel}: rule")) for each in fields.items("rules")),
    )
    _reasons_are_reasons(fields, channel, channels)
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
        _asks_the_request(fields, node.text_mark, test)
    pin, exclude = fields.maybe_text("pin"), fields.maybe_text("exclude")
    prefer = fields.decimal("prefer", least=Decimal(0), most=PREFER_MAX)
    if sum(key in fields.map for key in ("pin", "exclude", "prefer")) != 1:
        fields.faults.add(fields.mark, "a rule has one result: pin, exclude (with its reason) or prefer", code="E507")
    if prefer == 0:
        hint = "write exclude and why: it is told to whoever asks"
        fields.fault("prefer", "a factor of 0 excludes the channel without a reason", hint, code="E507")
    fields.done()
    factor = None if prefer is None else float(prefer)
    return Rule(text=text, test=test or _never, pin=pin, exclude=exclude, prefer=factor)


def _reasons_are_reasons(fields: Fields, channel: str, channels: Collection[str]) -> None:
    """A rule is about the channel it stands under, whatever is written as its reason."""
    for node in fields.items("rules"):
        for result in ("pin", "exclude"):
            said = node.get(result) if isinstance(node, MapNode) else None
            if not isinstance(said, ScalarNode):
                continue
            if said.text in channels and said.text != channel:
                hint = f"write the rule under {said.text}, and here why: {result}: <the reason>"
                message = f"{channel}: rule: {result} is about {channel} itself, not {said.text}"
                fields.faults.add(said.mark, message, hint, code="E507")
            elif said.text.lower() in ("false", "no", "off", "none", "null", "~"):
                hint = f"leave the rule out, or write {result}: <the reason>"
                message = f"{channel}: rule: '{said.text}' would be taken as a reason to {result} it"
                fields.faults.add(said.mark, message, hint, code="E507")


class _AskedSomethingError(Exception):
    """A condition read something of the request."""


class _Asked:
    """A request of which nothing can be read."""

    def __getattribute__(self, name: str) -> Any:
        raise _AskedSomethingError(name)


def _asks_the_request(fields: Fields, mark: Mark, test: Callable[[Any], bool] | None) -> None:
    """A condition that is the same for every request rules nothing, or rules out everything."""
    try:
        always = test(_Asked()) if test is not None else None
    except _AskedSomethingError:
        return
    if always is None:
        return
    message = f"{fields.what} {'always' if always else 'never'} holds: it asks nothing of the request"
    hint = "ask something of req"
    if always and "exclude" in fields.map:
        message = f"{fields.what} excludes everything: it asks nothing of the request"
        hint = (
            "ask something of req; a channel that takes nothing has weight 0, and `insurehub channels drain` is for now"
        )
    fields.faults.add(mark, message, hint, code="E507")


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
        sum_insured=read_money_span(fields.inner("sum_insured")),
        objects_amount=read_money_span(fields.inner("objects_amount")),
        premium=read_money_span(fields.inner("premium")),
        age=read_span(fields.inner("age"), AGE_MAX),
        insureds=read_span(fields.inner("insureds"), COUNT_MAX),
        days=read_span(fields.inner("days"), COUNT_MAX),
        regions=read_regions(fields),
        plans=named,
        currencies=tuple(as_currency(each, fields.faults, "currency") or "" for each in fields.items("currencies")),
        payment_methods=_payment_methods(fields),
        per_day=fields.integer("per_day", least=0, most=COUNT_MAX),
    )
    fields.done()
    return made


def _payment_methods(fields: Fields) -> tuple[str, ...]:
    known = [each.value for each in PaymentMethod]
    found = (as_word(node, fields.faults, "payment method", known) for node in fields.items("payment_methods"))
    return tuple(each for each in found if each)
