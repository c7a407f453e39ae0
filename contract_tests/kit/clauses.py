"""The numbered clauses of a carrier's document.md: what requirement coverage is counted by."""

import re
from pathlib import Path

_PARAGRAPH = re.compile(r"^(\d+(?:\.\d+)+)[.\s]\s*(.*)$")
_HEADING = re.compile(r"^#{2,4}\s+(\d+(?:\.\d+)*)[.\s]\s*(.*)$")
_SENTENCE_END = re.compile(r"(?<=[.。])\s|(?<=。)")
TITLE_CHARACTERS_MAX = 100


def clauses_of(document: Path) -> dict[str, str]:
    """Clause numbers with the beginning of their text; a heading counts only when no clause stands below it."""
    found: dict[str, str] = {}
    fenced = False
    for line in document.read_text("utf-8").splitlines():
        if line.startswith("```"):
            fenced = not fenced
        match = None if fenced else _PARAGRAPH.match(line) or _HEADING.match(line)
        if match and match[1] not in found:
            found[match[1]] = _title(match[2])
    above = {number.rpartition(".")[0] for number in found}
    above |= {number.rpartition(".")[0] for number in above}
    return {number: title for number, title in found.items() if number not in above}


def _title(text: str) -> str:
    bare = _SENTENCE_END.split(text.replace("**", "").replace("`", "").strip())[0]
    return bare if len(bare) <= TITLE_CHARACTERS_MAX else bare[:TITLE_CHARACTERS_MAX].rstrip() + "..."
