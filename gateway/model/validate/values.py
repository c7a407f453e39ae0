"""Whether single values are what they can be: money, periods, terms, documents, instants."""

import re
from datetime import datetime, timedelta
from hashlib import sha256
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
from gateway.model.validate.fault import Fault, FaultCode, Faults, below

CLOCK_SKEW = timedelta(minutes=5)
"""How far a caller's clock may run before ours."""

YEAR_MIN, YEAR_MAX = 1900, 2200
"""What instants a contract can name: at the calendar's own edges no clock of another place can be read."""

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_WITHOUT_VALUE = (TermUnit.lifetime, PayTermUnit.lifetime, PayTermUnit.single)


def instant_faults(instant: datetime, path: str) -> Faults:
    """Faults of an instant: it lies in years that contracts name."""
    if not is_in_reach(instant):
        yield Fault(path, FaultCode.range, f"an instant lies between the years {YEAR_MIN} and {YEAR_MAX}")


def is_in_reach(instant: datetime) -> bool:
    """Whether an instant lies in years that contracts name."""
    return YEAR_MIN <= instant.year < YEAR_MAX


def money_faults(money: Money, path: str, _now: datetime) -> Faults:
    """Faults of an amount a caller names: never below zero nor beyond what any contract is about, in real money."""
    if not 0 <= money.amount <= MINOR_UNITS_MAX:
        message = f"an amount is 0 to {MINOR_UNITS_MAX} minor units"
        yield Fault(below(path, "amount"), FaultCode.range, message)
    if money.currency not in CURRENCIES:
        message = "this is no ISO 4217 code of a currency in use: three capital letters, such as CNY"
        yield Fault(below(path, "currency"), FaultCode.malformed, message)


def premium_faults(premium: Premium, path: str, _now: datetime) -> Faults:
    """Faults of a premium: all its parts are in one currency."""
    for name in ("net", "tax", "stamp", "fees", "discount", "loading"):
        part = getattr(premium, name)
        if part is not None and part.currency != premium.currency:
            yield Fault(below(path, name, "currency"), FaultCode.incoherent, "the premium is in another currency")


def period_faults(period: Period, path: str, _now: datetime) -> Faults:
    """Faults of a period: it ends after it starts, on a clock that exists."""
    if period.end <= period.start:
        yield Fault(below(path, "end"), FaultCode.order, "the end is exclusive and must lie after the start")
    try:
        zone_of(period.zone)
    except ValueError:
        yield Fault(below(path, "zone"), FaultCode.malformed, "say an IANA time zone, such as Asia/Shanghai")


def term_faults(term: Term | PayTerm, path: str, _now: datetime) -> Faults:
    """Faults of a term: a number of days, months or years, an age, or nothing where the unit says it all."""
    if term.unit in _WITHOUT_VALUE:
        if term.value is not None:
            yield Fault(below(path, "value"), FaultCode.incoherent, f"{term.unit.value} has no value")
    elif term.value is None:
        yield Fault(below(path, "value"), FaultCode.missing, f"say how much in units of {term.unit.value}")
    elif term.value < 1:
        yield Fault(below(path, "value"), FaultCode.range, "a term is 1 or more")


def units_faults(holder: Coverage | Plan, path: str, _now: datetime) -> Faults:
    """Faults of a number of units."""
    if holder.units is not None and holder.units < 1:
        yield Fault(below(path, "units"), FaultCode.range, "units are 1 or more")


def copay_faults(copay: Copay, path: str, _now: datetime) -> Faults:
    """Faults of a co-payment: a percentage."""
    if not 0 <= copay.percent <= 100:
        yield Fault(below(path, "percent"), FaultCode.range, "a percentage is 0 to 100")


def document_faults(document: Document | Evidence, path: str, _now: datetime) -> Faults:
    """Faults of a document that is handed in: it can be fetched or is there, and is the one its hash names."""
    if document.content is None and document.url is None and document.sha256 is None:
        yield Fault(path, FaultCode.missing, "give the document's content, or its url, or the hash it is stored under")
    if document.sha256 is None:
        return
    if not _SHA256.fullmatch(document.sha256):
        yield Fault(below(path, "sha256"), FaultCode.malformed, "a SHA-256 is 64 hexadecimal digits in lower case")
    elif document.content is not None and sha256(document.content).hexdigest() != document.sha256:
        yield Fault(below(path, "sha256"), FaultCode.checksum, "this is not the hash of the content")


def span_faults(holder: PriorPolicy | Project | PersonTravel, path: str, _now: datetime) -> Faults:
    """Faults of two business dates: the later one is not before the earlier one."""
    names = ("departs_on", "returns_on") if isinstance(holder, PersonTravel) else ("start", "end")
    first, last = (getattr(holder, name) for name in names)
    if first is not None and last is not None and last < first:
        yield Fault(below(path, names[1]), FaultCode.order, f"this lies before {names[0]}")


_HAPPENED = {Consent: "at", Disclosure: "accepted_at", Receipt: "paid_at", Occurrence: "at"}


def happened_faults(holder: Any, path: str, now: datetime) -> Faults:
    """Faults of an instant that must have passed."""
    name = _HAPPENED[holder.__class__]
    if getattr(holder, name) > now + CLOCK_SKEW:
        yield Fault(below(path, name), FaultCode.in_the_future, "this cannot lie in the future")
