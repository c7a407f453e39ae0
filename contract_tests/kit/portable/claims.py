"""Expressions that must hold, compiled so that both sides of a comparison can be shown."""

import ast

from contract_tests.kit.portable.definition import Claim
from contract_tests.language.expression import Compiler, Evaluate
from contract_tests.language.places import Node


def claim_of(compiler: Compiler, node: Node) -> Claim:
    """Compile a claim."""
    text = str(node.value).removeprefix("=").strip()
    return Claim(text, node.place, compiler.expression(text, node.place), _sides(compiler, text, node))


def _sides(compiler: Compiler, text: str, node: Node) -> tuple[Evaluate, Evaluate] | None:
    try:
        parsed = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(parsed, ast.Compare) or len(parsed.ops) != 1:
        return None
    left, right = (ast.get_source_segment(text, part) or "None" for part in (parsed.left, parsed.comparators[0]))
    return compiler.expression(left, node.place), compiler.expression(right, node.place)
