"""From a request to the Struct its row wants: JSON body, path and query, each checked before it is believed."""

import re
from typing import Any, get_args
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from gateway.api.body import must_be_json, must_be_modest, must_name_once, read_body
from gateway.api.faults import fault_of, refusal
from gateway.api.limits import ID_CHARS_MAX, QUERY_BYTES_MAX, QUERY_FIELDS_MAX, Limits
from gateway.api.request import Request
from gateway.api.row import Row
from gateway.errors import NotFound, RequestInvalid
from gateway.model.validate import Fault, FaultCode

_FLAGS = {"true": True, "false": False}
_WHOLE = re.compile(r"-?\d{1,9}", re.ASCII)


class Input:
    """Reads one row's requests; decoders are made once."""

    def __init__(self, row: Row, limits: Limits) -> None:
        """Take the row and the limits of this process."""
        self._row = row
        self._limits = limits
        self._bytes_max = limits.documents_bytes_max if row.carries_documents else limits.body_bytes_max
        self._json_type = row.json_type
        self._decoder = msgspec.json.Decoder(self._json_type)
        self._kinds = {info.name: _plain_type(info.type) for info in msgspec.structs.fields(row.body)}

    async def read(self, request: Request) -> Struct:
        """The filled Struct. Raises HubError: 400, 404, 408, 413, 415, 422."""
        if not self._row.has_json:
            return self._from_address(request)
        if request.query:
            self._query(request.query)
        must_be_json(request)
        sent = self._decoded(await read_body(request, self._bytes_max, self._limits.body_wait_s))
        if not request.params:
            return sent
        values = {name: getattr(sent, name) for name in sent.__struct_fields__}
        return self._row.body(**values, **self._path_values(request.params))

    def _decoded(self, body: bytes) -> Struct:
        must_be_modest(body, self._limits)
        try:
            sent: Struct = self._decoder.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise refusal(error, body, self._json_type) from None
        must_name_once(body, sent)
        return sent

    def _from_address(self, request: Request) -> Struct:
        values = self._path_values(request.params)
        if request.query:
            values.update(self._query(request.query))
        try:
            return msgspec.convert(values, self._row.body)
        except msgspec.ValidationError as error:
            fault = fault_of(error, self._row.body)
            raise RequestInvalid("one parameter is not as the schema says", faults=(fault,)) from None

    def _path_values(self, params: dict[str, str]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, target in self._row.path_fields.items():
            text = params[name]
            if len(text) > ID_CHARS_MAX or not text.isprintable():
                raise NotFound("there is no such id")
            outer, _, inner = target.partition(".")
            values[outer] = {inner: text} if inner else text
        return values

    def _query(self, query: bytes) -> dict[str, Any]:
        """The query's fields. Raises RequestInvalid for an unknown or repeated one, or one without a sense."""
        pairs = _pairs(query)
        faults = [fault for fault in map(self._query_fault, dict(pairs).items()) if fault]
        faults += [Fault(name, FaultCode.duplicate, "give this once") for name in _repeated(pairs)]
        if faults:
            raise RequestInvalid("the query is not as the schema says", faults=faults)
        return {name: _typed(text, self._kinds[name]) for name, text in pairs}

    def _query_fault(self, pair: tuple[str, str]) -> Fault | None:
        name, text = pair
        if name not in self._row.query:
            known = ", ".join(self._row.query) or "none"
            return Fault("", FaultCode.malformed, f"the query has a parameter that is not taken here; taken: {known}")
        if not text or len(text) > ID_CHARS_MAX or not text.isprintable():
            return Fault(name, FaultCode.malformed, f"say 1 to {ID_CHARS_MAX} printable characters")
        return None


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        text = query.decode("ascii")
        if len(query) <= QUERY_BYTES_MAX:
            return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=QUERY_FIELDS_MAX)
    except ValueError:
        pass
    fault = Fault("", FaultCode.malformed, f"percent-encoded UTF-8, at most {QUERY_BYTES_MAX} bytes, is wanted")
    raise RequestInvalid("the query cannot be read", faults=(fault,), status=400)


def _repeated(pairs: list[tuple[str, str]]) -> list[str]:
    names = [name for name, _ in pairs]
    return sorted({name for name in names if names.count(name) > 1})


def _typed(text: str, kind: Any) -> Any:
    """A flag or a number as JSON would have it; what is neither stays text, for the conversion to refuse."""
    if kind is bool:
        return _FLAGS.get(text, text)
    if kind is int and _WHOLE.fullmatch(text):
        return int(text)
    return text


def _plain_type(annotation: Any) -> Any:
    """`int` of `Annotated[int, ...]`; other types as they are."""
    return get_args(annotation)[0] if hasattr(annotation, "__metadata__") else annotation
