"""Calls: the registered functions, paths in a text, hooks; nothing else can be called."""

import ast
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from gateway.catalogue.compiling.elsewhere import FUNCTIONS_ELSEWHERE, METHODS
from gateway.catalogue.compiling.kinds import (
    ANYTHING,
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    INT,
    TEXT,
    Kind,
    Tree,
    accepts,
    is_open,
    word,
)
from gateway.catalogue.compiling.lists import LIST_FUNCTIONS, list_call
from gateway.catalogue.compiling.names import WHERE, chain, header, used
from gateway.catalogue.compiling.paths import follow
from gateway.catalogue.compiling.value import ATOM, CHOICE, OR, Value, as_value, at, literal
from gateway.catalogue.compiling.work import WRONG_VALUE, Work
from gateway.model.operations import OPERATIONS
from gateway.model.reflect import MoneyType, StructType, describe, enum_named, suggest
from gateway.wire.errors import WireError
from gateway.wire.function_specs import FUNCTIONS, FunctionSpec, Parameter
from gateway.wire.functions import date_of, datetime_of
from gateway.wire.layers.json import json_in

_RESULTS: dict[str, Kind] = {
    "text": TEXT, "int": INT, "bool": BOOL, "number": DECIMAL, "decimal": DECIMAL, "date": DATE, "datetime": DATETIME,
    "any": Tree("answer"), "money": MoneyType(), "gender": enum_named("gender"),
}  # fmt: skip
_FROM_CONTEXT = {
    "now": "ctx.now", "nonce": "ctx.nonce", "request_no": "ctx.request_no", "attempt_no": "ctx.attempt_no",
}  # fmt: skip
_WHOLE = {"divided": "divided_whole", "rounded": "rounded_whole"}
"""What works out a whole number where no decimal place is asked for."""
_WORDS = {
    "text": "a text", "int": "a whole number", "day": "a day or an instant", "list": "a list", "number": "a number",
    "any": "a single value", "gender": "a gender",
}  # fmt: skip


def call(work: Work, node: ast.Call) -> Value:
    """A call of whatever may be called here."""
    if node.keywords or any(isinstance(each, ast.Starred) for each in node.args):
        hint = 'a path with a selector is a text: req("numbers(kind=policy).no")' if _is_path(node.func) else None
        return work.fault("E308", node, "arguments are given in order, without names or stars", hint)
    match node.func:
        case ast.Name(id=name) if name in WHERE and name not in FUNCTIONS:
            return _path_call(work, node, chain(work, node.func))
        case ast.Name(id=name):
            return _function(work, name, node)
        case ast.Attribute(value=ast.Name(id="hook"), attr=name):
            return _hook(work, name, node)
        case ast.Attribute(value=ast.Name(id="step")):
            return _path_call(work, node, chain(work, node.func))
        case _:
            return work.fault("E308", node, "only functions can be called", METHODS)


def _is_path(node: ast.expr) -> bool:
    """Whether what is called is a field of one of the names that take a path as well."""
    while isinstance(node, ast.Attribute):
        node = node.value
        if isinstance(node, ast.Name):
            return node.id in WHERE
    return False


def _path_call(work: Work, node: ast.Call, start: Value) -> Value:
    argument = _constant(node.args[0]) if len(node.args) == 1 else None
    if start is WRONG_VALUE:
        return start
    if not isinstance(argument, str) or start.path in ("http", "refs", "hook", "step"):
        return work.fault("E307", node, f'{work.written(node.func)}("path") takes one path as a constant text')
    if start.path == "header":
        return used(work, header(argument))
    if start.path == "element" and argument.startswith("/"):
        start = replace(start, bare="wire", path="wire")
    return used(work, follow(work, start, argument, node.args[0]))


def _hook(work: Work, name: str, node: ast.Call) -> Value:
    known = work.scope.hooks
    chain(work, ast.copy_location(ast.Name(id="hook"), node))
    if not work.scope.context:
        return WRONG_VALUE
    if known is not None and name not in known:
        near = suggest(name, sorted(known))
        hint = f"did you mean '{near}'?" if near else "write it in the carrier's hooks.py"
        return work.fault_at_end("E306", node.func, name, f"no hook '{name}'", hint)
    work.hooks.add(name)
    arguments = [as_value(work.value(each)) for each in node.args]
    return Value(f"hooks.{name}({', '.join(arguments)})", ANYTHING, nullable=True)


def _function(work: Work, name: str, node: ast.Call) -> Value:
    spec = FUNCTIONS.get(name)
    if spec is None:
        near = suggest(name, sorted(work.scope.functions))
        hint = f"did you mean {near}()?" if near else f"functions: {', '.join(sorted(work.scope.functions))}"
        work.fault("E306", node, f"unknown function {name}()", FUNCTIONS_ELSEWHERE.get(name.lower(), hint))
        return _argument_faults(work, node)
    if name not in work.scope.functions:
        work.fault("E306", node, f"{name}() is not available here", "it needs a carrier or an attempt")
        return _argument_faults(work, node)
    least = sum(not each.optional for each in spec.parameters)
    if not least <= len(node.args) <= len(spec.parameters):
        written = ", ".join(f"[{each.name}]" if each.optional else each.name for each in spec.parameters)
        return work.fault("E307", node, f"{name}() takes {_counted(least, len(spec.parameters))}: {name}({written})")
    if name in LIST_FUNCTIONS:
        return list_call(work, name, node)
    if name == "lookup":
        return _lookup(work, node)
    if name in ("encode", "decode"):
        return _codec(work, name, node)
    if name in ("date", "datetime") and isinstance(node.args[0], ast.Constant):
        return _written_day(work, spec, node)
    if name in ("text", "upper"):
        return _text(work, spec, node)
    if name == "json":
        return _json(work, spec, node)
    return _plain(work, spec, node)


def _written_day(work: Work, spec: FunctionSpec, node: ast.Call) -> Value:
    """A day written out in the mapping is read now, and stands in the source as itself."""
    written = [_argument(work, spec, *pair) for pair in zip(spec.parameters, node.args, strict=True)]
    if None in written:
        return WRONG_VALUE
    text, pattern = str(_constant(node.args[0])), str(_constant(node.args[1]))
    try:
        day = date_of(text, pattern) if spec.name == "date" else datetime_of(text, pattern, work.scope.zone)
    except WireError as error:
        return work.fault("E307", node.args[0], f"{spec.name}(): {error}")
    work.imports.add(spec.name)
    return Value(f"{spec.name}.fromisoformat({literal(day.isoformat() if day else '')})", _RESULTS[spec.result])


def _text(work: Work, spec: FunctionSpec, node: ast.Call) -> Value:
    """`text` and `upper`: plain Python where the kind is known, the runtime function where it is not."""
    value = work.value(node.args[0])
    if is_open(value.kind):
        work.imports.add(spec.runtime)
        return Value(f"{spec.runtime}({as_value(value)})", TEXT, nullable=True)
    if not accepts("text", value.kind) and not (spec.name == "text" and value.kind in (INT, BOOL)):
        hint = 'say how: encode(x, "decimal(2)")' if spec.name == "text" else None
        return work.fault("E307", node.args[0], f"{spec.name}() does not take {word(value.kind)}", hint)
    there = work.present(value)
    source = there.bare
    if spec.name == "upper":
        source = f"{at(there.bare, there.level, ATOM)}.upper()"
    elif value.kind == INT:
        source = f"str({there.bare})"
    elif value.kind == BOOL:
        source = f'"true" if {at(there.bare, there.level, OR)} else "false"'
    return Value(source, TEXT, CHOICE if value.kind == BOOL else ATOM, guards=there.guards)


def _json(work: Work, spec: FunctionSpec, node: ast.Call) -> Value:
    """A piece of JSON written out in the mapping stands in the source as itself."""
    if _constant_argument(work, spec, spec.parameters[0], node.args[0]) is None:
        return WRONG_VALUE
    tree = json_in(str(_constant(node.args[0])))
    if "Decimal(" in (source := _source_of(tree)):
        work.imports.add("Decimal")
    return Value(source, Tree("JSON"))


def _source_of(tree: Any) -> str:
    if isinstance(tree, dict):
        return f"{{{', '.join(f'{literal(key)}: {_source_of(each)}' for key, each in tree.items())}}}"
    if isinstance(tree, list):
        return f"[{', '.join(map(_source_of, tree))}]"
    return f'Decimal("{tree}")' if isinstance(tree, Decimal) else literal(tree)


def _argument_faults(work: Work, node: ast.Call) -> Value:
    """Check the arguments of a call that is wrong itself, so that their faults are reported too."""
    for each in node.args:
        work.value(each)
    return WRONG_VALUE


def _counted(least: int, most: int) -> str:
    return f"{most} argument{'s' * (most != 1)}" if least == most else f"{least} to {most} arguments"


def _plain(work: Work, spec: FunctionSpec, node: ast.Call) -> Value:
    arguments = [_argument(work, spec, *pair) for pair in zip(spec.parameters, node.args, strict=False)]
    if None in arguments:
        return WRONG_VALUE
    before = [_passed(work, spec, word, node) for word in spec.passed if word != "zone"]
    after = [literal(work.scope.zone)] if "zone" in spec.passed else []
    written = [each for each in arguments if each is not None]
    left_out = spec.parameters[len(written) :]
    written += [literal(each.otherwise) for each in left_out if each.otherwise is not None]
    if spec.name == "now":
        # The runtime function takes the zone last, behind the pattern.
        written, after = [*written, *after], []
    runtime = _WHOLE.get(spec.runtime, spec.runtime) if written[-2:-1] == ["0"] else spec.runtime
    work.imports.add(runtime)
    source = f"{runtime}({', '.join([*before, *written, *after])})"
    if runtime != spec.runtime:
        return Value(source, INT, nullable=spec.nullable)
    kind = work.value(node.args[0]).kind if spec.result == "same" else _RESULTS[spec.result]
    return Value(source, kind, nullable=spec.nullable)


def _passed(work: Work, spec: FunctionSpec, word: str, node: ast.Call) -> str:
    if word != "answers":
        work.names.add("ctx")
        return _FROM_CONTEXT[word]
    request = work.scope.req
    if not isinstance(request, StructType) or "answers" not in request.fields:
        asked = ", ".join(name for name, each in OPERATIONS.items() if "answers" in describe(each.request).fields)
        work.fault("E306", node, f"{spec.name}() needs a request with answers: {asked}")
        return "()"
    work.names.add("req")
    work.uses.add("req.answers")
    return "req.answers"


def _argument(work: Work, spec: FunctionSpec, parameter: Parameter, node: ast.expr) -> str | None:
    if parameter.constant:
        return _constant_argument(work, spec, parameter, node)
    value = work.value(node)
    if not accepts(parameter.kind, value.kind):
        hint = f'read it first: date({work.written(node)}, "yyyyMMdd")' if is_open(value.kind) else None
        wanted = _WORDS.get(parameter.kind, parameter.kind)
        work.fault("E307", node, f"{spec.name}() takes {wanted} as {parameter.name}, not {word(value.kind)}", hint)
        return None
    if isinstance(node, ast.Constant) and not _holds(work, spec, parameter, node, node.value):
        return None
    return as_value(value)


def _constant_argument(work: Work, spec: FunctionSpec, parameter: Parameter, node: ast.expr) -> str | None:
    constant = _constant(node)
    wanted: type = int if parameter.kind == "int" else str
    if not isinstance(constant, str | int) or type(constant) is not wanted:
        wanted_word = _WORDS.get(parameter.kind, parameter.kind)
        work.fault("E307", node, f"{spec.name}() takes {wanted_word} as {parameter.name}, written out as a constant")
        return None
    return literal(constant) if _holds(work, spec, parameter, node, constant) else None


def _holds(work: Work, spec: FunctionSpec, parameter: Parameter, node: ast.expr, constant: object) -> bool:
    """Whether what is written out passes the parameter's own check; says what does not."""
    if parameter.check is None:
        return True
    try:
        parameter.check(constant)
    except Exception as error:  # noqa: BLE001 - whatever the check of a function says is the fault's text
        work.fault("E307", node, f"{spec.name}(): {error}")
        return False
    return True


def _lookup(work: Work, node: ast.Call) -> Value:
    """`lookup("table", key[, "column"])`, and `lookup(binding.plan_code, key)` for a table in the product's entry."""
    column = _constant(node.args[2]) if len(node.args) > 2 else ""
    table = _constant(node.args[0])
    key = work.value(node.args[1])
    if not accepts("text", key.kind):
        return work.fault("E307", node.args[1], f"lookup() takes a text or a code as key, not {word(key.kind)}")
    # A new plan of a product must edit no mapping: its code stands in the product's entry for the channel.
    if table is None:
        return _lookup_binding(work, node, key)
    columns = work.scope.tables.get(str(table))
    if columns is None:
        return _unknown_part(work, node.args[0], "table", str(table), sorted(work.scope.tables))
    if column not in columns:
        return _unknown_part(work, node.args[-1], "column", str(column), sorted(columns))
    work.imports.add("lookup")
    return Value(f"lookup({columns[str(column)]}, {as_value(key)})", TEXT, nullable=True)


def _lookup_binding(work: Work, node: ast.Call, key: Value) -> Value:
    table = work.value(node.args[0])
    if table.kind != Tree("binding") or len(node.args) > 2:
        return work.fault("E307", node.args[0], "lookup() takes the name of a code table, or a map of the binding")
    work.imports.add("lookup")
    return Value(f"lookup({as_value(table)} or {{}}, {as_value(key)})", Tree("binding"), nullable=True)


def _unknown_part(work: Work, node: ast.expr, what: str, name: str, known: Sequence[str]) -> Value:
    near = suggest(name, known)
    listed = ", ".join(each for each in known if each)
    hint = f"did you mean '{near}'?" if near else (f"{what}s: {listed}" if listed else None)
    return work.fault("E307", node, f"no {what} '{name}'", hint)


def _codec(work: Work, name: str, node: ast.Call) -> Value:
    codec = _constant(node.args[1])
    value = work.value(node.args[0])
    if value is WRONG_VALUE:
        return value
    if work.scope.codecs is None or not isinstance(codec, str):
        return work.fault("E307", node.args[1], f"{name}() takes a codec as a constant text, in a carrier's mapping")
    try:
        made = work.scope.codecs(codec, "encode" if name == "encode" else "decode")
    except ValueError as error:
        return work.fault("E307", node.args[1], str(error))
    work.imports.update(made.imports)
    there = work.present(value)
    kind = ANYTHING if made.result == "any" else _RESULTS[made.result]
    return Value(made.source(there.bare), kind, guards=there.guards)


def _constant(node: ast.expr) -> object:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _constant(node.operand)
        return -inner if type(inner) is int else None
    return node.value if isinstance(node, ast.Constant) else None
