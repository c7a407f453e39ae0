"""Whether single values are what they can be: money, periods, terms, documents, instants."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from operator import attrgetter
from typing import Any

from gateway.model.claim import Evidence, Occurrence
from gateway.model.coverage import Copay, Coverage, PayTerm, Plan, Term
from gateway.model.enums import PayTermUnit, TermUnit
from gateway.model.money import CURRENCIES, MINOR_UNITS_MAX, Money
from gateway.model.objects_people import PersonTravel
from gateway.model.objects_things import Project
from gateway.model.period import Period, zone_of
from gateway.model.premium import Premium, Receipt
from gateway.model.records import Consent, Disclosure, Document, PriorPolicy
from gateway.model.requests_policy import PolicyRef
from gateway.model.validate.fault import FaultCode, Findings, Path

CLOCK_SKEW = timedelta(minutes=5)
"""How far a caller's clock may run before ours."""

YEAR_MIN, YEAR_MAX = 1900, 2200
"""What instants a contract can name: at the calendar's own edges no clock of another place can be read."""

WHOLE_DIGITS_MAX, PLACES_MAX = 15, 12

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_WITHOUT_VALUE = (TermUnit.lifetime, PayTermUnit.lifetime, PayTermUnit.single)


def check_instant(instant: datetime, path: Path, found: Findings) -> None:
    """An instant lies in years that contracts name."""
    if not YEAR_MIN <= instant.year < YEAR_MAX:
        found.add(FaultCode.range, f"an instant lies between the years {YEAR_MIN} and {YEAR_MAX}", path)


def check_number(number: Decimal, path: Path, found: Findings) -> None:
    """A decimal is a number (JSON text may say NaN or Infinity), and none beyond all measure."""
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        found.add(FaultCode.malformed, "this is no number", path)
    elif number.adjusted() >= WHOLE_DIGITS_MAX or exponent < -PLACES_MAX:
        message = f"a number has at most {WHOLE_DIGITS_MAX} digits before the point and {PLACES_MAX} behind it"
        found.add(FaultCode.range, message, path)


def check_money(money: Money, path: Path, found: Findings) -> None:
    """An amount a caller names is never below zero nor beyond what any contract is about, in real money."""
    if not 0 <= money.amount <= MINOR_UNITS_MAX:
        found.add(FaultCode.range, f"an amount is 0 to {MINOR_UNITS_MAX} minor units", path, "amount")
    if money.currency not in CURRENCIES:
        message = "this is no ISO 4217 code of a currency in use: three capital letters, such as CNY"
        found.add(FaultCode.malformed, message, path, "currency")


_PREMIUM_PARTS = ("net", "tax", "stamp", "fees", "discount", "loading")
_parts_of = attrgetter(*_PREMIUM_PARTS)


def check_premium(premium: Premium, path: Path, found: Findings) -> None:
    """All parts of a premium are in one currency."""
    if not any(parts := _parts_of(premium)):
        return
    for name, part in zip(_PREMIUM_PARTS, parts, strict=True):
        if part is not None and part.currency != premium.currency:
            found.add(FaultCode.incoherent, "the premium is in another currency", path, name, "currency")


def check_period(period: Period, path: Path, found: Findings) -> None:
    """A period ends after it starts, on a clock that exists."""
    if period.end <= period.start:
        found.add(FaultCode.order, "the end is exclusive and must lie after the start", path, "end")
    try:
        zone_of(period.zone)
    except ValueError:
        found.add(FaultCode.malformed, "say an IANA time zone, such as Asia/Shanghai", path, "zone")


def check_term(term: Term | PayTerm, path: Path, found: Findings) -> None:
    """A term is a number of days, months or years, an age, or nothing where the unit says it all."""
    if term.unit in _WITHOUT_VALUE:
        if term.value is not None:
            found.add(FaultCode.incoherent, f"{term.unit.value} has no value", path, "value")
    elif term.value is None:
        found.add(FaultCode.missing, f"say how much in units of {term.unit.value}", path, "value")
    elif term.value < 1:
        found.add(FaultCode.range, "a term is 1 or more", path, "value")


def check_units(holder: Coverage | Plan, path: Path, found: Findings) -> None:
    """A number of units is one."""
    if holder.units is not None and holder.units < 1:
        found.add(FaultCode.range, "units are 1 or more", path, "units")


def check_copay(copay: Copay, path: Path, found: Findings) -> None:
    """A co-payment is a percentage."""
    if not 0 <= copay.percent <= 100:
        found.add(FaultCode.range, "a percentage is 0 to 100", path, "percent")


def check_document(document: Document | Evidence, path: Path, found: Findings) -> None:
    """A document that is handed in can be fetched or is there, and is the one its hash names."""
    if document.content is None and document.url is None and document.sha256 is None:
        message = "give the document's content, or its url, or the hash it is stored under"
        found.add(FaultCode.missing, message, path)
    if document.sha256 is None:
        return
    if not _SHA256.fullmatch(document.sha256):
        found.add(FaultCode.malformed, "a SHA-256 is 64 hexadecimal digits in lower case", path, "sha256")
    elif document.content is not None and sha256(document.content).hexdigest() != document.sha256:
        found.add(FaultCode.checksum, "this is not the hash of the content", path, "sha256")


def check_span(holder: PriorPolicy | Project | PersonTravel, path: Path, found: Findings) -> None:
    """Of two business dates the later one is not before the earlier one."""
    names = ("departs_on", "returns_on") if isinstance(holder, PersonTravel) else ("start", "end")
    first, last = (getattr(holder, name) for name in names)
    if first is not None and last is not None and last < first:
        found.add(FaultCode.order, f"this lies before {names[0]}", path, names[1])


_HAPPENED = {Consent: "at", Disclosure: "accepted_at", Receipt: "paid_at", Occurrence: "at"}


def check_happened(holder: Any, path: Path, found: Findings) -> None:
    """An instant that must have passed has."""
    name = _HAPPENED[holder.__class__]
    if getattr(holder, name) > found.now + CLOCK_SKEW:
        found.add(FaultCode.in_the_future, "this cannot lie in the future", path, name)


def check_policy_ref(ref: PolicyRef, path: Path, found: Findings) -> None:
    """A policy is named in one way."""
    given = [name for name in ref.__struct_fields__ if getattr(ref, name) is not None]
    if len(given) != 1:
        found.add(FaultCode.exactly_one, "say exactly one of policy_id, client_ref, number", path)
