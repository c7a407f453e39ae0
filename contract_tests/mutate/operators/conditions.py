"""Conditions and expressions: negated, with the other comparison, with other constants."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cli.mapping.tree import CallbackDecl, Case, Expression, OperationFile, OutcomeRow, Row, StatementRowsDecl, StepDecl
from contract_tests.mutate.mutant import Change, operator
from contract_tests.mutate.operators.changed import with_field
from contract_tests.mutate.walk import Site

_HELD_BY = (Row, Case, OutcomeRow, StepDecl, OperationFile, CallbackDecl, StatementRowsDecl)
_TURNED = ((" == ", " != "), (" != ", " == "), (" and ", " or "), (" or ", " and "), (" >= ", " > "), (" <= ", " < "))
_TEXT = re.compile(r'"([^"]*)"')
_NUMBER = re.compile(r"(?<![\w.\"])(\d+)(?![\w.\"])")


@operator("condition-negated", *_HELD_BY)
def condition_negated(node: Any, _site: Site) -> Iterator[Change]:
    """A condition is the contrary of itself."""
    name = "match" if isinstance(node, CallbackDecl) else "when"
    found: Expression | None = getattr(node, name)
    if found is not None:
        wrong = replace(found, source=f"not ({found.source})")
        yield Change(found.mark, wrong.source, with_field(node, name, wrong))


@operator("condition-dropped", Row, OutcomeRow, StatementRowsDecl)
def condition_dropped(node: Any, _site: Site) -> Iterator[Change]:
    """A condition is not there."""
    if node.when is not None and (not isinstance(node, OutcomeRow) or node.http):
        yield Change(node.when.mark, f"without when: {node.when.source}", replace(node, when=None))


@operator("expression-operator", Expression)
def expression_operator(node: Expression, _site: Site) -> Iterator[Change]:
    """The other comparison, the other conjunction."""
    for one, other in _TURNED:
        at = node.source.find(one)
        while at >= 0:
            source = node.source[:at] + other + node.source[at + len(one) :]
            yield Change(node.mark.shifted(at), source, replace(node, source=source))
            at = node.source.find(one, at + 1)


@operator("expression-constant", Expression)
def expression_constant(node: Expression, _site: Site) -> Iterator[Change]:
    """Another text, another number."""
    for found in _TEXT.finditer(node.source):
        source = f"{node.source[: found.end(1)]}9{node.source[found.end(1) :]}"
        yield Change(node.mark.shifted(found.start()), source, replace(node, source=source))
    quoted = [match.span() for match in _TEXT.finditer(node.source)]
    for found in _NUMBER.finditer(node.source):
        if not any(start <= found.start() < end for start, end in quoted):
            source = f"{node.source[: found.start()]}{int(found[1]) + 1}{node.source[found.end() :]}"
            yield Change(node.mark.shifted(found.start()), source, replace(node, source=source))
