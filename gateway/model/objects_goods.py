"""Objects of trade: freight, goods, tickets, orders, accounts, devices, cargo."""

from datetime import date
from decimal import Decimal

from msgspec import field

from gateway.model.base import Model
from gateway.model.enums_object import GoodsCondition, OrderEventKind, TransportMode
from gateway.model.money import Money
from gateway.model.party import Address
from gateway.model.period import Instant
from gateway.model.pii import PersonalText


class OrderItem(Model, frozen=True, kw_only=True):
    """One line of an order; `price` is per piece."""

    sku: str | None = None
    name: str | None = None
    category: str | None = None
    quantity: int | None = None
    price: Money | None = None


class Freight(Model, frozen=True, kw_only=True):
    """The freight of sending an order back; `amount` is what the freight costs."""

    order_no: str
    items: tuple[OrderItem, ...] = ()
    shop: str | None = None
    buyer: PersonalText | None = None
    waybill: str | None = None
    return_waybill: str | None = None
    carrier_company: str | None = None
    ship_from: Address | None = None
    ship_to: Address | None = None
    return_to: Address | None = None
    amount: Money | None = None
    ordered_at: Instant | None = None


class Goods(Model, frozen=True, kw_only=True):
    """Goods; `age_months` since they were new."""

    order_no: str | None = None
    sku: str | None = None
    name: str | None = None
    brand: str | None = None
    model: str | None = None
    serial: PersonalText | None = None
    imei: PersonalText | None = None
    category: str | None = None
    quantity: int | None = None
    purchase_price: Money | None = None
    market_price: Money | None = None
    purchased_on: date | None = None
    age_months: int | None = None
    condition: GoodsCondition | None = None


class Ticket(Model, frozen=True, kw_only=True):
    """A ticket, or several of one type and price."""

    type: str | None = None
    price: Money | None = None
    quantity: int | None = None


class EventTicket(Model, frozen=True, kw_only=True):
    """Tickets to an event; `resale` says that they were not bought from the organiser."""

    order_no: str | None = None
    event: str | None = None
    venue: str | None = None
    country: str | None = None
    starts_at: Instant | None = None
    tickets: tuple[Ticket, ...] = ()
    resale: bool | None = None


class PricePoint(Model, frozen=True, kw_only=True):
    """What something cost at an instant."""

    at: Instant
    price: Money
    source: str | None = None


class OrderEvent(Model, frozen=True, kw_only=True):
    """An order and the event insured about it."""

    kind: OrderEventKind
    order_no: str
    amount: Money | None = None
    promised_at: Instant | None = None
    delivered_at: Instant | None = None
    price_points: tuple[PricePoint, ...] = ()


class Account(Model, frozen=True, kw_only=True):
    """An account on a platform; the hash of its id is personal data all the same."""

    account_id_hash: PersonalText
    platform: str | None = None
    limit: Money | None = None


class Device(Model, frozen=True, kw_only=True):
    """A device or an appliance."""

    brand: str | None = None
    category: str | None = None
    model: str | None = None
    serial: PersonalText | None = None
    purchase_price: Money | None = None
    purchased_on: date | None = None
    activated_on: date | None = None


class Conveyance(Model, frozen=True, kw_only=True):
    """What carries a cargo: ship and voyage, flight, train."""

    kind: TransportMode | None = None
    name: str | None = None
    voyage: str | None = None


class Route(Model, frozen=True, kw_only=True):
    """From where, by way of which places, to where."""

    from_: str | None = field(name="from", default=None)
    via: tuple[str, ...] = ()
    to: str | None = None


class Cargo(Model, frozen=True, kw_only=True):
    """Goods in transit; `markup` is the percentage added to the invoice amount (加成)."""

    goods: str
    category: str | None = None
    packing: str | None = None
    quantity: str | None = None
    marks: str | None = None
    conveyance: Conveyance | None = None
    route: Route | None = None
    sail_on: date | None = None
    invoice_amount: Money | None = None
    markup: Decimal | None = None
    claim_agent: str | None = None
    claim_place: str | None = None
