"""kit.yaml and the examples beside it, joined into the data part of a kit.

Refused where a printed request of the document comes out otherwise than printed.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract_tests.examples.subject import Subject
from contract_tests.kit.clauses import clauses_of
from contract_tests.kit.portable.codings import to_json
from contract_tests.kit.portable.compile import compile_kit
from contract_tests.kit.portable.course import read_names
from contract_tests.kit.portable.definition import Kit, Request
from contract_tests.kit.portable.functions import CONTEXTUAL, FUNCTIONS
from contract_tests.kit.portable.json_nodes import plain
from contract_tests.kit.portable.opening import INTERFACE
from contract_tests.kit.portable.world import Clock, World, zone_of
from contract_tests.kit.samples import Sample, Samples
from contract_tests.language.expression import Compiler, Evaluate, ExpressionError, Scope
from contract_tests.language.places import Node, Place, Report
from contract_tests.language.reader import read
from contract_tests.language.template import compile_template
from contract_tests.personal.allowed import key_set

FILE = "kit.yaml"
DOCUMENT = "document.md"
KEYS = "test-only"
_COVERED = ("*.yaml", "examples/*.yaml", "wire/*", DOCUMENT)


@dataclass(frozen=True, slots=True)
class Built:
    """The data part of a kit, what it says compiled, how many printed requests it reproduced, what else it carries."""

    data: bytes
    kit: Kit
    proven: int
    documents: Mapping[str, bytes] = field(default_factory=dict)


def build(folder: Path, root: Path) -> Built:
    """Build a carrier's kit. Raises FaultyFile with the place of every fault, LookupError where it has no kit.yaml."""
    if not (folder / FILE).is_file():
        raise LookupError(f"{folder.name} has no {FILE}")
    report = Report()
    node = read(folder / FILE, report)
    shown = folder / FILE
    if shown.is_relative_to(root):
        node = _named(node, shown.relative_to(root).as_posix())
    return _Building(node, report, Subject(folder, root)).built()


def _named(node: Node, file: str) -> Node:
    """The same nodes with a shorter name of the file in their places."""
    place, value = Place(file, node.place.line, node.place.column), node.value
    if isinstance(value, dict):
        value = {name: _named(each, file) for name, each in value.items()}
    elif isinstance(value, list):
        value = [_named(each, file) for each in value]
    keys = {name: Place(file, at.line, at.column) for name, at in node.keys.items()}
    return Node(value, place, keys)


class _Building:
    """One kit while it is put together."""

    def __init__(self, root: Node, report: Report, subject: Subject) -> None:
        self.root, self.report, self.subject = root, report, subject
        self.samples = Samples(subject)
        zone = root.get("timezone")
        self.world = World(zone_of(str(zone.value) if zone else "+00:00"), Clock())
        self.secrets = key_set(KEYS, subject.carrier, subject.root) or {}

    def built(self) -> Built:
        members = dict(self.root.value) if isinstance(self.root.value, dict) else {}
        printed: list[tuple[str, Node, Sample]] = []
        requests = members.get("requests")
        if requests is not None and isinstance(requests.value, dict):
            filled = {name: self._request(name, each, printed) for name, each in requests.value.items()}
            members["requests"] = Node(filled, requests.place, requests.keys)
        members["samples"] = self._shapes(members)
        members["clauses"] = self._clauses(members.pop("untestable", None))
        members["made_of"] = _node(self._made_of(), self.root.place)
        known = {name: each for name, each in self.root.keys.items() if name != "untestable"}
        root = Node(members, self.root.place, known)
        kit = compile_kit(root, self.report)
        self.report.close()
        proven = sum(self._proven(kit.requests[name], kit, each, sample) for name, each, sample in printed)
        self.report.close()
        data = to_json(plain(_stripped(root))).encode()
        native = root.get("native")
        documents = {} if native is None or native.value is not True else {INTERFACE: _interface()}
        return Built(data, kit, proven, documents)

    def _request(self, name: str, node: Node, printed: list[tuple[str, Node, Sample]]) -> Node:
        """A request `from` an example, with the example's tree and names in it."""
        if not isinstance(node.value, dict) or "from" not in node.value:
            return node
        sample = self._sample(node.value["from"])
        if sample is None:
            return node
        wire = self._wire(node)
        opened = self._names(wire.get("open"), self._printed_scope(sample)) if wire is not None else {}
        printed.append((name, node, sample))
        tree = _node(opened.pop("tree", {}), node.value["from"].place)
        names = _node({"method": sample.method, "path": sample.path, **opened}, node.value["from"].place)
        return Node({**node.value, "sample": tree, "names": names}, node.place, node.keys)

    def _wire(self, node: Node) -> Node | None:
        name = str(node.value["wire"].value) if isinstance(node.value, dict) and "wire" in node.value else ""
        wires = self.root.get("wires")
        return wires.get(name) if name and wires is not None else self.root.get("wire")

    def _sample(self, node: Node) -> Sample | None:
        found = self.samples.get(str(node.value))
        if found is None:
            self.report.unknown(node.place, "example", str(node.value), self.samples.names)
        return found

    def _printed_scope(self, sample: Sample) -> Scope:
        """What an example's request gives: its parts, the test keys."""
        parts = {"method": sample.method, "path": sample.path, "headers": dict(sample.headers), "body": sample.body}
        return Scope(self.world, {**self._known(), **parts})

    def _known(self) -> dict[str, Any]:
        constants = self.root.get("constants")
        own = plain(constants) if constants is not None else {}
        return {**own, "secret": self.secrets, "settings": {}, "sent": {}}

    def _names(self, node: Node | None, scope: Scope) -> dict[str, Any]:
        """Names of `open` or `given`, evaluated; what fails is a fault with its place."""
        found: dict[str, Any] = {}
        for name, evaluate in self._compiled(node):
            try:
                found[name] = scope[name] = evaluate(scope)
            except ExpressionError as error:
                place = node.place if node is not None else self.root.place
                self.report.fault("E686", place, f"'{name}' fails on the example: {error}")
        return found

    def _compiled(self, node: Node | None) -> list[tuple[str, Evaluate]]:
        compiler = Compiler(FUNCTIONS, CONTEXTUAL, self.report)
        items = node.value.items() if node is not None and isinstance(node.value, dict) else ()
        return [(name, compile_template(compiler, each)) for name, each in items]

    def _shapes(self, members: dict[str, Node]) -> Node:
        """The replies of the examples that `like` names, as the wire reads them."""
        found: dict[str, Any] = {}
        for node in _likes(Node(members, self.root.place)):
            sample = self._sample(node)
            if sample is not None and str(node.value) not in found:
                found[str(node.value)] = self._said(sample)
        return _node(found, self.root.place)

    def _said(self, sample: Sample) -> Any:
        wire = self.root.get("wire")
        scope = Scope(self.world, self._known())
        came = {"status": sample.status, "headers": dict(sample.reply_headers), "body": sample.reply_body}
        names = tuple(self._compiled(wire.get("read") if wire is not None else None))
        return read_names(names, scope, came).get("said")

    def _clauses(self, aside: Node | None) -> Node:
        """Every clause of the document; `untestable` says of some why no test can speak of them."""
        document = self.subject.folder / DOCUMENT
        found = clauses_of(document) if document.is_file() else {}
        reasons = plain(aside) if aside is not None else {}
        for number in reasons:
            if number not in found and aside is not None:
                self.report.unknown(aside.keys[number], "clause", number, found)
        rows = [[number, title, *_both(reasons.get(number, ""))] for number, title in found.items()]
        return _node(rows, self.root.place)

    def _made_of(self) -> dict[str, str]:
        from gateway import __version__  # noqa: PLC0415 - the package, not a module of it

        document = self.subject.folder / DOCUMENT
        of_document = hashlib.sha256(document.read_bytes()).hexdigest() if document.is_file() else ""
        return {
            "insurehub": __version__,
            "carrier_sha256": carrier_sha256(self.subject.folder),
            "document_sha256": of_document,
        }

    def _proven(self, request: Request, kit: Kit, node: Node, sample: Sample) -> bool:
        """Whether the kit's own writing makes the printed request again; what it makes otherwise is a fault."""
        wire, wire_node = kit.wires[request.wire], self._wire(node)
        given_node = wire_node.get("given") if wire_node is not None else None
        if given_node is None:
            return False
        scope = self._printed_scope(sample)
        scope["tree"] = request.tree(scope)
        # The names that opening the printed request gave stand first; those of `let` are for fresh ones.
        scope.update({name: evaluate(scope) for name, evaluate in request.names[: request.printed]})
        given = self._names(given_node, scope)
        try:
            for name, evaluate in (*wire.write, ("headers", wire.headers), ("body", wire.body), ("path", wire.path)):
                scope[name] = given[name] if name in given else evaluate(scope)
        except ExpressionError as error:
            self.report.fault("E686", node.value["from"].place, f"{sample.name} cannot be written again: {error}")
            return False
        return self._compared(node.value["from"].place, sample, scope, given)

    def _compared(self, place: Place, sample: Sample, scope: Scope, given: dict[str, Any]) -> bool:
        body = scope["body"]
        headers = {key.lower(): str(value) for key, value in (scope["headers"] or {}).items()}
        content = body if isinstance(body, bytes) else str(body or "").encode()
        made = {"body": content, "path": scope["path"], **headers}
        wanted = {"body": sample.body, "path": sample.path, **sample.headers}
        wrong = [key for key, value in wanted.items() if key not in given and made.get(key) != value]
        for key in wrong:
            self.report.fault("E687", place, f"the {key} of the printed request {sample.name} comes out otherwise",
                              f"{made.get(key)!r:.300} beside {wanted[key]!r:.300}")  # fmt: skip
        return not wrong


def _interface() -> bytes:
    """The published interface, for the kit of who implements it."""
    from contract_tests.kit.interface import document  # noqa: PLC0415 - the model, which other kits have no use for

    return to_json(document()).encode()


def _both(reason: Any) -> tuple[str, str]:
    """A reason in English and in Chinese; one that is written once is both."""
    if isinstance(reason, dict):
        return str(reason.get("en", "")), str(reason.get("zh", ""))
    return str(reason), str(reason)


def _likes(node: Node) -> list[Node]:
    """Every `like` anywhere below."""
    if isinstance(node.value, dict):
        own = [each for key, each in node.value.items() if key == "like" and isinstance(each.value, str)]
        return own + [found for each in node.value.values() for found in _likes(each)]
    return [found for each in node.value for found in _likes(each)] if isinstance(node.value, list) else []


def _node(value: Any, place: Place) -> Node:
    if isinstance(value, dict):
        return Node({str(name): _node(each, place) for name, each in value.items()}, place)
    return Node([_node(each, place) for each in value] if isinstance(value, list) else value, place)


def _stripped(root: Node) -> Node:
    """Without what only the building needs."""
    members = dict(root.value)
    members["wire"] = _without(members["wire"], "open", "given")
    if "wires" in members:
        others = {name: _without(node, "open", "given") for name, node in members["wires"].value.items()}
        members["wires"] = Node(others, members["wires"].place)
    return Node(members, root.place)


def _without(node: Node, *names: str) -> Node:
    return Node({key: each for key, each in node.value.items() if key not in names}, node.place, node.keys)


def carrier_sha256(folder: Path) -> str:
    """What a kit is made of, as its verdicts name it: the files of a carrier's folder that it covers."""
    digest = hashlib.sha256()
    for pattern in _COVERED:
        for path in sorted(folder.glob(pattern)):
            digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()
