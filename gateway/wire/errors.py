"""What can go wrong between a canonical message and a carrier's bytes.

WireError
├── CannotSend   the request cannot be said on this wire: nothing was sent
└── Unreadable   the reply cannot be read: the outcome is unknown unless it was already classified
"""


class WireError(Exception):
    """A message that does not fit a wire; `path` is where, `line` the mapping line, values are never quoted raw."""

    def __init__(self, message: str, *, path: str | None = None, line: str | None = None) -> None:
        """Say what is wrong in words a person can act on, with personal values masked."""
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line


class CannotSend(WireError):
    """The canonical request cannot be written for this carrier; change the request, nothing has left."""


class Unreadable(WireError):
    """The carrier's reply cannot be decoded or mapped; its raw bytes are kept, its outcome is unknown."""
