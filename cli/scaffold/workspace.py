"""`insurehub init`: the files of a workspace, written beside what is there and never over it."""

from dataclasses import dataclass
from pathlib import Path

from cli.scaffold.templates import template


@dataclass(frozen=True, slots=True)
class Made:
    """What was written and what was there already and is kept; paths are relative to the folder."""

    folder: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]


def init_workspace(folder: Path) -> Made:
    """Make a folder a workspace. Files that exist are kept as they are; raises OSError when it cannot be written."""
    files = template("workspace")
    kept = tuple(path for path in files if (folder / path).exists())
    written = tuple(path for path in files if path not in kept)
    for path in written:
        write_new(folder / path, files[path])
    return Made(folder, written, kept)


def write_new(file: Path, text: str) -> None:
    """Write a file that is not there; one that appeared meanwhile is not overwritten (FileExistsError)."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
