"""The folder of one carrier while it is read: its files, what they are called, what they hashed to."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import MapNode, kind_of
from gateway.catalogue.reader import read_file
from gateway.catalogue.values import Faults


@dataclass(slots=True)
class Folder:
    """A carrier's folder; `faults` gathers what is wrong anywhere in it, `sha256` what was read."""

    path: Path
    root: Path
    faults: Faults
    sha256: dict[str, str] = field(default_factory=dict)

    def shown(self, name: str) -> str:
        """How a file is named in diagnostics: from the workspace's root, with slashes."""
        path = self.path / name
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.as_posix()

    def read_map(self, name: str) -> MapNode | None:
        """A YAML file that is a map at its top."""
        node, found = read_file(self.path / name, self.shown(name))
        self.faults.extend(found)
        self._hash(name)
        if node is None or isinstance(node, MapNode):
            return node
        self.faults.add(node.mark, f"the file must be a map, not {kind_of(node)}")
        return None

    def read_text(self, name: str, named_at: Mark, bytes_max: int) -> str | None:
        """A text file named by a mapping; one that cannot be read is a fault at the place that names it (E120)."""
        try:
            with (self.path / name).open("rb") as stream:
                data = stream.read(bytes_max + 1)
        except OSError as error:
            self.faults.add(named_at, f"{name} cannot be read: {error.strerror}", code="E120")
            return None
        if len(data) > bytes_max:
            self.faults.add(named_at, f"{name} is longer than {bytes_max} bytes", code="E119")
            return None
        self._hash(name)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.faults.add(Mark(self.shown(name), line), "not UTF-8 text", "save the file as UTF-8", code="E101")
            return None

    def _hash(self, name: str) -> None:
        try:
            with (self.path / name).open("rb") as stream:
                self.sha256[self.shown(name)] = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            # Reading it has already been reported.
            return
