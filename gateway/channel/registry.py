"""Adapters by name: `adapters.<carrier>` is imported when a channel first needs it, never by a static import."""

import importlib
from collections.abc import Callable
from functools import cached_property
from types import ModuleType
from typing import Any

from gateway.model.statement import Statement
from gateway.wire.contract import Callback, Carrier, Context, Operation


class AdapterMissing(Exception):
    """No adapter, or not this operation of it: generate the adapters, or see the carrier's `unsupported`."""


FORMER = "adapters.former"
"""The package of adapters that are no longer the present ones, and that operations under way began with."""
HASH_CHARACTERS = 12


class Adapter:
    """The generated modules of one carrier."""

    def __init__(self, carrier_id: str, package: str | None = None) -> None:
        """Import `carrier.py`; raises AdapterMissing."""
        self._package = package or f"adapters.{carrier_id}"
        module = _module(f"{self._package}.carrier")
        self.carrier: Carrier = module.CARRIER

    @cached_property
    def version(self) -> str:
        """What an attempt is pinned to: the carrier document's version and the mapping's hash."""
        return f"{self.carrier.version}+{self.carrier.mapping_sha256[:HASH_CHARACTERS]}"

    def former(self, version: str) -> "Adapter":
        """This carrier's adapter as it was, kept with `insurehub keep`; raises AdapterMissing when it is not here."""
        name = self.carrier.id
        try:
            found = Adapter(name, f"{FORMER}.{kept_as(name, version)}")
        except AdapterMissing:
            found = None
        if found is None or found.version != version:
            raise AdapterMissing(
                f"it began with {name} {version}, and the adapter here is {self.version}: run 'insurehub keep {name}' "
                "where that one still is, and bring its folder of adapters/former here"
            )
        return found

    @cached_property
    def _operations(self) -> dict[str, tuple[Operation, ...]]:
        return {
            name: tuple(_module(f"{self._package}.{module}").OPERATION for module in modules)
            for name, modules in self.carrier.operations.items()
        }

    def variants(self, name: str) -> tuple[Operation, ...]:
        """All variants of an operation, none when it is not offered."""
        return self._operations.get(name, ())

    def supports(self, operation: str) -> bool:
        """Whether the carrier offers an operation at all."""
        return operation in self.carrier.operations

    def operation(self, name: str, request: Any, context: Callable[[], Context]) -> Operation:
        """The one variant that serves this request; raises AdapterMissing when none or several do.

        `context` is called only where a variant's condition wants to see one.
        """
        variants = self._operations.get(name, ())
        if len(variants) == 1 and variants[0].when is None:
            return variants[0]
        known = context()
        fitting = [variant for variant in variants if variant.when is None or variant.when(request, known)]
        if len(fitting) == 1:
            return fitting[0]
        if not variants:
            reason = self.carrier.unsupported.get(name, "it is not mapped")
            raise AdapterMissing(f"{self.carrier.id} does not offer {name}: {reason}")
        raise AdapterMissing(f"{len(fitting)} of {len(variants)} variants of {name} fit this request, not one")

    def variant(self, name: str, variant: str) -> Operation:
        """The variant an operation began with."""
        found = [candidate for candidate in self._operations.get(name, ()) if candidate.variant == variant]
        if not found:
            raise AdapterMissing(f"{self.carrier.id} no longer has {name} '{variant}'")
        return found[0]

    def callback(self, name: str) -> Callback | None:
        """The callback of that name, if the carrier sends such."""
        return self.carrier.callbacks.get(name)

    def statement(self) -> Callable[[bytes], Statement]:
        """What reads the carrier's daily file; raises AdapterMissing where it has none."""
        if self.carrier.statement is None:
            raise AdapterMissing(f"{self.carrier.id} has no statement.yaml")
        found: Callable[[bytes], Statement] = _module(f"{self._package}.{self.carrier.statement}").parse
        return found


class Registry:
    """All adapters the process has needed so far."""

    def __init__(self) -> None:
        """Start empty; adapters are imported on demand."""
        self._adapters: dict[str, Adapter] = {}

    def adapter(self, carrier_id: str) -> Adapter:
        """The adapter of a carrier; raises AdapterMissing."""
        if carrier_id not in self._adapters:
            self._adapters[carrier_id] = Adapter(carrier_id)
        return self._adapters[carrier_id]


def kept_as(carrier_id: str, version: str) -> str:
    """The folder of `adapters/former` that holds a version of a carrier's adapter."""
    return f"{carrier_id}_{version.rpartition('+')[2]}"


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and name.startswith(error.name):
            raise AdapterMissing(f"there is no module {name}: run 'insurehub generate'") from None
        raise
