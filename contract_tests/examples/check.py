"""A check: one promise of one example, with a name a person can type."""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from contract_tests.examples.example import Example, ExampleFile
from contract_tests.examples.flow import Flow, play
from contract_tests.examples.proof import Proof
from contract_tests.examples.subject import Subject


class Run:
    """An example with what it is run against; its pure course is taken once and looked at by several checks."""

    def __init__(self, file: ExampleFile, example: Example, subject: Subject) -> None:
        """Nothing is carried out before a check asks."""
        self.file, self.example, self.subject = file, example, subject
        self._flow: Flow | None = None

    @property
    def flow(self) -> Flow:
        """The pure course of the example. Raises AdapterMissing."""
        if self._flow is None:
            self._flow = play(self.example, self.subject)
        return self._flow


Prove = Callable[[Run, Proof], Awaitable[None] | None]


class Check(Struct, frozen=True, kw_only=True):
    """`<file>::<example>::<name>`; `promise` is its row in the catalogue of checks (C01, ...).

    `provenance` is that of its example, but for what was derived from it and frozen. Only one with
    `live_at`, the origin of a sandbox, leaves this machine.
    """

    run: Run
    name: str
    level: int
    promise: str
    prove: Prove
    fault: str = ""
    provenance: str = ""
    live_at: str = ""

    @property
    def is_live(self) -> bool:
        """Whether it is carried out at a sandbox."""
        return bool(self.live_at)

    @property
    def backing(self) -> str:
        """Who says what is expected: a document, a recording, a person; or nobody, where it was derived."""
        return self.provenance or self.run.example.provenance.kind

    @property
    def id(self) -> str:
        """The check's whole name."""
        return f"{self.run.file.shown}::{self.run.example.id}::{self.name}"

    @property
    def operation(self) -> str:
        """The canonical operation it is about; `callbacks` or `signatures` where it is about none."""
        return (
            self.run.example.operation
            or self.run.file.operation
            or ("callbacks" if self.run.example.callback is not None else "signatures")
        )

    def words(self) -> dict[str, Any]:
        """The check as plain data."""
        return {
            "id": self.id,
            "level": self.level,
            "promise": self.promise,
            "operation": self.operation,
            "provenance": self.backing,
        }
