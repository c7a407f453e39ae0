"""What is sent for an absent value, and which text on the wire means absent: `missing` of row, message, defaults."""

from dataclasses import dataclass
from difflib import get_close_matches

from cli.codegen.plan.frame import Refused
from cli.mapping.tree import Message, Row, Text

WORDS = ("omit", "blank", "null", "error", "empty")
NEAR = 0.7
"""From where on a bare text counts as a slip of one of the words (difflib's ratio)."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A policy: a word of `WORDS`, or `text` with the filler that stands for absent; `held`: a place, filled later."""

    word: str
    filler: str | None = None

    @property
    def written(self) -> str | None:
        """What stands on the wire for an absent value, as Python source; None when nothing does."""
        return {"blank": "''", "null": "None", "held": "None", "text": repr(self.filler)}.get(self.word)


OMIT = Missing("omit")


def policy(text: Text | None, otherwise: Missing) -> Missing:
    """The policy a mapping writes, or what holds around it."""
    if text is None:
        return otherwise
    if text.value == "":
        raise Refused(
            "E234", text.mark, "missing: is omit, blank, null, empty, error or the text that stands for absent"
        )
    if text.value in WORDS:
        return Missing(text.value)
    meant = [] if text.quoted else get_close_matches(text.value, WORDS, n=1, cutoff=NEAR)
    if meant:
        hint = f"did you mean '{meant[0]}'? A text that stands for absent is quoted"
        raise Refused("E234", text.mark, f"missing: there is no word '{text.value}'", hint)
    return Missing("text", text.value)


def of_value(row: Row, around: Missing) -> Missing:
    """The policy of a row that holds one value: only lists and objects can be empty."""
    if row.missing is not None and row.missing.value == "empty":
        hint = "missing: blank writes an empty text"
        raise Refused("E234", row.missing.mark, "missing: empty is for a list, and for an object with a shape", hint)
    return of_row(row, around)


def is_empty(row: Row) -> bool:
    """Whether an absent list or object is written as an empty one."""
    return row.missing is not None and row.missing.value == "empty"


def is_needed(row: Row) -> bool:
    """Whether this row itself says that nothing is sent without its list or object."""
    return row.missing is not None and row.missing.value == "error"


def of_row(row: Row, around: Missing) -> Missing:
    """The policy of one row."""
    return policy(row.missing, around)


def of_message(message: Message, around: Missing) -> Missing:
    """The policy of one message."""
    return policy(message.missing, around)
