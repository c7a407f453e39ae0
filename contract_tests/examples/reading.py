"""Read a carrier's examples: every fault of every file at once, each with its place.

Codes: E701 form; E702 unknown word; E703 `from`; E704 body; E705 looks real; E706 says nothing; E707 limit; E709 the
request does not fit the canonical model; E710 a lock older than what it was made from; E711 a file of expected
failures; E712 a rule of `match`; E713 a scenario.
"""

import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from contract_tests.examples.example import Draft, Example, ExampleFile, Exchange, Freeze
from contract_tests.examples.lint import Only, refuse_real, refuse_real_text
from contract_tests.examples.matching import read_rules
from contract_tests.examples.misfits import misfits
from contract_tests.examples.overlay import resolved
from contract_tests.examples.parts import Parts
from contract_tests.examples.places import place_in, segments, value_at
from contract_tests.examples.scenario import read_scenarios
from contract_tests.examples.struck import refuse_unprovable
from contract_tests.personal.allowed import key_set, refuse_strange, secrets_of
from gateway.catalogue.marks import Diagnostic, Mark
from gateway.catalogue.nodes import ListNode, MapNode, Node, kind_of
from gateway.catalogue.reader import read_file
from gateway.catalogue.values import Faults, as_flag, as_map, as_text, did_you_mean, unknown_keys
from gateway.model.operations import OPERATIONS
from gateway.model.reflect import EnumType, NoSuchPath, StructType, describe, resolve

EXAMPLES_MAX = 5_000
FILES_MAX = 500
ENDING, OTHER_ENDING = ".yaml", ".yml"
"""One is read; the other is not silently passed over."""
SHARED = "defaults.yaml"
STATEMENT = "statement.yaml"

_SHARED = ("contract", "carrier", "defaults")
_TOP = ("contract", "carrier", "operation", "variant", "defaults", "examples", "scenarios")
_WORDS = (
    "id", "from", "provenance", "covers", "synthetic", "freeze", "secrets", "config", "binding", "refs", "token",
    "given", "canonical", "request", "response", "steps", "expect", "fault", "callback",
)  # fmt: skip
_OF_ONE = (*_WORDS, "variety", "draft", "live", "match")
_ID = re.compile(r"[\w.+-]{1,80}")
_UNKNOWN = re.compile(r"unknown field `([^`]*)`")
_VALUE = re.compile(r"enum value '([^']*)'")

Files = tuple[tuple[ExampleFile, ...], tuple[Diagnostic, ...]]
FileRead = tuple[ExampleFile | None, tuple[Diagnostic, ...]]


def read_examples(folder: Path, root: Path, read: Callable[[Path], FileRead] | None = None) -> Files:
    """All example files of a carrier's folder, and what is wrong with them; `root` is the workspace.

    `read` stands in for the reading of one file, for a caller that has read some.
    """
    files = sorted(each for ending in (ENDING, OTHER_ENDING) for each in (folder / "examples").glob(f"*{ending}"))
    faults = Faults("E701")
    if len(files) > FILES_MAX:
        faults.add(Mark(str(folder), 1), f"more than {FILES_MAX} files of examples", code="E707")
        files = files[:FILES_MAX]
    read = read or (lambda path: read_example_file(path, root))
    found = [read(path) for path in files if path.name not in (SHARED, STATEMENT)]
    for _, wrong in found:
        faults.extend(wrong)
    return tuple(file for file, _ in found if file is not None), faults.all()


def read_example_file(path: Path, root: Path) -> FileRead:
    """One file of examples; an example with a fault is not among them."""
    reader = _Reader(path, root)
    return reader.read(), reader.faults.all()


class _Reader:
    """One file while it is read."""

    def __init__(self, path: Path, root: Path) -> None:
        self.path, self.root, self.folder = path, root, path.parent.parent
        self.faults = Faults("E701")
        self.carrier = self.folder.name
        self.operation = self.variant = ""

    def read(self) -> ExampleFile | None:
        if self.path.suffix == OTHER_ENDING:
            told = f"a file of examples ends in {ENDING}"
            self.faults.add(Mark(self._shown(self.path), 1), told, f"call it {self.path.stem}{ENDING}")
            return None
        top = self._top(self.path)
        if top is None:
            return None
        unknown_keys(top, _TOP, self.faults, "a file of examples", code="E702")
        self._head(top)
        shared = self._top(self.folder / "examples" / SHARED) if self._is_shared() else None
        defaults = self._defaults(shared, top)
        nodes = self._nodes(top)
        drafted = [name for name, node in nodes.items() if self._is_draft(node)]
        drafts = tuple(self._draft(name, nodes[name], nodes, defaults) for name in drafted)
        read = [self._example(name, node, nodes, defaults) for name, node in nodes.items() if name not in drafted]
        examples = tuple(example for example in read if example is not None)
        return ExampleFile(
            path=self.path,
            shown=self._shown(self.path),
            carrier=self.carrier,
            operation=self.operation,
            variant=self.variant,
            examples=examples,
            drafts=drafts,
            scenarios=read_scenarios(top.get("scenarios"), self.faults),
        )

    def _is_draft(self, node: MapNode) -> bool:
        said = node.get("draft")
        return said is not None and bool(as_flag(said, self.faults, "draft"))

    def _draft(self, name: str, own: MapNode, named: dict[str, MapNode], defaults: MapNode | None) -> Draft:
        """What is not finished: its messages can be read and nobody stands in them; what comes of them is not said."""
        node = resolved(own, named, defaults, self.faults)
        parts = Parts(self.folder, self.faults)
        parts.provenance(node.get("provenance"), own)
        exchanges = self._exchanges(parts, node, parts.freeze(node.get("freeze")))
        self._refuse_real(own, exchanges, self._only(node))
        return Draft(name, own.mark_of("id"))

    def _is_shared(self) -> bool:
        return (self.folder / "examples" / SHARED).is_file()

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()

    def _top(self, path: Path) -> MapNode | None:
        node, found = read_file(path, self._shown(path))
        self.faults.extend(each for each in found if each.severity == "error")
        if node is None or isinstance(node, MapNode):
            return node
        self.faults.add(node.mark, f"the file must be a map, not {kind_of(node)}")
        return None

    def _head(self, top: MapNode) -> None:
        if self._word(top, "contract") != "1":
            self.faults.add(top.mark_of("contract"), "a file of examples begins with contract: 1")
        if self._word(top, "carrier") not in ("", self.carrier):
            self.faults.add(top.mark_of("carrier"), f"these are examples of the folder's carrier, '{self.carrier}'")
        self.operation, self.variant = self._word(top, "operation"), self._word(top, "variant")
        if self.operation and self.operation not in OPERATIONS:
            hint = did_you_mean(self.operation, OPERATIONS)
            self.faults.add(top.mark_of("operation"), f"there is no operation '{self.operation}'", hint)
            self.operation = ""

    def _word(self, top: MapNode, key: str) -> str:
        node = top.get(key)
        return (as_text(node, self.faults, key) or "") if node is not None else ""

    def _defaults(self, shared: MapNode | None, top: MapNode) -> MapNode | None:
        found: MapNode | None = None
        if shared is not None:
            unknown_keys(shared, _SHARED, self.faults, f"examples/{SHARED}", code="E702")
        for file in (shared, top):
            own = file.get("defaults") if file is not None else None
            words = as_map(own, self.faults, "defaults") if own is not None else None
            if words is not None:
                unknown_keys(words, _WORDS, self.faults, "defaults", code="E702")
                found = resolved(words, {}, found, self.faults)
        return found

    def _nodes(self, top: MapNode) -> dict[str, MapNode]:
        items = top.get("examples")
        if items is None and "scenarios" in top:
            return {}
        if not isinstance(items, ListNode) or not 0 < len(items) <= EXAMPLES_MAX:
            self.faults.add(top.mark_of("examples"), f"examples is a list of 1 to {EXAMPLES_MAX}", code="E706")
            return {}
        found: dict[str, MapNode] = {}
        for item in items:
            node = as_map(item, self.faults, "an example")
            name = self._id(node) if node is not None else ""
            if node is None or not name:
                continue
            if name in found:
                self.faults.add(node.mark_of("id"), f"two examples are called '{name}'")
            unknown_keys(node, _OF_ONE, self.faults, "an example", code="E702")
            found[name] = node
        return found

    def _id(self, node: MapNode) -> str:
        name = self._word(node, "id")
        if not _ID.fullmatch(name):
            self.faults.add(node.mark_of("id"), "an example needs an id of letters, digits, '-', '_' and '.'")
            return ""
        return name

    def _example(self, name: str, own: MapNode, named: dict[str, MapNode], defaults: MapNode | None) -> Example | None:
        before = len(self.faults)
        node = resolved(own, named, defaults, self.faults)
        example = self._read_one(name, own, node)
        return example if len(self.faults) == before else None

    def _read_one(self, name: str, own: MapNode, node: MapNode) -> Example:
        parts = Parts(self.folder, self.faults)
        freeze = parts.freeze(node.get("freeze"))
        example = Example(
            id=name,
            mark=own.mark_of("id"),
            operation=self.operation,
            variant=self.variant,
            provenance=parts.provenance(node.get("provenance"), own),
            expect=parts.expect(node.get("expect"), own),
            freeze=freeze,
            covers=parts.texts(node.get("covers"), "covers"),
            variety=parts.variety(own.get("variety")),
            secrets=self._secrets(node.get("secrets")),
            config=parts.data(node.get("config")),
            binding=parts.data(node.get("binding")),
            refs=parts.data(node.get("refs")),
            token=parts.text(node.get("token"), "token"),
            request=self._canonical(node.get("canonical")),
            request_node=node.get("canonical"),
            exchanges=self._exchanges(parts, node, freeze),
            given=parts.given(node.get("given"), here="given" in own),
            fault=parts.fault(node.get("fault")),
            callback=parts.callback(node.get("callback")),
            live=parts.live(own.get("live")),
            match=read_rules(own.get("match"), self.faults),
        )
        self._must_be_playable(example)
        if example.match and not example.is_answered:
            told = "rules are about a reply: this example has none that comes whole"
            self.faults.add(own.mark_of("match"), told, code="E712")
        refuse_unprovable(example, self.folder / "mock.yaml", self.faults)
        self._must_prove(example, own)
        self._refuse_real(own, example.exchanges, self._only(node))
        return example

    def _exchanges(self, parts: Parts, node: MapNode, freeze: Freeze) -> tuple[Exchange, ...]:
        steps = node.get("steps")
        if steps is None:
            one = parts.exchange(node, "", freeze)
            return (one,) if one is not None else ()
        if "request" in node or "response" in node:
            self.faults.add(steps.mark, "an example has steps, or one request and response, not both")
        found = []
        for key, value in as_map(steps, self.faults, "steps") or ():
            step = parts.map_of(value, f"step {key.text}", ("freeze", "request", "response"))
            if step is not None:
                still = parts.freeze(step.get("freeze"), freeze)
                found.append(parts.exchange(step, key.text, still) or Exchange(mark=step.mark, step=key.text))
        return tuple(found)

    def _secrets(self, node: Node | None) -> dict[str, str]:
        if node is None:
            return {}
        if isinstance(node, MapNode):
            refuse_strange(node, self.carrier, self.root, self.faults)
            return {key.text: as_text(value, self.faults, key.text) or "" for key, value in node}
        name = as_text(node, self.faults, "secrets") or ""
        found = key_set(name, self.carrier, self.root)
        if found is None:
            hint = f"contract_tests/keys/{name}.yaml needs an entry {self.carrier}:"
            self.faults.add(node.mark, f"there is no set of keys '{name}' for {self.carrier}", hint)
        return found or {}

    def _canonical(self, node: Node | None) -> Any:
        """The request as the model's Struct; a field that does not fit is a fault at its own line."""
        if node is None or not self.operation:
            return None
        data, kind = Parts(self.folder, self.faults).data(node), OPERATIONS[self.operation].request
        wrong = misfits(data, kind)
        for path, what in wrong:
            self._misfit(node, path, what)
        return None if wrong else msgspec.convert(data, kind)

    def _misfit(self, node: Node, path: str, what: str) -> None:
        """The model's words about a request, at the line they speak of."""
        hint = "quote it" if "got `int`" in what or "got `float`" in what else None
        if (unknown := _UNKNOWN.search(what)) is not None:
            path = f"{path}.{unknown[1]}"
            hint = did_you_mean(unknown[1], self._fields(path))
        elif (value := _VALUE.search(what)) is not None:
            hint = self._values(path, value[1])
        mark = place_in(node, path) or node.mark
        self.faults.add(mark, f"{what} at {path}", hint, code="E709")

    def _values(self, path: str, text: str) -> str | None:
        """The value of an enum that may have been meant, or all of them."""
        try:
            kind = resolve(describe(OPERATIONS[self.operation].request), segments(path)).type
        except NoSuchPath:
            return None
        known = kind.values if isinstance(kind, EnumType) else ()
        return did_you_mean(text, known) or f"one of {', '.join(known)}"

    def _fields(self, path: str) -> tuple[str, ...]:
        """The names the model has where a path ends."""
        kind: Any = describe(OPERATIONS[self.operation].request)
        try:
            for segment in segments(path)[:-1]:
                kind = resolve(kind, [segment]).type
        except NoSuchPath:
            return ()
        return tuple(kind.fields) if isinstance(kind, StructType) else ()

    def _must_prove(self, example: Example, own: MapNode) -> None:
        expect = example.expect
        if example.callback is None and not self.operation:
            self.faults.add(own.mark, "the file must name the operation its examples are of")
        elif example.callback is None and example.request_node is None:
            self.faults.add(own.mark, "an example needs 'canonical', the request as a caller makes it", code="E706")
        if example.outcome == "accepted" and example.is_answered and expect.canonical is None:
            self.faults.add(expect.mark, "an accepted reply needs 'canonical': what was read of it", code="E706")
        asks = any(each.request is not None and each.request.says_something for each in example.exchanges)
        reads = example.outcome is not None and (example.is_answered or example.fault is not None)
        refuses = expect.word("cannot_send") is not None or expect.word("not_offered") is not None
        if example.callback is None and not (asks or reads or refuses):
            hint = "give 'request' (bytes), or 'response' and 'expect.outcome', or 'fault'"
            self.faults.add(own.mark, "this example compares nothing", hint, code="E706")

    def _must_be_playable(self, example: Example) -> None:
        """An example that may be carried out live is one that can be: a request, and a reply of the carrier itself."""
        live = example.live
        if live is None:
            return
        if live.safe and (not example.is_answered or example.outcome is None or example.callback is not None):
            hint = "faults, callbacks and refusals are for mocks"
            self.faults.add(live.mark, "only an example with a reply and its outcome can run live", hint)
        if live.safe and example.given is not None and (example.given.state or example.given.serials):
            hint = "let examples go before it: given: { after: [quote.create/basic] }"
            self.faults.add(live.mark, "a state of the mock cannot be brought about at a sandbox", hint)
        told = msgspec.to_builtins(example.request)
        for path in live.unique:
            if not isinstance(value_at(told, path), str):
                self.faults.add(live.mark, f"live.unique: the request has no text at '{path}'")

    def _only(self, node: MapNode) -> Only:
        """What is refused in an example: of one that says it is made up, keys and tokens alone."""
        return self._keys if self._word(node, "synthetic") == "true" else None

    @cached_property
    def _keys(self) -> Only:
        return secrets_of(self.folder)

    def _refuse_real(self, own: MapNode, exchanges: tuple[Exchange, ...], only: Only) -> None:
        refuse_real(own, self.faults, only)
        for exchange in exchanges:
            if exchange.request is not None and exchange.request.body is not None:
                body = exchange.request.body
                refuse_real_text(body.value.decode("latin-1"), body.mark, self.faults, only)
            if exchange.reply is not None:
                refuse_real_text(exchange.reply.reply.body.decode("latin-1"), exchange.reply.mark, self.faults, only)
