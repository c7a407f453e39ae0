"""The XML layer: a tree of dicts to XML text and back.

In the tree an attribute stands under `@name`, the text of an element that has attributes under `#text`; a list is a
repeated element. Writing keeps the order of the dict. Reading forgets prefixes, refuses a DOCTYPE, resolves nothing.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lxml import etree
from msgspec import Struct

from gateway.wire.contract import Wire
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.layers.lost import intact_xml
from gateway.wire.limits import BODY_BYTES_MAX, DEPTH_MAX, NODES_MAX
from gateway.wire.shown import masked


class XmlRaw(str):
    """An element that is written already: it takes the place of the one under whose name it stands, as it is."""

    __slots__ = ()


class XmlForm(Struct, frozen=True, kw_only=True):
    """How a carrier wants its XML: made once per generated module.

    `declaration` is the literal first line or empty. `empty` says how an element of empty text is written: `tag`
    (`<Name/>`), `pair` (`<Name></Name>`), or `omit`. `cdata` are the elements whose text is wrapped; `ns` maps prefixes
    ("" for none) to namespace names.
    """

    root: str
    declaration: str = ""
    empty: str = "tag"
    cdata: frozenset[str] = frozenset()
    ns: Mapping[str, str] = {}


def xml_declaration(charset: str) -> str:
    """The usual first line, `declaration: true`."""
    return f'<?xml version="1.0" encoding="{charset}"?>'


def xml_out(tree: Wire, form: XmlForm) -> str:
    """The XML text of a message; `tree` is the content of the root element.

    Raises `CannotSend` for characters that XML 1.0 has no way to write and for names that are none.
    """
    parts = [form.declaration]
    names = "".join(f' xmlns{":" if prefix else ""}{prefix}="{_attribute(uri)}"' for prefix, uri in form.ns.items())
    _element(parts, form.root, tree, form, names)
    return "".join(parts)


def _element(parts: list[str], name: str, value: Any, form: XmlForm, attributes: str = "") -> None:
    if name not in _GOOD_NAMES:
        _check_name(name)
    if value.__class__ is dict:
        _parent(parts, name, value, form, attributes)
    elif value.__class__ is list:
        for item in value:
            _element(parts, name, item, form)
    elif value.__class__ is XmlRaw:
        parts.append(value)
    elif value is not None:
        _leaf(parts, name, value if value.__class__ is str else _plain(value), form, attributes)


def _leaf(parts: list[str], name: str, text: str, form: XmlForm, attributes: str) -> None:
    if text:
        # Letters and digits alone need no look for what has to be escaped, and most values are that.
        content = text if text.isalnum() and not form.cdata else _content(name, text, form)
        parts.append(f"<{name}{attributes}>{content}</{name}>")
    elif attributes or form.empty != "omit":
        parts.append(_empty(name, attributes, form))


def _empty(name: str, attributes: str, form: XmlForm) -> str:
    return f"<{name}{attributes}></{name}>" if form.empty == "pair" else f"<{name}{attributes}/>"


def _parent(parts: list[str], name: str, value: dict[str, Any], form: XmlForm, attributes: str) -> None:
    for key, child in value.items():
        if key[:1] == "@" and child is not None:
            attributes += f' {_checked(key[1:])}="{_attribute(_plain(child))}"'
    parts.append(f"<{name}{attributes}>")
    opened = len(parts)
    for key, child in value.items():
        if key == "#text":
            if child is not None and (text := _plain(child)):
                parts.append(_content(name, text, form))
        elif key[:1] != "@":
            _element(parts, key, child, form)
    if len(parts) == opened:
        parts[-1] = _empty(name, attributes, form)
    else:
        parts.append(f"</{name}>")


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    raise CannotSend(f"{masked(value)} cannot be written as XML text")


# What XML 1.0 cannot carry at all, and what has to be escaped: one search tells that a text needs neither.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[\x00-\x08\x0b-\x1f&<>\ud800-\udfff\ufffe\uffff]")


def _content(name: str, text: str, form: XmlForm) -> str:
    if name in form.cdata:
        _refuse_illegal(text)
        return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    if _SPECIAL.search(text) is None:
        return text
    _refuse_illegal(text)
    # A bare carriage return would come back as a line feed.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _attribute(text: str) -> str:
    _refuse_illegal(text)
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return escaped.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")


def _refuse_illegal(text: str) -> None:
    if _ILLEGAL.search(text):
        raise CannotSend("a text holds a character that XML 1.0 cannot carry")


_NAME = re.compile(r"(?:[^\W\d][\w.-]*:)?[^\W\d][\w.-]*")
_GOOD_NAMES: set[str] = set()
_GOOD_NAMES_MAX = 10_000


def _check_name(name: str) -> None:
    # Names come from the mapping, but keys of a free object may become names too.
    if not _NAME.fullmatch(name):
        raise CannotSend(f"{masked(name)} is no name of an XML element")
    if len(_GOOD_NAMES) < _GOOD_NAMES_MAX:
        _GOOD_NAMES.add(name)


def _checked(name: str) -> str:
    if name not in _GOOD_NAMES:
        _check_name(name)
    return name


# --- reading ---------------------------------------------------------------------------------------------------------


def xml_in(source: bytes | str, root: str | None = None) -> dict[str, Any]:
    """The content of the root element as a tree.

    Bytes are read as UTF-8: another charset is the charset layer's work, whatever the declaration claims. Raises
    `Unreadable` for text that is no XML, a DOCTYPE, another root than `root`, or anything beyond the limits.
    """
    top = xml_parsed(source)
    if root is not None and _local(top.tag) != root.rpartition(":")[2]:
        raise Unreadable(f"expected the root element {root}, found another")
    tree = _tree(top, DEPTH_MAX)
    return tree if isinstance(tree, dict) else {"#text": tree} if tree else {}


def xml_parsed(source: bytes | str) -> Any:
    """The root element of a text, within the limits; raises `Unreadable` for what is no XML, or declares a DOCTYPE."""
    text = _utf8(source)
    if _declares_doctype(text):
        raise Unreadable("the message declares a DOCTYPE, which is never read")
    try:
        top = etree.fromstring(text.encode(), _PARSER)
    except (etree.XMLSyntaxError, ValueError, UnicodeEncodeError) as error:
        raise Unreadable(f"not XML: {_place(error)}") from None
    document: Any = top.getroottree()
    if document.docinfo.doctype:
        raise Unreadable("the message declares a DOCTYPE, which is never read")
    return top


def _declares_doctype(text: str) -> bool:
    """Whether a DOCTYPE stands before the root element, behind any instructions and comments."""
    at = 0
    while True:
        while text[at : at + 1].isspace():
            at += 1
        closing = "?>" if text.startswith("<?", at) else "-->" if text.startswith("<!--", at) else None
        if closing is None:
            return text.startswith("<!DOCTYPE", at)
        at = text.find(closing, at)
        if at < 0:
            return False
        at += len(closing)


_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)


def _utf8(source: bytes | str) -> str:
    if len(source) > BODY_BYTES_MAX:
        raise Unreadable(f"the message is longer than {BODY_BYTES_MAX} bytes")
    try:
        text = source if isinstance(source, str) else source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"the message is not UTF-8 at byte {error.start}") from None
    intact_xml(text)
    # Every element has at most two tags: counting them before parsing bounds what parsing can cost.
    if text.count("<") > 2 * NODES_MAX:
        raise Unreadable(f"the message holds more than {NODES_MAX} elements")
    return text


def _place(error: Exception) -> str:
    if isinstance(error, etree.XMLSyntaxError):
        line, column = error.position
        return f"wrong at line {line}, column {column}"
    return "a character that XML cannot carry"


def _local(tag: str) -> str:
    return tag.rpartition("}")[2] if tag[0] == "{" else tag


def _tree(element: Any, depth_left: int) -> Any:
    if depth_left == 0:
        raise Unreadable(f"the XML text nests deeper than {DEPTH_MAX}")
    tree: dict[str, Any] = {"@" + _local(name): value for name, value in element.items()}
    for child in element:
        is_leaf = not len(child) and not child.keys()
        _add(tree, _local(child.tag), (child.text or "") if is_leaf else _tree(child, depth_left - 1))
    text = element.text or ""
    if not tree:
        return text
    if not len(element) or (text and not text.isspace()):
        tree["#text"] = text
    return tree


def _add(tree: dict[str, Any], name: str, value: Any) -> None:
    if name not in tree:
        tree[name] = value
    elif tree[name].__class__ is list:
        tree[name].append(value)
    else:
        tree[name] = [tree[name], value]
