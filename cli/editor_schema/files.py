"""Which schema files a workspace has: one of the canonical names, one for each carrier, one for a new one."""

import json
from pathlib import Path
from typing import Any

from cli.editor_schema.canonical import definitions
from cli.editor_schema.carrier import DRAFT, SHARED, carrier_schema
from cli.editor_schema.vocabulary import vocabulary
from cli.mapping.load import load_carrier
from cli.mapping.workspace import MAPPINGS, list_carriers

FOLDER = f"{MAPPINGS}/schema"
NEW = "mapping.schema.json"


def schema_files(root: Path) -> dict[str, str]:
    """Every schema file of a workspace by its path from the root."""
    words = vocabulary()
    canonical = {"$schema": DRAFT, "title": "The canonical names", "definitions": definitions()}
    found = {SHARED: canonical, NEW: carrier_schema(words, None)}
    for folder in list_carriers(root):
        tree, _ = load_carrier(folder.path, folder.root)
        if tree is not None:
            found[f"{folder.id}.schema.json"] = carrier_schema(words, tree)
    return {f"{FOLDER}/{name}": _text(schema) for name, schema in found.items()}


def _text(schema: dict[str, Any]) -> str:
    """One definition a line: small, and a change of one is a change of one line."""
    head = {name: value for name, value in schema.items() if name != "definitions"}
    rows = ",\n".join(f"{_compact(name)}: {_compact(value)}" for name, value in schema["definitions"].items())
    return f'{_compact(head)[:-1]},\n"definitions": {{\n{rows}\n}}}}\n'


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def differing(root: Path, files: dict[str, str]) -> tuple[str, ...]:
    """What would be written, changed or removed."""
    there = {path.relative_to(root).as_posix() for path in (root / FOLDER).glob("*.schema.json")}
    changed = [path for path, text in files.items() if path not in there or (root / path).read_text("utf-8") != text]
    return tuple(sorted([*changed, *(there - set(files))]))


def write(root: Path, files: dict[str, str]) -> tuple[str, ...]:
    """Write what differs, remove what belongs to no carrier any more; what was touched."""
    touched = differing(root, files)
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    for path in touched:
        if path in files:
            (root / path).write_text(files[path], encoding="utf-8")
        else:
            (root / path).unlink()
    return touched
