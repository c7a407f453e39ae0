"""Code lists about what is insured."""

from gateway.model.code import Code


class OrderEventKind(Code):
    """What may happen to an order."""

    price = "price"
    delay = "delay"
    cancellation = "cancellation"
    taste = "taste"


class TransportMode(Code):
    """How people or goods travel."""

    air = "air"
    rail = "rail"
    sea = "sea"
    road = "road"
    post = "post"
    multimodal = "multimodal"
    other = "other"


class GoodsCondition(Code):
    """State of goods when cover is bought."""

    new = "new"
    refurbished = "refurbished"
    used = "used"


class VehicleEnergy(Code):
    """What drives a vehicle."""

    petrol = "petrol"
    diesel = "diesel"
    gas = "gas"
    hybrid = "hybrid"
    plug_in_hybrid = "plug_in_hybrid"
    electric = "electric"
    hydrogen = "hydrogen"
    other = "other"
