"""Outcomes: rows of an operation's table and of the carrier's errors dropped, or with another meaning."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cli.mapping.tree import CallbackDecl, ErrorTable, Message, OutcomeRow, Response, Result, Text
from contract_tests.mutate.mutant import Change, operator
from contract_tests.mutate.operators.changed import dropped, put, with_field
from contract_tests.mutate.operators.rows import bogus
from contract_tests.mutate.walk import Site

KINDS = {"accepted": "pending", "pending": "unknown", "declined": "refused", "refused": "declined",
         "not_executed": "unknown", "unknown": "declined"}  # fmt: skip
CODES = ("request.invalid", "carrier.internal")


@operator("outcome-drop", Response, Message)
def outcome_drop(node: Response | Message, _site: Site) -> Iterator[Change]:
    """A row of the outcome table is not there."""
    for row, rows in dropped(node.outcome):
        if not row.is_else:
            yield Change(row.mark, "the outcome row dropped", replace(node, outcome=rows))


@operator("outcome-status", OutcomeRow)
def outcome_status(node: OutcomeRow, _site: Site) -> Iterator[Change]:
    """Another HTTP status, and any; a list of statuses is one decision: its first and its last stand for all of it."""
    for status, statuses in (*dropped(node.http),)[:: max(len(node.http) - 1, 1)]:
        words = f"http without {status}" if statuses else f"any status for {status}"
        if statuses or node.when is not None:
            yield Change(node.mark, words, replace(node, http=statuses))


@operator("error-drop", ErrorTable)
def error_drop(node: ErrorTable, _site: Site) -> Iterator[Change]:
    """A code of the carrier is in no row."""
    for (code, _result), rows in dropped(node.rows):
        yield Change(code.mark, f"the row of {code.value} dropped", replace(node, rows=rows))


@operator("result-kind", Result)
def result_kind(node: Result, _site: Site) -> Iterator[Change]:
    """Another outcome."""
    wrong = KINDS[node.kind.value]
    changed = replace(node, kind=Text(wrong, node.kind.mark), because=None)
    yield Change(node.kind.mark, f"{wrong} for {node.kind.value}", changed)


@operator("result-code", Result)
def result_code(node: Result, _site: Site) -> Iterator[Change]:
    """Another canonical code."""
    if node.code is not None:
        wrong = next(code for code in CODES if code != node.code.value)
        yield Change(node.code.mark, f"{wrong} for {node.code.value}", replace(node, code=Text(wrong, node.code.mark)))


@operator("result-next", Result)
def result_next(node: Result, _site: Site) -> Iterator[Change]:
    """What is done next is not said, or once becomes often."""
    for name in ("then", "field", "after", "every_s", "for_s"):
        said: Any = getattr(node, name)
        if said is not None:
            mark = getattr(said, "mark", node.mark)
            yield Change(mark, f"without {name.removesuffix('_s')}", with_field(node, name, None))
    for name in ("once", "alert", "disclose"):
        if getattr(node, name) is not (name == "disclose"):
            wrong = not getattr(node, name)
            yield Change(node.mark, f"{name}: {str(wrong).lower()}", with_field(node, name, wrong))


@operator("correlate", Response, CallbackDecl)
def correlate(node: Response | CallbackDecl, _site: Site) -> Iterator[Change]:
    """What must come back is not looked at, or looked for elsewhere."""
    for at, echo in enumerate(node.correlate):
        ours, path = echo.ours, echo.path
        _, rest = list(dropped(node.correlate))[at]
        dropping = {"correlate": rest, "echo_none": True} if isinstance(node, Response) else {"correlate": rest}
        yield Change(ours.mark, f"{ours.value} is not compared", replace(node, **dropping))
        wrong = put(node.correlate, at, replace(echo, path=bogus(path)))
        yield Change(ours.mark, f"{ours.value} looked for at {bogus(path).text}", replace(node, correlate=wrong))
