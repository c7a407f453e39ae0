"""What sticks to a channel: the customer, the merchant or the order, as a key; it is never recorded."""

from hashlib import blake2b

from gateway.routing.types import RouteRequest


def sticky_key(sticky: str, request: RouteRequest) -> str:
    """The key of a request under a product's rule; empty where there is none, and then weights alone decide."""
    match sticky:
        case "order":
            return request.key
        case "merchant":
            hints = getattr(request.request, "routing", None)
            return (hints.merchant or "") if hints is not None else ""
        case "customer":
            return _customer(request)
    return ""


def _customer(request: RouteRequest) -> str:
    """A digest of the policyholder's first document, else of name and birth date."""
    party = getattr(request.request, "policyholder", None)
    if party is None:
        return ""
    document = party.id_docs[0] if party.id_docs else None
    facts = (document.type, document.number) if document else (party.name, getattr(party, "birth_date", None))
    return blake2b("|".join(str(each or "") for each in facts).encode(), digest_size=16).hexdigest()
