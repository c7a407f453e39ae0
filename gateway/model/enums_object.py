"""Code lists about what is insured."""

from enum import StrEnum


class OrderEventKind(StrEnum):
    """What may happen to an order."""

    price = "price"
    delay = "delay"
    cancellation = "cancellation"
    taste = "taste"


class TransportMode(StrEnum):
    """How people or goods travel."""

    air = "air"
    rail = "rail"
    sea = "sea"
    road = "road"
    post = "post"
    multimodal = "multimodal"
    other = "other"


class GoodsCondition(StrEnum):
    """State of goods when cover is bought."""

    new = "new"
    refurbished = "refurbished"
    used = "used"


class VehicleEnergy(StrEnum):
    """What drives a vehicle."""

    petrol = "petrol"
    diesel = "diesel"
    gas = "gas"
    hybrid = "hybrid"
    plug_in_hybrid = "plug_in_hybrid"
    electric = "electric"
    hydrogen = "hydrogen"
    other = "other"
