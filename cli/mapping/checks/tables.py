"""Code tables: values of the enum they are of, every value with a code, no code for two values."""

from cli.mapping.checks.surroundings import Checking
from cli.mapping.tree import CodeTable
from gateway.catalogue.values import did_you_mean
from gateway.model.reflect import NoSuchPath, enum_named


def check_tables(checking: Checking) -> None:
    """Every code table of the carrier."""
    for table in checking.tables.values():
        if table.by is not None:
            _check_choice(checking, table)
            continue
        values = _values(checking, table)
        if values is not None:
            _check_values(checking, table, values)
        _check_codes(checking, table)


def _check_choice(checking: Checking, table: CodeTable) -> None:
    """Every table it may stand for is one with codes of its own, and of the same enum."""
    for _, name in table.tables:
        found = checking.tables.get(name.value)
        checking.tables_used.add(name.value)
        if found is None or found.by is not None:
            checking.say("E213", name.mark, f"no enum table '{name.value}'", did_you_mean(name.value, checking.tables))
        elif (found.of and found.of.value) != (table.of and table.of.value):
            of = found.of.value if found.of else "no enum"
            checking.say(
                "E225", name.mark, f"table '{name.value}' is of {of}, unlike '{table.name}'", "write the same of:"
            )


def check_tables_used(checking: Checking) -> None:
    """W254 for a table no row and no lookup names."""
    for name, table in checking.tables.items():
        if name not in checking.tables_used:
            checking.say("W254", table.mark, f"table '{name}' is used nowhere")


def _values(checking: Checking, table: CodeTable) -> tuple[str, ...] | None:
    if table.of is None:
        return None
    try:
        return enum_named(table.of.value).values
    except NoSuchPath as missing:
        hint = f"did you mean '{missing.suggestion}'?" if missing.suggestion else "insurehub fields lists them"
        checking.say("E202", table.of.mark, f"no canonical enum '{table.of.value}'", hint)
        return None


def _check_values(checking: Checking, table: CodeTable, values: tuple[str, ...]) -> None:
    assert table.of is not None
    named = [canonical for canonical, _ in table.pairs] + [canonical for _, canonical in table.read_also]
    if table.read_other is not None and table.read_other.value != "error":
        named.append(table.read_other)
    turned = {canonical.value for canonical, code in table.pairs if code.value in values}
    for text in named:
        if text.value not in values:
            message = f"'{text.value}' is no value of {table.of.value}"
            hint = "ours stands left, the carrier's right" if text.value in turned else None
            hint = hint or did_you_mean(text.value, values) or f"insurehub fields {table.of.value} lists them"
            checking.say("E221", text.mark, message, hint)
    coded = {canonical.value for canonical, _ in table.pairs}
    left = [value for value in values if value not in coded]
    if left and table.send_other is None:
        message = f"table '{table.name}' has no code for {', '.join(left)}"
        checking.say("E224", table.mark, message, "add them, or say send_other: error or a code")


def _check_codes(checking: Checking, table: CodeTable) -> None:
    """A code of several values needs read_also to say which of them it reads as."""
    said = {code.value: canonical.value for code, canonical in table.read_also}
    users: dict[str, list[str]] = {}
    for canonical, code in table.pairs:
        others = users.setdefault(code.value, [])
        others.append(canonical.value)
        if len(others) > 1 and code.value not in said:
            message = f"code '{code.value}' is used for both '{others[0]}' and '{canonical.value}'"
            checking.say("E223", code.mark, f"{message}; reading it back is ambiguous (use read_also)")
    for code, canonical in table.read_also:
        known = users.get(code.value)
        if known and canonical.value not in known:
            message = f"code '{code.value}' already reads as '{known[0]}'"
            checking.say("E223", code.mark, message, "read_also adds codes, it changes none")
