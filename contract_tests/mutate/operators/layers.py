"""Wire layers: other charsets, signatures over other fields in another order, options left out."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from cli.mapping.tree import CallbackDecl, CarrierFile, Expression, Layer, OperationFile, StatementDecl, StepDecl, Text
from contract_tests.mutate.mutant import Change, operator
from contract_tests.mutate.operators.changed import dropped, swapped, with_field
from contract_tests.mutate.walk import Site

CHARSETS = {"utf-8": "GBK", "gbk": "UTF-8", "gb18030": "UTF-8"}
ALGORITHMS = {"md5": "sha256", "sha256": "md5", "sha1": "md5", "hmac_sha256": "hmac_sha1", "hmac_sha1": "hmac_sha256",
              "rsa_sha256": "rsa_sha1", "rsa_sha1": "rsa_sha256"}  # fmt: skip
ENCODINGS = {"hex_upper": "hex_lower", "hex_lower": "hex_upper", "base64": "hex_lower"}
# Their words are for people and limits, or another operator's.
_NOT_DROPPED = frozenset({"algo", "key", "encode", "over", "put", "from", "charset", "name", "with", "fields", "root"})


def _option(node: Layer, name: str, value: Any) -> Layer:
    return replace(node, options={**node.options, name: value})


def _mark(node: Layer, name: str) -> Any:
    return node.key_marks.get(name, node.mark)


@operator("charset", Layer)
def charset(node: Layer, _site: Site) -> Iterator[Change]:
    """Another charset."""
    for name in ("charset", "name"):
        said = node.options.get(name)
        if node.name == "charset" and isinstance(said, Text) and said.value.lower() in CHARSETS:
            wrong = replace(said, value=CHARSETS[said.value.lower()])
            yield Change(said.mark, f"{wrong.value} for {said.value}", _option(node, name, wrong))


@operator("signature-algorithm", Layer)
def algorithm(node: Layer, _site: Site) -> Iterator[Change]:
    """Another algorithm."""
    said = node.options.get("algo")
    if isinstance(said, Text) and said.value in ALGORITHMS:
        wrong = replace(said, value=ALGORITHMS[said.value])
        yield Change(said.mark, f"{node.name} by {wrong.value}", _option(node, "algo", wrong))


@operator("signature-encoding", Layer)
def encoding(node: Layer, _site: Site) -> Iterator[Change]:
    """Another way to write the signature: the other case, no base64."""
    said = node.options.get("encode")
    if isinstance(said, Text) and said.value in ENCODINGS:
        wrong = replace(said, value=ENCODINGS[said.value])
        yield Change(said.mark, f"{node.name} in {wrong.value}", _option(node, "encode", wrong))


@operator("signature-fields", Layer)
def signed_fields(node: Layer, _site: Site) -> Iterator[Change]:
    """A part that is signed left out, and two in the other order."""
    over = node.options.get("over")
    if not isinstance(over, tuple):
        return
    for part, rest in dropped(over):
        if rest and isinstance(part, Text):
            yield Change(part.mark, f"{node.name} without {part.value}", _option(node, "over", rest))
    for at in range(len(over) - 1):
        one, other = over[at], over[at + 1]
        if isinstance(one, Text) and isinstance(other, Text):
            words = f"{node.name}: {other.value} before {one.value}"
            yield Change(one.mark, words, _option(node, "over", swapped(over, at)))


@operator("layer-option", Layer)
def layer_option(node: Layer, _site: Site) -> Iterator[Change]:
    """An option is left out."""
    for name in node.options:
        if name not in _NOT_DROPPED:
            rest = {key: value for key, value in node.options.items() if key != name}
            yield Change(_mark(node, name), f"{node.name} without {name}", replace(node, options=rest))


@operator("layer-fields", Layer)
def layer_fields(node: Layer, _site: Site) -> Iterator[Change]:
    """A field that is wrapped, or stands beside the message, is left out."""
    beside, fields = node.options.get("with"), node.options.get("fields")
    if isinstance(beside, Mapping):
        for name, value in beside.items():
            rest = {key: each for key, each in beside.items() if key != name}
            words = f"{node.name} without {name}"
            yield Change(getattr(value, "mark", node.mark), words, _option(node, "with", rest))
    if isinstance(fields, tuple) and len(fields) > 1:
        for field, left in dropped(fields):
            if isinstance(field, Text):
                yield Change(field.mark, f"{node.name} without {field.value}", _option(node, "fields", left))


@operator("layer-constant", Layer)
def layer_constant(node: Layer, _site: Site) -> Iterator[Change]:
    """A constant beside the message is another one."""
    beside = node.options.get("with")
    for name, value in beside.items() if isinstance(beside, Mapping) else ():
        if isinstance(value, Text) and value.value:
            wrong = replace(value, value=f"{value.value}9")
            yield Change(value.mark, f"{name}: {wrong.value}", _option(node, "with", {**beside, name: wrong}))  # type: ignore[dict-item]


@operator("drop-verify", CarrierFile, StepDecl, CallbackDecl, OperationFile, StatementDecl)
def drop_verify(node: Any, _site: Site) -> Iterator[Change]:
    """A signature of the carrier is not looked at."""
    for name, nested in (("wire", False), ("reply", True)):
        found = getattr(node, name, None) or ()
        for at, layers in enumerate(found if nested else (found,)):
            for layer, rest in dropped(layers):
                if layer.name == "verify":
                    value = (*found[:at], rest, *found[at + 1 :]) if nested else rest
                    yield Change(layer.mark, "without verify", with_field(node, name, value))


@operator("header-drop", CarrierFile)
def header_drop(node: CarrierFile, _site: Site) -> Iterator[Change]:
    """A header is not sent."""
    for (name, _value), headers in dropped(node.headers):
        yield Change(name.mark, f"without header {name.value}", replace(node, headers=headers))


@operator("header-value", CarrierFile)
def header_value(node: CarrierFile, _site: Site) -> Iterator[Change]:
    """A header says something else."""
    for at, (name, value) in enumerate(node.headers):
        if isinstance(value, Expression):
            continue
        wrong = replace(value, value=f"{value.value}9")
        headers = (*node.headers[:at], (name, wrong), *node.headers[at + 1 :])
        yield Change(value.mark, f"header {name.value}: {wrong.value}", replace(node, headers=headers))
