"""What a `soap` layer and its calls say, read once for checker and generator: element, namespaces, security."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cli.mapping.soap_security import WrongSecurity, read_security
from cli.mapping.tree import Layer, Option, Text
from gateway.catalogue.marks import Mark

_NAME = r"[^\W\d][\w.-]*"
_ELEMENT = re.compile(rf"(?:({_NAME}):)?{_NAME}")
_CALL = re.compile(rf"(?:POST (/(?:[^\s{{}}]|\{{[^{{}}]*\}})*) )?((?:{_NAME}:)?{_NAME})")


class WrongSoap(Exception):
    """Something that makes no envelope, with the place it stands at."""

    def __init__(self, mark: Mark, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.mark, self.message, self.hint = mark, message, hint


@dataclass(frozen=True, slots=True)
class SoapCall:
    """Where a call goes, below the URL, and the element of the body that names the operation."""

    path: str
    element: str


def soap_layer(layers: tuple[Layer, ...]) -> Layer | None:
    """The `soap` layer among others."""
    return next((layer for layer in layers if layer.name == "soap"), None)


def read_call(call: Text | None, layer: Layer, mark: Mark) -> SoapCall:
    """`call: t:issuePolicy`, or `POST /path t:issuePolicy`; without one the layer's own `operation`."""
    if call is None:
        named = layer.options.get("operation")
        if not isinstance(named, Text):
            hint = "call: t:issuePolicy, or the layer's operation: t:invoke"
            raise WrongSoap(mark, "nothing names the operation element of the SOAP body", hint)
        return SoapCall("", _element(named, named.value, layer))
    found = _CALL.fullmatch(call.value.strip())
    if found is None:
        hint = "write the operation element, as in t:issuePolicy, or POST /path t:issuePolicy"
        raise WrongSoap(call.mark, f"'{call.value}' is no SOAP call", hint)
    return SoapCall(found[1] or "", _element(call, found[2], layer))


def _element(said: Text, element: str, layer: Layer) -> str:
    found = _ELEMENT.fullmatch(element)
    if found is None:
        raise WrongSoap(said.mark, f"'{element}' is no name of an element")
    if found[1] is not None and found[1] not in namespaces(layer):
        hint = f'ns: {{ {found[1]}: "urn:.." }}'
        raise WrongSoap(said.mark, f"the prefix '{found[1]}' stands for no namespace", hint)
    return element


def namespaces(layer: Layer) -> Mapping[str, Option]:
    """`ns` as written."""
    found = layer.options.get("ns")
    return found if isinstance(found, Mapping) else {}


NS_PLACES = ("envelope", "body", "operation")
"""The elements that may declare a prefix."""


def namespaces_at(layer: Layer, place: str) -> dict[str, str]:
    """The prefixes that an element declares, with their namespaces: `ns_at` says it for all of them, or one by one."""
    said = layer.options.get("ns_at")
    spaces = {name: uri.value for name, uri in namespaces(layer).items() if isinstance(uri, Text)}
    return {name: uri for name, uri in spaces.items() if _ns_place(said, name) == place}


def _ns_place(said: Option | None, prefix: str) -> str:
    found = said.get(prefix) if isinstance(said, Mapping) else said
    return found.value if isinstance(found, Text) else "envelope"


def _check_ns_at(layer: Layer) -> None:
    said = layer.options.get("ns_at")
    if said is None:
        return
    places = said.values() if isinstance(said, Mapping) else (said,)
    if not all(isinstance(place, Text) and place.value in NS_PLACES for place in places):
        hint = "ns_at: operation, or ns_at: { t: operation }"
        raise WrongSoap(_mark(layer, "ns_at"), f"ns_at is one of {', '.join(NS_PLACES)}, for all or by prefix", hint)
    unknown = [name for name in said if name not in namespaces(layer)] if isinstance(said, Mapping) else []
    if unknown:
        raise WrongSoap(_mark(layer, "ns_at"), f"ns_at: the prefix '{unknown[0]}' stands for no namespace")
    inner = {*namespaces_at(layer, "operation"), *namespaces_at(layer, "body")}
    for path in _header_paths(layer):
        if path.partition(":")[0] in inner:
            message = f"the header block '{path}' cannot name what stands declared behind it: ns_at"
            raise WrongSoap(_mark(layer, "header"), message)


def _header_paths(layer: Layer) -> list[str]:
    header = layer.options.get("header")
    return list(header) if isinstance(header, Mapping) else []


def check_soap(layer: Layer, *, reply: bool = False) -> None:
    """The options that are more than one word. Raises `WrongSoap`."""
    prefix = _text(layer, "prefix")
    if prefix is not None and not re.fullmatch(_NAME, prefix):
        raise WrongSoap(_mark(layer, "prefix"), f"'{prefix}' is no prefix")
    action = _text(layer, "action")
    if action is not None and ('"' in action or not action.isprintable() or not action.isascii()):
        raise WrongSoap(_mark(layer, "action"), "an action is printable ASCII without quotation marks")
    for name, uri in namespaces(layer).items():
        if not isinstance(uri, Text) or not (name == "" or re.fullmatch(_NAME, name)):
            raise WrongSoap(_mark(layer, "ns"), f"ns: '{name}' is a prefix against the name of a namespace")
    if "ns" in layer.options and not isinstance(layer.options["ns"], Mapping):
        raise WrongSoap(_mark(layer, "ns"), 'ns is a map: ns: { t: "urn:.." }')
    if "header" in layer.options and not isinstance(layer.options["header"], Mapping):
        raise WrongSoap(_mark(layer, "header"), "header is a map of header blocks: paths against values")
    _check_ns_at(layer)
    try:
        read_security(layer, reply=reply)
    except WrongSecurity as fault:
        raise WrongSoap(fault.mark, fault.message, fault.hint) from None


def _text(layer: Layer, name: str) -> str | None:
    found = layer.options.get(name)
    if found is not None and not isinstance(found, Text):
        raise WrongSoap(_mark(layer, name), f"soap: {name} is one text")
    return None if found is None else found.value


def _mark(layer: Layer, name: str) -> Mark:
    return layer.key_marks.get(name, layer.mark)
