"""What a reviewer wants to know of a mapping and no single row shows: everything it does not carry, with the reason."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.mapping.flat import Leaf, flatten
from cli.mapping.resolve import resolve
from cli.mapping.tree import CarrierTree
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import Faults
from gateway.model.operations import OPERATIONS

_HOOK = re.compile(r"\bhook\.([a-z_][a-z0-9_]*)")
_COMMENT = re.compile(r"(^|\s)#.*")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a mapping does not do as its rows do: `message` it stands in, `subject`, the author's reason, where."""

    message: str
    subject: str
    reason: str
    place: str


@dataclass(frozen=True, slots=True)
class CarrierReport:
    """One carrier: the operations it has and has not, and the facts by kind."""

    carrier: str
    mapped: tuple[str, ...]
    unsupported: tuple[Fact, ...]
    unmapped: tuple[str, ...]
    ignored: tuple[Fact, ...]
    lossy: tuple[Fact, ...]
    drafts: tuple[Fact, ...]
    hooks: tuple[Fact, ...]


def report_of(tree: CarrierTree, root: Path) -> CarrierReport:
    """Everything of one carrier, in the order of its files."""
    carrier = tree.carrier
    mapped = tuple(dict.fromkeys(operation.name for operation in tree.operations))
    # A native carrier speaks our interface: what it does not refuse, it does.
    told = {*mapped, *carrier.unsupported, *(name for name, spec in OPERATIONS.items() if spec.is_optional)}
    left = () if carrier.native else tuple(name for name in OPERATIONS if name not in told)
    leaves = tuple(_leaves(tree))
    return CarrierReport(
        carrier=carrier.id,
        mapped=mapped,
        unsupported=tuple(
            Fact("", name, reason.value, str(reason.mark)) for name, reason in carrier.unsupported.items()
        ),
        unmapped=left,
        ignored=(
            *_distinct(_fact(name, leaf, leaf.value) for name, leaf in leaves if leaf.kind == "ignored"),
            *_skipped(tree),
        ),
        lossy=_distinct(_fact(name, leaf, leaf.lossy) for name, leaf in leaves if leaf.lossy),
        drafts=_distinct(_fact(name, leaf, draft) for name, leaf in leaves if (draft := _draft(leaf))),
        hooks=tuple(_hooks(tree, root)),
    )


def _skipped(tree: CarrierTree) -> Iterator[Fact]:
    """The lines of a daily file that are nobody's records."""
    for rows in tree.statement.rows if tree.statement is not None else ():
        if rows.skip is not None:
            when = "" if rows.when is None else rows.when.source
            yield Fact("statement", when or rows.items.text, rows.skip.value, str(rows.skip.mark))


def _leaves(tree: CarrierTree) -> Iterator[tuple[str, Leaf]]:
    resolved = resolve(tree, Faults())
    for operation in resolved.operations:
        name = f"{operation.name}/{operation.variant}" if operation.variant else operation.name
        for step in operation.steps:
            title = name if step.name == operation.name else f"{name}:{step.name}"
            yield from ((f"{title} request", leaf) for leaf in flatten(step.request, resolved.shapes))
            yield from ((f"{title} response", leaf) for leaf in flatten(step.response.message, resolved.shapes))
    for callback in tree.carrier.callbacks:
        message = callback.response.message
        yield from ((f"callback {callback.name}", leaf) for leaf in flatten(message, resolved.shapes))


def _fact(message: str, leaf: Leaf, reason: str) -> Fact:
    return Fact(message, leaf.canonical or leaf.wire, reason, str(leaf.mark))


def _draft(leaf: Leaf) -> str:
    return "" if leaf.row is None or leaf.row.draft is None else leaf.row.draft.value


def _distinct(facts: Iterator[Fact]) -> tuple[Fact, ...]:
    """Each line of a mapping once: a shape's row is one, however many messages use it."""
    return tuple({fact.place: fact for fact in facts}.values())


def _hooks(tree: CarrierTree, root: Path) -> Iterator[Fact]:
    """Every call of a hook, where it is written."""
    for file in tree.sha256:
        if not file.endswith(".yaml"):
            continue
        for number, line in enumerate((root / file).read_text("utf-8", "replace").split("\n"), 1):
            for found in _HOOK.finditer(_COMMENT.sub("", line)):
                place = Mark(file, number, found.start() + 1)
                yield Fact(
                    file.rpartition("/")[2], f"hook.{found[1]}", f"adapters/{tree.carrier.id}/hooks.py", str(place)
                )
