"""A message of a mapping: paths, codecs, rows, cases and outcomes, each with the place it was written at."""

from dataclasses import dataclass
from typing import Literal

from gateway.catalogue.marks import Mark


@dataclass(frozen=True, slots=True)
class Selector:
    """`(key=value)` in a path: find that element, or add it when writing."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One name of a path with its selectors; an all-digit name is a position (list) or a key (object)."""

    name: str
    selectors: tuple[Selector, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """A canonical or wire path: `anchor` is "", "/" or one "^" per level; `attribute` is the name after `@`.

    `.` is a path without segments and attribute.
    """

    text: str
    mark: Mark
    segments: tuple[Segment, ...] = ()
    anchor: str = ""
    attribute: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar exactly as typed; `quoted` tells `"01"` from `01`.

    `typed`, in a pattern: `=1`, `=True` or `=0.5` stood there, a number or flag of JSON that reads as this text.
    """

    value: str
    mark: Mark
    quoted: bool = False
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Expression:
    """Source text after `=` or in a condition; `mark` is the place of its first character."""

    source: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Codec:
    """`name(argument; argument)`; an argument is text or again a codec."""

    name: str
    mark: Mark
    arguments: tuple["str | Codec", ...] = ()


Value = Text | Expression
"""What `send`, `read`, `default` and `with` hold: a constant, or an expression after `=`."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One side of a case: any of some texts, a capture `$name [as codec]`, present `$_`, or absent `$-`."""

    kind: Literal["texts", "capture", "present", "absent"]
    mark: Mark
    texts: tuple[Text, ...] = ()
    capture: str | None = None
    codec: Codec | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """`is` on the canonical side against `wire` on the carrier's, and the rows that hold in that case.

    A bare `is: value` tests the row's own field: it stands here under the path ".".
    """

    mark: Mark
    matches: tuple[tuple[Path, Pattern], ...]
    wire: tuple[tuple[Path, Pattern], ...]
    when: Expression | None = None
    to: Path | None = None
    list_to: Path | None = None
    body: "Message | None" = None
    shape: Text | None = None
    lossy: Text | None = None
    missing: Text | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One canonical path against one wire path, in both directions.

    A value spread over several wire fields is one row for each of them; `joined`, in the first, names them all.
    """

    mark: Mark
    canonical: Path
    to: Path | None = None
    list_to: Path | None = None
    codec: Codec | None = None
    shape: Text | None = None
    body: "Message | None" = None
    cases: tuple[Case, ...] = ()
    when: Expression | None = None
    default: Value | None = None
    missing: Text | None = None
    max_bytes: int | None = None
    currency: Text | None = None
    currency_codec: Codec | None = None
    rounding: Text | None = None
    lossy: Text | None = None
    draft: Text | None = None
    cases_mark: Mark | None = None
    joined: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Send:
    """`wire path: constant or =expression` (or nothing: only the place)."""

    mark: Mark
    to: Path
    value: Value | None


@dataclass(frozen=True, slots=True)
class Message:
    """The rows of a request, response, shape, callback, or of one row or case with rows inside.

    `rows` keeps line order; several rows may share a canonical path. On the wire an element stands where it is named
    first: `send`, then `rows`, then `blank`. `cases_mark` is where the list of cases begins. `outcome` is that of one
    item: in a shape, or in a list row, of a reply. `body` is `none` for a request that has no bytes at all.
    """

    mark: Mark
    of: Text | None = None
    extends: Text | None = None
    missing: Text | None = None
    send: tuple[Send, ...] = ()
    rows: tuple[Row, ...] = ()
    cases: tuple[Case, ...] = ()
    blank: tuple[Path, ...] = ()
    read: tuple[tuple[Path, Expression], ...] = ()
    ignore: tuple[tuple[Path, Text], ...] = ()
    cases_mark: Mark | None = None
    outcome: "tuple[OutcomeRow, ...]" = ()
    outcome_mark: Mark | None = None
    body: Text | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What an outcome row or an error row says; absent words are None."""

    mark: Mark
    kind: Text
    then: Text | None = None
    every_s: float | None = None
    for_s: float | None = None
    after: Value | None = None
    once: bool = False
    because: Text | None = None
    code: Text | None = None
    zh: Text | None = None
    field: Text | None = None
    message: Expression | None = None
    alert: bool = False
    disclose: bool = True


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One row of an outcome table: `http` and `when` must both hold; `is_else` marks the last."""

    mark: Mark
    http: tuple[int, ...] = ()
    when: Expression | None = None
    result: Result | None = None
    by_code: Expression | None = None
    is_else: bool = False
