"""Shared by the tests of the catalogue: a folder of mappings to write into, and canonical values with holes in them."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gateway.catalogue.load import load
from gateway.catalogue.marks import Diagnostic
from gateway.catalogue.snapshot import Snapshot
from gateway.model import Money
from gateway.model.kinds import EnumType, Kind, ListType, MapType, MoneyType, Scalar, StructType, UnionType

REPOSITORY = Path(__file__).parents[3]
CARRIERS = frozenset({"lotus", "bamboo", "aurora", "cedar", "xcover"})

CHANNELS = """\
lotus_main: { carrier: lotus, insurer: lotus_pc, via: direct, regions: [CN], state: active }
aurora_main: { carrier: aurora, insurer: aurora_pc, state: active }
"""

PRODUCT = """\
format: product/1
product: { code: freight-return, version: 3, lob: freight_return, name: 退货运费险, kind: individual }
plans: { standard: { coverages: [{ code: RETURN_FREIGHT, sum_insured: { amount: 2500, currency: CNY } }] } }
form: { type: object, required: [order_no], properties: { order_no: { type: string, maxLength: 40 } } }
period: { rule: instant, days: 30 }
free_look: { start: issue, days: 0 }
routing: { preset: default, rate: off, sticky: none, reroute_on_decline: false }
channels:
  lotus_main:
    mode: weighted
    weight: 60
    binding: { product_code: TF01, plan_code: { standard: A } }
    rates: [{ from: 2026-01-01, plan: standard, of: sum_insured, rate: "0.025", at_least: { amount: 50, currency: CNY } }]
    limits: { sum_insured: { max: { amount: 5000, currency: CNY } }, age: { min: 18 }, per_day: 200000 }
    commitment: { period: month, policies: 100000 }
    rules: [{ when: req.routing.scenario == "apparel", prefer: 2.0 }, { when: req.routing.merchant == "M9", exclude: complaint rate }]
"""


class Folder:
    """A `mappings` folder under test: write files, load, and read the faults as text."""

    def __init__(self, path: Path) -> None:
        self.path = path / "mappings"
        (self.path / "products").mkdir(parents=True)
        self.write("channels.yaml", CHANNELS)
        self.write("products/freight-return.yaml", PRODUCT)

    def write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, encoding="utf-8")

    def change(self, old: str, new: str, name: str = "products/freight-return.yaml") -> None:
        text = (self.path / name).read_text(encoding="utf-8")
        assert old in text, f"the file under test no longer holds {old!r}"
        self.write(name, text.replace(old, new))

    def load(self) -> tuple[Snapshot | None, tuple[Diagnostic, ...]]:
        return load(self.path, CARRIERS)

    def faults(self) -> list[str]:
        return [str(found) for found in self.load()[1]]

    def snapshot(self) -> Snapshot:
        snapshot, found = self.load()
        assert snapshot is not None, "\n".join(map(str, found))
        return snapshot


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


_VALUES: dict[str, Any] = {
    "text": "x",
    "int": 3,
    "bool": True,
    "decimal": Decimal("1.5"),
    "date": date(1990, 3, 7),
    "datetime": datetime(2026, 3, 1, 9, tzinfo=UTC),
    "bytes": b"x",
    "json": {"foo": {"bar": "x"}},
}


def with_holes(kind: Kind, chance: random.Random, depth: int = 0) -> Any:
    """A canonical value of a type in which about half of what may be absent is absent."""
    match kind:
        case Scalar():
            return _VALUES[kind.kind]
        case MoneyType():
            return Money(amount=100, currency="CNY")
        case EnumType():
            value = chance.choice(kind.values)
            return kind.cls(value) if kind.cls else value
        case ListType():
            return tuple(
                with_holes(kind.item, chance, depth + 1) for _ in range(chance.randrange(3) if depth < 5 else 0)
            )
        case MapType():
            return {"foo": with_holes(kind.value, chance, depth + 1)} if chance.random() < 0.5 else {}
        case UnionType():
            return with_holes(chance.choice(list(kind.members.values())), chance, depth)
        case StructType():
            absent = {
                name for name, each in kind.fields.items() if each.optional and (depth > 5 or chance.random() < 0.5)
            }
            return kind.cls(
                **{
                    each.attribute: with_holes(each.type, chance, depth + 1)
                    for name, each in kind.fields.items()
                    if name not in absent
                }
            )


@pytest.fixture
def holed() -> Callable[[Kind, int], Any]:
    return lambda kind, seed: with_holes(kind, random.Random(seed))
