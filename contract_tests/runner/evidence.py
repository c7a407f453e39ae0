"""What of the variety on the wire a carrier's passing examples show, and the mapping lines that did it."""

import linecache
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from contract_tests.examples.variety import VARIETY, Item
from contract_tests.runner.coverage import Carried, Shown
from contract_tests.runner.statements import Line


class Evidence(Struct, frozen=True, kw_only=True):
    """One item shown by one example: where the example stands, the line that shows it best, all lines carried out."""

    item: int
    carrier: str
    operation: str
    example: str
    place: str
    mapping: str
    lines: Mapping[str, tuple[int, ...]]


def evidence_of(carried: Carried, failed: Iterable[str]) -> tuple[Evidence, ...]:
    """The evidence of one carrier; `failed` are the examples (`file::id`) of which any check did not pass."""
    wrong = set(failed)
    return tuple(
        each
        for shown in carried.examples
        if shown.passed and name_of(shown) not in wrong
        for each in _evidence(carried, shown)
    )


def name_of(shown: Shown) -> str:
    """How an example is named in a verdict."""
    return f"{shown.run.file.shown}::{shown.run.example.id}"


def _evidence(carried: Carried, shown: Shown) -> Iterator[Evidence]:
    example = shown.run.example
    for number in example.variety:
        best = _best(carried, VARIETY[number], shown.lines)
        if best is None:
            continue
        yield Evidence(
            item=number,
            carrier=carried.subject.carrier,
            operation=example.operation or "callbacks",
            example=example.id,
            place=f"{example.mark.file}:{example.mark.line}",
            mapping=f"{best[0]}:{best[1]}",
            lines=_by_file(shown.lines),
        )


def _best(carried: Carried, item: Item, lines: Iterable[Line]) -> Line | None:
    """Of the lines carried out the one most like the item; of a native carrier the line that says it is."""
    root = carried.subject.root
    found = [(item.likeness(_text(root, line)), line) for line in lines]
    if found:
        return min(found)[1]
    file = (carried.subject.folder / "carrier.yaml").relative_to(root).as_posix()
    texts = (root / file).read_text("utf-8").splitlines()
    return next(((file, at) for at, text in enumerate(texts, 1) if text.startswith("native:")), None)


def _text(root: Path, line: Line) -> str:
    return linecache.getline(str(root / line[0]), line[1])


def _by_file(lines: Iterable[Line]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for file, line in sorted(lines):
        found.setdefault(file, []).append(line)
    return {file: tuple(numbers) for file, numbers in found.items()}
