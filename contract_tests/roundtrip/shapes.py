"""A shape of a shipped carrier with both of its halves generated, also where the carrier only sends it."""

import importlib
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from cli.codegen.generate import plan_sources
from cli.mapping.load import load_carrier
from cli.mapping.resolve import resolve
from cli.mapping.tree import CarrierTree
from cli.mapping.workspace import CarrierFolder
from contract_tests.roundtrip.plan import Branch, carried
from contract_tests.roundtrip.values import Tables
from gateway.catalogue.values import Faults
from gateway.model.kinds import StructType
from gateway.model.reflect import struct_named
from gateway.wire import XmlForm, json_in, json_out, xml_in, xml_out
from gateway.wire.contract import Context, Secret, WireReply

PLACES: Mapping[str, tuple[str, str]] = {
    "Party": ("policyholder: {{ to: X, shape: {shape} }}", "policyholder"),
    "Insured": ("insureds: {{ list: X, shape: {shape} }}", "insureds"),
    "Beneficiary": ("beneficiaries: {{ list: X, shape: {shape} }}", "beneficiaries"),
    "Coverage": ("coverages: {{ list: X, shape: {shape} }}", "coverages"),
    "Document": ("documents: {{ list: X, shape: {shape} }}", "documents"),
    "Freight": ("objects.0.freight: {{ to: X, shape: {shape} }}", "objects"),
    "EventTicket": ("objects.0.event_ticket: {{ to: X, shape: {shape} }}", "objects"),
    "PersonTravel": ("objects.0.person_travel: {{ to: X, shape: {shape} }}", "objects"),
    "Vehicle": ("objects.0.vehicle: {{ to: X, shape: {shape} }}", "objects"),
}
"""Where a request and a result have room for an object of each type; others are never both sent and read."""

_OBJECTS = {"Freight": "freight", "EventTicket": "event_ticket", "PersonTravel": "person_travel", "Vehicle": "vehicle"}
_OPERATION = """format: mapping/1
call: POST /x{element}
request: {{ of: PolicyIssueRequest, fields: {{ {row} }} }}
response:
  of: PolicyIssueResult
  echo: none
  outcome: [{{ http: 200, is: accepted }}, {{ else: unknown }}]
  fields: {{ {row} }}
"""
_PREMIUM = {"amount": 1, "currency": "CNY"}
_BASE = {"product": "p@1", "client_ref": "c", "policyholder": {"name": "甲"}, "expected_premium": _PREMIUM}


_NUMBERS = count(1)
"""Every generated package has a name of its own: Python imports a name once."""


class NotGenerated(Exception):
    """Why a shape cannot be made to go both ways: a codec that only sends, a hook, an expression."""


def shapes_of(folder: CarrierFolder) -> Iterator[tuple[str, str]]:
    """The shapes of a carrier by name, each with the type it is of; only those with a place in both directions."""
    tree, _ = load_carrier(folder.path, folder.root)
    if tree is None or tree.carrier.native:
        return
    for name, message in resolve(tree, Faults()).shapes.items():
        if message.of is not None and message.of.value in PLACES:
            yield name, message.of.value


class TwoWay:
    """One shape, sent and read by generated functions of its own."""

    def __init__(self, folder: CarrierFolder, shape: str, of: str, work: Path, change: Any = None) -> None:
        """Generate under `work`; `change` alters the text of `carrier.yaml` or `codes.yaml` first, to plant a fault."""
        self.of, self.shape = of, shape
        self.carrier = f"rt{next(_NUMBERS)}_{folder.id}_{shape}"[:40]
        tree = self._tree(folder, work, change)
        resolved = resolve(tree, Faults())
        self.kind: StructType = struct_named(of)
        self.plan: Branch = carried(resolved.shapes[shape], resolved.shapes)
        self._is_xml = any(layer.name in ("xml", "soap") for layer in tree.carrier.wire)
        self._module = self._imported(tree, work)
        self.tables: Tables = self._tables()

    def back(self, told: Mapping[str, Any]) -> tuple[Any, Any, list[str]]:
        """An object sent and read: as it was, as it came back, and what could not be read. Raises `CannotSend`."""
        sent = msgspec.convert({**_BASE, **self._request(told)}, self._request_type(), strict=False)
        wire = self._over_the_wire(self._module.message(sent, CONTEXT))
        result, problems = self._module.read_result(wire, WireReply(status=200, headers=(), body=b""), sent, CONTEXT)
        return self._object(sent), self._object(result), list(problems)

    def wire(self, told: Mapping[str, Any]) -> Any:
        """The message that is sent for an object."""
        sent = msgspec.convert({**_BASE, **self._request(told)}, self._request_type(), strict=False)
        return self._over_the_wire(self._module.message(sent, CONTEXT))

    def _request(self, told: Mapping[str, Any]) -> dict[str, Any]:
        field = PLACES[self.of][1]
        if field == "objects":
            name = _OBJECTS[self.of]
            return {"objects": [{"type": name, "ref": "o1", name: told}]}
        return {field: told if field == "policyholder" else [told]}

    def _object(self, message: Any) -> Any:
        field = PLACES[self.of][1]
        found = getattr(message, field)
        if field == "policyholder":
            return found
        first = found[0] if found else None
        return getattr(first, _OBJECTS[self.of], None) if field == "objects" else first

    @staticmethod
    def _request_type() -> type[msgspec.Struct]:
        return struct_named("PolicyIssueRequest").cls

    def _over_the_wire(self, message: Any) -> Any:
        if self._is_xml:
            return xml_in(xml_out(message, XmlForm(root="R")))
        return json_in(json_out(message))

    def _tree(self, folder: CarrierFolder, work: Path, change: Any) -> CarrierTree:
        to = work / "mappings" / "carriers" / self.carrier
        to.mkdir(parents=True)
        for path in folder.path.iterdir():
            if path.name in ("carrier.yaml", "codes.yaml") or path.suffix == ".csv":
                shutil.copy(path, to / path.name)
        for name in ("carrier.yaml", "codes.yaml"):
            if (to / name).is_file():
                text = (to / name).read_text("utf-8")
                text = re.sub(rf"\bid: {folder.id}\b", f"id: {self.carrier}", text, count=1)
                (to / name).write_text(change(name, text) if change is not None else text, "utf-8")
        row = PLACES[self.of][0].format(shape=self.shape)
        # A SOAP call names its operation element.
        element = " x" if "soap" in (to / "carrier.yaml").read_text("utf-8") else ""
        (to / "policy_issue.yaml").write_text(_OPERATION.format(row=row, element=element), "utf-8")
        tree, faults = load_carrier(to, work)
        if tree is None or any(each.severity == "error" for each in faults):
            raise NotGenerated("; ".join(str(each) for each in faults))
        return tree

    def _imported(self, tree: CarrierTree, work: Path) -> Any:
        sources, hooks, faults = plan_sources(tree)
        if faults:
            raise NotGenerated("; ".join(str(each) for each in faults))
        for path, text in {**sources, **hooks}.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(text, "utf-8")
        if str(work) not in sys.path:
            sys.path.append(str(work))
        importlib.invalidate_caches()
        return importlib.import_module(f"adapters.{self.carrier}.policy_issue")

    def _tables(self) -> Tables:
        """For each code table the canonical values whose code means them again; of one that only sends, all."""
        try:
            codes = vars(importlib.import_module(f"adapters.{self.carrier}.codes"))
        except ModuleNotFoundError:
            return {}
        sent = {name[: -len("_OUT")]: table for name, table in codes.items() if name.endswith("_OUT")}
        return {
            name.lower(): tuple(
                value.value if isinstance(value, Enum) else value
                for value, code in table.items()
                if codes.get(f"{name}_IN", {code: value}).get(code) == value
            )
            for name, table in sent.items()
        }


CONTEXT = Context(
    now=datetime(2026, 3, 1, tzinfo=UTC),
    request_no="R" * 26,
    attempt_no="A" * 26,
    nonce=lambda length: "n" * length,
    config={"base_url": "https://carrier.test"},
    secrets={"key": Secret("k")},
    binding={"product_code": "P1"},
)
