"""The bytes of a message as an example writes them."""

import base64
import binascii
import json
import re
from pathlib import Path
from urllib.parse import quote_plus

from contract_tests.examples.indented import without_layout
from gateway.catalogue.nodes import ListNode, MapNode, Node, ScalarNode
from gateway.catalogue.values import Faults, as_flag, as_map, as_text, unknown_keys

WIRE_FILE_BYTES_MAX = 1024 * 1024
_FORMS = ("text", "file", "hex", "base64", "json", "form")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def body_bytes(node: Node, folder: Path, faults: Faults, charset: str = "utf-8") -> bytes | None:
    """The exact bytes, or None with the fault. `folder` is the carrier's, from where `file` is named."""
    if isinstance(node, ScalarNode):
        return _encoded(node.text, charset, node, faults)
    words = as_map(node, faults, "a body")
    if words is None:
        return None
    unknown_keys(words, (*_FORMS, "charset", "indented"), faults, "a body", code="E702")
    given = [name for name in _FORMS if name in words]
    if len(given) != 1:
        faults.add(words.mark, f"a body is one of {', '.join(_FORMS)}", code="E704")
        return None
    said = words.get("charset")
    charset = (as_text(said, faults, "charset") if said is not None else None) or charset
    inner = words.get(given[0])
    data = None if inner is None else _form_of(given[0], inner, folder, faults, charset)
    laid_out = words.get("indented")
    if data is None or laid_out is None or not as_flag(laid_out, faults, "indented"):
        return data
    try:
        return without_layout(data.decode(charset)).encode(charset)
    except ValueError as fault:
        faults.add(laid_out.mark, f"this cannot be read as an indented message: {fault}", code="E704")
        return None


def _form_of(form: str, node: Node, folder: Path, faults: Faults, charset: str) -> bytes | None:
    if form == "json":
        return _encoded(json_text(node), charset, node, faults)
    if form == "form":
        return _form(node, folder, faults, charset)
    text = as_text(node, faults, form)
    if text is None or form == "text":
        return None if text is None else _encoded(text, charset, node, faults)
    if form == "file":
        return _file(text, node, folder, faults)
    try:
        compact = "".join(text.split())
        return bytes.fromhex(compact) if form == "hex" else base64.b64decode(compact, validate=True)
    except (ValueError, binascii.Error):
        faults.add(node.mark, f"this is no {form}", code="E704")
        return None


def _form(node: Node, folder: Path, faults: Faults, charset: str) -> bytes | None:
    fields = as_map(node, faults, "form")
    pairs = []
    for key, value in fields or ():
        data = body_bytes(value, folder, faults, charset)
        if data is None:
            return None
        pairs.append(f"{quote_plus(key.text.encode())}={quote_plus(data)}")
    return "&".join(pairs).encode()


def _file(name: str, node: Node, folder: Path, faults: Faults) -> bytes | None:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        faults.add(node.mark, "a file of an example stands in the carrier's folder", code="E704")
        return None
    try:
        with path.open("rb") as stream:
            data = stream.read(WIRE_FILE_BYTES_MAX + 1)
    except OSError as error:
        faults.add(node.mark, f"{name} cannot be read: {error.strerror}", code="E704")
        return None
    if len(data) > WIRE_FILE_BYTES_MAX:
        faults.add(node.mark, f"{name} is longer than {WIRE_FILE_BYTES_MAX} bytes", code="E707")
        return None
    return data


def _encoded(text: str, charset: str, node: Node, faults: Faults) -> bytes | None:
    try:
        return text.encode(charset)
    except LookupError:
        faults.add(node.mark, f"there is no charset '{charset}'", code="E704")
    except UnicodeEncodeError:
        faults.add(node.mark, f"a character of this text is not in {charset}", code="E704")
    return None


def json_text(node: Node) -> str:
    """A sub-tree as compact JSON: the order as written, and every number with the digits as typed."""
    match node:
        case MapNode():
            return "{" + ",".join(f"{_quoted(key.text)}:{json_text(value)}" for key, value in node) + "}"
        case ListNode():
            return "[" + ",".join(json_text(item) for item in node) + "]"
        case _:
            return _scalar(node)


def _scalar(node: ScalarNode) -> str:
    if node.quoted:
        return _quoted(node.text)
    if node.is_null or node.text == "null":
        return "null"
    return node.text if node.text in ("true", "false") or _NUMBER.fullmatch(node.text) else _quoted(node.text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
