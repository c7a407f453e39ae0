"""Read a YAML file into nodes with places, refusing with a position whatever YAML might change unasked.

The parser's events are read, not its documents: they show anchors, tags and second documents, which a composed tree
hides, and they need no recursion.

Codes: E101 not text, or too long; E102 a duplicate key; E103 not YAML; E104 anchors, aliases, merge keys; E105 tags and
directives; E106 several documents; E107 a limit; E108 a key that is no text; W101 text that other tools would retype.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from gateway.catalogue.marks import Diagnostic, Mark
from gateway.catalogue.nodes import KeyNode, ListNode, MapNode, Node, ScalarNode, kind_of

__all__ = [
    "KeyNode",
    "ListNode",
    "MapNode",
    "Node",
    "ScalarNode",
    "kind_of",
    "looks_like_other_type",
    "read_file",
    "read_text",
    "retyped_warning",
]

FILE_BYTES_MAX = 2 * 1024 * 1024
DEPTH_MAX = 40
NODES_MAX = 200_000
SCALAR_LENGTH_MAX = 20_000

Read = tuple[Node | None, tuple[Diagnostic, ...]]


def read_file(path: Path, shown: str | None = None) -> Read:
    """Read a file; `shown` is how diagnostics name it. A missing file is a fault as well."""
    file = shown or str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        return None, (Diagnostic("E101", Mark(file, 1), f"cannot be read: {error.strerror}"),)
    try:
        return read_text(data.decode(), file)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode()) + 1
        fault = Diagnostic("E101", Mark(file, line, column), "not UTF-8 text", "save the file as UTF-8")
        return None, (fault,)


def read_text(text: str, file: str) -> Read:
    """Read one document. The tree is None only when nothing can be made of it; every fault found is reported.

    A tree that comes with errors is complete except for the refused parts: good for finding more faults, not for use.
    """
    text = text.removeprefix("\N{BYTE ORDER MARK}")
    if len(text) > FILE_BYTES_MAX or len(text.encode("utf-8", "replace")) > FILE_BYTES_MAX:
        return None, (Diagnostic("E101", Mark(file, 1), f"longer than {FILE_BYTES_MAX} bytes"),)
    builder = _Builder(text, file)
    try:
        builder.run(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        builder.faults.append(_not_yaml(error, text, file))
        return None, tuple(builder.faults)
    except (yaml.YAMLError, UnicodeEncodeError):
        builder.faults.append(_control_character(text, file))
        return None, tuple(builder.faults)
    if builder.root is None and not builder.faults:
        builder.faults.append(Diagnostic("E101", Mark(file, 1), "the file says nothing"))
    return builder.root, tuple(builder.faults)


_COLON = re.compile(r"\s*:")


class _Open:
    """A map or list whose end has not come yet."""

    __slots__ = ("flow", "is_map", "items", "key", "mark", "seen", "skipped")

    def __init__(self, mark: Mark, *, is_map: bool, flow: bool) -> None:
        self.mark, self.is_map, self.flow = mark, is_map, flow
        self.key: KeyNode | None = None
        self.skipped = False
        self.items: list[Any] = []
        self.seen: dict[str, Mark] = {}

    @property
    def wants_key(self) -> bool:
        return self.is_map and self.key is None and not self.skipped

    def node(self) -> Node:
        return MapNode(tuple(self.items), self.mark) if self.is_map else ListNode(tuple(self.items), self.mark)


class _Builder:
    """Events in, one tree and its faults out."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.faults: list[Diagnostic] = []
        self.root: Node | None = None
        self.open: list[_Open] = []
        self.documents = self.nodes = 0

    def run(self, events: Iterator[Any]) -> None:
        for event in events:
            self._take(event)
            if self.documents > 1 or self.nodes > NODES_MAX or len(self.open) > DEPTH_MAX:
                self._stop(event)
                return

    def _take(self, event: Any) -> None:
        match event:
            case yaml.ScalarEvent():
                self._refuse_extras(event)
                self._scalar(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._refuse_extras(event)
                self._start(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._add(self.open.pop().node())
            case yaml.AliasEvent():
                self._fault("E104", event, f"alias *{event.anchor}", "write it out, or share with 'extends' or a shape")
                self._scalar(event)
            case yaml.DocumentStartEvent():
                self.documents += 1
                if event.version or event.tags:
                    self._fault("E105", event, "a % directive is not used here")

    def _stop(self, event: Any) -> None:
        if self.documents > 1:
            self._fault("E106", event, "a second document in one file", "make it a file of its own")
        elif self.nodes > NODES_MAX:
            self._fault("E107", event, f"more than {NODES_MAX} values in one file")
        else:
            self._fault("E107", event, f"nested deeper than {DEPTH_MAX} levels")

    def _mark(self, event: Any) -> Mark:
        return Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _fault(self, code: str, event: Any, message: str, hint: str | None = None) -> None:
        self.faults.append(Diagnostic(code, self._mark(event), message, hint))

    def _refuse_extras(self, event: Any) -> None:
        if event.anchor is not None:
            self._fault("E104", event, f"anchor &{event.anchor}", "write it out, or share with 'extends' or a shape")
        if event.tag is not None:
            self._fault("E105", event, f"tag {event.tag}: values are text here, typed by the mapping's own schema")

    def _start(self, event: Any) -> None:
        self.nodes += 1
        is_map = isinstance(event, yaml.MappingStartEvent)
        if self.open and self.open[-1].wants_key:
            self._fault("E108", event, "a key must be a text")
        self.open.append(_Open(self._mark(event), is_map=is_map, flow=bool(event.flow_style)))

    def _scalar(self, event: Any) -> None:
        self.nodes += 1
        text = getattr(event, "value", "")
        style = getattr(event, "style", None)
        if len(text) > SCALAR_LENGTH_MAX:
            self._fault("E107", event, f"a value longer than {SCALAR_LENGTH_MAX} characters")
        if self.open and self.open[-1].wants_key:
            self._key(event, text, quoted=bool(style))
        else:
            self._add(ScalarNode(text, bool(style), self._mark(event), style in ("|", ">")))

    def _key(self, event: Any, text: str, *, quoted: bool) -> None:
        top, mark = self.open[-1], self._mark(event)
        if text == "<<" and not quoted:
            self._fault("E104", event, "merge key <<", "write it out, or share with 'extends' or a shape")
            top.skipped = True
        elif (first := top.seen.get(text)) is not None:
            self._fault("E102", event, f"duplicate key '{text}' (first at line {first.line})")
            top.skipped = True
        else:
            top.key = KeyNode(text, quoted, mark)
            top.seen[text] = mark
        # `{ a: f(x, y) }` is legal YAML for two keys, the second without a value: never what was meant.
        if top.flow and not _COLON.match(self.text, event.end_mark.index):
            hint = "a comma inside { } ends the value: quote the whole value" if len(top.seen) > 1 else None
            self._fault("E103", event, f"'{text}' has no ':' and no value", hint)

    def _add(self, node: Node) -> None:
        if not self.open:
            self.root = node if self.root is None else self.root
            return
        top = self.open[-1]
        if not top.is_map:
            top.items.append(node)
        elif top.key is not None:
            top.items.append((top.key, node))
            top.key = None
        else:
            # The value of a refused key ends the refusal; a refused key that is itself a map starts one.
            top.skipped = not top.skipped


_FLOW_HINT = "characters [ ] { } , inside { } or [ ] break the value: quote it or use (key=value)"
_HINTS = (
    (re.compile(r"flow (mapping|sequence|node)"), _FLOW_HINT),
    (
        re.compile(r"mapping values are not allowed"),
        "a value that contains ': ' must be quoted; or the indentation is off",
    ),
    (re.compile(r"block (mapping|collection)"), "look at the indentation of this line and of the one above"),
    (re.compile(r"quoted scalar"), "the closing quote is missing"),
    (re.compile(r"alias|anchor"), "a value that starts with * or & must be quoted"),
)


def _not_yaml(error: yaml.MarkedYAMLError, text: str, file: str) -> Diagnostic:
    place = error.problem_mark or error.context_mark
    line, column = (place.line, place.column) if place else (0, 0)
    problem = (error.problem or "not YAML").strip()
    said = f"{error.context or ''} {problem}"
    hint = next((hint for pattern, hint in _HINTS if pattern.search(said)), None)
    lines = text.splitlines()
    found = lines[line][column : column + 1] if line < len(lines) else ""
    if "cannot start any token" in problem:
        problem = "a tab where spaces are wanted" if found == "\t" else f"a value cannot start with '{found}'"
        hint = "indent with spaces" if found == "\t" else "quote it"
    elif error.context and error.context_mark:
        problem = f"{error.context} begun at line {error.context_mark.line + 1}: {problem}"
    return Diagnostic("E103", Mark(file, line + 1, column + 1), problem, hint)


def _control_character(text: str, file: str) -> Diagnostic:
    bad = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    at = bad.start() if bad else 0
    line = text.count("\n", 0, at) + 1
    return Diagnostic(
        "E101", Mark(file, line, at - text.rfind("\n", 0, at)), "a control character", 'write it as "\\x.."'
    )


_NUMBER = re.compile(
    r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(:[0-5]?[0-9])*(\.[0-9_]*)?([eE][-+]?[0-9]+)?"
    r"|\.[0-9][0-9_]*([eE][-+]?[0-9]+)?|\.(inf|Inf|INF))|\.(nan|NaN|NAN)"
)
_BOOLEAN = re.compile(r"yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF")
_NULL = re.compile(r"null|Null|NULL|~")
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?([Tt ].*)?")


# Single letters (Y, N) are left out: today's tools read them as text, and half of all code tables hold them.
def looks_like_other_type(text: str) -> str | None:
    """What other YAML tools (1.1 or 1.2) read an unquoted text as: number, boolean, date or null; None when as text."""
    for kind, pattern in (("number", _NUMBER), ("boolean", _BOOLEAN), ("date", _DATE), ("null", _NULL)):
        if pattern.fullmatch(text):
            return kind
    return None


def retyped_warning(node: ScalarNode | KeyNode) -> Diagnostic | None:
    """W101 for an unquoted code value that would not stay what it is in another tool."""
    kind = None if node.quoted else looks_like_other_type(node.text)
    if kind is None:
        return None
    return Diagnostic("W101", node.mark, f"unquoted {node.text}: quote it, other YAML tools read it as a {kind}")
