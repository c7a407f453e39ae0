"""An operation on a terminal: a table of rows for every message."""

from rich.markup import escape
from rich.table import Table

from cli.out import out
from cli.show.view import CallView, OperationView, Shown

_ARROWS = {"send": "->", "read": "<-", "both": "<->", "": ""}
PAIRS_SHOWN_MAX = 40


def print_view(view: OperationView) -> None:
    """Print one operation."""
    name = f"{view.operation}/{view.variant}" if view.variant else view.operation
    names = f"[bold]{escape(view.carrier)}[/] {escape(view.carrier_name)} {escape(view.version)}"
    out.print(f"{names}   [bold]{escape(name)}[/]   {escape(' > '.join(view.layers))}", soft_wrap=True)
    for word, text in {**({"when": view.when} if view.when else {}), **view.declarations}.items():
        out.print(f"  {word}: {text}", markup=False, soft_wrap=True)
    if not view.calls:
        out.print("  native: every canonical field maps to itself", markup=False)
    for call in view.calls:
        _print_call(call)
    for table, pairs in view.tables.items():
        shown = [f"{canonical} = {code}" for canonical, code in list(pairs.items())[:PAIRS_SHOWN_MAX]]
        more = f", .. ({len(pairs)} in all)" if len(pairs) > PAIRS_SHOWN_MAX else ""
        out.print(f"table {table}: {', '.join(shown)}{more}", markup=False, soft_wrap=True, style="dim")


def _print_call(call: CallView) -> None:
    out.print()
    title = f"{call.name} {call.call}".strip()
    _print_rows(f"{title} request", call.request)
    drawn = _table("outcome, the first that holds", ("when", "says", "line"))
    for verdict in call.outcome:
        drawn.add_row(escape(verdict.when), escape(verdict.says), escape(verdict.place))
    out.print(drawn)
    _print_rows(f"{title} response", call.response)


def _print_rows(title: str, rows: tuple[Shown, ...]) -> None:
    drawn = _table(title, ("canonical", "", "wire", "conversion", "case", "line"))
    for row in rows:
        drawn.add_row(
            escape(row.canonical),
            _ARROWS[row.direction],
            _wire(row),
            _conversion(row),
            escape(row.case),
            f"[dim]{escape(row.place)}[/]",
            style="dim" if row.kind in ("ignored", "blank") else "",
        )
    out.print(drawn)


def _wire(row: Shown) -> str:
    label = f" [dim]{escape(row.label)}[/]" if row.label else ""
    return escape(f"{row.wire} []" if row.kind == "list" else row.wire) + label


def _conversion(row: Shown) -> str:
    """The codec, constant, expression or reason, and the row's other words."""
    said = row.codec or row.value
    if row.kind in ("blank", "ignored", "computed"):
        said = {"blank": "empty", "ignored": f"ignored: {row.value}", "computed": row.value}[row.kind]
    elif row.kind == "constant":
        said = f'"{row.value}"'
    parts = [escape(said)] if said else []
    parts += [f"[dim]{escape(note)}[/]" for note in row.notes]
    return "  ".join(parts)


def _table(title: str, columns: tuple[str, ...]) -> Table:
    drawn = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)
    for column in columns:
        drawn.add_column(column, overflow="fold", no_wrap=column == "line")
    return drawn
