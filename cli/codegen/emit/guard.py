"""The last gate before a generated module is written: it is parsed again, and holds nothing but what was planned.

A mapping's text reaches source only as a literal. Should a fault of the generator ever let it through as code, the
shapes it could take (an import of its own, a lambda, a call of `exec`, a dunder) are not on the list.
"""

import ast

from cli.codegen.plan.names import is_identifier

_ALLOWED: tuple[type[ast.AST], ...] = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr,
    ast.If, ast.For, ast.Try, ast.ExceptHandler, ast.Raise, ast.Pass, ast.Continue, ast.Delete, ast.ImportFrom,
    ast.alias, ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.Constant, ast.Call, ast.keyword, ast.Compare,
    ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.IfExp, ast.NamedExpr, ast.Dict, ast.List, ast.Tuple, ast.Set, ast.ListComp,
    ast.DictComp, ast.GeneratorExp, ast.SetComp, ast.comprehension, ast.JoinedStr, ast.FormattedValue, ast.Starred,
    ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop,
)  # fmt: skip

_IMPORTS = (
    "gateway.model",
    "gateway.wire",
    "adapters.",
    "datetime",
    "decimal",
    "fractions",
    "typing",
    "collections.abc",
    "msgspec",
)
_FORBIDDEN_NAMES = frozenset(
    [
        "eval",
        "exec",
        "compile",
        "open",
        "input",
        "globals",
        "locals",
        "vars",
        "getattr",
        "setattr",
        "delattr",
        "breakpoint",
    ]
)
_DUNDERS = frozenset(("__file__", "__name__"))


class UnsafeSource(Exception):
    """The generator produced something that no plan may hold; nothing is written, the generator is to be mended."""


def require_safe(source: str, name: str) -> None:
    """Parse generated source and raise `UnsafeSource` for any node, import or name that is not on the list."""
    try:
        tree = ast.parse(source, filename=name)
    except SyntaxError as fault:
        raise UnsafeSource(f"{name}:{fault.lineno}: the generated text is no Python: {fault.msg}") from None
    for node in ast.walk(tree):
        if (why := _objection(node)) is not None:
            raise UnsafeSource(f"{name}:{getattr(node, 'lineno', 0)}: {why}")


def _objection(node: ast.AST) -> str | None:
    if not isinstance(node, _ALLOWED):
        return f"{type(node).__name__} has no place in a generated module"
    if isinstance(node, ast.ImportFrom):
        return _import_objection(node)
    if isinstance(node, ast.Name):
        return _name_objection(node.id)
    if isinstance(node, ast.Attribute):
        return _name_objection(node.attr)
    if isinstance(node, ast.FunctionDef):
        return _name_objection(node.name)
    return None


def _import_objection(node: ast.ImportFrom) -> str | None:
    module = node.module or ""
    if node.level or not any(
        module == known.rstrip(".") or module.startswith(f"{known.rstrip('.')}.") for known in _IMPORTS
    ):
        return f"import from '{module}'"
    return next((f"import of '{alias.name}'" for alias in node.names if not is_identifier(alias.name)), None)


def _name_objection(name: str) -> str | None:
    if name.startswith("__") and name not in _DUNDERS:
        return f"the name '{name}'"
    return f"the name '{name}'" if name in _FORBIDDEN_NAMES else None
