"""Which names an expression speaks of, told from its text alone."""

import ast

from cli.mapping.tree import Expression


def names_in(expression: Expression) -> frozenset[str]:
    """The names an expression begins with: `req` of `req.plan`; none where it is no expression."""
    try:
        tree = ast.parse(expression.source.strip(), mode="eval")
    except SyntaxError:
        return frozenset()
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def names_item(expression: Expression) -> bool:
    """Whether a condition speaks of the items of a list."""
    return "item" in names_in(expression)
