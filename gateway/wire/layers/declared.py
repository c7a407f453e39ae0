"""Separators that a message declares itself: the service string advice `UNA` of EDIFACT, the header `ISA` of X12.

Who sends may choose others from message to message (ISO 9735-1, section 8; X12.5). A message that declares others than
the carrier's document is written again with those of the document before it is read; whatever looks like one of these
in a value hides meanwhile, as what is released does.
"""

import re
from typing import NamedTuple

from msgspec.structs import replace

from gateway.wire.layers.separators import PipeForm, groups_of, hide

_NEVER_SENT = "\uffff"
"""No character of any text: a form without a release character gets it, so that what hides is shown again."""
_UNA = re.compile(r"UNA([\x00-\x7f]{6})\s*(?=UN[BGH])")
_ISA_BYTES = 106
_ISA_SEPARATORS = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
_REPETITION, _COMPONENT, _END = 82, 104, 105
_EDIFACT_COMPONENT = ":"


class Signs(NamedTuple):
    """The signs of a message by what they are for; an empty one is not used."""

    element: str
    component: str
    repetition: str
    release: str
    end: str

    @property
    def are_signs(self) -> bool:
        """Whether these can part anything: each there is one sign of its own, and no letter or digit."""
        used = [sign for sign in self if sign]
        plain = all(len(sign) == 1 and sign.isascii() and not sign.isalnum() and sign != "\0" for sign in used)
        return bool(self.element and self.end) and plain and len(set(used)) == len(used)


def as_declared(text: str, form: PipeForm) -> tuple[str, PipeForm]:
    """A message in the separators of its form, and the form to read it with; one that declares none stays as it is."""
    if text[:3] not in ("UNA", "ISA") or form.lines.line or form.escape != "refuse":
        return text, form
    found = _advised(text) if text[0] == "U" else _headed(text)
    if found is None:
        return text, form
    signs, head, body = found
    own = _own(form, _EDIFACT_COMPONENT if text[0] == "U" else "")
    if not own.are_signs:
        return text, form
    written = _head(head, signs, own, form) + _written(body, signs, own)
    return written, form if form.release else replace(form, release=_NEVER_SENT)


def _advised(text: str) -> tuple[Signs, str, str] | None:
    """The signs of a `UNA`, and what follows it; a blank is a sign that is not used."""
    found = _UNA.match(text)
    if found is None:
        return None
    said = found[1].replace(" ", "\0")
    # The third says how decimals are written: an amount is read as its row has it.
    signs = Signs(said[1], said[0], said[4].strip("\0"), said[3].strip("\0"), said[5])
    return (signs, "", text[found.end() :]) if signs.are_signs else None


def _headed(text: str) -> tuple[Signs, str, str] | None:
    """The signs of an `ISA`, which is as long in every message: its elements, its end, and what follows."""
    element = text[3:4]
    if len(text) < _ISA_BYTES or tuple(at for at in range(_END) if text[at] == element) != _ISA_SEPARATORS:
        return None
    repetition = text[_REPETITION]
    # Before version 00402 a letter stands there that says something else.
    signs = Signs(element, text[_COMPONENT], "" if repetition.isalnum() else repetition, "", text[_END])
    return (signs, text[:_END], text[_ISA_BYTES:]) if signs.are_signs else None


def _own(form: PipeForm, component: str) -> Signs:
    """The signs a form is written with; those that part the parts of a field are one sign, or nobody's."""
    groups = groups_of(form.records)
    inner = {group.separator for group in groups} - {""} or {component}
    between = {group.between for group in groups} - {""}
    return Signs(
        form.separator,
        inner.pop() if len(inner) == 1 else "",
        between.pop() if len(between) == 1 else "",
        form.release,
        form.lines.end,
    )


def _head(head: str, signs: Signs, own: Signs, form: PipeForm) -> str:
    """The segment that declares: the elements of an `ISA` keep their signs as values; a `UNA` is no message's own."""
    if head:
        elements = (_hidden(each, own) for each in head.split(signs.element))
        return own.element.join(elements) + own.end
    advice = next((record.starts for record in form.records if record.starts.startswith("UNA")), "")
    return f"{advice}{own.end}" if advice else ""


def _hidden(value: str, own: Signs) -> str:
    return "".join(hide(each) if each in own else each for each in value)


def _written(body: str, signs: Signs, own: Signs) -> str:
    said = {theirs: ours for theirs, ours in zip(signs, own, strict=True) if theirs and theirs != signs.release}
    released = f"{re.escape(signs.release)}([\\x00-\\x7f])|" if signs.release else "(?!)()|"
    any_sign = "".join(re.escape(each) for each in sorted({*said, *own} - {""}))

    def again(found: "re.Match[str]") -> str:
        return hide(found[1]) if found[1] else said.get(found[0]) or hide(found[0])

    return re.sub(f"{released}[{any_sign}]", again, body)


__all__ = ["as_declared"]
