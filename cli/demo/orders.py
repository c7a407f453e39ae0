"""The orders of the demo: three products, people who do not exist, and a value in each order that no other carries."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from gateway.model import Gender
from gateway.model.validate.identity import synthetic_id

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静强磊军洋勇艳杰娟涛明超霞平刚桂"
FAMILIES = ("Archer", "Baker", "Cooper", "Draper", "Fisher", "Glover", "Hunter", "Mason", "Potter", "Weaver")
GIVENS = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gwen", "Hugh", "Iris", "Joel")
ZONE = ZoneInfo("Asia/Shanghai")
CANCEL_SHARE, CLAIM_SHARE = 12, 8


class Plan(Struct, frozen=True, kw_only=True):
    """One order: what is asked for, what only it carries, and what is done with its policy later."""

    client_ref: str
    canaries: tuple[str, ...]
    product: str
    proposal: dict[str, Any]
    underwrites: bool = False
    claims: bool = False
    cancels: bool = False


def plans(count: int, run: str, now: datetime | None = None) -> Iterator[Plan]:
    """`count` orders; `run` makes their references differ from those of other runs."""
    now = now or datetime.now(UTC)
    makers = (freight, travel, freight, ticket, travel)
    for serial in range(count):
        make = makers[serial % len(makers)]
        yield make(serial, f"{run}-{serial:04}", now)


def person(serial: int) -> dict[str, Any]:
    """A person who does not exist: an id number of an unassigned region, of their own for each serial."""
    born = date(1970, 1, 1) + timedelta(days=(serial * 37) % 11_000)
    gender = Gender.male if serial % 2 else Gender.female
    surname, given = SURNAMES[serial % 20], GIVEN[serial // 20 % 20]
    return {
        "type": "person",
        "name": f"{surname}{given}",
        "name_latin": {"family": FAMILIES[serial % 10], "given": GIVENS[serial // 10 % 10]},
        "gender": gender.value,
        "birth_date": born.isoformat(),
        "id_docs": [{"type": "cn_resident_id", "number": synthetic_id(born, gender, serial % 500)}],
        "phones": [{"number": f"1380000{serial % 6000:04}"}],
        "email": f"buyer{serial}@example.com",
        "address": {"country": "CN", "region": "110000", "city": "北京市", "line": f"样例路{serial + 1}号"},
    }


def freight(serial: int, ref: str, _now: datetime) -> Plan:
    """Return freight of one order; the order's number is its canary."""
    holder = person(serial)
    order_no = f"ORD{ref.replace('-', '')}"
    proposal = {
        "product": "freight-return@3",
        "plan": "standard",
        "policyholder": holder,
        "insureds": [{"ref": "i1", "party": holder, "relationship_to_policyholder": "self"}],
        "objects": [
            {
                "ref": "o1",
                "type": "freight",
                "insured_refs": ["i1"],
                "freight": {
                    "order_no": order_no,
                    "items": [{"sku": "S-1", "name": "棉质衬衫", "quantity": 1, "price": _cny(12_900)}],
                    "shop": "样例小店",
                    "amount": _cny(1_200),
                },
            }
        ],
        "payment": {"method": "wechat_pay", "frequency": "single"},
    }
    canaries = (order_no, holder["id_docs"][0]["number"])
    return Plan(
        client_ref=ref,
        canaries=canaries,
        product="freight-return@3",
        proposal=proposal,
        claims=serial % CLAIM_SHARE == 2,
        underwrites=serial % 20 == 2,
    )


def travel(serial: int, ref: str, now: datetime) -> Plan:
    """A journey of some days; every tenth in the plan of one insurer only."""
    holder = person(serial)
    start = (now + timedelta(days=2)).astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    days = 3 + serial % 5
    proposal = {
        "product": "travel-accident@1",
        "plan": "light" if serial % 10 == 4 else "standard",
        "policyholder": holder,
        "insureds": [{"ref": "i1", "party": holder, "relationship_to_policyholder": "self"}],
        "period": {"start": start.isoformat(), "end": (start + timedelta(days=days)).isoformat()},
        "objects": [
            {
                "ref": "o1",
                "type": "person_travel",
                "insured_refs": ["i1"],
                "person_travel": {
                    "from": "北京",
                    "to": "上海",
                    "transport": "rail",
                    "trip_no": f"T{serial}",
                    "countries": ["CN"],
                },
            }
        ],
        "payment": {"method": "alipay", "frequency": "single"},
    }
    return Plan(
        client_ref=ref,
        canaries=(holder["id_docs"][0]["number"],),
        product="travel-accident@1",
        proposal=proposal,
        cancels=serial % CANCEL_SHARE == 4,
        underwrites=serial % 20 == 1,
    )


def ticket(serial: int, ref: str, now: datetime) -> Plan:
    """Two tickets to an event abroad, paid in pounds."""
    holder = person(serial)
    start = now.replace(microsecond=0) + timedelta(hours=1)
    starts_at = start + timedelta(days=20)
    order_no = f"TCK{ref.replace('-', '')}"
    proposal = {
        "product": "event-ticket@1",
        "plan": "standard",
        "policyholder": {
            **holder,
            "address": {"country": "GB", "region": "London", "city": "London", "line": "1 Sample Street"},
        },
        "insureds": [{"ref": "i1", "party": holder, "relationship_to_policyholder": "self"}],
        "period": {"start": start.isoformat(), "end": starts_at.isoformat(), "zone": "Europe/London"},
        "objects": [
            {
                "ref": "o1",
                "type": "event_ticket",
                "insured_refs": ["i1"],
                "event_ticket": {
                    "order_no": order_no,
                    "event": "Sample Symphony",
                    "venue": "Sample Hall",
                    "country": "GB",
                    "starts_at": starts_at.isoformat(),
                    "resale": False,
                    "tickets": [{"price": {"amount": 10_000, "currency": "GBP"}}] * 2,
                },
            }
        ],
        "payment": {"method": "bank_card", "frequency": "single"},
    }
    canaries = (order_no, holder["id_docs"][0]["number"], holder["email"])
    return Plan(
        client_ref=ref,
        canaries=canaries,
        product="event-ticket@1",
        proposal=proposal,
        cancels=serial % CANCEL_SHARE == 3,
    )


def _cny(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "CNY"}
