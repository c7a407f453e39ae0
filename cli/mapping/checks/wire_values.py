"""What a row writes against what the wire's field takes: its kind, its whole or broken numbers, its length."""

import re

from cli.mapping.checks.canonical import codec_kind
from cli.mapping.checks.surroundings import Checking, WireFacts
from cli.mapping.flat import Leaf, Way
from cli.mapping.tree import Codec, WireField
from gateway.catalogue.marks import Mark
from gateway.model.reflect import Field, Kind, ListType, NoSuchPath, StructType, resolve
from gateway.wire.codecs import CodecPlan, Site, plan_codec, plan_default

_WIRE_KINDS = {
    "text": "text", "date": "text", "datetime": "text", "int": "number", "decimal": "number", "bool": "bool",
    "object": "object", "list": "object",
}  # fmt: skip
_WORDS = {"number": "a number", "text": "a text", "bool": "true or false", "object": "an object"}
_BROKEN_UNITS = ("yuan", "wan", "major")
_COUNTED = re.compile(r"=\s*(?:request_no|attempt_no|nonce)\((\d+)\)\s*")
_FORMS = {"int": re.compile(r"[-+]?\d+"), "decimal": re.compile(r"[-+]?\d+(\.\d+)?")}
BYTES_OF_A_CHARACTER = 4


def canonical_field(root: StructType, way: Way) -> Field | None:
    """The field at the end of a canonical way; None where it leads nowhere, which is said elsewhere."""
    kind: Kind = root
    found: Field | None = None
    for name in (each.partition("(")[0] for each in way):
        if isinstance(kind, ListType) and not name.isdigit():
            kind = kind.item
        try:
            found = resolve(kind, (name,))
        except NoSuchPath:
            return None
        kind = found.type
    return found


def is_optional(root: StructType, leaf: Leaf) -> bool:
    """Whether the value of a leaf's row may be absent while the object the row stands in is there."""
    own = 0 if leaf.row is None else len(leaf.row.canonical.segments)
    way = leaf.canonical_way
    return any(_may_lack(root, way[:depth]) for depth in range(len(way) - own + 1, len(way) + 1))


def _may_lack(root: StructType, way: Way) -> bool:
    # An item of a list, by its position or by what it holds, is there or it is not.
    if "(" in way[-1] or way[-1].isdigit():
        return True
    found = canonical_field(root, way)
    return found is not None and not found.required and not isinstance(found.type, ListType)


def mark_of(leaf: Leaf) -> Mark:
    """The place of the wire path, where the row has one of its own."""
    path = None if leaf.row is None else leaf.row.to or leaf.row.list_to
    return leaf.mark if path is None else path.mark


def check_type(checking: Checking, leaf: Leaf, field: WireField, root: StructType, facts: WireFacts) -> None:
    """E244 where the row's value is of another kind than the field."""
    wanted = _WIRE_KINDS.get(field.type)
    if wanted is None:
        return
    if leaf.kind in ("list", "object"):
        _check_container(checking, leaf, field)
    elif leaf.kind == "constant":
        _check_constant(checking, leaf, field)
    elif leaf.kind == "value":
        _check_codec(checking, leaf, field, root, facts)


def _say(checking: Checking, leaf: Leaf, field: WireField, text: str, hint: str | None = None) -> None:
    label = f" ({field.label})" if field.label else ""
    checking.say("E244", mark_of(leaf), f"'{field.path.text}'{label} is {_a(field.type)} at the carrier, {text}", hint)


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aio' else 'a'} {kind}"


def _check_container(checking: Checking, leaf: Leaf, field: WireField) -> None:
    if leaf.kind == "object" and leaf.codec_of is None and field.type not in ("object", "list"):
        _say(checking, leaf, field, "the row writes an object")
    if leaf.kind == "list" and leaf.codec_of is None and field.type == "object":
        _say(checking, leaf, field, "the row writes one for every item", "as: one, first, by_index or by(key)")


def _check_constant(checking: Checking, leaf: Leaf, field: WireField) -> None:
    form = _FORMS.get(field.type)
    if form is not None and leaf.value and not form.fullmatch(leaf.value):
        _say(checking, leaf, field, f"'{leaf.value}' is none")


def _check_codec(checking: Checking, leaf: Leaf, field: WireField, root: StructType, facts: WireFacts) -> None:
    found = canonical_field(root, leaf.canonical_way)
    if found is None:
        return
    plan = _plan(checking, leaf, found, facts)
    if plan is None:
        return
    wanted = _WIRE_KINDS[field.type]
    if facts.json and plan.wire_kind != wanted and wanted in ("number", "bool", "text", "object"):
        hint = {"number": "as: number(..)", "text": "as: text(..)"}.get(wanted) if plan.wire_kind != "object" else None
        _say(checking, leaf, field, f"the row writes {_WORDS[plan.wire_kind]}", hint)
    elif field.type in ("date", "datetime") and plan.canonical_kind not in ("date", "datetime", "time", "text"):
        _say(checking, leaf, field, f"the row writes {_a(plan.canonical_kind)}")
    elif field.type == "int" and _is_broken(leaf.codec_of):
        _say(checking, leaf, field, f"{leaf.codec} writes digits behind a point")


def _plan(checking: Checking, leaf: Leaf, found: Field, facts: WireFacts) -> CodecPlan | None:
    rounding = None if leaf.row is None or leaf.row.rounding is None else leaf.row.rounding.value
    kind = codec_kind(found)
    site = Site(json=facts.json, numbers=facts.numbers, zone=checking.zone, rounding=rounding, kind=kind)
    try:
        return plan_default(site) if leaf.codec_of is None else plan_codec(leaf.codec_of, site)
    except ValueError:
        # The row's own check has said what is wrong with its codec.
        return None


def _is_broken(codec: Codec | None) -> bool:
    """Whether a codec may write digits behind a point."""
    if codec is None or not codec.arguments:
        return codec is not None and codec.name == "decimal"
    first, *rest = codec.arguments
    if isinstance(first, Codec):
        return _is_broken(first)
    if codec.name == "money":
        return first in _BROKEN_UNITS and (not rest or rest[0] != "0")
    return codec.name in ("decimal", "percent") and first != "0"


def check_length(checking: Checking, leaf: Leaf, field: WireField) -> None:
    """E247 for a constant, a number of ours or a bound that is longer than the field takes."""
    most = min(size for size in (field.length, field.bytes_max, 10**9) if size is not None)
    length = _length(leaf)
    allowed = most if field.bytes_max is not None or not _is_bound(leaf) else most * BYTES_OF_A_CHARACTER
    if length is not None and length > allowed:
        label = f" ({field.label})" if field.label else ""
        text = f"'{field.path.text}'{label} takes {most} at the carrier, this may be {length} long"
        checking.say("E247", mark_of(leaf), text)


def _is_bound(leaf: Leaf) -> bool:
    return leaf.row is not None and leaf.row.max_bytes is not None


def _length(leaf: Leaf) -> int | None:
    if leaf.kind == "constant":
        return len(leaf.value)
    if leaf.kind == "expression":
        counted = _COUNTED.fullmatch(leaf.value)
        return None if counted is None else int(counted[1])
    return leaf.row.max_bytes if leaf.row is not None else None


def check_unbounded(checking: Checking, leaf: Leaf, field: WireField, root: StructType) -> None:
    """W249 for a free text the carrier limits and the row does not."""
    limit = field.bytes_max or field.length
    if limit is None or leaf.kind != "value" or leaf.row is None or leaf.row.max_bytes is not None:
        return
    found = canonical_field(root, leaf.canonical_way)
    if found is None or codec_kind(found) != "text" or (leaf.codec_of is not None and leaf.codec_of.name not in _FREE):
        return
    label = f" ({field.label})" if field.label else ""
    text = f"'{field.path.text}'{label} takes {limit} at the carrier, and this text has no bound"
    checking.say("W249", mark_of(leaf), text, f"max_bytes: {limit} refuses a longer one before anything is sent")


_FREE = ("text", "upper", "lower", "affix", "unescape")
