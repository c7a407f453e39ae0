"""What happened, in order: hashed always, kept as lines when somebody wants to read it."""

import hashlib
from collections.abc import Callable


class Trace:
    """The story of one run; two runs of one seed tell the same."""

    def __init__(self, clock: Callable[[], float], *, keep: bool = False) -> None:
        self._clock, self._keep = clock, keep
        self._hash = hashlib.blake2b(digest_size=16)
        self.lines: list[str] = []

    def note(self, what: str, who: str, detail: str = "") -> None:
        """Tell one thing."""
        line = f"{self._clock():12.3f}  {what:9} {who:14} {detail}"
        self._hash.update(line.encode())
        if self._keep:
            self.lines.append(line.rstrip())

    def digest(self) -> str:
        """The hash of everything told so far."""
        return self._hash.hexdigest()
