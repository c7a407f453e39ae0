"""Places in files, and what is said about them."""

import re
from dataclasses import dataclass
from typing import Literal

TEXT_LENGTH_MAX = 500
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file; line and column count from 1. `file` is the path as a person would type it."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def shifted(self, columns: int) -> "Mark":
        """The place `columns` further on the same line."""
        return Mark(self.file, self.line, self.column + columns)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault of a file a person wrote: a stable code, where, what, and what to do.

    Codes: E1xx reading, E2xx rows and tables, E3xx expressions, E4xx outcomes and declarations, E5xx products and
    channels, E6xx examples and mocks; W with the same numbers for warnings.
    """

    code: str
    mark: Mark
    message: str
    hint: str | None = None

    def __post_init__(self) -> None:
        """What a file holds is quoted within bounds, and on one line."""
        object.__setattr__(self, "message", _quotable(self.message))
        if self.hint is not None:
            object.__setattr__(self, "hint", _quotable(self.hint))

    @property
    def severity(self) -> Literal["error", "warning"]:
        """`E...` stops generation, `W...` does not."""
        return "error" if self.code.startswith("E") else "warning"

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        word = f"error {self.code}" if self.severity == "error" else f"warning {self.code}"
        return f"{self.mark}: {word}: {self.message}{hint}"


def _quotable(text: str) -> str:
    """The text as a terminal and a log can take it: of a long one the beginning, control characters spelled out."""
    if len(text) > TEXT_LENGTH_MAX:
        text = f"{text[:TEXT_LENGTH_MAX]}.. ({len(text):,} characters)"
    return _UNSHOWABLE.sub(lambda found: ascii(found.group())[1:-1], text)
