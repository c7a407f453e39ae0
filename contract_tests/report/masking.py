"""What a report hides: the people and the secrets of the example it tells of, and every long number.

A report is copied into build servers and mails, so it hides what a terminal shows its owner.
"""

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

from contract_tests.examples.check import Run
from contract_tests.examples.shown import masked_fields
from contract_tests.runner.checks_scrub import canaries_of

HIDDEN, CUT = "***", "..."
_BYTES_MIN = 6
_TORN_HEAD, _TORN_TAIL = re.compile(r"^(?:\\x[89ab][0-9a-f]){1,3}"), re.compile(r"(?:\\x[c-f89ab][0-9a-f]){1,3}$")
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160), 0xFFFE, 0xFFFF), "\ufffd")


def hider(run: Run) -> Callable[[str], str]:
    """A function that hides in a text what the example holds of people and secrets, however it is written."""
    texts = canaries_of(run).values() if run.example.request is not None else run.example.secrets.values()
    written = {form for text in texts if len(text.encode()) >= _BYTES_MIN for form in _forms(text)}
    longest_first = sorted(written, key=len, reverse=True)

    def hide(text: str) -> str:
        for each in longest_first:
            text = text.replace(each, HIDDEN)
        return masked_fields(printable(_without_cut(text, longest_first)))

    return hide


def _without_cut(text: str, forms: list[str]) -> str:
    """The text without what is left of a person or a secret where its window was cut."""
    if text.startswith(CUT):
        kept = _TORN_HEAD.sub("", text.removeprefix(CUT))
        length = max((at for form in forms for at in range(1, len(form)) if kept.startswith(form[-at:])), default=0)
        text = CUT + HIDDEN + kept[length:] if length else text
    if text.endswith(CUT):
        kept = _TORN_TAIL.sub("", text.removesuffix(CUT))
        length = max((at for form in forms for at in range(1, len(form)) if kept.endswith(form[:at])), default=0)
        text = kept[: len(kept) - length] + HIDDEN + CUT if length else text
    return text


def printable(text: str) -> str:
    """A text every report can hold: no control characters, no halves of surrogate pairs."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").translate(_CONTROLS)


def _forms(text: str) -> Iterator[str]:
    yield text
    yield json.dumps(text)[1:-1]
    yield quote(text, safe="")
    yield quote_plus(text)
