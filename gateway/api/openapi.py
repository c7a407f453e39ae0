"""The OpenAPI 3.1 document, made from the table: what is not a row is not in it, and no row is left out."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec

from gateway.api import openapi_parts as parts
from gateway.api.row import Row
from gateway.api.table import TABLE
from gateway.model.events import Event
from gateway.model.schema import decimals_as_read
from gateway.service.answers import Problem

_REF = "#/components/schemas/{name}"


@cache
def document() -> dict[str, Any]:
    """The whole document, as plain JSON values."""
    schemas = _Schemas(TABLE)
    paths: dict[str, dict[str, Any]] = {}
    for row in TABLE:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row, schemas)
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "insurehub",
            "version": _version(),
            "summary": "All insurers as one standard insurer.",
            "description": parts.DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys([*(row.tag for row in TABLE), "carriers", "operators"])],
        "security": [{"apiKey": []}],
        "paths": {**paths, **parts.PAGES},
        "webhooks": {"event": {"post": parts.webhook(schemas[Event])}},
        "components": {
            "securitySchemes": {"apiKey": parts.SECURITY},
            "schemas": schemas.components,
            "parameters": parts.PARAMETERS,
            "headers": parts.HEADERS,
            "responses": parts.RESPONSES,
        },
    }
    # Defaults come as tuples and enum members; what is sent is what is checked.
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(whole))
    return plain


def _version() -> str:
    try:
        return version("insurehub")
    except PackageNotFoundError:
        return "0.0.0"


class _Schemas:
    """The components of every type the table names, and the schema of each."""

    def __init__(self, table: tuple[Row, ...]) -> None:
        types = list(dict.fromkeys([*(each for row in table for each in _types(row)), Problem, Event]))
        schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
        self.components = {name: _reflowed(definition) for name, definition in sorted(components.items())}
        self._of = dict(zip(types, schemas, strict=True))
        self._json_of = {row.name: schema for row in table if (schema := self._json(row))}

    def __getitem__(self, type_: Any) -> dict[str, Any]:
        schema: dict[str, Any] = self._of[type_]
        return schema

    def json_body(self, row: Row) -> dict[str, Any]:
        """The schema of a row's JSON body."""
        return self._json_of[row.name]

    def _json(self, row: Row) -> dict[str, Any] | None:
        """A body some fields of which the path fills is a component of its own, under the name of the whole."""
        if not row.has_json:
            return None
        if not row.fixed:
            return self[row.body]
        references, components = msgspec.json.schema_components([row.json_type], ref_template=_REF)
        for name, definition in components.items():
            self.components.setdefault(name, _reflowed(definition))
        return dict(references[0])


def _types(row: Row) -> Iterator[Any]:
    if row.has_json and not row.fixed:
        yield row.body
    for _, type_ in _parameters_of(row):
        yield type_
    for answer in row.answers.values():
        yield from answer if isinstance(answer, tuple) else (answer,)


def _parameters_of(row: Row) -> Iterator[tuple[str, Any]]:
    """Name and type of each path and query parameter."""
    for name, target in row.path_fields.items():
        outer, _, inner = target.partition(".")
        yield name, str if inner else _field(row, outer).type
    for name in row.query:
        yield name, _field(row, name).type


def _field(row: Row, name: str) -> msgspec.structs.FieldInfo:
    return next(info for info in msgspec.structs.fields(row.body) if info.name == name)


def _reflowed(definition: Mapping[str, Any]) -> dict[str, Any]:
    # A docstring is wrapped for who reads the source; a reader of the document wraps it anew.
    text, told = definition.get("description"), decimals_as_read(definition)
    return {**told, "description": " ".join(text.split())} if text else dict(told)


def _operation(row: Row, schemas: _Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": row.name,
        "tags": [row.tag],
        "summary": row.summary,
        "description": _permission(row),
        "parameters": [*_parameters(row, schemas), *parts.common_parameters(needs_key=row.needs_key)],
        "responses": _responses(row, schemas),
    }
    if row.has_json:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas.json_body(row), "example": row.example}},
        }
    return operation


def _permission(row: Row) -> str:
    if row.scope is None:
        return "Any valid API key; a client sees its own operations alone."
    return f"Needs an API key with the scope `{row.scope}`."


def _parameters(row: Row, schemas: _Schemas) -> Iterator[dict[str, Any]]:
    for name, type_ in _parameters_of(row):
        schema = schemas[type_]
        if name in row.path_fields:
            yield {"name": name, "in": "path", "required": True, "schema": parts.id_schema(schema)}
        else:
            default = _field(row, name).default
            told = {} if default in (None, msgspec.NODEFAULT) else {"default": default}
            yield {"name": name, "in": "query", "schema": {**parts.query_schema(schema), **told}}


def _responses(row: Row, schemas: _Schemas) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, answer in row.answers.items():
        one_of = [schemas[each] for each in answer] if isinstance(answer, tuple) else []
        responses[str(status)] = {
            "description": parts.MEANING[status],
            "headers": parts.headers_of(status, needs_key=row.needs_key),
            "content": {"application/json": {"schema": {"anyOf": one_of} if one_of else schemas[answer]}},
        }
    for status in parts.refusals_of(has_json=row.has_json, needs_key=row.needs_key, scoped=row.scope is not None):
        responses[str(status)] = {"$ref": f"#/components/responses/{status}"}
    return responses
