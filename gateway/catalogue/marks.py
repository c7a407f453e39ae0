"""Places in files, and what is said about them."""

from dataclasses import dataclass
from typing import Literal


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

    @property
    def severity(self) -> Literal["error", "warning"]:
        """`E...` stops generation, `W...` does not."""
        return "error" if self.code.startswith("E") else "warning"

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        word = f"error {self.code}" if self.severity == "error" else f"warning {self.code}"
        return f"{self.mark}: {word}: {self.message}{hint}"
