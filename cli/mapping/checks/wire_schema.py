"""The wire's side of every row: fields of `wire.schema.yaml` exist, take what is written, and are not forgotten.

E243 no such field; E244 another kind of value; E245 a required field nobody writes; E246 a required field that may be
left out; E247 longer than it may be; W249 no bound where the carrier has one; E250 a message of the
schema that is no message of the mapping.
"""

import re
from collections.abc import Iterator

from cli.mapping.checks.surroundings import Checking, WireFacts, wire_facts
from cli.mapping.checks.wire_values import check_length, check_type, check_unbounded, is_optional, mark_of
from cli.mapping.flat import Leaf, Way, flatten
from cli.mapping.grammar import SyntaxFault
from cli.mapping.paths import parse_path, print_segment
from cli.mapping.tree import Expression, Message, OperationFile, OutcomeRow, Row, StepDecl
from cli.mapping.wire_fields import WireFields, plain, selected_ways, text_of
from cli.mapping.wire_order import seen
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import did_you_mean
from gateway.model.operations import OPERATIONS
from gateway.model.reflect import StructType, describe

_WIRE_NAMES = re.compile(r"""\bwire(?:((?:\.[A-Za-z_][A-Za-z0-9_]*)+)|\(["']([^"']+)["']\))""")


def check_wire_schema(checking: Checking) -> None:
    """Every message the schema describes against the rows of the mapping."""
    schema = checking.resolved.tree.wire_schema
    if schema is None:
        return
    known = dict(_messages(checking))
    for key, fields in schema.messages.items():
        if key not in known:
            if _is_broken(checking, key[0]):
                continue
            hint = did_you_mean(key[0], {each[0] for each in known})
            step = f", step '{key[1]}'" if key[1] else ""
            checking.say("E250", schema.marks[key], f"no {key[2]} of '{key[0]}'{step} in this mapping", hint)
            continue
        _Side(checking, *known[key], WireFields.of(fields)).check(key[2])


def _is_broken(checking: Checking, operation: str) -> bool:
    """Whether the file of an operation could not be read: that has been said already."""
    file = f"/{operation.replace('.', '_').replace('/', '.')}.yaml"
    return any(each.endswith(file) for each, _ in checking.broken)


def _messages(checking: Checking) -> Iterator[tuple[tuple[str, str, str], tuple[OperationFile, StepDecl]]]:
    for operation in checking.resolved.operations:
        name = f"{operation.name}/{operation.variant}" if operation.variant else operation.name
        for step in operation.steps:
            for side in ("request", "response"):
                # A one-call operation is one step that bears its name.
                yield (name, "" if step.name == operation.name else step.name, side), (operation, step)


class _Side:
    """One message of one step against its fields."""

    def __init__(self, checking: Checking, operation: OperationFile, step: StepDecl, fields: WireFields) -> None:
        self.checking, self.operation, self.step, self.fields = checking, operation, step, fields

    def check(self, side: str) -> None:
        spec = OPERATIONS[self.operation.name]
        message = self.step.request if side == "request" else self.step.response.message
        root = describe(spec.request if side == "request" else spec.result)
        leaves = tuple(seen(flatten(message, self.checking.shapes)))
        layers = self.checking.carrier.wire if self.step.wire is None else self.step.wire
        facts = wire_facts(layers)
        for leaf in leaves:
            self._leaf(leaf, root, facts, sent=side == "request")
        if side == "request":
            self._required(leaves, message)
        else:
            self._expressions(message)

    def _leaf(self, leaf: Leaf, root: StructType, facts: WireFacts, *, sent: bool) -> None:
        way = plain(leaf.wire_way)
        # A shape serves both ways: a reply may hold less of it than is sent.
        shared = not sent and leaf.mark.file != self.operation.file
        for each in () if shared else (way, *selected_ways(leaf.wire_way)):
            if not self.fields.has(each):
                text = f"the carrier's {self.step.name} has no field '{text_of(each)}'"
                self.checking.say("E243", mark_of(leaf), text, self.fields.meant(each))
                return
        field = self.fields.get(way)
        if field is None or leaf.kind in ("place", "blank"):
            return
        check_type(self.checking, leaf, field, root, facts)
        if sent:
            check_length(self.checking, leaf, field)
            check_unbounded(self.checking, leaf, field, root)

    def _required(self, leaves: tuple[Leaf, ...], message: Message) -> None:
        written = {plain(leaf.wire_way) for leaf in leaves if leaf.kind != "place" or leaf.case}
        objects = {way[:depth] for way in written for depth in range(1, len(way))}
        for way, field in self.fields.fields.items():
            if not field.required or way in objects or any(way[:depth] in written for depth in range(1, len(way) + 1)):
                continue
            if len(way) == 1 or way[:-1] in objects:
                label = f" ({field.label})" if field.label else ""
                text = f"the carrier requires '{text_of(way)}'{label}, and no row writes it"
                self.checking.say("E245", message.mark, text)
        for leaf in leaves:
            self._may_be_missing(leaf)

    def _may_be_missing(self, leaf: Leaf) -> None:
        found = self.fields.get(plain(leaf.wire_way))
        if found is None or not found.required or leaf.kind != "value" or leaf.case or leaf.row is None:
            return
        if leaf.row.when is not None or not is_optional(describe(OPERATIONS[self.operation.name].request), leaf):
            return
        if leaf.row.default is None and leaf.row.missing is None and self._missing() == "omit":
            text = f"the carrier requires '{text_of(plain(leaf.wire_way))}', and '{leaf.canonical}' may be absent"
            hint = "missing: error refuses such a request before anything is sent; default: sends a value"
            self.checking.say("E246", mark_of(leaf), text, hint)

    def _missing(self) -> str:
        own = self.step.request.missing or self.checking.carrier.defaults.get("missing")
        return "omit" if own is None else own.value

    def _expressions(self, message: Message) -> None:
        """Paths of the reply that outcome rows, conditions and `read` name."""
        for expression in (*_tests(self.step.response.outcome), *_conditions(message)):
            for found in _WIRE_NAMES.finditer(expression.source):
                way = _way_in(found[1] or found[2])
                if way and not self.fields.has(plain(way)):
                    text = f"the carrier's {self.step.name} reply has no field '{'.'.join(way)}'"
                    mark = expression.mark.shifted(found.start(1) + 1 if found[1] else found.start(2))
                    self.checking.say("E243", mark, text, self.fields.meant(plain(way)))


def _way_in(text: str) -> Way:
    """The way of `.Head.Flag`, or of the path between the quotes of wire("..")."""
    if text.startswith("."):
        return tuple(text.strip(".").split("."))
    try:
        path = parse_path(text, Mark("", 1))
    except SyntaxFault:
        return ()
    names = tuple(print_segment(segment) for segment in path.segments)
    return (*names, *(() if path.attribute is None else (f"@{path.attribute}",)))


def _tests(rows: tuple[OutcomeRow, ...]) -> Iterator[Expression]:
    for row in rows:
        yield from (each for each in (row.when, row.by_code) if each is not None)


def _conditions(message: Message) -> Iterator[Expression]:
    yield from (expression for _, expression in message.read)
    yield from (row.when for row in message.rows if isinstance(row, Row) and row.when is not None)
