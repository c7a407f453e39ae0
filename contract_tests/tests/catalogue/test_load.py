"""Loading the catalogue: all faults at once with their places, numbered snapshots, and the files of this repository."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from contract_tests.tests.catalogue.limited import beyond_limits
from gateway.catalogue.facts import Facts
from gateway.catalogue.load import Catalogue, CatalogueInvalid, load
from gateway.catalogue.rates import premium
from gateway.model import EventTicket, EventTicketObject, Money, Ticket
from gateway.model.examples import example_proposal

REPOSITORY = Path(__file__).parents[3]
CARRIERS = frozenset({"lotus", "bamboo", "aurora", "cedar", "xcover"})
SHIPPED = frozenset(each.parent.name for each in (REPOSITORY / "mappings" / "carriers").glob("*/carrier.yaml"))

WRONG = {
    "unknown channel": ("  lotus_main:", "  lotos_main:", "E501: there is no channel 'lotos_main'; did you mean 'lotus_main'?"),
    "unknown plan of a rate": ("plan: standard,", "plan: standart,", "E501: the product has no plan 'standart'; did you mean 'standard'?"),
    "unknown plan of a code": ("plan_code: { standard: A }", "plan_code: { standart: A }", "E501: the product has no plan 'standart'"),
    "plan without a code": ("plan_code: { standard: A }", "plan_code: {}", "E503: lotus_main has no plan_code for standard; add it"),
    "unknown key": ("    weight: 60", "    wieght: 60\n    weight: 60", "E502: lotus_main has no 'wieght'; did you mean 'weight'?"),
    "no weight": ("    weight: 60\n", "", "E505: lotus_main is weighted and needs a weight"),
    "bad weight": ("weight: 60", "weight: sixty", "E505: a weight is a share"),
    "negative weight": ("weight: 60", "weight: -1", "must be at least 0 and at most 10000, not -1"),
    "nothing but zero weights": ("weight: 60", "weight: 0", "E505: every weight is 0: nothing would be sold; give at least one channel a weight"),
    "unknown mode": ("mode: weighted", "mode: wieghted", "E503: lotus_main: mode cannot be 'wieghted'; did you mean 'weighted'?"),
    "a rate that is no decimal": ('rate: "0.025"', 'rate: "2.5%"', "E503: lotus_main: rate: rate must be a number such as 0.025, not '2.5%'"),
    "money in a fraction": ("{ amount: 50, currency: CNY }", "{ amount: 0.5, currency: CNY }", "E503: amount in minor units must be a whole number"),
    "money without a currency": ("{ amount: 50, currency: CNY }", "{ amount: 50 }", "at_least needs 'currency'"),
    "money in a currency that does not exist": ("{ amount: 50, currency: CNY }", "{ amount: 50, currency: CNX }", "E503: 'CNX' is no ISO 4217 currency; did you mean 'CNY'?"),
    "a limit to a currency that does not exist": ("age: { min: 18 }, per_day", "age: { min: 18 }, currencies: [CNY, RMB], per_day", "E503: 'RMB' is no ISO 4217 currency; did you mean 'CNY'?"),
    "a rate in a currency that does not exist": ("{ from: 2026-01-01, plan", "{ from: 2026-01-01, currency: GBB, plan", "E503: 'GBB' is no ISO 4217 currency; did you mean 'GBP'?"),
    "a rate without a day": ("{ from: 2026-01-01, plan", "{ plan", "rate needs 'from'"),
    "a rate without a rate": ('rate: "0.025", ', "", "a premium of sum_insured has a 'rate' and no 'amount'"),
    "two results of a rule": ("prefer: 2.0 }", "prefer: 2.0, exclude: x }", "E507: a rule has one result"),
    "no result of a rule": (", prefer: 2.0 }", " }", "E507: a rule has one result"),
    "a rule that excludes everything": ('{ when: req.routing.scenario == "apparel", prefer: 2.0 }', "{ when: 1 == 1, exclude: closed }", "E507: lotus_main: rule excludes everything: it asks nothing of the request; ask something of req"),
    "a rule that holds for nobody": ('req.routing.scenario == "apparel"', "1 == 2", "E507: lotus_main: rule never holds: it asks nothing of the request"),
    "a factor of nothing": ("prefer: 2.0 }", "prefer: 0 }", "E507: a factor of 0 excludes the channel without a reason; write exclude and why"),
    "a rate that ends with another word": ("{ from: 2026-01-01, plan", "{ from: 2026-01-01, to: 2026-02-01, plan", "has no 'to'; write until: the first day on which it is no longer in force"),
    "a rule that does not compile": ("req.routing.scenario ==", "req.routing.scenarioo ==", "E303: req.routing has no field 'scenarioo'; did you mean 'scenario'?"),
    "a form that is no schema": ("maxLength: 40", "maxLength: many", "E506: form: 'many' is not of type 'integer'"),
    "a form that is no object": ("form: { type: object,", "form: { type: string,", "E506: form: a form is a JSON Schema of an object"),
    "a form that refers outside": ("maxLength: 40", '$ref: "https://x.example/y"', "E506: form: a form refers to nothing outside itself"),
    "a form with a runaway pattern": ("maxLength: 40", 'pattern: "(?=a)b"', "E506: form:"),
    "a period without a length": ("rule: instant, days: 30", "rule: instant", "E503: a period has one length"),
    "a period of two lengths": ("days: 30 }", "days: 30, years: 1 }", "E503: a period has one length"),
    "unknown rule of a period": ("rule: instant", "rule: instent", "E503: period: rule cannot be 'instent'; did you mean 'instant'?"),
    "a fee that is not deducted": ("days: 0 }", "days: 1, deductions: [fee] }", "the deduction 'fee' and the amount 'fee' go together"),
    "unknown line of business": ("lob: freight_return", "lob: freight", "E503: product: lob cannot be 'freight'"),
    "another format": ("product/1", "product/2", "E503: this reads 'product/1', not 'product/2'"),
    "a version that is no number": ("version: 3", "version: three", "E503: product: version must be a whole number"),
    "a file of another name": ("code: freight-return", "code: freight-returns", "is called freight-returns.yaml"),
    "an unknown routing word": ("sticky: none", "sticky: weather", "routing: sticky cannot be 'weather'"),
    "unknown key of a coverage": ("code: RETURN_FREIGHT,", "code: RETURN_FREIGHT, waiting: 3,", "unknown field `waiting`"),
    "a plan without coverages": ("[{ code: RETURN_FREIGHT, sum_insured: { amount: 2500, currency: CNY } }]", "[]", "plan standard has no coverages"),
    "a commitment to nothing": (", policies: 100000 }", " }", "is a number of policies, or a premium"),
    "a commitment above the quota": ("per_day: 200000", "per_day: 3000", "100000 policies a month are promised, its quota allows 84000 in the shortest"),
    "a commitment that February cannot keep": ("per_day: 200000", "per_day: 3226", "100000 policies a month are promised, its quota allows 90328 in the shortest"),
    "a rule that pins another channel": ("prefer: 2.0 }", "pin: aurora_main }", ":16:61: error E507: lotus_main: rule: pin is about lotus_main itself, not aurora_main; write the rule under aurora_main"),
    "a rule that pins nothing": ("prefer: 2.0 }", "pin: false }", "E507: lotus_main: rule: 'false' would be taken as a reason to pin it; leave the rule out"),
    "a rule that excludes nothing": ("exclude: complaint rate", "exclude: no", "E507: lotus_main: rule: 'no' would be taken as a reason to exclude it"),
    "a limit to a region that is none": ("age: { min: 18 },", "age: { min: 18 }, regions: [Shanghai],", "'Shanghai' is no region; write a country (CN), a part of it (CN-SH)"),
    "a promise that a weight of 0 cannot keep": ("weight: 60", "weight: 0", "E505: lotus_main: what it is promised cannot be kept by a weight of 0"),
    "nobody but who stands by": ("mode: weighted", "mode: standby", "E505: none of its channels is weighted or primary"),
    "a canary without a share": ("mode: weighted\n    weight: 60", "mode: canary", "lotus_main is a canary and needs a share"),
    "a canary with a weight": ("mode: weighted", "mode: canary\n    share: 0.01", "E505: lotus_main is a canary: it has a share instead of a weight"),
    "a share of no canary": ("weight: 60", "weight: 60\n    share: 0.2", "E505: lotus_main is weighted: only a canary has a share"),
    "a weight beside a primary": ("channels:\n", "channels:\n  aurora_main: { mode: primary }\n", "E505: lotus_main: its weight cannot be met beside a primary channel"),
    "a commission above the filed one": ("weight: 60", "weight: 60\n    commission: { rate: 0.2, filed: 0.15 }", "the rate is above the filed 0.15"),
    "an unknown way to pay": ("per_day: 200000", "payment_methods: [alipai]", "payment method cannot be 'alipai'; did you mean 'alipay'?"),
    "a term upside down": ('rate: "0.025"', 'rate: "0.025", days: { min: 8, max: 7 }', "min is above max"),
    "an age span upside down": ("age: { min: 18 }", "age: { min: 18, max: 8 }", "min is above max"),
    "a duplicate key": ("    weight: 60", "    weight: 60\n    weight: 70", "E102: duplicate key 'weight' (first at line"),
    "no YAML at all": ("format: product/1", "format: [", "E103"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_product_file_is_refused_and_says_what_is_wrong(folder, case: str) -> None:
    old, new, message = WRONG[case]
    folder.change(old, new)
    snapshot, found = folder.load()
    assert snapshot is None
    assert any(message in str(each) for each in found), [str(each) for each in found]


def test_the_folder_under_test_is_sound_as_it_stands(folder) -> None:
    snapshot, found = folder.load()
    assert snapshot is not None
    assert found == ()


def test_faults_have_line_and_column_and_are_all_reported_at_once(folder) -> None:
    folder.change("weight: 60", "weight: x")
    folder.change('when: req.routing.merchant == "M9"', 'when: req.routing.merchnat == "M9"')
    folder.change("carrier: aurora", "carrier: arora", "channels.yaml")
    found = [str(each) for each in folder.load()[1]]
    assert [line.split(": error ")[0] for line in found] == [
        "mappings/channels.yaml:2:25",
        "mappings/products/freight-return.yaml:11:13",
        "mappings/products/freight-return.yaml:11:13",
        "mappings/products/freight-return.yaml:16:91",
    ]


def test_overlapping_rates_are_refused_and_following_ones_are_not(folder) -> None:
    rates = next(
        line for line in (folder.path / "products/freight-return.yaml").read_text().splitlines() if "rates:" in line
    )
    row = 'of: sum_insured, rate: "0.025"'
    folder.change(rates, f"    rates: [{{ from: 2026-01-01, {row} }}, {{ from: 2026-07-01, {row} }}]")
    first, second = folder.snapshot().products["freight-return"].bindings["lotus_main"].rates
    assert first.until == second.start
    folder.change("{ from: 2026-01-01, of", "{ from: 2026-01-01, until: 2026-08-01, of")
    assert any("E504: overlaps the rate at line 13" in found for found in folder.faults())


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("plan: standard", "plan: standard", True),
        ("plan: standard", "category: toys", True),
        ("category: shoes", "category: toys", False),
        ("age: { max: 17 }", "age: { min: 18 }", False),
        ("age: { max: 18 }", "age: { min: 18 }", True),
        ("currency: CNY", "currency: GBP", False),
        ("days: { max: 7 }", "days: { min: 8, max: 30 }", False),
        ("days: { max: 7 }", "days: { min: 7 }", True),
        ("days: { max: 7 }", "age: { min: 18 }", True),
    ],
)
def test_two_rates_for_one_request_on_one_day_are_refused(folder, one: str, other: str, overlap: bool) -> None:
    rates = next(
        line for line in (folder.path / "products/freight-return.yaml").read_text().splitlines() if "rates:" in line
    )
    rows = "".join(f"      - {{ from: 2026-01-01, of: sum_insured, rate: 0.02, {each} }}\n" for each in (one, other))
    folder.change(rates + "\n", f"    rates:\n{rows}")
    assert any("E504" in found for found in folder.faults()) is overlap


def test_a_folder_without_channels_or_products_says_so(folder) -> None:
    (folder.path / "channels.yaml").unlink()
    (folder.path / "products/freight-return.yaml").unlink()
    assert [found.split(": error ")[1] for found in folder.faults()] == [
        "E101: cannot be read: No such file or directory",
        "E503: no product is there; write products/<product>.yaml",
    ]


def test_a_snapshot_cannot_be_changed(folder) -> None:
    snapshot = folder.snapshot()
    with pytest.raises(TypeError):
        snapshot.products["x"] = None
    with pytest.raises(AttributeError):
        snapshot.number = 2


# --- hot change ------------------------------------------------------------------------------------------------------


def test_a_reload_puts_the_next_number_in_force(folder) -> None:
    catalogue = Catalogue.open(folder.path, CARRIERS)
    before = catalogue.snapshot
    folder.change("weight: 60", "weight: 70")
    assert catalogue.reload() == ()
    assert (before.number, catalogue.snapshot.number) == (1, 2)
    assert before.products["freight-return"].bindings["lotus_main"].weight == 60
    assert catalogue.snapshot.products["freight-return"].bindings["lotus_main"].weight == 70


def test_a_reload_with_errors_keeps_the_running_catalogue(folder) -> None:
    catalogue = Catalogue.open(folder.path, CARRIERS)
    before = catalogue.snapshot
    folder.change("weight: 60", "weight: x")
    assert [found.code for found in catalogue.reload()] == ["E503", "E505"]
    assert catalogue.snapshot is before
    folder.change("weight: x", "weight: 80")
    assert catalogue.reload() == ()
    assert catalogue.snapshot.number == 2


def test_a_first_catalogue_with_errors_does_not_open(folder) -> None:
    folder.change("weight: 60", "weight: x")
    with pytest.raises(CatalogueInvalid, match=r"freight-return.yaml:11:13: error E505"):
        Catalogue.open(folder.path, CARRIERS)


def test_a_catalogue_without_a_folder_stays_as_it_is(folder) -> None:
    catalogue = Catalogue(folder.snapshot())
    assert catalogue.reload() == ()
    assert catalogue.snapshot.number == 1


def test_what_a_channel_sells_is_found_by_product(folder) -> None:
    assert list(folder.snapshot().bindings_of("lotus_main")) == ["freight-return"]
    assert folder.snapshot().bindings_of("aurora_main") == {}


# --- the files of this repository ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped():
    snapshot, found = load(REPOSITORY / "mappings", SHIPPED)
    assert snapshot is not None, "\n".join(map(str, found))
    assert found == ()
    return snapshot


def test_the_files_of_this_repository_are_sound(shipped) -> None:
    assert set(shipped.products) >= {"freight-return", "travel-accident", "event-ticket", "parcel-return"}
    assert {channel.carrier for channel in shipped.channels.values()} == SHIPPED


def test_every_channel_of_this_repository_sells_something(shipped) -> None:
    assert all(shipped.bindings_of(channel) for channel in shipped.channels)


def test_the_premiums_of_return_freight_are_those_of_the_carriers_documents(shipped) -> None:
    product = shipped.products["freight-return"]
    at = datetime(2026, 3, 1, tzinfo=UTC)
    found = {name: premium(each, Facts(example_proposal(), at), product) for name, each in product.bindings.items()}
    assert {name: money.amount for name, money in found.items() if money} == {
        "lotus_main": 63,
        "aurora_main": 60,
        "cedar_main": 55,
    }


@pytest.mark.parametrize(
    ("plan", "premiums"),
    [
        ("standard", {"lotus_main": 1500, "aurora_main": 1800, "cedar_main": 1700}),
        ("plus", {"lotus_main": 3200, "aurora_main": 3600, "cedar_main": 3400}),
        ("light", {"bamboo_main": 1200, "cedar_main": 1700}),
    ],
)
def test_two_persons_on_a_journey_of_five_days_pay_what_the_documents_say(
    shipped, plan: str, premiums: dict[str, int]
) -> None:
    product = shipped.products["travel-accident"]
    at = datetime(2026, 3, 1, tzinfo=UTC)
    base = example_proposal()
    insureds = (base.insureds[0], replace(base.insureds[0], ref="i2"))
    period = replace(base.period, start=at, end=at + timedelta(days=5))
    request = replace(
        base, product="travel-accident@1", plan=plan, insureds=insureds, period=period, coverages=(), objects=()
    )
    found = {name: premium(each, Facts(request, at), product) for name, each in product.bindings.items()}
    sold = {name for name, each in product.bindings.items() if beyond_limits(each, Facts(request, at)) is None}
    assert {name: found[name].amount for name in sold if found[name]} == premiums


def test_event_tickets_are_sold_in_the_currency_they_were_bought_in(shipped) -> None:
    product = shipped.products["event-ticket"]
    at = datetime(2026, 3, 1, tzinfo=UTC)

    def prices(currency: str) -> dict[str, int]:
        tickets = tuple(Ticket(price=Money(amount=6000, currency=currency)) for _ in range(2))
        request = replace(
            example_proposal(),
            product="event-ticket@1",
            coverages=(),
            objects=(EventTicketObject(event_ticket=EventTicket(tickets=tickets)),),
        )
        return {
            name: money.amount
            for name, each in product.bindings.items()
            if (money := premium(each, Facts(request, at), product)) and beyond_limits(each, Facts(request, at)) is None
        }

    assert prices("GBP") == {"aurora_main": 720, "cedar_main": 660, "xcover_main": 220}
    assert prices("CNY") == {"aurora_main": 720, "cedar_main": 660}
    assert prices("USD") == {"aurora_main": 720}
