"""Shipped carriers as sandboxes: what their examples say goes over the wire as what was recorded."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.mapping.load import load_carrier
from contract_tests.examples.reading import read_examples
from contract_tests.personal.allowed import key_set
from contract_tests.personal.standins import StandIns
from contract_tests.record.exchange import Exchange
from contract_tests.record.layers import Keys
from contract_tests.record.scrub import Scrubber

ROOT = Path(__file__).parents[3]
CARRIERS = ROOT / "mappings" / "carriers"
ON = date(2026, 3, 1)


class Nobody(StandIns):
    """Knows nobody, so that nothing is replaced."""

    def meet(self, kind: str, text: str) -> None:
        """Nobody is met."""

    def look(self, text: str) -> None:
        """Nobody is seen."""


def exchange_of(each: Any) -> Exchange:
    """What an example says goes over the wire, as it would go by."""
    request, reply = each.request, each.reply.reply
    return Exchange(
        at=datetime(2026, 3, 1, tzinfo=UTC),
        host="sandbox.example",
        method=request.method.value,
        target=request.target.value,
        headers=tuple((name, stated.value) for name, stated in request.headers),
        body=request.body.value if request.body is not None else b"",
        status=reply.status,
        reply_headers=reply.headers,
        reply_body=reply.body,
    )


@pytest.fixture(scope="session")
def shown() -> Callable[[str], list[tuple[str, Any, Exchange]]]:
    """The exchanges of a carrier's examples: operation, example, exchange."""
    kept: dict[str, list[tuple[str, Any, Exchange]]] = {}

    def of(carrier: str) -> list[tuple[str, Any, Exchange]]:
        if carrier not in kept:
            files, _ = read_examples(CARRIERS / carrier, ROOT)
            kept[carrier] = list(_exchanges(files))
        return kept[carrier]

    return of


def _exchanges(files: Any) -> Iterator[tuple[str, Any, Exchange]]:
    for file in files:
        for example in file.examples:
            for each in example.exchanges:
                if each.reply is not None and each.request is not None and each.request.method and each.request.target:
                    yield file.operation, example, exchange_of(each)


@pytest.fixture(scope="session")
def scrubber() -> Callable[..., Scrubber]:
    """A scrubber of a carrier; the sandbox's keys are those of its examples, the tests' any others."""
    trees: dict[str, Any] = {}

    def of(carrier: str, people: StandIns | None = None, test: dict[str, str] | None = None) -> Scrubber:
        if carrier not in trees:
            trees[carrier] = load_carrier(CARRIERS / carrier, ROOT)[0]
        keys = key_set("test-only", carrier, ROOT) or {}
        return Scrubber(trees[carrier], Keys(keys, {**keys, **(test or {})}), people or StandIns(ON))

    return of
