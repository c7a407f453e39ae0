"""Every limit of the HTTP interface, with its name."""

from msgspec import Struct

MIB = 1024 * 1024

API_KEY_CHARS_MAX = 256
ID_CHARS_MAX = 200
"""An id, reference or number in a path or a query."""
QUERY_BYTES_MAX = 4096
QUERY_FIELDS_MAX = 20
PATH_CHARS_MAX = 1024
PREFER_CHARS_MAX = 128


class Limits(Struct, frozen=True, kw_only=True):
    """What one gateway process takes in; a setting may narrow or widen each."""

    body_bytes_max: int = MIB
    """A request body, unless its row in the table names a limit of its own."""

    documents_bytes_max: int = 16 * MIB
    """A body that may carry documents (base64)."""

    callback_bytes_max: int = 4 * MIB
    """A carrier's callback."""

    json_depth_max: int = 64
    """Objects and arrays inside each other; checked before anything is decoded. The vocabulary itself needs ten."""

    json_values_max: int = 100_000
    """Members and items of a whole body, counted by its commas."""

    body_wait_s: float = 20.0
    """From the end of the headers to the last byte of the body."""

    in_flight_max: int = 4096
    """Requests under way; one more is told to come back."""

    drain_s: float = 75.0
    """At shutdown: how long requests under way may still take. Above the longest wait a caller may ask for."""
