"""C02: known answers of a carrier's signature, `vectors/*.kat.yaml`, against what its mapping declares."""

from pathlib import Path
from typing import Any

from msgspec import Struct

from contract_tests.examples.bodies import body_bytes
from contract_tests.examples.check import Check, Run
from contract_tests.examples.example import Example, ExampleFile, Expect
from contract_tests.examples.lint import refuse_real
from contract_tests.examples.parts import Parts
from contract_tests.examples.proof import Proof
from contract_tests.examples.subject import Subject
from contract_tests.personal.allowed import key_set, refuse_strange, refuse_strange_text
from contract_tests.signatures.covered import Signed
from contract_tests.signatures.signatures import Plain, gateways_signature, signature_of
from gateway.catalogue.marks import Diagnostic, Mark
from gateway.catalogue.nodes import ListNode, MapNode, Node, ScalarNode
from gateway.catalogue.reader import read_file
from gateway.catalogue.values import Faults, as_map, as_text, as_word, needed, unknown_keys

VECTORS_MAX = 200
_TOP = ("contract", "carrier", "vectors")
_PLAIN = ("over", "algo", "encode", "key")
_MESSAGE = ("secrets", "charset", "method", "path", "headers", "body", "fields")
_WORDS = ("id", "provenance", "layer", "signature", *_PLAIN, *_MESSAGE)


class _Known(Struct, frozen=True, kw_only=True):
    """One known answer, and which layer of the mapping it is an answer of.

    With `plain` it says the bytes that are signed, else the message they are taken from by the mapping's own `over`.
    """

    layer: str
    message: Signed
    charset: str
    signature: str
    mark: Mark
    algo: str = ""
    plain: Plain | None = None

    def __call__(self, run: Run, proof: Proof) -> None:
        layer = _layer(run.subject.tree, self.layer, self.algo)
        if layer is None and self.plain is not None and run.subject.is_native:
            self._of_the_interface(self.plain, proof)
            return
        if layer is None:
            found = "the mapping has none"
            proof.fails(at=self.layer, mark=self.mark, expected=f"a layer {self.layer}", actual=found)
            return
        line = run.subject.lines.shown(layer.mark)
        if self.plain is None:
            actual = signature_of(layer, self.message, self.charset, stated=self.signature)
        else:
            actual = self.plain.signature(self.signature)
            for word, said in (("algo", self.plain.algo), ("encode", self.plain.encode)):
                declared = getattr(layer.options.get(word), "value", "hex_lower")
                proof.same(said, declared, at=word, mark=self.mark, mapping=line)
            proof.same(
                self.signature, gateways_signature(self.plain, self.signature), at="gateway's signer", mark=self.mark
            )
        proof.same(self.signature, actual, at="signature", mark=self.mark, mapping=line)

    def _of_the_interface(self, plain: Plain, proof: Proof) -> None:
        """A native carrier declares no signature: it is the interface's own."""
        proof.same(self.signature, plain.signature(self.signature), at="signature", mark=self.mark)
        proof.same(self.signature, gateways_signature(plain, self.signature), at="gateway's signer", mark=self.mark)


def read_vectors(subject: Subject) -> tuple[list[Check], tuple[Diagnostic, ...]]:
    """The checks of a carrier's known answers, and what is wrong with the files."""
    faults = Faults("E701")
    checks: list[Check] = []
    for path in sorted((subject.folder / "vectors").glob("*.kat.yaml")):
        checks += _read(path, subject, faults)
    return checks, faults.all()


def _read(path: Path, subject: Subject, faults: Faults) -> list[Check]:
    shown = path.relative_to(subject.root).as_posix() if path.is_relative_to(subject.root) else path.as_posix()
    node, found = read_file(path, shown)
    faults.extend(each for each in found if each.severity == "error")
    top = as_map(node, faults, "a file of known answers") if node is not None else None
    if top is None:
        return []
    unknown_keys(top, _TOP, faults, "a file of known answers", code="E702")
    refuse_real(top, faults)
    items = top.get("vectors")
    if not isinstance(items, ListNode) or not 0 < len(items) <= VECTORS_MAX:
        faults.add(top.mark_of("vectors"), f"vectors is a list of 1 to {VECTORS_MAX} answers", code="E706")
        return []
    file = ExampleFile(path=path, shown=shown, carrier=subject.carrier, operation="", variant="", examples=())
    one = (_one(item, file, subject, faults) for item in items)
    return [check for check in one if check is not None]


def _one(node: Node, file: ExampleFile, subject: Subject, faults: Faults) -> Check | None:
    before = len(faults)
    words = as_map(node, faults, "a known answer")
    if words is None:
        return None
    unknown_keys(words, _WORDS, faults, "a known answer", code="E702")
    parts = Parts(subject.folder, faults)
    stated = needed(words, "signature", faults, "a known answer")
    name = parts.text(words.get("id"), "id") or "signature"
    example = Example(
        id=name,
        mark=words.mark,
        operation="",
        variant="",
        provenance=parts.provenance(words.get("provenance"), words),
        expect=Expect(mark=words.mark),
    )
    layer = words.get("layer")
    known = _Known(
        layer=(as_word(layer, faults, "layer", ("sign", "verify")) if layer is not None else None) or "sign",
        message=_message(words, parts, subject, faults),
        charset=parts.text(words.get("charset"), "charset") or "utf-8",
        signature=parts.text(stated, "signature"),
        algo=parts.text(words.get("algo"), "algo"),
        plain=_plain(words, parts, subject, faults),
        mark=stated.mark if stated is not None else words.mark,
    )
    if len(faults) > before:
        return None
    return Check(run=Run(file, example, subject), name="signature", level=0, promise="C02", prove=known)


def _plain(words: MapNode, parts: Parts, subject: Subject, faults: Faults) -> Plain | None:
    over = words.get("over")
    if over is None:
        return None
    for word in _MESSAGE:
        if word in words:
            faults.add(words.mark_of(word), f"with 'over' the bytes are given, '{word}' has no place")
    key = words.get("key")
    if isinstance(key, ScalarNode):
        refuse_strange_text("key", key, subject.carrier, subject.root, faults)
    return Plain(
        data=body_bytes(over, subject.folder, faults) or b"",
        algo=parts.text(needed(words, "algo", faults, "a known answer"), "algo"),
        encode=parts.text(words.get("encode"), "encode") or "hex_lower",
        key=parts.text(key, "key"),
    )


def _message(words: MapNode, parts: Parts, subject: Subject, faults: Faults) -> Signed:
    body = words.get("body")
    return Signed(
        method=parts.text(words.get("method"), "method") or "POST",
        path=parts.text(words.get("path"), "path") or "/",
        headers=_texts(words.get("headers"), faults),
        body=(body_bytes(body, subject.folder, faults) if body is not None else None) or b"",
        fields=_texts(words.get("fields"), faults),
        secrets=_secrets(words.get("secrets"), subject, faults),
    )


def _texts(node: Node | None, faults: Faults) -> dict[str, str]:
    words = as_map(node, faults, "fields") if node is not None else None
    return {key.text: as_text(value, faults, key.text) or "" for key, value in words or ()}


def _secrets(node: Node | None, subject: Subject, faults: Faults) -> dict[str, str]:
    if isinstance(node, MapNode):
        refuse_strange(node, subject.carrier, subject.root, faults)
        return _texts(node, faults)
    name = as_text(node, faults, "secrets") if node is not None else "test-only"
    found = key_set(name or "", subject.carrier, subject.root)
    if found is None and node is not None:
        faults.add(node.mark, f"there is no set of keys '{name}' for {subject.carrier}")
    return found or {}


def _layer(tree: Any, name: str, algo: str) -> Any:
    """The first layer of that name: `sign` in what is sent, `verify` in what is read; of several that with the algo."""
    if tree is None:
        return None
    layers = tree.carrier.wire if name == "sign" else [each for layers in tree.carrier.reply for each in layers]
    named = [layer for layer in layers if layer.name == name]
    same = (layer for layer in named if getattr(layer.options.get("algo"), "value", None) == algo)
    return next(same, next(iter(named), None))
