"""A recording from its exchanges to its files: whose keys, which settings, everybody replaced, written or refused."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from cli.mapping.tree import CarrierTree
from contract_tests.examples.reading import SHARED
from contract_tests.personal.allowed import key_set
from contract_tests.personal.standins import StandIns
from contract_tests.record.exchange import Exchange
from contract_tests.record.layers import Keys
from contract_tests.record.plain import printed_in
from contract_tests.record.scrub import SETTING_LENGTH_MIN, Scrubbed, Scrubber
from contract_tests.record.writing import written
from gateway import __version__
from gateway.catalogue.nodes import MapNode, ScalarNode
from gateway.catalogue.reader import read_file

TEST_KEYS = "test-only"


class Sandbox(Struct, frozen=True, kw_only=True):
    """What is known of the host that was recorded: its settings and secrets by name. Nothing of it is written."""

    config: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}


class Recorded(Struct, frozen=True, kw_only=True):
    """What became of a recording: files, exchanges, how many texts of which kind were replaced, what to know."""

    files: tuple[Path, ...]
    made: tuple[Scrubbed, ...]
    replaced: Mapping[str, int]
    notes: tuple[str, ...]


def record(
    exchanges: Sequence[Exchange], tree: CarrierTree, folder: Path, root: Path, sandbox: Sandbox, *,
    kind: str = "recorded", source: str = "", operation: str = "",
) -> Recorded:  # fmt: skip
    """Scrub a recording and write it as drafts. Raises Undecodable or Refused, and then nothing is written."""
    test = key_set(TEST_KEYS, folder.name, root) or {}
    real = {name: text for name, text in sandbox.secrets.items() if len(text) >= SETTING_LENGTH_MIN}
    people = StandIns((exchanges[0].at if exchanges else datetime.now(UTC)).date())
    config = {**test, **_test_config(folder)}
    settings = _settings(sandbox.config, config)
    scrubber = Scrubber(tree, Keys(real, test), people, settings, operation, config, printed_in(folder))
    made = scrubber.scrubbed(exchanges)
    provenance = {"kind": kind, "source": source, "by": f"insurehub {__version__}"}
    stamp = f"{(exchanges[0].at if exchanges else datetime.now(UTC)):%Y%m%dT%H%M%S}"
    hidden = [text for name, text in real.items() if test.get(name) != text]
    files = written(made, tree, folder, root, provenance, stamp, hidden, people.originals)
    return Recorded(
        files=tuple(files), made=tuple(made), replaced={name: len(texts) for name, texts in people.kinds.items()},
        notes=tuple(note for one in made for note in one.notes),
    )  # fmt: skip


def _settings(real: Mapping[str, str], test: Mapping[str, str]) -> list[tuple[str, str]]:
    """Settings of the sandbox with the test's of the same name; an address is no text of a message."""
    return [
        (text, test.get(name, f"test-{name.replace('_', '-')}"))
        for name, text in real.items()
        if len(text) >= SETTING_LENGTH_MIN and "://" not in text
    ]


def _test_config(folder: Path) -> dict[str, str]:
    """The settings that the carrier's examples share."""
    path = folder / "examples" / SHARED
    node = read_file(path)[0] if path.is_file() else None
    for name in ("defaults", "config"):
        node = node.get(name) if isinstance(node, MapNode) else None
    return (
        {key.text: value.text for key, value in node or () if isinstance(value, ScalarNode)}
        if isinstance(node, MapNode)
        else {}
    )
