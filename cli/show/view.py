"""What is shown of an operation, as plain data: the same for the terminal, the page and `--json`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from cli.mapping.flat import Leaf, flatten, value_text
from cli.mapping.resolve import Resolved, resolve
from cli.mapping.tree import CarrierTree, Message, OperationFile, OutcomeRow, Result, StepDecl, Text
from cli.mapping.wire_fields import WireFields, plain
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import Faults

_TABLE = re.compile(r"\b(?:enum|lookup)\(\s*[\"']?([A-Za-z_][A-Za-z0-9_]*)")

Direction = Literal["both", "send", "read", ""]


@dataclass(frozen=True, slots=True)
class Shown:
    """One row: `canonical` and `wire` paths, what stands between them, and where the mapping says so."""

    kind: str
    direction: Direction
    canonical: str
    wire: str
    codec: str
    value: str
    case: str
    notes: tuple[str, ...]
    label: str
    depth: int
    place: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row of an outcome table: when it holds, and what it says."""

    when: str
    says: str
    place: str


@dataclass(frozen=True, slots=True)
class CallView:
    """One call of an operation."""

    name: str
    operation: str
    call: str
    request: tuple[Shown, ...]
    response: tuple[Shown, ...]
    outcome: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class OperationView:
    """One operation, or one variant of it."""

    carrier: str
    carrier_name: str
    version: str
    operation: str
    variant: str
    when: str
    declarations: Mapping[str, str]
    layers: tuple[str, ...]
    calls: tuple[CallView, ...]
    tables: Mapping[str, Mapping[str, str]]
    file: str


def views_of(tree: CarrierTree, name: str, variant: str | None = None) -> tuple[OperationView, ...]:
    """The views of an operation: of every variant when none is named."""
    resolved = resolve(tree, Faults())
    found = (each for each in resolved.operations if each.name == name)
    return tuple(_view(resolved, each) for each in found if variant in (None, each.variant))


def _view(resolved: Resolved, operation: OperationFile) -> OperationView:
    carrier = resolved.tree.carrier
    calls = tuple(_call(resolved, operation, step) for step in operation.steps)
    return OperationView(
        carrier=carrier.id,
        carrier_name=carrier.name,
        version=carrier.version,
        operation=operation.name,
        variant=operation.variant,
        when="" if operation.when is None else operation.when.source,
        declarations=_declarations(operation),
        layers=tuple(layer.name for layer in carrier.wire),
        calls=calls,
        tables=_tables(resolved.tree, calls),
        file=operation.file,
    )


def _declarations(operation: OperationFile) -> dict[str, str]:
    found = {}
    if operation.idempotency is not None:
        key = operation.idempotency.key
        found["idempotency"] = operation.idempotency.kind.value + (f", {key.value}" if key is not None else "")
    if operation.inquiry is not None:
        final = operation.inquiry.not_found_is_final_after_s
        found["inquiry"] = operation.inquiry.operation.value + (f", final after {final:g}s" if final else "")
    return found


def _call(resolved: Resolved, operation: OperationFile, step: StepDecl) -> CallView:
    key = (f"{operation.name}/{operation.variant}" if operation.variant else operation.name, "")
    key = (key[0], "" if step.name == operation.name else step.name)
    schema = resolved.tree.wire_schema
    messages = {} if schema is None else schema.messages
    sides = {side: WireFields.of(messages.get((*key, side), ())) for side in ("request", "response")}
    return CallView(
        name=step.name,
        operation=step.operation,
        call="" if step.call is None else step.call.value,
        request=rows_of(step.request, resolved.shapes, sides["request"], sent=True),
        response=rows_of(step.response.message, resolved.shapes, sides["response"], sent=False),
        outcome=tuple(map(_verdict, step.response.outcome)),
    )


def rows_of(message: Message, shapes: Mapping[str, Message], fields: WireFields, *, sent: bool) -> tuple[Shown, ...]:
    """A message's rows in wire order; places and empty blocks are left out, they say nothing by themselves."""
    chosen = (leaf for leaf in flatten(message, shapes) if _is_told(leaf, sent=sent))
    return tuple(_shown(leaf, fields, sent=sent) for leaf in chosen)


def _is_told(leaf: Leaf, *, sent: bool) -> bool:
    if leaf.kind == "place" and not leaf.case:
        return False
    # A message may be written with `to: .` in between: nothing of its own stands there.
    if leaf.kind == "object" and (leaf.row is None or leaf.row.to is None or leaf.row.to.text == "."):
        return False
    return sent or leaf.kind not in ("constant", "expression", "blank") or bool(leaf.case)


def _shown(leaf: Leaf, fields: WireFields, *, sent: bool) -> Shown:
    notes = leaf.notes + ((f"lossy: {leaf.lossy}",) if leaf.lossy else ())
    field = fields.get(plain(leaf.wire_way)) if leaf.wire_way else None
    return Shown(
        kind=leaf.kind,
        direction=_direction(leaf, sent=sent),
        canonical=leaf.canonical,
        wire=leaf.wire,
        codec=leaf.codec,
        value=leaf.value,
        case=leaf.case,
        notes=notes,
        label="" if field is None else field.label,
        depth=max(0, len(leaf.wire_way) - 1),
        place=_place(leaf.mark),
    )


def _direction(leaf: Leaf, *, sent: bool) -> Direction:
    if leaf.kind == "ignored":
        return ""
    return "send" if sent else "read"


def _place(mark: Mark) -> str:
    return f"{mark.file.rpartition('/')[2]}:{mark.line}"


def _verdict(row: OutcomeRow) -> Verdict:
    when = [f"http {' or '.join(map(str, row.http))}"] if row.http else []
    when += [row.when.source] if row.when is not None else []
    says = f"errors by {row.by_code.source}" if row.by_code is not None else result_text(row.result)
    return Verdict("else" if row.is_else else " and ".join(when), says, _place(row.mark))


def result_text(result: Result | None) -> str:
    """An outcome with its options, as a mapping writes them."""
    if result is None:
        return ""
    texts: dict[str, Text | None] = {"then": result.then, "code": result.code, "zh": result.zh, "field": result.field}
    parts = [f"{word} {text.value}" for word, text in texts.items() if text is not None]
    spans = {"every": result.every_s, "for": result.for_s}
    parts += [f"{word} {span:g}s" for word, span in spans.items() if span is not None]
    parts += [f"after {value_text(result.after)}"] if result.after is not None else []
    parts += [f"because {result.because.value}"] if result.because is not None else []
    parts += [word for word, is_on in (("once", result.once), ("alert", result.alert)) if is_on]
    return ", ".join([result.kind.value, *parts])


def _tables(tree: CarrierTree, calls: tuple[CallView, ...]) -> dict[str, Mapping[str, str]]:
    """The code tables the rows name, by their pairs."""
    rows = (row for call in calls for row in (*call.request, *call.response))
    names = dict.fromkeys(found for row in rows for text in (row.codec, row.value) for found in _TABLE.findall(text))
    tables = tree.carrier.tables
    return {name: dict(_pairs(tree, name)) for name in names if name in tables}


def _pairs(tree: CarrierTree, name: str) -> Iterator[tuple[str, str]]:
    table = tree.carrier.tables[name]
    yield from ((canonical.value, code.value) for canonical, code in table.pairs)


__all__ = ["CallView", "OperationView", "Shown", "Verdict", "result_text", "rows_of", "views_of"]
