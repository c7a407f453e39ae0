"""What only HTTP says no to; everything else a caller may hear stands in `gateway.errors`.

HubError
├── NotFound
│   └── NoSuchAddress     404  nothing is at this path
├── MethodNotAllowed      405  the path takes other methods, listed in Allow
├── UnsupportedMedia      415  the body is not plain JSON
└── Overloaded            503  too many requests are under way: repeat later with the same key
"""

from gateway.errors import HubError, NotFound


class NoSuchAddress(NotFound):
    """Nothing is at this path."""

    next_step = "GET /openapi.json lists every address."


class MethodNotAllowed(HubError):
    """The path takes other methods."""

    status = 405
    code = "request.method_not_allowed"
    next_step = "The Allow header lists the methods it takes."

    def __init__(self, methods: tuple[str, ...]) -> None:
        """Say which methods there are."""
        super().__init__(f"this address takes {', '.join(methods)}")
        self.methods = methods


class UnsupportedMedia(HubError):
    """The body is not plain JSON."""

    status = 415
    code = "request.unsupported_media"
    next_step = "Send UTF-8 JSON, uncompressed, with 'Content-Type: application/json'."


class Overloaded(HubError):
    """Too many requests are under way; this one was not begun."""

    status = 503
    code = "gateway.overloaded"
    next_step = "Nothing was begun. Repeat later, a write with the same Idempotency-Key."
    retry_after_s = 1
