"""What examples are run against: a carrier's generated modules, its mapping tree, its folder."""

import importlib
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from cli.mapping.tree import Result, Text
from contract_tests.examples.example import Example, ExampleFile
from contract_tests.examples.mapping_lines import MappingLines
from contract_tests.examples.reading import FileRead, read_example_file, read_examples
from gateway.channel.registry import Adapter, AdapterMissing
from gateway.wire.contract import Context, Operation
from gateway.wire.sign import SIGNERS

CALLBACKS = "callbacks"
MOCK_FILE = "mock.yaml"
LOCK_FILE = "contract.lock.json"
UPDATE = "insurehub test {carrier} --update-lock"
"""The command that freezes a carrier's derived cases anew."""


class Subject:
    """One carrier: `folder` holds its mapping, `root` is the workspace its adapters stand in."""

    def __init__(self, folder: Path, root: Path, adapter: Adapter | None = None) -> None:
        """Look at nothing yet; `adapter` stands in for the generated modules where a test brings its own.

        `coded` will be the first example, by file and id, whose reply bears a code of the error table.
        """
        self.folder, self.root = folder, root
        self._adapter = adapter
        self._read: dict[Path, FileRead] = {}
        self.coded: tuple[Path, str] | None = None

    @property
    def carrier(self) -> str:
        """The carrier's name."""
        return self.folder.name

    @property
    def is_generated(self) -> bool:
        """Whether the generated modules of the workspace are tested, and not ones a test brings."""
        return self._adapter is None

    @cached_property
    def adapter(self) -> Adapter:
        """The generated modules; raises AdapterMissing."""
        if self._adapter is not None:
            return self._adapter
        # Both folders' adapters meet under the one name `adapters`.
        if str(self.root) not in sys.path:
            sys.path.insert(0, str(self.root))
            importlib.invalidate_caches()
        return Adapter(self.carrier)

    @cached_property
    def tree(self) -> Any:
        """The mapping as a tree, or None where it cannot be read (`insurehub check` says why)."""
        from cli.mapping.load import load_carrier  # noqa: PLC0415 - only failures and error tables need it

        return load_carrier(self.folder, self.root)[0]

    @cached_property
    def lines(self) -> MappingLines:
        """Where in the mapping a path is written."""
        return MappingLines(self.tree, self.root)

    @cached_property
    def files(self) -> tuple[ExampleFile, ...]:
        """All of the carrier's examples that can be read: what an example names as having gone before."""
        return read_examples(self.folder, self.root, self.read)[0]

    def read(self, path: Path) -> FileRead:
        """One file of examples, read once."""
        if path not in self._read:
            self._read[path] = read_example_file(path, self.root)
        return self._read[path]

    @property
    def has_mock(self) -> bool:
        """Whether the carrier can be asked on a socket."""
        return (self.folder / MOCK_FILE).is_file()

    def operation(self, example: Example, context: Context) -> Operation:
        """The variant that serves the example; raises AdapterMissing when it is not the one the file is about."""
        found = self.adapter.operation(example.operation, example.request, lambda: context)
        if example.variant and found.variant != example.variant:
            raise AdapterMissing(f"this request goes to variant '{found.variant}', not '{example.variant}'")
        return found

    def classify(self, operation: Operation, step: str) -> Callable[..., Any] | None:
        """The generated function that classifies a decoded reply of a step."""
        return self._generated(operation, step, "classify")

    def read_result(self, operation: Operation, step: str) -> Callable[..., Any] | None:
        """The generated function that reads the result out of a decoded reply of a step."""
        return self._generated(operation, step, "read_result")

    def _generated(self, operation: Operation, step: str, does: str) -> Callable[..., Any] | None:
        name = operation.name.replace(".", "_") + (f"__{operation.variant}" if operation.variant else "")
        module = importlib.import_module(f"adapters.{self.carrier}.{name}")
        stem = does if len(operation.steps) == 1 else f"{does}_{step.replace('.', '_')}"
        found: Callable[..., Any] | None = getattr(module, stem, None)
        return found

    def declared(self, example: Example) -> Any:
        """The operation's file in the tree, or None."""
        files = self.tree.operations if self.tree is not None else ()
        return next(
            (each for each in files if each.name == example.operation and each.variant == example.variant), None
        )

    @property
    def is_native(self) -> bool:
        """Whether the carrier speaks our own interface."""
        return self.tree is not None and self.tree.carrier.native

    @property
    def verifies(self) -> bool:
        """Whether replies of this carrier are signed."""
        if self.is_native:
            return True
        lists = self.tree.carrier.reply if self.tree is not None else ()
        return any(layer.name == "verify" for layers in lists for layer in layers)

    @property
    def reply_charset(self) -> str:
        """What the carrier's replies are in."""
        lists = self.tree.carrier.reply if self.tree is not None else ()
        options: Mapping[str, Any] = next(
            (layer.options for layers in lists for layer in layers if layer.name == "charset"), {}
        )
        return getattr(options.get("name", options.get("")), "value", "utf-8")

    @property
    def signs_at_random(self) -> bool:
        """Whether the same message is signed otherwise every time."""
        files = self.tree.operations if self.tree is not None else ()
        lists = [self.tree.carrier.wire if self.tree is not None else ()]
        lists += [step.wire for each in files for step in each.steps if step.wire is not None]
        named = ("sign", "jws", "http_signature")
        signing = (layer for layers in lists for layer in layers if layer.name in named)
        algorithms = (getattr(layer.options.get("algo"), "value", "") for layer in signing)
        return any(algo in SIGNERS and SIGNERS[algo].random for algo in algorithms)

    @property
    def _of_the_interface(self) -> Result:
        """What our own interface says of a code that it does not list."""
        mark = self.tree.carrier.mark
        return Result(mark=mark, kind=Text("unknown", mark), code=Text("carrier.unmapped", mark))

    @property
    def error_rows(self) -> Mapping[str, Any]:
        """The carrier's codes with what each means, `other` among them."""
        table = self.tree.carrier.errors if self.tree is not None else None
        if table is None:
            return {"other": self._of_the_interface} if self.is_native and self.tree is not None else {}
        rows = {code.value: result for code, result in table.rows}
        return {**rows, "other": table.other} if table.other is not None else rows
