"""What a shape of a shipped carrier sends, it reads back: but for what its mapping marks as lossy."""

import importlib
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, reject, seed, settings

from cli.mapping.workspace import list_carriers
from contract_tests.roundtrip.compare import lost
from contract_tests.roundtrip.shapes import NotGenerated, TwoWay, shapes_of
from contract_tests.roundtrip.values import objects
from gateway.wire import CannotSend

ROOT = Path(__file__).parents[3]
FOLDERS = {folder.id: folder for folder in list_carriers(ROOT)}
SHAPES = [(carrier, shape, of) for carrier, folder in FOLDERS.items() for shape, of in shapes_of(folder)]
EXAMPLES = 60
LEAST = 10


@pytest.fixture(scope="session")
def work(tmp_path_factory):
    folder = tmp_path_factory.mktemp("roundtrip")
    yield folder
    if str(folder) in sys.path:
        sys.path.remove(str(folder))


def goes_both_ways(carrier: str, shape: str) -> bool:
    """Whether the carrier's own operations send the shape and read it."""
    module = vars(importlib.import_module(f"adapters.{carrier}.carrier"))
    return f"{shape}_out" in module and f"{shape}_in" in module


def round_trips(shape: TwoWay, *, strict: bool, examples: int = EXAMPLES) -> Counter:
    """The property, held for many objects; what the carrier cannot take is refused before it is sent, and counted.

    A shape that the carrier only sends need not be readable by itself: what does come back must be what was sent.
    """
    seen: Counter = Counter()

    @seed(20_260_101)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(objects(shape.kind, shape.plan, shape.tables))
    def holds(made) -> None:
        told, compared = made
        try:
            sent, read, problems = shape.back(told)
        except CannotSend:
            seen["refused"] += 1
            reject()
        seen["sent"] += 1
        if strict:
            assert problems == []
        elif problems:
            return
        seen["read"] += 1
        assert [each for each in lost(shape.kind, compared, sent, read) if strict or not each.is_absent] == []

    holds()
    return seen


@pytest.mark.parametrize(("carrier", "shape", "of"), SHAPES, ids=[f"{carrier}.{shape}" for carrier, shape, _ in SHAPES])
def test_a_shape_reads_back_what_it_sends(work, carrier, shape, of):
    try:
        two_way = TwoWay(FOLDERS[carrier], shape, of, work)
    except NotGenerated as only_sent:
        assert not goes_both_ways(carrier, shape)
        pytest.skip(f"sent only, nothing is proved: {only_sent}")
    seen = round_trips(two_way, strict=goes_both_ways(carrier, shape))
    assert seen["sent"] >= LEAST


def test_every_mapped_carrier_has_shapes_that_go_both_ways():
    both = {carrier for carrier, shape, _ in SHAPES if goes_both_ways(carrier, shape)}
    assert both >= {"aurora", "bamboo", "lotus"}


def swapped(old: str, new: str, file: str = "carrier.yaml"):
    """A change of one file; the text must be there."""

    def change(name: str, text: str) -> str:
        if name != file:
            return text
        assert old in text, f"{file} does not hold {old}"
        return text.replace(old, new, 1)

    return change


def test_a_change_that_changes_nothing_is_no_fault(tmp_path):
    two_way = TwoWay(FOLDERS["lotus"], "applicant", "Party", tmp_path, lambda _name, text: f"{text}# more\n")
    assert round_trips(two_way, strict=True)["sent"] >= LEAST


def test_a_table_whose_codes_are_changed_about_on_one_side_is_found(tmp_path):
    two_way = TwoWay(FOLDERS["lotus"], "applicant", "Party", tmp_path)
    table = importlib.import_module(f"adapters.{two_way.carrier}.codes").GENDER_IN
    table["1"], table["2"] = table["2"], table["1"]
    with pytest.raises(AssertionError, match="gender"):
        round_trips(two_way, strict=True)


@pytest.mark.parametrize(
    ("carrier", "shape", "of", "change"),
    [
        ("aurora", "person", "Party", swapped("birth_date: { to: dateOfBirth, as: date(iso)", "birth_date: { to: dateOfBirth, as: date(yy-MM-dd)")),
        ("bamboo", "person", "Party", swapped("address.line:    { to: Address,", "address.line:    { to: Address, as: cut(2),")),
        ("lotus", "applicant", "Party", swapped("email:           { to: email,", 'email:           { to: email, when: item.gender == "male",')),
    ],
    ids=["a year of two digits", "cut", "under a condition"],
)  # fmt: skip
def test_what_is_planted_is_lost_and_told(carrier, shape, of, change, tmp_path):
    two_way = TwoWay(FOLDERS[carrier], shape, of, tmp_path, change)
    if "when:" in (tmp_path / "mappings" / "carriers" / two_way.carrier / "carrier.yaml").read_text("utf-8"):
        two_way.plan.inside["email"].compared = True
    with pytest.raises(AssertionError):
        round_trips(two_way, strict=True)
