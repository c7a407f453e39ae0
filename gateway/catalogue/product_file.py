"""Reading `products/<product>.yaml`: form only; every fault with its place, as many as there are."""

import re
from collections.abc import Mapping
from typing import Any, cast, get_args

from gateway.catalogue.binding_file import read_bindings
from gateway.catalogue.channels import Channel
from gateway.catalogue.fields import Fields
from gateway.catalogue.forms import form_problem
from gateway.catalogue.nodes import MapNode, Node, ScalarNode
from gateway.catalogue.periods import Deduction, FreeLook, PeriodRule, Start
from gateway.catalogue.products import (
    KINDS,
    ORPHANS,
    PRESETS,
    RATE_MODES,
    STICKY,
    DisclosureText,
    Plan,
    Product,
    ProductDocument,
    RoutingRule,
)
from gateway.catalogue.rate_check import check_rates
from gateway.catalogue.structs import converted, place_in
from gateway.catalogue.values import Faults, as_word, key_text, plain_data
from gateway.model import Coverage, DocumentKind, Lob, PeriodStartRule
from gateway.model.period import ZONE_DEFAULT, zone_of

FORMAT = "product/1"
CODE = r"[a-z0-9][a-z0-9._-]{0,59}"
PLAN = r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}"
DAYS_MAX = 40_000
QUOTES_MAX = 50


def read_product(
    root: MapNode, channels: Mapping[str, Channel], faults: Faults, *, by_commission: bool = False
) -> Product | None:
    """Read one product file; None only when nothing of a product can be made of it.

    `by_commission`: the settings allow a product to choose by what is earned.
    """
    before = len(faults)
    fields = Fields(root, faults, "product file")
    if (text := fields.text("format")) and text != FORMAT:
        fields.fault("format", f"this reads '{FORMAT}', not '{text}'")
    head = fields.needed("product")
    if head is None:
        return None
    about = Fields(head, faults, "product")
    plans = _plans(fields)
    product = Product(
        code=_code(about),
        version=about.integer("version", least=1, most=9_999) or _missing(about, "version"),
        lob=Lob(about.word("lob", list(Lob))),
        name=about.text("name"),
        kind=about.word("kind", KINDS),
        filed_no=about.maybe_text("filed_no"),
        plans=plans,
        form=_form(fields),
        period=_period(fields),
        free_look=_free_look(fields),
        routing=_routing(fields),
        disclosures=tuple(_disclosure(Fields(each, faults, "disclosure")) for each in fields.items("disclosures")),
        documents=tuple(_document(Fields(each, faults, "document")) for each in fields.items("documents")),
        bindings=read_bindings(fields, plans, channels),
    )
    about.done()
    fields.done()
    if len(faults) == before:
        check_rates(root, product, faults, by_commission=by_commission)
    return product


def _code(about: Fields) -> str:
    code = about.text("code")
    if code and not re.fullmatch(CODE, code):
        about.fault("code", f"a product code matches {CODE}")
    return code


def _missing(about: Fields, key: str) -> int:
    if key not in about.map:
        about.fault(key, f"{about.what} needs '{key}'")
    return 0


def _plans(fields: Fields) -> dict[str, Plan]:
    inner = fields.inner("plans")
    if inner is None or not len(inner.map):
        fields.fault("plans", "a product has at least one plan")
        return {}
    plans = {}
    for key, node in inner:
        code = key_text(key, PLAN, fields.faults, "plan")
        plan = Fields(node, fields.faults, f"plan {key.text}")
        name, nodes = plan.maybe_text("name"), plan.items("coverages")
        if not len(nodes):
            plan.fault("coverages", f"{plan.what} has no coverages")
        coverages = [_coverage(each, fields.faults) for each in nodes]
        plan.done()
        if code is not None:
            plans[code] = Plan(
                code=code,
                name=name,
                coverages=tuple(coverage for coverage, _ in coverages if coverage),
                insured_for_objects=frozenset(c.code for c, follows in coverages if c and follows),
            )
    return plans


def _coverage(node: Node, faults: Faults) -> tuple[Coverage | None, bool]:
    """A canonical coverage; `sum_insured: objects_amount` makes its sum follow what the objects cost."""
    if not isinstance(node, MapNode):
        faults.add(node.mark, "a coverage is a map with at least 'code'")
        return None, False
    follows = isinstance(each := node.get("sum_insured"), ScalarNode) and each.text == "objects_amount"
    kept = tuple((key, value) for key, value in node if not (follows and key.text == "sum_insured"))
    return converted(MapNode(kept, node.mark), Coverage, faults, "coverage"), follows


def _form(fields: Fields) -> dict[str, Any]:
    node = fields.needed("form")
    if node is None:
        return {}
    form = plain_data(node, fields.faults)
    if (problem := form_problem(form)) is not None:
        message, path = problem
        fields.faults.add(place_in(node, path), f"form: {message}", code="E506")
        return {}
    return cast("dict[str, Any]", form)


def _period(fields: Fields) -> PeriodRule:
    node = fields.needed("period")
    if node is None:
        return PeriodRule(rule=PeriodStartRule.instant)
    period = Fields(node, fields.faults, "period")
    rule = PeriodStartRule(period.word("rule", list(PeriodStartRule)))
    lengths = {unit: period.integer(unit, least=1, most=DAYS_MAX) for unit in ("days", "months", "years")}
    given = [unit for unit, length in lengths.items() if length is not None]
    named_by_caller = rule in (PeriodStartRule.fixed_date, PeriodStartRule.event)
    if len(given) > 1 or (not given and not named_by_caller):
        period.fault("rule", "a period has one length: days, months or years")
    zone = period.maybe_text("zone") or ZONE_DEFAULT
    try:
        zone_of(zone)
    except ValueError as error:
        period.fault("zone", str(error))
        zone = ZONE_DEFAULT
    made = PeriodRule(
        rule=rule,
        days=lengths["days"],
        months=lengths["months"],
        years=lengths["years"],
        after_days=period.integer("after_days", least=0, most=366) or 0,
        days_max=period.integer("days_max", least=1, most=DAYS_MAX),
        zone=zone,
    )
    period.done()
    return made


def _free_look(fields: Fields) -> FreeLook:
    inner = fields.inner("free_look")
    if inner is None:
        return FreeLook(days=0)
    known: tuple[Deduction, ...] = get_args(Deduction)
    named = [as_word(each, fields.faults, "deduction", known) for each in inner.items("deductions")]
    made = FreeLook(
        start=cast("Start", inner.word("start", get_args(Start))),
        days=inner.integer("days", least=0, most=365) or 0,
        deductions=tuple(cast("Deduction", each) for each in named if each),
        fee=inner.money("fee"),
    )
    if ("fee" in made.deductions) != (made.fee is not None):
        inner.fault("fee", "the deduction 'fee' and the amount 'fee' go together")
    inner.done()
    return made


def _routing(fields: Fields) -> RoutingRule:
    inner = fields.inner("routing")
    if inner is None:
        return RoutingRule()
    made = RoutingRule(
        preset=inner.word("preset", PRESETS, "default"),
        rate=inner.word("rate", RATE_MODES, "off"),
        sticky=inner.word("sticky", STICKY, "none"),
        reroute_on_decline=inner.flag("reroute_on_decline", default=False),
        attempts=inner.integer("attempts", least=1, most=5) or RoutingRule().attempts,
        quotes=inner.integer("quotes", least=1, most=QUOTES_MAX),
        orphans=inner.word("orphans", ORPHANS, "review"),
    )
    inner.done()
    return made


def _disclosure(fields: Fields) -> DisclosureText:
    made = DisclosureText(
        doc=fields.text("doc"),
        version=fields.text("version"),
        name=fields.maybe_text("name"),
        url=fields.maybe_text("url"),
    )
    fields.done()
    return made


def _document(fields: Fields) -> ProductDocument:
    kind = DocumentKind(fields.word("kind", list(DocumentKind)))
    made = ProductDocument(kind=kind, name=fields.maybe_text("name"), url=fields.maybe_text("url"))
    fields.done()
    return made
