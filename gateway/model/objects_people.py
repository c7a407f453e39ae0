"""People as the object of cover: travel, accident, health."""

from datetime import date

from msgspec import field

from gateway.model.base import Model
from gateway.model.enums_object import TransportMode
from gateway.model.money import Money
from gateway.model.period import Instant
from gateway.model.pii import HealthText, SensitiveFlag


class PersonTravel(Model, frozen=True, kw_only=True):
    """A journey; `trip_no` is the flight or train number, dates are those of the places."""

    trip_no: str | None = None
    from_: str | None = field(name="from", default=None)
    to: str | None = None
    transport: TransportMode | None = None
    departs_on: date | None = None
    returns_on: date | None = None
    departs_at: Instant | None = None
    arrives_at: Instant | None = None
    countries: tuple[str, ...] = ()
    price: Money | None = None


class PersonAccident(Model, frozen=True, kw_only=True):
    """What a person does, as far as it may hurt them."""

    occupation_class: str | None = None
    activity: str | None = None


class HealthAnswer(Model, frozen=True, kw_only=True):
    """An answer of the health declaration (健康告知)."""

    question: str
    value: HealthText | None = None
    detail: HealthText | None = None


class PersonHealth(Model, frozen=True, kw_only=True):
    """What a person declares about their health."""

    answers: tuple[HealthAnswer, ...] = ()
    social_insurance: SensitiveFlag | None = None
    prior_conditions: tuple[HealthText, ...] = ()
