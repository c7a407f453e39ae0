"""Expressions of mappings and routing rules: Python's grammar, checked node by node, compiled once into Python source.

Nothing is evaluated as text at run time: a mapping's expressions become lines of its generated module, a routing rule's
become one callable when the catalogue is loaded. The order of names and functions is the language's; see the README.

Codes: E301 not the grammar; E302 too long or too deep; E303 no such field; E304 no such name; E305 never true; E306 no
such function; E307 arguments; E308 a construct that is not allowed; E309 kinds that do not go together; W310 a choice
by what nobody may have said; W311 a test that says nothing.
"""

import ast
import keyword
import re
import warnings
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

import gateway.model
from gateway.catalogue.compiling import compiler
from gateway.catalogue.compiling.elsewhere import sign_elsewhere
from gateway.catalogue.compiling.kinds import BOOL
from gateway.catalogue.compiling.names import roots
from gateway.catalogue.compiling.scope import RULE_FUNCTIONS, CodecCall, Codecs, Compiled, Scope
from gateway.catalogue.compiling.value import Value, as_test, as_value
from gateway.catalogue.compiling.work import Work
from gateway.catalogue.marks import Diagnostic, Mark
from gateway.model.reflect import describe
from gateway.wire import derived, functions, strings, trees

__all__ = [
    "MODULES",
    "RULE_FUNCTIONS",
    "CodecCall",
    "Codecs",
    "Compiled",
    "Scope",
    "compile_expression",
    "compile_rule",
    "rule_scope",
]

LENGTH_MAX = 1_000
MODULES = {"Decimal": "decimal", "date": "datetime", "datetime": "datetime"}
"""Where a name of `Compiled.imports` comes from, if not from `gateway.wire`."""

NODES_MAX = 200
TREES_KEPT_MAX = 4_096
DEPTH_MAX = 20

_NO_NAME = re.compile(rf"\b([a-z]+)\.((?:\w+\.)*?({'|'.join(keyword.kwlist)}|[0-9]+)\b(?:\.\w+)*)")

Found = tuple[Compiled | None, tuple[Diagnostic, ...]]


def compile_expression(text: str, mark: Mark, scope: Scope, *, wanted: Literal["value", "test"] = "value") -> Found:
    """Compile the text of an expression whose first character stands at `mark`.

    A `test` is false where its value would be absent. The result is None when there is an error.
    """
    source = re.sub(r"[\r\n\t]", " ", text)
    stripped = source.lstrip()
    mark = mark.shifted(len(source) - len(stripped))
    tree, fault = _parse(stripped.rstrip(), mark)
    if tree is None:
        return None, (fault,) if fault else ()
    work = Work(stripped, mark, scope, compiler.value, compiler.test)
    work.bind(**roots(scope))
    work.asked_for_none = _asked_for_none(work, tree)
    made = compiler.test(work, tree) if wanted == "test" else compiler.value(work, tree)
    compiled = None if work.faults.has_errors else _compiled(work, made, wanted)
    return compiled, work.faults.all()


def _compiled(work: Work, made: Value, wanted: str) -> Compiled:
    return Compiled(
        source=as_test(made) if wanted == "test" else as_value(made),
        kind=made.kind,
        optional=made.may_be_absent or (wanted == "test" and made.kind != BOOL),
        names=frozenset(work.names),
        uses=frozenset(work.uses),
        imports=frozenset(work.imports),
        models=frozenset(work.models),
        hooks=frozenset(work.hooks),
    )


def _parse(text: str, mark: Mark) -> tuple[ast.expr | None, Diagnostic | None]:
    if len(text) > LENGTH_MAX:
        return None, Diagnostic("E302", mark, f"an expression has at most {LENGTH_MAX} characters", "use a hook")
    if not text:
        return None, Diagnostic("E301", mark, "an expression is missing")
    tree, fault = _tree(text)
    if fault is None:
        return tree, None
    return None, Diagnostic(fault.code, mark.shifted(fault.mark.column - 1), fault.message, fault.hint)


@lru_cache(maxsize=TREES_KEPT_MAX)
def _tree(text: str) -> tuple[ast.expr | None, Diagnostic | None]:
    """The tree of a text, or its fault as if it stood at column 1; the checker and the generator ask for the same."""
    mark = Mark("", 1)
    try:
        with warnings.catch_warnings():
            # "\d" in a pattern is meant as written.
            warnings.simplefilter("ignore")
            tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        column = min(max((error.offset or 1) - 1, 0), len(text))
        return None, Diagnostic("E301", mark.shifted(column), f"not an expression: {error.msg}", _meant(text))
    except (ValueError, RecursionError, MemoryError):
        return None, Diagnostic("E301", mark, "not an expression")
    if sum(1 for _ in ast.walk(tree)) > NODES_MAX or _depth(tree) > DEPTH_MAX:
        return None, Diagnostic("E302", mark, "an expression this large is hard to read", "use a hook")
    return tree, None


def _meant(text: str) -> str | None:
    """What the author of something that is no expression may have meant."""
    found = _NO_NAME.search(text)
    if found is not None:
        why = "is a place in a list" if found[3].isdigit() else "is a word of Python"
        return f'{found[3]} {why}: reach it as {found[1]}("{found[2]}")'
    return sign_elsewhere(text)


def _depth(tree: ast.AST) -> int:
    level, depth = [tree], 0
    while level and depth <= DEPTH_MAX:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        depth += 1
    return depth


def _asked_for_none(work: Work, tree: ast.expr) -> frozenset[str]:
    """What the expression compares with None somewhere: there its author has thought of the third case."""
    return frozenset(
        work.written(node.left)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is | ast.IsNot)
    )


def rule_scope() -> Scope:
    """What a routing rule sees: the proposal (`req`), whichever operation it comes with."""
    return Scope(req=describe(gateway.model.Proposal), context=False, functions=RULE_FUNCTIONS)


def _runtime(name: str) -> Any:
    """The function an emitted name calls."""
    rooms = (functions, derived, strings, trees)
    return next((found for room in rooms if (found := getattr(room, name, None)) is not None), None)


_BUILTINS = {each.__name__: each for each in (any, all, sum, min, max, len, str, bool, isinstance)}
_STANDARD = {"Decimal": Decimal, "date": date, "datetime": datetime}
Rule = Callable[[Any], bool]


def compile_rule(text: str, mark: Mark, scope: Scope | None = None) -> tuple[Rule | None, tuple[Diagnostic, ...]]:
    """Compile a routing rule's condition into a callable of the request; pure, without I/O."""
    compiled, found = compile_expression(text, mark, scope or rule_scope(), wanted="test")
    if compiled is None:
        return None, found
    names = {name: _runtime(name) for name in compiled.imports}
    models = {name: getattr(gateway.model, name) for name in compiled.models}
    names |= {name: standard for name, standard in _STANDARD.items() if name in names}
    code = compile(f"lambda req: {compiled.condition}", f"<rule at {mark}>", "eval")
    # The source was emitted node by node from a whitelist, every constant through repr; no name of a file reaches it.
    rule: Rule = eval(code, {"__builtins__": _BUILTINS, **names, **models})  # noqa: S307
    return rule, found
