"""What several replies say together, and whether a reply is ours."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from gateway.model.outcome import Outcome, OutcomeKind
from gateway.wire.classified import Forged
from gateway.wire.contract import Context, Wire
from gateway.wire.errors import Unreadable
from gateway.wire.trace import problem
from gateway.wire.trees import text_of

Came = TypeVar("Came")


def echoed(sent: Any, got: Any) -> bool:
    """Whether the carrier's echo is exactly what was sent; no echo is no proof, and so is an empty one."""
    return bool(sent) and text_of(sent) == text_of(got)


def echoed_in_yes(sent: Any, got: Any, outcome: Outcome) -> bool:
    """The same for a carrier whose errors bear no number of ours: only a yes must echo, nothing may contradict."""
    if got is None and outcome.kind is not OutcomeKind.accepted:
        return True
    return echoed(sent, got)


def ctx_after(ctx: Context, step: str, wire: Wire) -> Context:
    """The context of what follows a message: it is `step.<name>` there."""
    return replace(ctx, steps={**ctx.steps, step: wire})


def first_form(came: Came, ctx: Context, *forms: Callable[[Came, Context], Wire]) -> Wire:
    """The message of the first form that decodes; where none does, what each of them says.

    A forged message is not tried again in a form that asks for no signature.
    """
    said: list[str] = []
    for number, form in enumerate(forms, 1):
        try:
            return form(came, ctx)
        except Forged:
            raise
        except Unreadable as error:
            said.append(f"form {number}: {problem(error)}")
    raise Unreadable("no form of the reply can be read: " + "; ".join(said))


def merge(earlier: Any, later: Any) -> Any:
    """The result of an operation after one more step: later wins, what only the earlier said stays.

    Numbers are united by kind, reasons follow one another, `refs` and `ext` are united by key. Results of different
    types meet in the fields both have; the later type stays.
    """
    if earlier is None or later is None:
        return later if earlier is None else earlier
    known = set(earlier.__struct_fields__)
    kept = {
        name: united
        for name in later.__struct_fields__
        if name in known and (united := _united(name, getattr(earlier, name), getattr(later, name))) is not None
    }
    return replace(later, **kept) if kept else later


def _united(name: str, earlier: Any, later: Any) -> Any:
    """The value the merged result takes for a field, or None where the later one stands as it is."""
    if not earlier:
        return None
    if name == "numbers":
        kinds = {number.kind for number in later}
        return (*(number for number in earlier if number.kind not in kinds), *later)
    if name == "reasons":
        return (*(reason for reason in earlier if reason not in later), *later)
    if isinstance(earlier, dict) and isinstance(later, dict):
        return {**earlier, **later}
    return earlier if _is_empty(later) else None


def _is_empty(value: Any) -> bool:
    return value is None or value is msgspec.UNSET or value in ((), [], {})
