"""What a `soap` layer and its calls say, read once for checker and generator: element, namespaces, security."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cli.mapping.tree import Layer, Option, Text
from gateway.catalogue.marks import Mark

_NAME = r"[^\W\d][\w.-]*"
_ELEMENT = re.compile(rf"(?:({_NAME}):)?{_NAME}")
_CALL = re.compile(rf"(?:POST (/(?:[^\s{{}}]|\{{[^{{}}]*\}})*) )?((?:{_NAME}:)?{_NAME})")
_WSSE = ("username", "password", "type", "must_understand", "lifetime")


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


def check_soap(layer: Layer) -> None:
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
    if layer.options.get("header") and _text(layer, "ns_at") == "operation":
        raise WrongSoap(_mark(layer, "header"), "header blocks cannot name what the operation element declares: ns_at")
    _check_wsse(layer)


def _check_wsse(layer: Layer) -> None:
    wsse = layer.options.get("wsse")
    if wsse is None:
        return
    hint = "wsse: { username: =config.user, password: =secret.password, type: digest }"
    if not isinstance(wsse, Mapping) or not {"username", "password"} <= set(wsse):
        raise WrongSoap(_mark(layer, "wsse"), "a username token has a username and a password", hint)
    for word, option in wsse.items():
        if word not in _WSSE or (word in _WSSE[2:] and not isinstance(option, Text)):
            raise WrongSoap(_mark(layer, "wsse"), f"wsse has no '{word}' of this form", hint)
    kind = wsse.get("type")
    if isinstance(kind, Text) and kind.value not in ("text", "digest"):
        raise WrongSoap(kind.mark, f"wsse: type is text or digest, not '{kind.value}'")
    must = wsse.get("must_understand")
    if isinstance(must, Text) and must.value not in ("true", "false"):
        raise WrongSoap(must.mark, f"wsse: must_understand is true or false, not '{must.value}'")
    lifetime = wsse.get("lifetime")
    if isinstance(lifetime, Text) and not re.fullmatch(r"[1-9]\d{0,3}[smh]", lifetime.value):
        raise WrongSoap(lifetime.mark, f"wsse: lifetime is how long a message is believed, 5m, not '{lifetime.value}'")


def _text(layer: Layer, name: str) -> str | None:
    found = layer.options.get(name)
    if found is not None and not isinstance(found, Text):
        raise WrongSoap(_mark(layer, name), f"soap: {name} is one text")
    return None if found is None else found.value


def _mark(layer: Layer, name: str) -> Mark:
    return layer.key_marks.get(name, layer.mark)
