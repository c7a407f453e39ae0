"""A mapping's inverse: what its operations send, read back by functions generated from the very same rows.

A request is planned as if it were a reply, so that its rows are read where they are written. A row that nothing can
read (a list filtered by what is around it) is left out; constants and expressions of `send` are none.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cli.codegen.plan.code import Module
from cli.codegen.plan.codes import codes_module
from cli.codegen.plan.decoding import decoded_functions
from cli.codegen.plan.environment import FORMATS, Carrier, Environment, WireFacts, wire_facts
from cli.codegen.plan.expressions import Scope
from cli.codegen.plan.frame import Faults
from cli.codegen.plan.results import result_function
from cli.codegen.plan.shapes import Shapes
from cli.codegen.plan.types import Type
from cli.mapping.layers import undone
from cli.mapping.resolve import resolve
from cli.mapping.tree import CarrierTree, Layer, Message, StepDecl
from contract_tests.roundtrip.compiled import functions_of
from contract_tests.roundtrip.readable import has_rows, kinds_of, of_kind, opened_up, readable, tag_of, without
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import Faults as Found
from gateway.model.operations import OPERATIONS
from gateway.wire.contract import Context, WireReply

ROUNDS_MAX = 10
"""How often rows are left out before a mapping is given up: one refusal hides another."""

Call = tuple[str, str, str]
"""Operation, variant and step."""

_FORMAT = ("json", "xml", "soap")
_READ, _OPENED = "read", "opened"


class NotInvertible(Exception):
    """Nothing of a mapping can be read back; says which rows stand in the way."""


class Inverse:
    """What reads the requests of a carrier, and of what it was made.

    `messages` are the requests by call and by the kind of insured object they are about, without the rows that cannot
    be read back; `shapes` likewise.
    """

    def __init__(self, tree: CarrierTree) -> None:
        """Generate everything. Raises NotInvertible."""
        resolved = resolve(tree, Found())
        steps = {
            (operation.name, operation.variant, step.name): step
            for operation in resolved.operations
            for step in operation.steps
        }
        self._tree, self._layers = tree, {call: _layers(tree, step) for call, step in steps.items()}
        self.shapes: dict[str, Message] = dict(resolved.shapes)
        self.messages: dict[tuple[Call, str], Message] = {
            (call, kind): of_kind(opened_up(step.request, self.shapes), kind)
            for call, step in steps.items()
            for kind in kinds_of(step.request) or ("",)
        }
        self._functions = self._settled()

    def message(self, call: Call, request: Any) -> tuple[Call, str] | None:
        """The key of the message that a request becomes; None where no row of it can be read back."""
        kinds = [tag_of(each) for each in getattr(request, "objects", ())[:1]]
        found = next((key for key in ((call, kind) for kind in (*kinds, "")) if key in self.messages), None)
        return found if found is not None and has_rows(self.messages[found]) else None

    def opened(self, call: Call, body: bytes, context: Context) -> Any | None:
        """The message in the bytes, its layers undone; None where they only go one way."""
        opens = self._functions.get((call, _OPENED))
        return None if opens is None else opens(WireReply(status=200, headers=(), body=body), context)

    def format(self, call: Call) -> str:
        """The format of the message itself."""
        return next((layer.name for layer in self._layers[call] if layer.name in FORMATS), "json")

    def read(self, key: tuple[Call, str], wire: Any, request: Any, context: Context) -> tuple[Any, list[str]]:
        """What a message says, and what of it could not be read."""
        nothing = WireReply(status=200, headers=(), body=b"")
        found: tuple[Any, list[str]] = self._functions[key](wire, nothing, request, context)
        return found

    # --- generating ---

    def _settled(self) -> Mapping[Any, Any]:
        wrong: set[Mark] = set()
        for _ in range(ROUNDS_MAX):
            carrier, places = self._planned()
            wrong = {fault.mark for fault in carrier.faults.found}
            if not wrong:
                return functions_of(carrier, places)
            before = (self.messages, self.shapes)
            self.messages = {key: without(message, wrong) for key, message in self.messages.items()}
            self.shapes = {name: without(message, wrong) for name, message in self.shapes.items()}
            if before == (self.messages, self.shapes):
                break
        raise NotInvertible(", ".join(f"{mark.file}:{mark.line}" for mark in sorted(wrong)))

    def _planned(self) -> tuple[Carrier, dict[Any, tuple[str, str]]]:
        shapes = {name: readable(message) for name, message in self.shapes.items()}
        told = replace(self._tree.carrier, reply=(), shapes=shapes)
        carrier = Carrier(replace(self._tree, carrier=told), Faults(), wire_facts(told.wire))
        home = carrier.modules["carrier"] = Module("carrier", "shapes", told.file, "")
        carrier.shapes = Shapes(carrier, Environment(carrier, home, carrier.wire))
        places: dict[Any, tuple[str, str]] = {}
        for number, ((call, kind), message) in enumerate(self.messages.items()):
            if has_rows(message):
                module = Module(f"call{number}", call[0], told.file, "")
                carrier.modules[module.name] = module
                self._step(carrier, module, call, message)
                places[call, kind] = (module.name, _READ)
                if _is_undone(self._layers[call]):
                    places[call, _OPENED] = (module.name, _OPENED)
        codes = codes_module(carrier)
        if codes is not None:
            carrier.modules["codes"] = codes
        return carrier, places

    def _step(self, carrier: Carrier, module: Module, call: Call, message: Message) -> None:
        layers = self._layers[call]
        env = Environment(carrier, module, _facts(carrier, layers), f"{module.name}_")
        kind = Type("struct", OPERATIONS[call[0]].request)
        steps = frozenset(step for operation, variant, step in self._layers if (operation, variant) == call[:2])
        with carrier.faults.collected():
            scope = Scope(kind, reply=True, steps=steps)
            module.functions.append(result_function(env, readable(message), kind, scope, _READ))
        if _is_undone(layers):
            with carrier.faults.collected():
                module.functions += decoded_functions(env, (undone(layers),), name=_OPENED)


def _layers(tree: CarrierTree, step: StepDecl) -> tuple[Layer, ...]:
    return step.wire if step.wire is not None else tree.carrier.wire


def _facts(carrier: Carrier, layers: tuple[Layer, ...]) -> WireFacts:
    return carrier.wire if layers == carrier.tree.carrier.wire else wire_facts(layers)


def _is_undone(layers: tuple[Layer, ...]) -> bool:
    """Whether the bytes can be opened by what the mapping says: nothing inside of another text, nothing encrypted."""
    kept = undone(layers)
    plain = all(layer in kept or layer.name in ("sign", "http_signature", "xml_signature", "soap") for layer in layers)
    return plain and all(layer.name in (*_FORMAT, "form", "charset") for layer in kept) and bool(kept)
