"""Code tables as module-level dicts: only those, and only in the directions, the other modules use."""

from cli.codegen.plan.code import Constant, Module
from cli.codegen.plan.environment import Carrier, column_name
from cli.codegen.plan.frame import Refused
from cli.codegen.plan.names import constant
from cli.codegen.plan.types import Type, constant_of
from cli.mapping.tree import CodeTable, Text
from gateway.model import reflect
from gateway.model.kinds import EnumType


def codes_module(carrier: Carrier) -> Module | None:
    """Plan `codes.py`; None when no code table is used."""
    if not carrier.used_tables:
        return None
    file = carrier.tree.carrier.file.rpartition("/")[0] + "/codes.yaml"
    module = Module("codes", "code tables", file, carrier.digest(file))
    tables = carrier.tree.carrier.tables
    # A table that stands for one of others is written behind them.
    for name, direction in sorted(carrier.used_tables, key=lambda used: (tables[used[0]].by is not None, used)):
        with carrier.faults.collected():
            _table(module, carrier.tree.carrier.tables[name], direction)
    return module


def _table(module: Module, table: CodeTable, direction: str) -> None:
    kind = table_type(table)
    if table.by is not None:
        module.constants.append(_choice(module, table, kind, direction))
        return
    if direction == "out":
        module.constants.append(_out(module, table, kind))
    elif direction == "in":
        module.constants.append(_in(module, table, kind))
    else:
        column = direction.removeprefix("column:")
        cells = ", ".join(f"{key!r}: {cell!r}" for key, cell in table.columns[column].items())
        module.constants.append(
            Constant(column_name(table.name, column), "dict[str, str]", f"{{{cells},}}", _tag(table))
        )


def _choice(module: Module, table: CodeTable, kind: Type, direction: str) -> Constant:
    """The tables one stands for, by the value that chooses."""
    made = module.imports.add("gateway.wire", "SendTables" if direction == "out" else "ReadTables")
    pairs = ", ".join(f"{key.value!r}: {constant(name.value)}_{direction.upper()}" for key, name in table.tables)
    annotation = f"ReadTables[{kind.python(module.imports)}]" if direction == "in" else ""
    name = f"{constant(table.name)}_{direction.upper()}"
    return Constant(name, annotation, f"{made}({table.name!r}, {{{pairs}}})", _tag(table))


def table_type(table: CodeTable) -> Type:
    """The canonical type of a table's values; a table without `of` translates texts."""
    if table.of is None:
        return Type("text")
    try:
        found: EnumType = reflect.enum_named(table.of.value)
    except reflect.NoSuchPath as fault:
        raise Refused("E221", table.of.mark, str(fault)) from None
    return Type("enum", found.cls)


def _tag(table: CodeTable) -> str:
    return f"L{table.mark.line}"


def _value(module: Module, kind: Type, text: Text) -> str:
    return constant_of(kind, text.value, text.mark, module.imports)


def _out(module: Module, table: CodeTable, kind: Type) -> Constant:
    module.imports.add("gateway.wire", "SendTable")
    pairs = ", ".join(f"{_value(module, kind, value)}: {code.value!r}" for value, code in table.pairs)
    other = "" if table.send_other is None or table.send_other.value == "error" else f", {table.send_other.value!r}"
    name = f"{constant(table.name)}_OUT"
    return Constant(name, "", f"SendTable({table.name!r}, {{{pairs}}}{other})", _tag(table))


def _in(module: Module, table: CodeTable, kind: Type) -> Constant:
    imports = module.imports
    imports.add("gateway.wire", "ReadTable")
    pairs = [f"{code.value!r}: {_value(module, kind, value)}" for value, code in table.pairs]
    # What is listed under `map` wins; `read_also` adds codes to it.
    pairs += [f"{code.value!r}: {_value(module, kind, value)}" for code, value in table.read_also]
    other = ""
    if table.read_other is not None and table.read_other.value != "error":
        other = f", {_value(module, kind, table.read_other)}"
    python = kind.python(imports)
    name = f"{constant(table.name)}_IN"
    return Constant(
        name, f"ReadTable[{python}]", f"ReadTable({table.name!r}, {{{', '.join(pairs)}}}{other})", _tag(table)
    )
