"""One line of the interface: which request leads to which call, and everything its documentation needs."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from gateway.api.port import StandardInsurer
from gateway.model import Model
from gateway.service.answers import Answer
from gateway.service.parts import Caller

Call = Callable[[StandardInsurer, Caller, Any, str | None], Awaitable[Answer]]

_PLACEHOLDER = re.compile(r"{(\w+)}")


class Row(Struct, frozen=True, kw_only=True):
    """A method and a path, the Struct they fill, the call that takes it, the answers there may be.

    `path_fields` maps each placeholder to the field of `body` it fills (`policy.policy_id` inside another Struct),
    `query` names the fields that come from the query; what remains is the JSON body, unless nothing does. `scope` is
    what the API key must allow, None any key. `answers` are the successes by status, a tuple
    where there are several kinds. `example` is the JSON body.
    """

    method: str
    path: str
    name: str
    scope: str | None
    tag: str
    summary: str
    body: type[Struct]
    call: Call
    answers: Mapping[int, Any]
    path_fields: Mapping[str, str] = {}
    query: tuple[str, ...] = ()
    has_json: bool = False
    needs_key: bool = False
    carries_documents: bool = False
    example: Any = None

    def __post_init__(self) -> None:
        """Refuse a row that leaves a required field unfilled; found at import, not by a caller."""
        placeholders = set(_PLACEHOLDER.findall(self.path))
        if placeholders != set(self.path_fields):
            raise TypeError(f"{self.name}: the path names {placeholders}, path_fields {set(self.path_fields)}")
        given = {*self.query, *self.fixed}
        unknown = given - set(self.body.__struct_fields__)
        missing = {info.name for info in msgspec.structs.fields(self.body) if info.required} - given
        if unknown or (missing and not self.has_json):
            raise TypeError(f"{self.name}: {unknown or missing} of {self.body.__name__} does not fit")

    @property
    def fixed(self) -> frozenset[str]:
        """The fields of the body that the path fills."""
        return frozenset(target.partition(".")[0] for target in self.path_fields.values())

    @property
    def json_type(self) -> type[Struct]:
        """What the JSON body is decoded to: the body's type less what the path says."""
        if not self.fixed:
            return self.body
        infos = [info for info in msgspec.structs.fields(self.body) if info.name not in self.fixed]
        fields = [(info.name, info.type, _default(info)) for info in infos]
        less: type[Struct] = msgspec.defstruct(
            self.body.__name__,
            fields,
            bases=(Model,),
            frozen=True,
            kw_only=True,
            namespace={"__doc__": self.body.__doc__},
        )
        return less


def _default(info: msgspec.structs.FieldInfo) -> Any:
    if info.default_factory is not msgspec.NODEFAULT:
        return msgspec.field(default_factory=info.default_factory, name=info.encode_name)
    if info.default is not msgspec.NODEFAULT:
        return msgspec.field(default=info.default, name=info.encode_name)
    return msgspec.field(name=info.encode_name)
