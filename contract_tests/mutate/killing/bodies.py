"""A carrier's message with one thing in it changed: its layers undone, and done again under the test keys."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from cli.mapping.layers import undone
from cli.mapping.tree import CarrierTree
from contract_tests.derive.edit import GONE, Edit, apply
from contract_tests.record.ciphers import CannotOpen
from contract_tests.record.knowledge import calls_of
from contract_tests.record.layers import Data, Keys, Layers, Message, Rewriting
from gateway.wire.contract import Headers, WireReply

_NUMBER = "\x00number:"
_MARKED = re.compile(rf'"{re.escape(json.dumps(_NUMBER)[1:-1])}([^"]*)"')
_XML = ("xml", "soap")

Forms = Sequence[Layers]


class NoSuchBody(Exception):
    """The change cannot be made in this message."""


def of_call(tree: CarrierTree, operation: str, variant: str, step: str) -> Forms:
    """The layers that the reply to a call may have, from the bytes inwards."""
    calls = [each for each in calls_of(tree) if (each.operation, each.variant) == (operation, variant)]
    return [form for each in calls if each.steps == 1 or each.step == step for form in each.replies]


def of_callback(tree: CarrierTree, name: str) -> Forms:
    """The layers that a callback may have."""
    carrier = tree.carrier
    own = next((each.wire for each in carrier.callbacks if each.name == name), None)
    return [own] if own is not None else [*carrier.reply, undone(carrier.wire)]


def with_edit(reply: WireReply, forms: Forms, edit: Edit, keys: Mapping[str, str], path: str) -> WireReply:
    """The reply with the edit in it, signed and encrypted again. Raises NoSuchBody."""
    for layers in forms:
        headers = dict(reply.headers)
        work = _Edited(Message(path=path, headers=headers, body=reply.body), Keys(keys, keys), edit)
        try:
            body = work.through(layers)
        except (CannotOpen, NoSuchBody):
            continue
        if work.done:
            return WireReply(status=reply.status, headers=_in_order(reply.headers, headers), body=body)
    raise NoSuchBody(edit.name)


def _in_order(before: Headers, now: Mapping[str, str]) -> Headers:
    return tuple((name, now[name]) for name, _ in before)


class _Edited(Rewriting):
    """A message on its way inwards, changed where its fields are."""

    def __init__(self, message: Message, keys: Keys, edit: Edit) -> None:
        super().__init__(message, keys, self._leaf_changed)
        self.edit, self.done = edit, False

    def _format(self, layer: Any, rest: Layers, data: Data, charset: str) -> Data:
        text = data if isinstance(data, str) else data.decode(charset, "surrogateescape")
        changed = self._changed(layer.name, text)
        made = changed if isinstance(data, str) else changed.encode(charset, "surrogateescape")
        return super()._format(layer, rest, made, charset)

    def _changed(self, form: str, text: str) -> str:
        if form not in ("json", *_XML):
            return text
        try:
            changed = json_with(text, self.edit) if form == "json" else xml_with(text, self.edit)
        except (ValueError, LookupError, TypeError, etree.XMLSyntaxError) as wrong:
            raise NoSuchBody(str(wrong)) from None
        self.done = changed != text
        return changed

    def _leaf_changed(self, path: tuple[str, ...], text: str) -> str:
        """A field of a form or a record, which are changed leaf by leaf."""
        value = "" if self.edit.value is GONE else self.edit.value
        if self.done or path[-len(self.edit.at) :] != self.edit.at or not isinstance(value, str):
            return text
        self.done = True
        return value


def json_with(text: str, edit: Edit) -> str:
    """JSON with the edit made; numbers keep the digits they were written with."""
    tree = json.loads(text, parse_float=lambda digits: f"{_NUMBER}{digits}")
    made = json.dumps(apply(tree, edit), ensure_ascii=False, separators=(",", ":"), default=_plain)
    return _MARKED.sub(r"\1", made)


def _plain(value: Any) -> str:
    return f"{_NUMBER}{value}"


def xml_with(text: str, edit: Edit) -> str:
    """XML with the edit made. Raises LookupError for a place that is not there, TypeError for what XML cannot say."""
    declared, rest = re.match(r"(\s*<\?xml.*?\?>)?(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    root = etree.fromstring(rest, etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=False))
    pairs = zip(edit.at, edit.value, strict=True) if edit.kind == "decision" else ((edit.at, edit.value),)
    for at, value in pairs:
        way = tuple(at.split("/")) if isinstance(at, str) else at
        _put(_start(root, way), way, GONE if value is None else value)
    return (declared or "") + etree.tostring(root, encoding="unicode")


def _start(root: Any, way: tuple[str, ...]) -> Any:
    """The element whose fields the message's are: the root, or what an envelope holds."""
    named = [each for each in root.iter() if isinstance(each.tag, str) and _child(each, way[0]) is not None]
    if named or etree.QName(root).localname != "Envelope":
        return named[0] if named else root
    body = _child(root, "Body")
    return root if body is None or not len(body) else body[0]


def _child(element: Any, name: str, number: int = 0) -> Any:
    found = [each for each in element if isinstance(each.tag, str) and etree.QName(each).localname == name]
    return found[number] if number < len(found) else None


def _put(element: Any, way: tuple[str, ...], value: Any) -> None:
    name, *rest = way
    number = int(rest.pop(0)) if rest and rest[0].isdigit() else 0
    if name.startswith(("@", "#")):
        _put_text(element, name, value)
        return
    child = _child(element, name, number)
    if rest:
        if child is None:
            raise LookupError(f"no <{name}>")
        _put(child, tuple(rest), value)
        return
    if child is not None and value is GONE:
        element.remove(child)
        return
    if child is None:
        child = etree.SubElement(element, etree.QName(etree.QName(element).namespace, name))
    _fill(child, value)


def _put_text(element: Any, name: str, value: Any) -> None:
    if name == "#text":
        element.text = None if value is GONE else _text(value)
    elif value is GONE:
        element.attrib.pop(name[1:], None)
    else:
        element.set(name[1:], _text(value))


def _fill(element: Any, value: Any) -> None:
    if not isinstance(value, dict):
        element.text = _text(value)
        return
    for child in list(element):
        element.remove(child)
    for name, inner in value.items():
        for each in inner if isinstance(inner, list) else (inner,):
            _fill(etree.SubElement(element, name), each)


def _text(value: Any) -> str:
    if isinstance(value, list | dict | bytes | bool):
        raise TypeError("no text of an element")
    return str(value)


def differing(before: Any, now: Any, at: tuple[str, ...] = ()) -> Iterator[Edit]:
    """The edits that make one decoded message another."""
    if isinstance(before, dict) and isinstance(now, dict):
        for name in dict.fromkeys((*before, *now)):
            if name not in now:
                yield Edit(side="reply", kind="missing", at=(*at, name))
            elif name not in before:
                yield Edit(side="reply", kind="added", at=(*at, name), value=now[name])
            else:
                yield from differing(before[name], now[name], (*at, name))
    elif isinstance(before, list | tuple) and isinstance(now, list | tuple) and len(before) == len(now):
        for number, (one, other) in enumerate(zip(before, now, strict=True)):
            yield from differing(one, other, (*at, str(number)))
    elif before != now:
        yield Edit(side="reply", kind="other", at=at, value=now)
