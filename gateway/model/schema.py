"""The vocabulary as one JSON Schema document (draft 2020-12), for callers, editors and the published interface.

Fields that hold something of a person carry `x-pii` with its class.
"""

from typing import Any

import msgspec

from gateway.model.base import Model
from gateway.model.errors import ErrorCode
from gateway.model.operations import OPERATIONS
from gateway.model.views import OperationView

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def struct_names() -> tuple[str, ...]:
    """The names of every body, request, result and view, in the order of the operations."""
    return tuple(dict.fromkeys(cls.__name__ for cls in _classes()))


def schema_document() -> dict[str, Any]:
    """One document whose `$defs` hold every body, request, result, view and the error codes, and all they stand on."""
    return {"$schema": DRAFT, "title": "The canonical vocabulary", "$defs": components("#/$defs/{name}")}


def components(ref_template: str = "#/components/schemas/{name}") -> dict[str, Any]:
    """The same definitions under references of the caller's choice, such as those of an OpenAPI document."""
    _, found = msgspec.json.schema_components([*_classes(), ErrorCode], ref_template=ref_template)
    return {name: _described(decimals_as_read(definition)) for name, definition in sorted(found.items())}


def schema_of(cls: type[Model]) -> dict[str, Any]:
    """A document that stands alone and describes one type."""
    return {"$schema": DRAFT, **decimals_as_read(msgspec.json.schema(cls))}


def _classes() -> tuple[type[Model], ...]:
    rows = OPERATIONS.values()
    return (*(cls for row in rows for cls in (row.body, row.request, row.result, row.view)), OperationView)


def decimals_as_read(schema: Any) -> Any:
    """A JSON Schema with decimals as they are read: text, which keeps the digits whoever decodes it, or a number."""
    if isinstance(schema, dict):
        is_decimal = schema.get("type") == "string" and schema.get("format") == "decimal"
        told = {**schema, "type": ["string", "number"]} if is_decimal else schema
        return {name: decimals_as_read(inner) for name, inner in told.items()}
    return [decimals_as_read(each) for each in schema] if isinstance(schema, list) else schema


def _described(definition: dict[str, Any]) -> dict[str, Any]:
    # A docstring is wrapped for the eye of who reads the source; a reader of the schema wraps it anew.
    text = definition.get("description")
    return definition if text is None else {**definition, "description": " ".join(text.split())}
