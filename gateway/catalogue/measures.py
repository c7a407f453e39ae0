"""What rates and limits look at: sums insured, prices of objects, days, ages, regions; None where nobody said."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from gateway.model import Coverage, Money, Party, Period
from gateway.model.objects import InsuredObject
from gateway.model.period import ZONE_DEFAULT, age_at, local_date
from gateway.model.roles import Insured

_DAY_S = 86_400
_PRICE_OF = {
    "freight": "amount",
    "goods": "purchase_price",
    "order_event": "amount",
    "account": "limit",
    "device": "purchase_price",
    "cargo": "invoice_amount",
    "person_travel": "price",
    "vehicle": "insured_value",
    "project": "price",
    "property": "value",
}


def added(amounts: Iterable[Money | None]) -> Money | None:
    """The sum of amounts of one currency; None when there is none, one is not known, or currencies differ."""
    asked = list(amounts)
    known = [amount for amount in asked if amount is not None]
    if len(known) != len(asked) or len({amount.currency for amount in known}) != 1:
        return None
    return Money(amount=sum(amount.amount for amount in known), currency=known[0].currency)


def sum_insured(coverages: Iterable[Coverage], code: str | None = None) -> Money | None:
    """The sum insured of one coverage, or of all together."""
    return added(each.sum_insured for each in coverages if code is None or each.code == code)


def objects_amount(objects: Iterable[InsuredObject]) -> Money | None:
    """What the insured objects cost together: freight, purchase price, the prices of tickets, a vehicle's value."""
    return added(_price(each) for each in objects)


def _price(insured_object: InsuredObject) -> Money | None:
    thing: Any = getattr(insured_object, insured_object.type)
    if insured_object.type == "event_ticket":
        prices = (
            None if each.price is None else each.price.times(1 if each.quantity is None else each.quantity)
            for each in thing.tickets
        )
        return added(prices)
    return getattr(thing, _PRICE_OF.get(insured_object.type, ""), None)


def days_of(period: Period | None) -> int | None:
    """Whole days of cover of 24 hours each, a begun one counting as one."""
    if period is None:
        return None
    return -int(-(period.end - period.start).total_seconds() // _DAY_S)


def age_of(insured: Insured, at: datetime) -> int | None:
    """Age in whole years on the business date of an instant; None when no birth date is known."""
    birth_date = insured.party.birth_date if insured.party else None
    day = local_date(at, ZONE_DEFAULT)
    return None if birth_date is None or day < birth_date else age_at(birth_date, day)


def lies_in(party: Party | None, regions: Iterable[str]) -> bool:
    """Whether a party's address lies in one of some regions; an unknown address is not held against anyone.

    Regions are ISO 3166-1 countries (`CN`), ISO 3166-2 (`CN-SH`) or the beginning of GB/T 2260 codes (`31`).
    """
    address = party.address if party else None
    if address is None or not (address.country or address.region):
        return True
    region = address.region or ""
    # GB/T 2260 codes are digits alone, and Chinese.
    country = address.country or ("CN" if region.isdigit() else region[:2])
    return any(each == country or (bool(region) and region.startswith(each)) for each in regions)
