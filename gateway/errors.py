"""Everything the gateway says no with, as one tree; what a caller should do stands in each docstring.

HubError
├── RequestInvalid        400/422  correct the named fields, then send again
│   ├── BodyUnreadable    400
│   ├── CatalogueInvalid  422      correct the catalogue's files, then ask again
│   └── TooLarge          413
├── KeyMissing            400      send an Idempotency-Key with every write
├── KeyReused             422      this key belongs to another request: use a new one
├── Forgotten             410      this key did its work long ago: read what it made elsewhere, do not repeat it
├── Duplicate             422      this order already has an operation: read it
├── EndpointKnown         422      this address already has an endpoint: use it
├── Unauthorized          401      send a valid API key
├── Forbidden             403      ask for a key with this scope
├── NotFound              404      check the id; it may belong to another client
├── VersionConflict       409      read the object again, decide again
├── NotAllowedNow         422      the object's state does not allow this
├── NotOffered            422      this channel cannot do that; see the channel list
├── CarrierSaidNo         422      the insurer decided no; its reasons are in the problem
├── Lapsed                422      the application lapsed at the insurer
├── PremiumMismatch       422      quote again, confirm the new premium
├── NoChannel             503      nothing was sent: see each channel's reason, then use a new key
├── NotExecuted           503      certainly nothing happened: use a new key
└── Unavailable           503      the gateway cannot write its journal now: nothing was sent, repeat later
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from msgspec import Struct

from gateway.model.validate import Fault


class Said(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One reason of a no: who said it, its code and words."""

    code: str
    source: str
    text: str | None = None


class HubError(Exception):
    """A no to a caller; class data carry its default code, HTTP status and next step."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "gateway.internal"
    next_step: ClassVar[str] = "Repeat the request with the same Idempotency-Key."
    retry_after_s: ClassVar[int | None] = None
    source: ClassVar[str] = "gateway"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        status: int | None = None,
        faults: Sequence[Fault] = (),
        reasons: Sequence[Said] = (),
        extra: dict[str, Any] | None = None,
    ) -> None:
        """Say what happened; `faults` name fields, `reasons` what channels or carriers said."""
        super().__init__(detail)
        self.detail = detail
        self.error_code = code or self.code
        self.http_status = status or self.status
        self.faults = tuple(faults)
        self.reasons = tuple(reasons)
        self.extra = extra or {}


class RequestInvalid(HubError):
    """Correct the named fields, then send again; nothing was recorded."""

    status = 422
    code = "request.invalid"
    next_step = "Correct the fields listed under 'faults' and send again."


class BodyUnreadable(RequestInvalid):
    """The body is not the JSON this operation takes, or did not come."""

    status = 400
    next_step = "Send the whole body, JSON in UTF-8; nothing was recorded."


class CatalogueInvalid(RequestInvalid):
    """Correct the catalogue's files at the places told, then ask again; the one in force stays."""

    code = "gateway.catalogue_invalid"
    next_step = "Correct the files at the places listed under 'errors', then ask again; nothing was changed."


class TooLarge(RequestInvalid):
    """The body, its nesting or a list in it is beyond the limit."""

    status = 413
    code = "request.too_large"
    next_step = "Send less at once."


class KeyMissing(HubError):
    """Send an Idempotency-Key with every write."""

    status = 400
    code = "idempotency.key_missing"
    next_step = "Choose a key of at most 64 characters, one per intent, and send it again with every repetition."


class KeyReused(HubError):
    """This key already belongs to another request body."""

    status = 422
    code = "idempotency.key_reused"
    next_step = "Use a new key for a new intent; repeat the first body to read the first answer."


class Forgotten(HubError):
    """This key's operation is over, and its answer is no longer kept; it is not done a second time."""

    status = 410
    code = "operation.forgotten"
    next_step = "Do not repeat it: the operation ended as the detail says. A new intent needs a key of its own."


class Duplicate(HubError):
    """This business identity already has a live or successful operation."""

    status = 422
    code = "request.duplicate"
    next_step = "Read the operation named in this problem; a new intent needs a client_ref of its own."


class EndpointKnown(HubError):
    """This client has a webhook endpoint of this address already."""

    status = 422
    code = "request.duplicate"
    next_step = "Use the endpoint named here, or remove it first."


class Unauthorized(HubError):
    """Send a valid API key."""

    status = 401
    code = "request.unauthorized"
    next_step = "Send 'Authorization: Bearer <api key>'."


class Forbidden(HubError):
    """The key lacks the scope of this operation."""

    status = 403
    code = "request.forbidden"
    next_step = "Ask the operator for a key with the scope named here."


class NotFound(HubError):
    """There is no such object of this client."""

    status = 404
    code = "request.not_found"
    next_step = "Check the id or number; an object of another client is not found either."


class VersionConflict(HubError):
    """The object changed since the caller read it."""

    status = 409
    code = "version.conflict"
    next_step = "Read it again and decide on its present version."


class NotAllowedNow(HubError):
    """The object's state does not allow this."""

    status = 422
    code = "policy.wrong_state"
    next_step = "Read the object: its state says what is possible."


class NotOffered(HubError):
    """The channel that holds this policy does not offer the operation."""

    status = 422
    code = "channel.not_offered"
    next_step = "The channel list says what each channel offers, and why something is missing."


class CarrierSaidNo(HubError):
    """The insurer decided no."""

    status = 422
    code = "carrier.declined"
    next_step = "The reasons are the insurer's; change the request accordingly, or ask another channel."
    source = "carrier"


class Lapsed(HubError):
    """The application lapsed at the insurer before it was decided."""

    status = 422
    code = "policy.lapsed"
    next_step = "Ask again with a new Idempotency-Key."
    source = "carrier"


class PremiumMismatch(HubError):
    """The insurer's premium is not the one the caller expects."""

    status = 422
    code = "premium.mismatch"
    next_step = "Quote again and confirm the new premium."


class NoChannel(HubError):
    """No channel may be asked; nothing was sent."""

    status = 503
    code = "channel.none_eligible"
    next_step = "Each channel's reason is listed. Change the request, or repeat it later with a new Idempotency-Key."
    retry_after_s = 30


class NotExecuted(HubError):
    """Certainly nothing happened at a carrier."""

    status = 503
    code = "channel.not_executed"
    next_step = "Repeat with a new Idempotency-Key; the client_ref is free again."
    retry_after_s = 10


class Unavailable(HubError):
    """The journal cannot be used: nothing that this request began was sent to a carrier."""

    status = 503
    code = "gateway.unavailable"
    next_step = "Nothing new was sent to an insurer. Repeat it, a write with the same Idempotency-Key."
    retry_after_s = 5
