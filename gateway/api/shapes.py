"""Parameters and answers that are no types of the vocabulary: lists, products, channels, probes.

The service writes these answers as plain JSON; the Structs here describe them, and a test holds the two together.
"""

from typing import Annotated, Any

from msgspec import Meta, Struct

from gateway.model import Policy
from gateway.service.operating.scorecard import WINDOW_H, WINDOW_H_MAX
from gateway.service.operating.steering import SteeringView

PageSize = Annotated[int, Meta(ge=1, le=200)]


class PolicyFilter(Struct, frozen=True, kw_only=True):
    """Which policies: one by reference or number, or the page behind an id."""

    client_ref: str | None = None
    number: str | None = None
    after: str | None = None
    limit: PageSize = 50


class ProductFilter(Struct, frozen=True, kw_only=True):
    """Which products: those of a line of business, or all."""

    lob: str | None = None


class ProductName(Struct, frozen=True, kw_only=True):
    """A product by `code@version`."""

    product: str


class OperationName(Struct, frozen=True, kw_only=True):
    """An operation by its id."""

    operation_id: str


class EndpointName(Struct, frozen=True, kw_only=True):
    """A webhook endpoint by its id."""

    endpoint_id: str


class EventFilter(Struct, frozen=True, kw_only=True):
    """Which events: the page behind a cursor, which is the `next` of the page before."""

    after: str | None = None
    limit: PageSize = 50


class ScorecardWindow(Struct, frozen=True, kw_only=True):
    """A channel, and how many hours back to look."""

    channel: str
    hours: Annotated[int, Meta(ge=1, le=WINDOW_H_MAX)] = WINDOW_H


class DecisionName(Struct, frozen=True, kw_only=True):
    """A routing decision by its id."""

    decision_id: str


class Nothing(Struct, frozen=True, kw_only=True):
    """No parameter at all."""


class PolicyPage(Struct, frozen=True, kw_only=True):
    """Policies, the newest first; `next` is the `after` of the following page."""

    policies: tuple[Policy, ...]
    next: str | None = None


class ProductView(Struct, frozen=True, kw_only=True):
    """A product as sold: its plans, its period, its free-look, and where its form is."""

    product: str
    name: Any
    lob: str
    kind: str
    plans: dict[str, Any]
    period: Any
    free_look: Any
    schema: str


class ProductList(Struct, frozen=True, kw_only=True):
    """Products."""

    products: tuple[ProductView, ...]


class ChannelView(Struct, frozen=True, kw_only=True):
    """A channel: whom it reaches, what it offers, why it does not offer the rest, how it is doing.

    `held`: what an operator has set, by whom and why.
    """

    channel: str
    insurer: str
    state: str
    held: SteeringView | None
    configured: bool
    operations: tuple[str, ...]
    unsupported: dict[str, str]
    health: dict[str, Any]


class ChannelList(Struct, frozen=True, kw_only=True):
    """Channels, and the products that an operator pins to one."""

    channels: tuple[ChannelView, ...]
    pins: tuple[SteeringView, ...] = ()


class ProductForm(Struct, frozen=True, kw_only=True):
    """A JSON Schema (draft 2020-12) of what the product asks beside the proposal itself."""
