"""What a list row's filter says of every item it selects: `item.role == "owner"` is also what reading it back means."""

import ast

from cli.mapping.tree import Row


def implied(row: Row) -> dict[str, str]:
    """The fields (by canonical name) a filter fixes to a constant; nothing where it says more than equality."""
    found = {selector.key: selector.value for segment in row.canonical.segments[-1:] for selector in segment.selectors}
    if row.when is None:
        return found
    try:
        tree = ast.parse(row.when.source.strip(), mode="eval").body
    except SyntaxError:
        return found
    for part in tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]:
        found |= _equality(part)
    return found


def _equality(node: ast.expr) -> dict[str, str]:
    if not (isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq)):
        return {}
    field, constant = node.left, node.comparators[0]
    if not (isinstance(field, ast.Attribute) and isinstance(field.value, ast.Name) and field.value.id == "item"):
        return {}
    return (
        {field.attr: constant.value} if isinstance(constant, ast.Constant) and isinstance(constant.value, str) else {}
    )
