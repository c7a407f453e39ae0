"""What a mapping knows of a message before it is opened: which call it is, its layers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cli.mapping.layers import undone
from cli.mapping.resolve import resolve
from cli.mapping.tree import CarrierTree, Expression, Layer, Message, Option, Response, Text
from contract_tests.record.formats import local
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import Faults
from gateway.model.operations import OPERATIONS

TOKEN_CALL = "token"  # noqa: S105 - the name of a call
_METHOD = re.compile(r"(GET|POST|PUT|PATCH|DELETE|HEAD) (/\S*|)(.*)", re.DOTALL)
_BRACES = re.compile(r"\{[^{}]*\}")
_MARK = Mark("the interface of insurehub", 1)


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
