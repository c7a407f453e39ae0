"""The schema of one carrier's files: the language's words, with this carrier's tables, shapes and steps filled in."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cli.editor_schema.canonical import types
from cli.editor_schema.vocabulary import Vocabulary
from cli.mapping.layers import LAYERS
from cli.mapping.outcomes import KINDS, NEXT_STEPS
from cli.mapping.statement import KINDS as STATEMENT_KINDS
from cli.mapping.tree import CarrierTree
from cli.mapping.wire_schema import TYPES
from gateway.model import NeededKind
from gateway.model.operations import OPERATIONS
from gateway.wire.codecs import CODECS
from gateway.wire.lists import LIST_FORMS
from gateway.wire.plans import ROUNDINGS

DRAFT = "http://json-schema.org/draft-07/schema#"
SHARED = "canonical.schema.json"

Schema = dict[str, Any]

_TEXT: Schema = {"type": ["string", "number", "boolean", "null"]}
_FLAG: Schema = {"enum": [True, False]}
_TIME: Schema = {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_TEXTS: Schema = {"type": "object", "additionalProperties": _TEXT}
_FORMAT: Schema = {"const": "mapping/1"}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _map_of(name: str) -> Schema:
    return {"type": "object", "additionalProperties": _ref(name)}


def _list_of(name: str) -> Schema:
    return {"type": "array", "items": _ref(name)}


def _texts(known: Iterable[str]) -> Schema:
    return {"type": "array", "items": {"enum": sorted(known)}}


# What stands behind each word, wherever the word stands; a word that is not here may hold anything.
_WORDS: Mapping[str, Schema] = {
    "format": _FORMAT, "of": _ref("type"), "extends": _TEXT, "missing": _TEXT, "send": _TEXTS, "read": _TEXTS,
    "fields": _map_of("rows"), "cases": _list_of("case"), "blank": {"type": "array", "items": {"type": "string"}},
    "ignore": _TEXTS, "to": {"type": "string"}, "list": {"type": "string"}, "as": _ref("codec"), "shape": _ref("shape"),
    "when": {"type": ["string", "boolean"]}, "default": _TEXT, "max_bytes": _WHOLE, "currency": {"type": "string"},
    "round": {"enum": list(ROUNDINGS)}, "lossy": {"type": "string"}, "draft": _TEXT, "outcome": _list_of("outcome row"),
    "correlate": _TEXTS, "idempotency": _ref("idempotency"), "inquiry": _ref("inquiry"), "steps": _map_of("step"),
    "request": _ref("request"), "response": _ref("response"), "wire": _ref("layers"),
    "reply": {"anyOf": [_ref("layers"), _list_of("layers")]}, "shapes": _map_of("shape message"),
    "errors": _map_of("error"), "callbacks": _map_of("callback"), "enums": _map_of("table"),
    "unsupported": {"type": "object", "propertyNames": {"enum": sorted(OPERATIONS)}, "additionalProperties": _TEXT},
    "defaults": _ref("defaults"), "limits": _ref("limits"), "transport": _ref("transport"), "timeout": _ref("timeout"),
    "security": _ref("security"), "needs": _ref("needs"),
    "token": _ref("token"), "carrier": _ref("carrier"), "native": _FLAG,
    "every": {"anyOf": [_TIME, {"type": "array", "items": _TIME}]}, "for": _TIME, "ttl": _TIME, "total": _TIME,
    "connect": _TIME, "visibility_lag": _TIME, "not_found_is_final_after": _TIME, "refresh_before": _TIME,
    "lifetime": _TIME, "once": _FLAG, "alert": _FLAG, "disclose": _FLAG, "then": {"enum": list(NEXT_STEPS)},
    "because": {"type": "string"}, "code": {"type": "string", "pattern": "^[a-z][a-z0-9_]*\\.[a-z0-9_.]+$"},
    "map": _TEXTS, "read_also": _TEXTS, "send_other": _TEXT, "read_other": _TEXT, "required": _FLAG,
}  # fmt: skip

# Where a word means something else than elsewhere.
_OWN: Mapping[str, Mapping[str, Schema]] = {
    "outcome row": {"is": {"enum": list(KINDS)}, "else": {"enum": list(KINDS)}},
    "error": {"is": {"enum": list(KINDS)}},
    "case": {"wire": {"type": "object"}, "is": {}},
    "callback": {"reply": {"type": ["object", "string"]}, "verify": {"enum": ["same", "none"]}},
    "table": {"of": {}, "table": {"type": "string", "pattern": "\\.csv$"}},
    "field": {"type": {"enum": list(TYPES)}},
    "idempotency": {"kind": {"enum": ["replay", "reject_duplicate", "query_only", "none"]}},
    "inquiry": {"by": {"enum": ["our_reference", "natural_key"]}, "operation": {"enum": sorted(OPERATIONS)}},
    "request": {"body": {"const": "none"}}, "step": {"operation": {"enum": sorted(OPERATIONS)}},
    "needs": {"kind": {"enum": [each.value for each in NeededKind]}},
    "token": {"request": {"type": "object"}, "read": {}},
    "statement": {"records": _list_of("record"), "checks": _list_of("check")},
    "record": {"kind": {"enum": sorted(STATEMENT_KINDS)}, "skip": {"type": "string"}},
    "check": {"kinds": {"anyOf": [{"enum": sorted(STATEMENT_KINDS)}, _texts(STATEMENT_KINDS)]}},
    "shape": {}, "carrier.yaml": {"source": {}, "wire": _ref("layers")},
}  # fmt: skip

_NEEDED: Mapping[str, list[str]] = {
    "carrier.yaml": ["format", "carrier"], "codes.yaml": ["format"], "operation": ["format"],
    "statement": ["format", "wire", "records"],
    "record": ["list"], "check": ["fields"], "wire.schema.yaml": ["format", "messages"],
    "idempotency": ["kind"], "inquiry": ["operation"], "case": ["is"],
    "needs": ["kind"], "error": ["is"], "carrier": ["id", "name", "version", "canonical"],
}  # fmt: skip

# Places the loader calls by more words.
_SAID = {"record": "a record of a statement", "check": "a check of a statement"}

_PLACES = (
    "carrier.yaml", "codes.yaml", "operation", "row", "case", "request", "response", "outcome row", "error", "callback",
    "table", "step", "idempotency", "inquiry", "defaults", "limits", "transport", "timeout", "security", "token",
    "field", "statement", "record", "check", "needs",
)  # fmt: skip


def carrier_schema(words: Vocabulary, tree: CarrierTree | None) -> Schema:
    """The schema of every file of a carrier; without a tree, of a carrier nobody knows yet."""
    found = {place: _place(place, words) for place in _PLACES}
    # The words of a carrier's `carrier:` map have no place of their own in the loader's account.
    found["carrier"] = _object(dict.fromkeys(("id", "name", "version", "canonical"), _TEXT), _NEEDED["carrier"])
    for place in ("request", "response", "callback"):
        found[place] = _message(found[place])
    found["shape message"] = _message(_place("shape", words))
    found["rows"] = {"anyOf": [_ref("row"), {"type": "array", "items": _ref("row"), "minItems": 1}]}
    found["row"] |= {"not": {"required": ["to", "list"]}}
    found["table"] = {"allOf": [found["table"], {"$ref": f"{SHARED}#/definitions/by_enum"}]}
    found["error"] = {"anyOf": [found["error"], {"type": "string", "pattern": "\\.csv$"}]}
    found |= {"type": {"enum": list(types())}, "layers": _layers(), **_names(tree)}
    found["wire.schema.yaml"] = _wire_schema()
    return {"$schema": DRAFT, "title": "A carrier's mapping", **_by_file(), "definitions": found}


def _place(place: str, words: Vocabulary) -> Schema:
    own = _OWN.get(place, {})
    asked = sorted(words.get(_SAID.get(place, place), ()))
    return _object({word: own.get(word, _WORDS.get(word, {})) for word in asked}, _NEEDED.get(place, []))


def _object(properties: Mapping[str, Schema], required: list[str]) -> Schema:
    schema: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def _message(schema: Schema) -> Schema:
    return {"allOf": [schema, {"$ref": f"{SHARED}#/definitions/by_type"}]}


def _by_file() -> Schema:
    """Which file it is shows in its words: every file of a carrier's folder may name one schema."""
    chain: Schema = _ref("operation")
    for word, place in (
        ("messages", "wire.schema.yaml"),
        ("records", "statement"),
        ("enums", "codes.yaml"),
        ("carrier", "carrier.yaml"),
    ):
        chain = {"if": {"required": [word]}, "then": _ref(place), "else": chain}
    return chain


def _layers() -> Schema:
    one = {name: {"anyOf": [_layer(options), {"type": ["string", "null"]}]} for name, options in LAYERS.items()}
    layer = {"type": "object", "properties": one, "additionalProperties": False, "minProperties": 1, "maxProperties": 1}
    return {"type": "array", "minItems": 1, "items": {"anyOf": [layer, {"enum": sorted(LAYERS)}]}}


def _layer(options: Mapping[str, str]) -> Schema:
    return _object({option: _option(allowed) for option, allowed in options.items()}, [])


def _option(allowed: str) -> Schema:
    values = [value for value in allowed.split("|") if value]
    if set(values) == {"true", "false"}:
        return _FLAG
    return (
        {"enum": [*values, *(float(value) for value in values if re.fullmatch(r"[0-9.]+", value))]}
        if len(values) > 1
        else {}
    )


def _names(tree: CarrierTree | None) -> Schema:
    """What only this carrier has: its tables, its shapes."""
    known = sorted(set(CODECS) | set(LIST_FORMS))
    form: Schema = {"type": "string", "pattern": f"^({'|'.join(known)})(\\(.*\\))?$"}
    if tree is None:
        return {"codec": form, "shape": {"type": "string"}}
    tables, shapes = sorted(tree.carrier.tables), sorted(tree.carrier.shapes)
    others = "|".join(map(re.escape, tables))
    written = [*(f"enum({table})" for table in tables), *_WRITTEN]
    strange = {"not": {"pattern": f"\\benum\\((?!({others})\\))" if tables else "\\benum\\("}}
    codec = {"anyOf": [{"enum": written}, form], "allOf": [strange]}
    return {"codec": codec, "shape": {"enum": shapes} if shapes else {"type": "string"}}


_WRITTEN = (
    "date(yyyyMMdd)", "date(yyyy-MM-dd)", "datetime(iso)", "datetime(yyyyMMddHHmmss)", "until(yyyyMMddHHmmss;1s)",
    "until(yyyyMMdd;1d)", "money(fen)", "money(yuan)", "int", "upper", "flag(Y/N)", "percent(0)", "decimal(2)", "one",
    "first", "by_index",
)  # fmt: skip


def _wire_schema() -> Schema:
    fields = _map_of("field")
    sides = {"request": fields, "response": fields}
    steps = {"type": "object", "additionalProperties": _object(sides, [])}
    message = _object({**sides, "steps": steps}, [])
    messages = {"type": "object", "additionalProperties": message}
    return _object({"format": _FORMAT, "source": {}, "messages": messages}, _NEEDED["wire.schema.yaml"])
