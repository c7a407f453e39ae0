"""What the mapping itself says of a reply it was given: codes it does not list, what it could not read."""

import re
from collections.abc import Collection, Iterator

from contract_tests.drift.compare import Beside
from contract_tests.drift.finding import Finding
from contract_tests.drift.forms import names_of
from contract_tests.examples.shown import masked_fields
from gateway.model.errors import ErrorCode
from gateway.wire.contract import Reply
from gateway.wire.shown import shown_code

_UNKNOWN = re.compile(r"unknown (\S+) code (.+)", re.DOTALL)
_UNNAMED = re.compile(r"the carrier sent '(.*)', which no row names", re.DOTALL)
_PLACE = re.compile(r"^(?P<words>.*?)(?: -> (?P<place>\S+\.yaml:\d+))?$", re.DOTALL)
UNMAPPED = ErrorCode.carrier_unmapped.value
CODE_LENGTH_MAX = 40


def read_findings(reply: Reply, beside: Beside, shown: Collection[str] = ()) -> Iterator[Finding]:
    """Unknown codes, unreadable parts, fields no row names; `shown` are the paths that examples have."""
    names = names_of(shown)
    if reply.outcome.code == UNMAPPED and reply.outcome.carrier_code:
        code = shown_code(reply.outcome.carrier_code).strip("'")
        yield beside.told("break", "unknown code", f"code {code}", f"the error table does not list '{code}'")
    for problem in reply.problems:
        found = _PLACE.match(problem)
        words, place = (found["words"], found["place"] or "") if found else (problem, "")
        unnamed = _UNNAMED.fullmatch(words)
        words = masked_fields(words) if unnamed is None else f"the carrier sent '{beside.shown(unnamed[1], names)}'"
        unknown = _UNKNOWN.match(words)
        if unknown is not None:
            at = f"{unknown[1]} {unknown[2][:CODE_LENGTH_MAX]}"
            yield beside.told("warn", "unknown code", at, f"the table {unknown[1]} does not list it", place)
        elif reply.outcome.code != UNMAPPED or not reply.outcome.carrier_code:
            yield beside.told("break", "unreadable", place or words, words, place)
    for path in reply.unmapped:
        if path in shown:
            yield beside.told("info", "unread field", path, "no row names it; examples have it")
        else:
            at = beside.shown(path, names)
            yield beside.told("info", "new field", at, "no row names it and no example has it")
