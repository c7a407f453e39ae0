"""What is insured: one Struct per kind of thing.

Together they are the tagged union `InsuredObject`: `{"ref": "o1", "type": "freight", "freight": {...}}`.
"""

from gateway.model.base import Model
from gateway.model.objects_goods import Account, Cargo, Device, EventTicket, Freight, Goods, OrderEvent
from gateway.model.objects_people import PersonAccident, PersonHealth, PersonTravel
from gateway.model.objects_things import Liability, Project, Property, Vehicle


class ObjectBase(Model, frozen=True, kw_only=True, tag_field="type"):
    """What every insured object has: the caller's handle, an id unique in the policy, and whose it is."""

    ref: str | None = None
    object_id: str | None = None
    client_ref: str | None = None
    insured_refs: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """The kind of the object, as its JSON says it."""
        return str(self.__struct_config__.tag)


class FreightObject(ObjectBase, frozen=True, kw_only=True, tag="freight"):
    """Return freight of an order (退货运费)."""

    freight: Freight


class GoodsObject(ObjectBase, frozen=True, kw_only=True, tag="goods"):
    """Goods bought, against damage or loss."""

    goods: Goods


class EventTicketObject(ObjectBase, frozen=True, kw_only=True, tag="event_ticket"):
    """Tickets to an event."""

    event_ticket: EventTicket


class OrderEventObject(ObjectBase, frozen=True, kw_only=True, tag="order_event"):
    """Something that may happen to an order: price, delay, cancellation, taste."""

    order_event: OrderEvent


class AccountObject(ObjectBase, frozen=True, kw_only=True, tag="account"):
    """An account of a platform, against misuse."""

    account: Account


class DeviceObject(ObjectBase, frozen=True, kw_only=True, tag="device"):
    """A device or appliance, also under extended warranty."""

    device: Device


class CargoObject(ObjectBase, frozen=True, kw_only=True, tag="cargo"):
    """Goods in transit (货运)."""

    cargo: Cargo


class PersonTravelObject(ObjectBase, frozen=True, kw_only=True, tag="person_travel"):
    """A person's journey."""

    person_travel: PersonTravel


class PersonAccidentObject(ObjectBase, frozen=True, kw_only=True, tag="person_accident"):
    """A person's life and limb."""

    person_accident: PersonAccident


class PersonHealthObject(ObjectBase, frozen=True, kw_only=True, tag="person_health"):
    """A person's health."""

    person_health: PersonHealth


class VehicleObject(ObjectBase, frozen=True, kw_only=True, tag="vehicle"):
    """A motor vehicle (机动车)."""

    vehicle: Vehicle


class ProjectObject(ObjectBase, frozen=True, kw_only=True, tag="project"):
    """A construction project (工程)."""

    project: Project


class PropertyObject(ObjectBase, frozen=True, kw_only=True, tag="property"):
    """A building and what is in it."""

    property: Property


class LiabilityObject(ObjectBase, frozen=True, kw_only=True, tag="liability"):
    """A business that may become liable to others."""

    liability: Liability


InsuredObject = (
    FreightObject
    | GoodsObject
    | EventTicketObject
    | OrderEventObject
    | AccountObject
    | DeviceObject
    | CargoObject
    | PersonTravelObject
    | PersonAccidentObject
    | PersonHealthObject
    | VehicleObject
    | ProjectObject
    | PropertyObject
    | LiabilityObject
)
