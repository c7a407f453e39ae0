"""A small expression language: Python's syntax, a white list of its nodes, closures instead of eval.

`policy.premium` reads a key of a map and gives None when it is absent, so that optional parts of a message need no
guard. Only functions of the table can be called; nothing reaches an attribute of a Python object.
"""

import ast
import inspect
import keyword
import operator
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from contract_tests.language.places import Place, Report

EXPRESSION_LENGTH_MAX = 1_000
RESULT_LENGTH_MAX = 16 * 1024 * 1024
NUMBER_BITS_MAX = 4_096
TREES_KEPT_MAX = 4_096

_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
_WORDS = frozenset(keyword.kwlist)


class Scope(dict[str, Any]):
    """The names an expression sees, and the world its functions act in."""

    __slots__ = ("world",)

    def __init__(self, world: Any, names: Mapping[str, Any]) -> None:
        super().__init__(names)
        self.world = world


Evaluate = Callable[[Scope], Any]


def always(value: Any) -> Evaluate:
    """An expression that means the same in every scope."""

    def evaluate(_: Scope) -> Any:
        return value

    return evaluate


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mod: operator.mod, ast.FloorDiv: operator.floordiv,
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
    ast.In: lambda item, many: many is not None and item in many,
    ast.NotIn: lambda item, many: many is None or item not in many,
}  # fmt: skip


class ExpressionError(ValueError):
    """An expression that failed on the values it met; the message begins with its place in mock.yaml."""


class Compiler:
    """Turns texts into closures; faults go to the report, names that were read are kept for a check at the end."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]], contextual: Iterable[str], report: Report) -> None:
        self.functions, self.contextual, self.report = functions, frozenset(contextual), report
        self.read_names: list[tuple[str, Place]] = []
        self.bound_names: set[str] = set()
        self._bound: list[str] = []
        self._signatures: dict[str, inspect.Signature | None] = {}

    def bind(self, *names: str) -> None:
        """Note names that something gives a value to."""
        self.bound_names.update(names)

    def check_names(self) -> None:
        """Report every name that is read and never given a value: a typing error would read as an absent field."""
        for name, place in self.read_names:
            if name not in self.bound_names:
                self.report.unknown(place, "name", name, self.bound_names)

    def expression(self, text: str, place: Place) -> Evaluate:
        """Compile one expression (without the leading `=`)."""
        try:
            run = self._node(_parsed(text), place)
        except (SyntaxError, RecursionError) as error:
            message = error.msg if isinstance(error, SyntaxError) else "nested too deeply"
            cut = text.count("(") > text.count(")") or text.count("[") > text.count("]")
            hint = "a comma inside { } ends the value: quote the whole expression" if cut else None
            self.report.fault("E653", place, f"cannot read '{text}': {message}", hint)
            return always(None)
        return run if text.isidentifier() else _placed(run, text, place)  # a name cannot fail

    def _node(self, node: ast.expr, place: Place) -> Evaluate:
        build = getattr(self, f"_{type(node).__name__.lower()}", None)
        if build is None:
            raise SyntaxError(f"{type(node).__name__} is not part of the language")
        made: Evaluate = build(node, place)
        return made

    def _constant(self, node: ast.Constant, _: Place) -> Evaluate:
        if not isinstance(node.value, str | int | float | None):
            raise SyntaxError("this kind of constant is not part of the language")  # noqa: TRY004 the author's fault
        value = Decimal(repr(node.value)) if isinstance(node.value, float) else node.value
        return always(value)

    def _name(self, node: ast.Name, place: Place) -> Evaluate:
        name = node.id
        if name not in self._bound:
            self.read_names.append((name, place))
        return lambda scope: scope.get(name)

    def _attribute(self, node: ast.Attribute, place: Place) -> Evaluate:
        """A whole chain `a.b.c` becomes one closure: paths are what mock files are made of."""
        names: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            names.insert(0, inner.attr)
            inner = inner.value
        if private := next((name for name in names if name.startswith("_")), None):
            raise SyntaxError(f"'{private}' cannot be read")
        start = self._node(inner, place)

        def read(scope: Scope) -> Any:
            holder = start(scope)
            for name in names:
                if holder is None:
                    return None
                if not isinstance(holder, dict):
                    raise TypeError(f"'{name}' is read from {type(holder).__name__}, which has no keys")
                holder = holder.get(name)
            return holder

        return read

    def _subscript(self, node: ast.Subscript, place: Place) -> Evaluate:
        inner = self._node(node.value, place)
        if isinstance(node.slice, ast.Slice):
            low, high = (self._node(end, place) if end else None for end in (node.slice.lower, node.slice.upper))
            return lambda scope: inner(scope)[low(scope) if low else None : high(scope) if high else None]
        index = self._node(node.slice, place)

        def read(scope: Scope) -> Any:
            holder, key = inner(scope), index(scope)
            if isinstance(holder, dict):
                return holder.get(key)
            return holder[key] if holder is not None and -len(holder) <= key < len(holder) else None

        return read

    def _call(self, node: ast.Call, place: Place) -> Evaluate:
        if not isinstance(node.func, ast.Name):
            raise SyntaxError("only a function of the table can be called")  # noqa: TRY004 the author's fault
        name = node.func.id
        function = self.functions.get(name)
        if function is None:
            self.report.unknown(place, "function", name, dict(self.functions))
            return always(None)
        if any(word.arg is None for word in node.keywords):
            raise SyntaxError("** is not part of the language")
        arguments = [self._node(argument, place) for argument in node.args]
        named = [(word.arg, self._node(word.value, place)) for word in node.keywords if word.arg]
        self._count(name, len(arguments), [word for word, _ in named], place)
        if named and name in self.contextual:
            return lambda scope: function(scope, *[a(scope) for a in arguments], **{k: v(scope) for k, v in named})
        if named:
            return lambda scope: function(*[a(scope) for a in arguments], **{k: v(scope) for k, v in named})
        return _called(function, arguments, with_scope=name in self.contextual)

    def _count(self, name: str, arguments: int, words: list[str], place: Place) -> None:
        """A function takes what its signature says: met here, not when a request comes."""
        given = arguments + (name in self.contextual)
        if name not in self._signatures:
            self._signatures[name] = _signature(self.functions[name])
        signature = self._signatures[name]
        try:
            if signature is not None:
                signature.bind(*[None] * given, **dict.fromkeys(words))
        except TypeError as error:
            self.report.fault("E653", place, f"{name}() cannot be called so: {error}")

    def _boolop(self, node: ast.BoolOp, place: Place) -> Evaluate:
        parts = [self._node(part, place) for part in node.values]
        wanted = isinstance(node.op, ast.Or)

        def run(scope: Scope) -> Any:
            value = None
            for part in parts:
                value = part(scope)
                if bool(value) is wanted:
                    return value
            return value

        return run

    def _unaryop(self, node: ast.UnaryOp, place: Place) -> Evaluate:
        inner = self._node(node.operand, place)
        if isinstance(node.op, ast.Not):
            return lambda scope: not inner(scope)
        if isinstance(node.op, ast.USub):
            return lambda scope: -inner(scope)
        raise SyntaxError("this operator is not part of the language")

    def _binop(self, node: ast.BinOp, place: Place) -> Evaluate:
        left, right = self._node(node.left, place), self._node(node.right, place)
        if isinstance(node.op, ast.Mult):
            return lambda scope: _number(left(scope)) * _number(right(scope))
        if isinstance(node.op, ast.Div):
            return lambda scope: Decimal(_number(left(scope))) / _number(right(scope))
        operate = _BINARY.get(type(node.op))
        if operate is None:
            raise SyntaxError("this operator is not part of the language")
        return lambda scope: operate(left(scope), right(scope))

    def _compare(self, node: ast.Compare, place: Place) -> Evaluate:
        first = self._node(node.left, place)
        rest = [
            (_COMPARE[type(op)], self._node(right, place)) for op, right in zip(node.ops, node.comparators, strict=True)
        ]

        if len(rest) == 1:
            ((compare_once, second),) = rest
            return lambda scope: bool(compare_once(first(scope), second(scope)))

        def run(scope: Scope) -> bool:
            left = first(scope)
            for compare, right_of in rest:
                right = right_of(scope)
                if not compare(left, right):
                    return False
                left = right
            return True

        return run

    def _ifexp(self, node: ast.IfExp, place: Place) -> Evaluate:
        test, yes, no = (self._node(part, place) for part in (node.test, node.body, node.orelse))
        return lambda scope: yes(scope) if test(scope) else no(scope)

    def _list(self, node: ast.List | ast.Tuple, place: Place) -> Evaluate:
        items = [self._node(item, place) for item in node.elts]
        return lambda scope: [item(scope) for item in items]

    _tuple = _list

    def _dict(self, node: ast.Dict, place: Place) -> Evaluate:
        if any(key is None for key in node.keys):
            raise SyntaxError("** is not part of the language; use merge(a, b)")
        entries = zip(node.keys, node.values, strict=True)
        pairs = [(self._node(key, place), self._node(value, place)) for key, value in entries if key]
        return lambda scope: {key(scope): value(scope) for key, value in pairs}

    def _joinedstr(self, node: ast.JoinedStr, place: Place) -> Evaluate:
        if any(isinstance(part, ast.FormattedValue) and part.format_spec for part in node.values):
            raise SyntaxError("a format in { } is not part of the language; use pad() or fixed()")
        values = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
        parts = [self._node(value, place) for value in values]
        return lambda scope: "".join(str(part(scope)) for part in parts)

    def _listcomp(self, node: ast.ListComp | ast.GeneratorExp, place: Place) -> Evaluate:
        if len(node.generators) != 1 or not isinstance(node.generators[0].target, ast.Name):
            raise SyntaxError("a comprehension has one 'for' with one name")
        loop, name = node.generators[0], node.generators[0].target.id
        items = self._node(loop.iter, place)
        self._bound.append(name)
        tests = [self._node(test, place) for test in loop.ifs]
        give = self._node(node.elt, place)
        self._bound.pop()

        def run(scope: Scope) -> list[Any]:
            inner = Scope(scope.world, scope)
            given = []
            for item in items(scope) or ():
                inner[name] = item
                if all(test(inner) for test in tests):
                    given.append(give(inner))
            return given

        return run

    _generatorexp = _listcomp


def _called(function: Callable[..., Any], arguments: list[Evaluate], *, with_scope: bool) -> Evaluate:
    """A call by position; most have one or two arguments, and need no list of them."""
    match arguments, with_scope:
        case [], True:
            return function
        case [one], True:
            return lambda scope: function(scope, one(scope))
        case [one], False:
            return lambda scope: function(one(scope))
        case [one, other], False:
            return lambda scope: function(one(scope), other(scope))
        case _, True:
            return lambda scope: function(scope, *[argument(scope) for argument in arguments])
        case _:
            return lambda scope: function(*[argument(scope) for argument in arguments])


def _signature(function: Callable[..., Any]) -> inspect.Signature | None:
    """None for a built-in that does not tell (`max`, `str`)."""
    try:
        return inspect.signature(function)
    except ValueError:
        return None


@lru_cache(maxsize=TREES_KEPT_MAX)
def _parsed(text: str) -> ast.expr:
    if len(text) > EXPRESSION_LENGTH_MAX:
        raise SyntaxError(f"longer than {EXPRESSION_LENGTH_MAX} characters")
    if _PATH.fullmatch(text) and not _WORDS.intersection(text.split(".")):
        # Most expressions are a path: its tree is made without asking Python's parser.
        first, *names = text.split(".")
        tree: ast.expr = ast.Name(first)
        for name in names:
            tree = ast.Attribute(tree, name)
        return tree
    if "\\" not in text:
        return ast.parse(text.strip(), mode="eval").body
    with warnings.catch_warnings(action="error"):  # an unknown escape is a fault, not a warning
        return ast.parse(text.strip(), mode="eval").body


def _number(value: Any) -> Any:
    """Refuse to multiply texts: a long text times a large number would eat the memory."""
    if isinstance(value, int) and value.bit_length() > NUMBER_BITS_MAX:
        raise ValueError(f"a number of more than {NUMBER_BITS_MAX} bits")
    if isinstance(value, int | Decimal):
        return value
    raise TypeError(f"{type(value).__name__} is not a number")


_SIZED = (str, bytes, list)


def _bounded(found: Any) -> Any:
    """Refuse what is too long: a text that doubles at every step would eat the memory."""
    if len(found) > RESULT_LENGTH_MAX:
        raise ValueError(f"longer than {RESULT_LENGTH_MAX:,}")
    return found


def _placed(run: Evaluate, text: str, place: Place) -> Evaluate:
    def evaluate(scope: Scope) -> Any:
        try:
            found = run(scope)
            return _bounded(found) if isinstance(found, _SIZED) else found
        except ExpressionError:
            raise
        except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError) as error:
            raise ExpressionError(f"{place}: '{text}' failed: {type(error).__name__}: {error}") from error

    return evaluate
