"""A recording without anybody in it: the same people everywhere, made up; secrets those of the tests; signed again.

The whole recording is looked through twice: first everybody in it is met, so that a person who is named in one exchange
and told by a number in another stays one person, then everything is rewritten. What cannot be looked into refuses the
whole recording.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

from msgspec import Struct
from msgspec.structs import replace

from cli.mapping.tree import CarrierTree, Expression, Text
from contract_tests.examples.frozen import TOKEN
from contract_tests.personal.standins import StandIns
from contract_tests.record.ciphers import CannotOpen
from contract_tests.record.exchange import Exchange, Headers
from contract_tests.record.fields import PERHAPS, fields_of, kind_of, names_of
from contract_tests.record.formats import Change, Path, rewritten
from contract_tests.record.knowledge import TOKEN_CALL, Call, calls_of
from contract_tests.record.layers import Keys, Message, Rewriting
from contract_tests.record.plain import PARTED, is_file, stays, unknown_codes

_BRACES = re.compile(r"\{([^{}]*)\}")
_IN_URL = re.compile(r"([?&;](?:\w*token|sig\w*|key|secret|password|code)=)([^&#;\s\"'<]+)", re.IGNORECASE)
OF_THE_WAY = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
    "upgrade", "content-length", "host", "user-agent", "accept", "accept-encoding", "cookie", "set-cookie", "server",
    "via", "x-forwarded-for", "x-real-ip", "date", "content-encoding", "strict-transport-security", "expect",
})  # fmt: skip
"""Headers of the way and of the software: no part of the carrier's interface unless the mapping names them."""
_PACKED = re.compile(r"[A-Za-z0-9+/=_.%\r\n-]+")
"""What may be encrypted or packed, and nobody could read."""
_PACKED_LENGTH_MIN = 16
SETTING_LENGTH_MIN = 4
_CREDENTIAL = re.compile(r"authorization|.*(token|secret|api-?key|password|session).*", re.IGNORECASE)


class Undecodable(Exception):
    """An exchange nobody can look into: which one, at which layer of the mapping, and why."""


class Scrubbed(Struct, frozen=True, kw_only=True):
    """An exchange without anybody, and what is known of it."""

    exchange: Exchange
    call: Call | None
    original: Exchange
    wrapped: Mapping[str, str] = {}
    leaves: Mapping[str, str] = {}
    notes: tuple[str, ...] = ()


_Asked = tuple[Call | None, Rewriting, bytes, dict[Path, str]]


class Scrubber:
    """One recording: who was met in it, and with what everybody is replaced."""

    def __init__(
        self, tree: CarrierTree, keys: Keys, people: StandIns, settings: Iterable[tuple[str, str]] = (),
        operation: str = "",
        config: Mapping[str, str] | None = None, printed: Collection[str] = (),
    ) -> None:  # fmt: skip
        """`settings` are the sandbox's values with the test's for each; `operation` says which all of it is of.

        `printed` are texts that the carrier's files print, and which stay. `config` are the tests' settings by name:
        what the mapping says is one of the sandbox's becomes the test's.
        """
        self.tree, self.keys, self.people = tree, keys, people
        wanted = calls_of(tree)
        self.calls = [call for call in wanted if not operation or operation in (call.operation, call.name)] or wanted
        self.fields = fields_of(tree)
        self.known, self.generated = names_of(tree)
        self.printed = frozenset(printed)
        self.rivals: list[str] = []
        self.said: dict[Path, str] = {}
        self.config = config or {}
        url = tree.carrier.transport.url if tree.carrier.transport is not None else None
        self.prefix = url.value.partition("}")[2] if url is not None and url.value.startswith("{") else ""
        self.templates = {name.value.lower(): value for name, value in tree.carrier.headers}
        for name, text in keys.real.items():
            people.meet_secret(text, keys.test.get(name, f"test-{name.replace('_', '-')}"))
        for text, instead in settings:
            people.meet_secret(text, instead)

    def scrubbed(self, exchanges: Sequence[Exchange]) -> list[Scrubbed]:
        """All exchanges rewritten; raises Undecodable, and then nothing is."""
        test, notes = self.keys, []
        # Under the sandbox's own keys what is opened must close to the bytes it was.
        self.keys = Keys(test.real, {**test.test, **test.real})
        for number, exchange in enumerate(exchanges, 1):
            notes.append(_differences(self._one(exchange, self._meeting, number), number))
        self.keys = test
        made = (self._one(exchange, self._replacing, number) for number, exchange in enumerate(exchanges, 1))
        return [replace(each, notes=(*each.notes, *more)) for each, more in zip(made, notes, strict=True)]

    # --- the two ways through ----------------------------------------------------------------------------------------

    def _meeting(self, path: Path, text: str) -> str:
        if not path and PARTED.search(text):
            return _in_parts(text, self._meeting)
        kind = self._kind(path, text)
        if kind == "credential":
            self._meet_credential(text)
        elif kind is not None and text not in self.people.known.values():
            self.people.meet(kind, text)
        self.people.look(text)
        for found in _IN_URL.finditer(text):
            self._meet_credential(unquote(found[2]))
        return text

    def _replacing(self, path: Path, text: str) -> str:
        if not path and PARTED.search(text):
            return _in_parts(text, self._replacing)
        kind = self._kind(path, text)
        if path and kind is None:
            self.said.setdefault(path, text)
        return self.people.retold(text) if kind in ("prose", "file") else self.people.replaced(text)

    def _kind(self, path: Path, text: str) -> str | None:
        """Whose a text is: its field's, else free text where it is more than a code, a number or what is printed."""
        kind = kind_of(path, self.fields) if path and path[-1] else None
        if kind not in (None, PERHAPS):
            return kind
        if stays(path, text, self.generated, self.printed):
            return None
        if kind == PERHAPS:
            return "name"
        return "file" if is_file(text) else "prose"

    def _meet_settings(self, call: Call | None, work: Rewriting, exchange: Exchange) -> None:
        """Texts that stand where the mapping puts a setting: in the URL, in headers, around the message."""
        self._meet_filled(self.prefix, exchange.target, whole=False)
        for name, value in exchange.headers:
            template = self.templates.get(name.lower())
            if isinstance(template, Text):
                self._meet_filled(template.value, value, whole=True)
            elif isinstance(template, Expression):
                self._meet_setting(template.source, value)
        for layer in call.inwards if call is not None else ():
            added = layer.options.get("with")
            for path, field in added.items() if isinstance(added, Mapping) else ():
                if isinstance(field, Expression) and path in work.wrapped:
                    self._meet_setting(field.source, work.wrapped[path])

    def _meet_filled(self, template: str, text: str, *, whole: bool) -> None:
        pattern = re.compile(_filler(template, "(.+?)" if whole else "([^/?]+)"), re.DOTALL)
        found = pattern.fullmatch(text) if whole else pattern.match(text)
        for name, value in zip(_BRACES.findall(template), found.groups() if found else (), strict=False):
            self._meet_setting(name, value)

    def _meet_setting(self, source: str, text: str) -> None:
        name = source.strip().removeprefix("config.")
        if name != source.strip() and name in self.config and len(text) >= SETTING_LENGTH_MIN:
            self.people.meet_secret(text, self.config[name])

    def _meet_credential(self, text: str) -> None:
        if text and text not in self.people.known.values() and text not in self.keys.test.values() and text != TOKEN:
            self.people.meet("other", text)

    # --- one exchange ------------------------------------------------------------------------------------------------

    def _one(self, exchange: Exchange, change: Change, number: int) -> Scrubbed:
        self.said = {}
        target = self._target(exchange.target, change)
        call, request, body, leaves = self._request(exchange, target, change, number)
        notes = self._guessed(call, number)
        self._meet_settings(call, request, exchange)
        reply, reply_body, more = self._reply(exchange, call, target, change, number)
        made = Exchange(
            at=exchange.at, host=exchange.host, method=exchange.method, target=target,
            headers=tuple(request.message.headers.items()), body=body, status=exchange.status,
            reply_headers=tuple(reply.items()), reply_body=reply_body,
        )  # fmt: skip
        return Scrubbed(
            exchange=made, call=call, original=exchange, notes=(*notes, *more, *self._codes(number)),
            wrapped=request.wrapped,
            leaves={".".join(path): self.people.replaced(text) for path, text in leaves.items()},
        )  # fmt: skip

    def _codes(self, number: int) -> tuple[str, ...]:
        """What stays although nothing says whose it is."""
        known = (*self.known, *self.fields, *self.templates, *(name.title() for name in self.templates))
        names = unknown_codes(self.said, frozenset(known), self.printed)
        told = f"exchange {number} keeps codes in fields that are not in the mapping: {', '.join(names)}"
        return (f"{told}; see whether they are somebody's",) if names else ()

    def _guessed(self, call: Call | None, number: int) -> tuple[str, ...]:
        if call is None:
            return (f"request {number} is none of the mapping's calls",)
        if not self.rivals:
            return ()
        others = ", ".join(dict.fromkeys(self.rivals))
        return (f"request {number} is taken for {call.name}; it may also be {others}: say it with --operation",)

    def _target(self, target: str, change: Change) -> str:
        path, question, query = target.partition("?")
        made = "/".join(_kept(part, change(("",), unquote(part))) for part in path.split("/"))
        pairs = []
        for pair in query.split("&") if question else ():
            name, equals, value = pair.partition("=")
            pairs.append(f"{name}{equals}{_kept(value, change((unquote(name),), unquote(value)))}")
        return made + question + "&".join(pairs)

    def _request(self, exchange: Exchange, target: str, change: Change, number: int) -> _Asked:
        likely = [call for call in self.calls if _goes_there(call, exchange)]
        failed: CannotOpen | None = None
        opened: dict[int, tuple[Rewriting, bytes, dict[Path, str]]] = {}
        chosen: tuple[int, Call] | None = None
        self.rivals = []
        for call in likely:
            key = id(call.wire)
            if key not in opened:
                leaves: dict[Path, str] = {}
                headers = self._headers(exchange.headers, change)
                message = Message(exchange.method, target.partition("?")[0], headers, exchange.body)
                work = Rewriting(message, self.keys, _both(leaves, change))
                try:
                    opened[key] = (work, work.through(_needed(call, exchange)), leaves)
                except CannotOpen as wrong:
                    failed = failed or wrong
                    continue
            score = _score(call, opened[key][2])
            if chosen is not None and score == chosen[0] and call.name != chosen[1].name:
                self.rivals.append(call.name)
            if score >= 0 and (chosen is None or score > chosen[0]):
                chosen, self.rivals = (score, call), []
        if chosen is not None:
            work, body, leaves = opened[id(chosen[1].wire)]
            self._fill(work, exchange.headers)
            return chosen[1], work, body, leaves
        if opened:
            work, body, leaves = next(iter(opened.values()))
            self._fill(work, exchange.headers)
            return None, work, body, leaves
        message = Message(exchange.method, target, self._headers(exchange.headers, change), exchange.body)
        work = Rewriting(message, self.keys, change)
        return None, work, self._plain(exchange.body, change, failed, f"request {number}"), {}

    def _reply(
        self, exchange: Exchange, call: Call | None, target: str, change: Change, number: int
    ) -> tuple[dict[str, str], bytes, tuple[str, ...]]:
        failed: CannotOpen | None = None
        if not exchange.reply_body:
            return self._headers(exchange.reply_headers, change), b"", ()
        for layers in call.replies if call is not None else ():
            headers = self._headers(exchange.reply_headers, change)
            message = Message(exchange.method, target.partition("?")[0], headers, exchange.reply_body)
            work = Rewriting(message, self.keys, change)
            try:
                return message.headers, work.through(layers), ()
            except CannotOpen as wrong:
                failed = failed or wrong
        body = self._plain(exchange.reply_body, change, failed, f"reply {number}")
        notes = (f"reply {number} is none of the mapping's: rewritten as the text it is",) if failed else ()
        return self._headers(exchange.reply_headers, change), body, notes

    def _plain(self, body: bytes, change: Change, failed: CannotOpen | None, what: str) -> bytes:
        """A body no layer fits: rewritten where it is a readable text, else refused."""
        if not body:
            return b""
        for charset in ("utf-8", "gb18030"):
            try:
                text = body.decode(charset)
            except UnicodeDecodeError:
                continue
            made = rewritten(text, change)
            if made is None and failed is not None and len(text) >= _PACKED_LENGTH_MIN and _PACKED.fullmatch(text):
                break
            return (made if made is not None else change((), text)).encode(charset)
        raise Undecodable(f"{what} cannot be looked into: {failed or 'it is no text'}")

    # --- headers -----------------------------------------------------------------------------------------------------

    def _headers(self, headers: Headers, change: Change) -> dict[str, str]:
        """Those of the interface, rewritten; a credential is met as one, a test's own token stands for every token."""
        kept: dict[str, str] = {}
        for name, value in headers:
            mapped = name.lower() in self.templates or name.lower().startswith(("x-", "soapaction"))
            if name.lower() in OF_THE_WAY and name.lower() not in self.templates:
                continue
            if not mapped and name.lower() not in ("content-type", "authorization", "retry-after", "location"):
                continue
            if _CREDENTIAL.fullmatch(name) and name.lower() not in self.templates:
                self._meet_credential(value.rpartition(" ")[2])
            kept[name] = change((name,), value)
        return kept

    def _fill(self, work: Rewriting, original: Headers) -> None:
        """Headers of the mapping's own making: its variables, its settings and its token put into their template."""
        for name, value in list(work.message.headers.items()):
            template = self.templates.get(name.lower())
            if isinstance(template, Text) and "{" in template.value:
                old = next((text for key, text in original if key == name), value)
                work.message.headers[name] = self._filled(template.value, old, work)
            elif isinstance(template, Expression) and template.source.strip() in work.variables:
                work.message.headers[name] = work.variables[template.source.strip()]

    def _filled(self, template: str, old: str, work: Rewriting) -> str:
        names = _BRACES.findall(template)
        found = re.fullmatch(_filler(template, "(.*?)"), old, re.DOTALL)
        if found is None:
            return self.people.replaced(old)
        said = iter(zip(names, found.groups(), strict=True))

        def value(_: re.Match[str]) -> str:
            name, text = next(said)
            if name == "token":
                self.people.known.setdefault(text, TOKEN)
                return TOKEN
            return work.variables.get(name.strip(), self.people.replaced(text))

        return _BRACES.sub(value, template)


def _in_parts(text: str, change: Change) -> str:
    """A text that no layer takes apart, rewritten between what parts it."""
    return "".join(part if at % 2 else change((), part) for at, part in enumerate(PARTED.split(text)))


def _differences(same: Scrubbed, number: int) -> list[str]:
    """What did not come out as it went in, before anybody was replaced: a signature that is another's, for instance."""
    pairs = (("request", same.exchange.body, same.original.body),
             ("reply", same.exchange.reply_body, same.original.reply_body))  # fmt: skip
    told = "was signed or padded otherwise than its layers say, and is now as they say"
    return [f"{what} {number} {told}" for what, made, was in pairs if made != was]


def _filler(template: str, variable: str) -> str:
    """A template as a pattern with a group for each of its variables."""
    return variable.join(map(re.escape, _BRACES.split(template)[::2]))


def _kept(part: str, text: str) -> str:
    """A part of a target, as it was where nothing in it changed."""
    return part if unquote(part) == text else quote(text, safe="~:@!$'()*,;")


def _both(leaves: dict[Path, str], change: Change) -> Change:
    def both(path: Path, text: str) -> str:
        leaves.setdefault(path, text)
        return change(path, text)

    return both


def _needed(call: Call, exchange: Exchange) -> tuple[Any, ...]:
    """The layers of a request; of one without a body the signatures."""
    return call.inwards if exchange.body else tuple(each for each in call.inwards if each.name == "sign")


def _goes_there(call: Call, exchange: Exchange) -> bool:
    if call.method is not None and call.method != exchange.method:
        return False
    return call.path is None or call.path.fullmatch(exchange.target.partition("?")[0]) is not None


def _score(call: Call, leaves: Mapping[Path, str]) -> int:
    """How many of the call's constants a request holds; less than nothing where one is another."""
    score = 0
    if call.element:
        if not any(call.element in path for path in leaves):
            return -1
        score += 1
    for place, text in call.constants:
        wanted = tuple(place.replace("@", "").split("."))
        found = [
            value
            for path, value in leaves.items()
            if tuple(name.removeprefix("@") for name in path[-len(wanted) :]) == wanted
        ]
        if not found or text not in found:
            return -1
        score += 1
    return score - (1 if call.operation == TOKEN_CALL and call.path is None and not call.constants else 0)
