"""Vehicles, buildings, projects and businesses."""

from datetime import date
from decimal import Decimal

from gateway.model.base import Model
from gateway.model.enums_object import VehicleEnergy
from gateway.model.money import Money
from gateway.model.party import Address, Party
from gateway.model.pii import PersonalText, SensitiveText


class Driver(Model, frozen=True, kw_only=True):
    """A driver named in the contract (驾驶人)."""

    party: Party
    licence_no: SensitiveText | None = None
    licence_class: str | None = None
    licensed_on: date | None = None
    is_main: bool | None = None


class Financier(Model, frozen=True, kw_only=True):
    """Who lent the money for a vehicle and is paid first."""

    name: str
    code: str | None = None
    branch: str | None = None


class VehicleRegistration(Model, frozen=True, kw_only=True):
    """Where a vehicle is registered."""

    office: str | None = None
    city: str | None = None
    region: str | None = None


class Vehicle(Model, frozen=True, kw_only=True):
    """A motor vehicle: tonnes of load, kilograms of curb weight, cubic centimetres of displacement."""

    plate: PersonalText | None = None
    plate_type: str | None = None
    vin: PersonalText | None = None
    engine_no: PersonalText | None = None
    model_code: str | None = None
    maker: str | None = None
    model: str | None = None
    seats: int | None = None
    tonnage: Decimal | None = None
    curb_weight_kg: int | None = None
    displacement_cc: int | None = None
    wheels: int | None = None
    energy: VehicleEnergy | None = None
    usage: str | None = None
    manufactured_on: date | None = None
    first_registered_on: date | None = None
    registration: VehicleRegistration | None = None
    imported: bool | None = None
    new_price: Money | None = None
    insured_value: Money | None = None
    owner: Party | None = None
    transferred_on: date | None = None
    financier: Financier | None = None
    drivers: tuple[Driver, ...] = ()


class Project(Model, frozen=True, kw_only=True):
    """A construction project."""

    kind: str | None = None
    name: str
    price: Money | None = None
    start: date | None = None
    end: date | None = None
    description: str | None = None
    address: Address | None = None


class Property(Model, frozen=True, kw_only=True):
    """A building: what it is made of, its area in square metres, what it is worth."""

    address: Address
    structure: str | None = None
    usage: str | None = None
    built_in: int | None = None
    area_m2: Decimal | None = None
    value: Money | None = None


class Liability(Model, frozen=True, kw_only=True):
    """A business at a site, measured by heads or turnover."""

    business: str | None = None
    site: Address | None = None
    headcount: int | None = None
    turnover: Money | None = None
    activity: str | None = None
