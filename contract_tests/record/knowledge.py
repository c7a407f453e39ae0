"""What a mapping knows of a message before it is opened: which call it is, its layers, whose each field is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cli.mapping.layers import undone
from cli.mapping.resolve import Resolved, resolve
from cli.mapping.tree import CarrierTree, Expression, Layer, Message, Option, Response, Row, Text
from contract_tests.record.formats import local
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import Faults
from gateway.model.kinds import Kind, ListType, Scalar, ScalarKind, StructType, UnionType
from gateway.model.operations import OPERATIONS
from gateway.model.pii import PiiClass
from gateway.model.reflect import NoSuchPath, struct_named

TOKEN_CALL = "token"  # noqa: S105 - the name of a call
DEPTH_MAX = 12
_METHOD = re.compile(r"(GET|POST|PUT|PATCH|DELETE|HEAD) (/\S*|)(.*)", re.DOTALL)
_BRACES = re.compile(r"\{[^{}]*\}")
_MARK = Mark("the interface of insurehub", 1)

_KINDS = {
    "name": "name", "holder": "name", "buyer": "name", "family": "family", "given": "given", "phone": "phone",
    "email": "email", "birth_date": "birth_date", "line": "address", "line2": "address", "plate": "plate",
    "description": "prose", "detail": "prose", "note": "prose", "special_terms": "prose", "prior_conditions": "prose",
}  # fmt: skip
_OTHERS = ("licence_no", "engine_no", "vin", "imei", "serial", "device", "ip", "employer", "school", "account_id_hash")
_NUMBERS = {"id_docs": "identity", "phones": "phone", "bank_account": "card", "account": "card"}

# What fields are usually called, where the mapping does not say whose they are.
_WHO = (
    "applicant|appnt|insured|holder|policy_?holder|customer|cust|contact|owner|driver|buyer|payer|payee|real|full|user"
)
_USUAL = (
    ("identity", r"(id|cert|identity|idcard|id_?card|passport|证件)(_?no|_?num(ber)?|_?code|号码?)|身份证.*"),
    ("phone", r"(\w*_?)(phone|mobile|tel|telephone|cell|msisdn)(_?no|_?num(ber)?)?|手机号?|电话"),
    ("email", r"\w*e?_?mail(_?addr(ess)?)?|邮箱"),
    ("name", rf"({_WHO})_?name|姓名"),
    ("given", r"(first|given|middle)_?name"), ("family", r"(last|family|sur)_?name"),
    ("birth_date", r"birth_?(day|date)?|date_?of_?birth|dob|出生日期"),
    ("address", r"\w*(street|addr(ess)?)(_?line)?_?\d?|地址"),
    ("plate", r"(plate|licen[cs]e_?plate|car)_?no|plate(_?num(ber)?)?|车牌号?"),
    ("card", r"(bank_?)?(card|account|acct)_?(no|num(ber)?)|卡号"),
    ("credential", r"(\w+_|access|refresh)?(token|secret|password|passwd|pwd|api_?key|access_?key|session_?id)"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _USUAL)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the mapping: where it goes, what in it never varies, how its bytes are layered."""

    operation: str
    variant: str
    step: str
    position: int
    steps: int
    method: str | None
    path: re.Pattern[str] | None
    element: str
    constants: tuple[tuple[str, str], ...]
    expressions: tuple[tuple[str, str], ...]
    wire: tuple[Layer, ...]
    replies: tuple[tuple[Layer, ...], ...]

    @property
    def inwards(self) -> tuple[Layer, ...]:
        """The layers of the request from the bytes inwards."""
        return tuple(reversed(self.wire))

    @property
    def name(self) -> str:
        """The operation with its variant."""
        return f"{self.operation}/{self.variant}" if self.variant else self.operation


def calls_of(tree: CarrierTree) -> tuple[Call, ...]:
    """Every call the mapping makes, that for a token last."""
    carrier = tree.carrier
    if carrier.native:
        return tuple(map(_native, OPERATIONS))
    faults = Faults()
    found = []
    for operation in resolve(tree, faults).operations:
        for position, step in enumerate(operation.steps):
            wire = step.wire if step.wire is not None else carrier.wire
            replies = step.reply or carrier.reply or (undone(wire),)
            method, path, element = _where(step.call.value if step.call is not None else "")
            constants, expressions = _sent(step.request)
            found.append(
                Call(
                    operation=operation.name, variant=operation.variant, step=step.name, position=position,
                    steps=len(operation.steps), method=method, path=path, element=element, constants=constants,
                    expressions=expressions, wire=wire, replies=replies,
                )
            )  # fmt: skip
    return (*found, *_token(tree))


def _token(tree: CarrierTree) -> Iterator[Call]:
    declared = tree.carrier.token
    if declared is None:
        return
    wire = declared.wire if declared.wire is not None else () if "url" in declared.options else tree.carrier.wire
    replies = declared.reply or (() if "url" in declared.options else tree.carrier.reply) or (undone(wire),)
    url = declared.options.get("url")
    tail = url.value.rpartition("}")[2] if isinstance(url, Text) else ""
    path = re.compile(f".*{re.escape(tail.partition('?')[0])}") if tail else None
    constants, expressions = _sent(declared.request) if declared.request is not None else ((), ())
    yield Call(
        operation=TOKEN_CALL, variant="", step="", position=0, steps=1, method=None, path=path, element="",
        constants=constants, expressions=expressions, wire=wire, replies=replies,
    )  # fmt: skip


def _where(call: str) -> tuple[str | None, re.Pattern[str] | None, str]:
    found = _METHOD.fullmatch(call)
    if found is None:
        return None, None, local(call.strip())
    path = found[2].partition("?")[0]
    if "{" in call and _BRACES.search(call):
        path = call.partition(" ")[2].partition("?")[0]
    pieces = [re.escape(piece) for piece in _BRACES.split(path.strip().split(" ")[0] if "{" not in path else path)]
    return found[1], re.compile(".*" + "[^/?]+".join(pieces)), ""


def _sent(message: Message) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """The constants a request always holds, and the expressions: path and what stands there."""
    told = [(each.to.text, each.value) for each in message.send]
    constants = tuple((path, value.value) for path, value in told if isinstance(value, Text) and value.value)
    return constants, tuple((path, value.source) for path, value in told if isinstance(value, Expression))


def _native(name: str) -> Call:
    """A call of our own interface: JSON, and an HMAC over the timestamp and the body's digest."""
    over = tuple(Text(part, _MARK) for part in ("header.X-Timestamp", "\n", "sha256_hex(body)"))
    options: dict[str, Option] = {
        "algo": Text("hmac_sha256", _MARK), "key": Text("secret.hmac_key", _MARK), "over": over,
        "encode": Text("hex_lower", _MARK), "put": Text("header.X-Signature", _MARK),
    }  # fmt: skip
    request = (Text("http.method", _MARK), Text("\n", _MARK), Text("http.path", _MARK), Text("\n", _MARK),
               over[0], Text("\n", _MARK), Text("header.X-Nonce", _MARK), Text("\n", _MARK), over[2])  # fmt: skip
    body = (Layer(_MARK, "json"), Layer(_MARK, "charset", {"name": Text("UTF-8", _MARK)}))
    reply = Layer(_MARK, "verify", {**options, "from": options["put"]})
    return Call(
        operation=name, variant="", step="", position=0, steps=1, method=None,
        path=re.compile(f".*/carrier/v1/{name.replace('.', '/')}"), element="",
        constants=(), expressions=(), wire=(*body, Layer(_MARK, "sign", {**options, "over": request})),
        replies=((reply, *reversed(body)),),
    )  # fmt: skip


# --- whose a field is -----------------------------------------------------------------------------------------------


def fields_of(tree: CarrierTree) -> dict[str, str]:
    """The kind of person's text that stands in a field, by the field's name on the wire."""
    resolved = resolve(tree, Faults())
    found: dict[str, str] = {}
    for message, of in _messages(resolved):
        for name, kind in _personal(message, of, 0):
            found.setdefault(name, kind)
    return found


def kind_of(name: str, known: dict[str, str]) -> str | None:
    """The kind of a field: as the mapping says, else by what such fields are usually called."""
    bare = name.removeprefix("@")
    if bare in known:
        return known[bare]
    return next((kind for kind, pattern in _COMPILED if pattern.fullmatch(bare)), None)


def _messages(resolved: Resolved) -> Iterator[tuple[Message, Kind]]:
    for shape in resolved.shapes.values():
        yield from _typed(shape)
    for operation in resolved.operations:
        for step in operation.steps:
            yield from _typed(step.request)
            yield from _typed(step.response.message)
    for callback in resolved.tree.carrier.callbacks:
        yield from _typed(callback.response.message)


def _typed(message: Message) -> Iterator[tuple[Message, Kind]]:
    if message.of is not None:
        try:
            yield message, struct_named(message.of.value)
        except NoSuchPath:
            return


def _personal(message: Message, of: Kind, depth: int) -> Iterator[tuple[str, str]]:
    cases = [case.body for case in message.cases if case.body is not None]
    rows = [*message.rows, *(row for body in cases for row in body.rows)]
    for row in rows:
        kind, pii, names = _leads(of, [segment.name for segment in row.canonical.segments])
        bodies = [row.body, *(case.body for case in row.cases)]
        for body in bodies:
            if body is not None and kind is not None and depth < DEPTH_MAX:
                yield from _personal(body, kind, depth + 1)
        told = _told(kind, pii, names, row)
        if told is not None and row.to is not None and row.to.segments:
            yield row.to.segments[-1].name.removeprefix("@"), told


def _told(kind: Kind | None, pii: bool, names: list[str], row: Row) -> str | None:
    if not pii or not isinstance(kind, Scalar) or kind.kind not in (ScalarKind.text, ScalarKind.date):
        return None
    if row.codec is not None and row.codec.name in ("enum", "flag", "table", "code"):
        return None
    last, parent = names[-1], next((name for name in reversed(names[:-1]) if not name.isdigit()), "")
    if last == "number":
        return _NUMBERS.get(parent, "other")
    return _KINDS.get(last, "other" if last in _OTHERS else None)


def _leads(of: Kind, names: list[str]) -> tuple[Kind | None, bool, list[str]]:
    """What a canonical path leads to, lists gone through; whether it is somebody's; the names on the way."""
    kind: Kind | None = of
    pii = False
    for name in names:
        kind = kind.item if isinstance(kind, ListType) else kind
        if name in ("", ".") or name.isdigit():
            continue
        field = _field(kind, name)
        if field is None:
            return None, False, names
        kind, pii = field.type, field.pii is not PiiClass.none
    return (kind.item if isinstance(kind, ListType) else kind), pii, names


def _field(kind: Kind | None, name: str) -> Any:
    if isinstance(kind, StructType):
        return kind.fields.get(name)
    if isinstance(kind, UnionType):
        return next((member.fields[name] for member in kind.members.values() if name in member.fields), None)
    return None


def reply_messages(tree: CarrierTree) -> Iterator[tuple[Response, tuple[Message, ...]]]:
    """Every reply the mapping reads, with the messages its rows stand in, shapes of the carrier among them."""
    resolved = resolve(tree, Faults())
    shapes = tuple(resolved.shapes.values())
    for operation in resolved.operations:
        for step in operation.steps:
            yield (
                step.response,
                (*_all_of(step.response.message), *(each for shape in shapes for each in _all_of(shape))),
            )


def _all_of(message: Message) -> Iterator[Message]:
    """A message and those inside its rows and cases."""
    yield message
    bodies = [row.body for row in message.rows] + [case.body for row in message.rows for case in row.cases]
    for body in (*bodies, *(case.body for case in message.cases)):
        if body is not None:
            yield from _all_of(body)
