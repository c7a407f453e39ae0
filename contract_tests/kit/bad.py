"""The bad carriers a kit is tested with: a shipped mock, one edit of its text, the test that must notice."""

from dataclasses import dataclass
from pathlib import Path

from contract_tests.language.places import Node, Report
from contract_tests.language.reader import read

FILE = Path(__file__).with_name("bad.yaml")
_WORDS = frozenset({"id", "carrier", "old", "new", "fails", "over", "because"})
_OVER = ("one", "several")


@dataclass(frozen=True, slots=True)
class Bad:
    """One bad carrier."""

    id: str
    carrier: str
    old: str
    new: str
    fails: str
    over: str
    because: str

    def edited(self, text: str) -> str:
        """A mock.yaml with the edit made. Raises ValueError where the old text is not there exactly once."""
        if (count := text.count(self.old)) != 1:
            raise ValueError(f"bad carrier {self.id}: its old text stands in {self.carrier}'s mock.yaml {count} times")
        return text.replace(self.old, self.new)


def bad_carriers(path: Path = FILE) -> tuple[Bad, ...]:
    """All of them. Raises FaultyFile with the place of what is wrong."""
    report = Report()
    root = read(path, report)
    found = [_one(node, report) for node in getattr(root.get("bad"), "value", [])]
    report.close()
    return tuple(each for each in found if each is not None)


def _one(node: Node, report: Report) -> Bad | None:
    words = node.value if isinstance(node.value, dict) else {}
    for name in set(words) - _WORDS:
        report.unknown(node.keys[name], "key", name, _WORDS)
    if missing := sorted(_WORDS - set(words)):
        report.fault("E652", node.place, f"missing {', '.join(missing)}")
        return None
    if words["over"].value not in _OVER:
        report.fault("E655", words["over"].place, "over is 'one' or 'several'")
    return Bad(**{name: str(words[name].value) for name in _WORDS})
