"""C05 and C14 through the client stack: every row of the error table, every HTTP status, as a response on the wire."""

from collections.abc import Iterator, Sequence
from copy import copy
from typing import Any

import httpx
from msgspec.structs import replace

from cli.mapping.tree import OutcomeRow
from contract_tests.derive.carried import with_globals
from contract_tests.derive.codes import code_like, looked_up, native_with_code, with_code
from contract_tests.examples.check import Run
from contract_tests.examples.flow import Played, next_step
from contract_tests.examples.frozen import TOKEN
from contract_tests.examples.proof import Proof
from contract_tests.examples.twins import response
from contract_tests.record.ciphers import CannotOpen
from contract_tests.record.knowledge import calls_of
from contract_tests.record.layers import Keys, Message, Rewriting
from contract_tests.runner.level1 import Course, channel_of, router_in_memory
from gateway.channel import Answer, Channel
from gateway.model.outcome import OutcomeKind, SafetyClass
from gateway.wire.contract import Secret, Step, Token, TokenSource, WireReply

STATUSES = (
    *(300, 301, 302, 303, 307, 308), *(400, 401, 403, 404, 408, 409, 422, 429), *(500, 502, 503, 504),
)  # fmt: skip
"""What the catalogue lists; whether a yes is one under another 2xx is frozen beside the mapping."""

RETRY_AFTER_S = 7
ELSEWHERE = "https://elsewhere.invalid/"


class Line:
    """One call of an example, to be answered again and again by a router in memory."""

    def __init__(self, run: Run, played: Played) -> None:
        """Take the step as it was built."""
        assert played.wire is not None
        self.run, self.played = run, played
        self.reply = WireReply(status=200)
        router = router_in_memory()
        self.route = router.route().mock(side_effect=lambda _request: response(self.reply))
        transport = httpx.MockTransport(router.async_handler)
        self.channel: Channel = channel_of(run, transport)
        self._course = Course(run, self.channel)

    async def answered(self, reply: WireReply, step: Step | None = None) -> Answer:
        """The call sent, and answered so."""
        assert self.played.wire is not None
        self.reply = reply
        exchange = self._course.exchange(step or self.played.step, self.played.context, self.played.wire)
        return await self.channel.send(exchange)


# --- C05: the error table ---------------------------------------------------------------------------------------------


async def error_table(run: Run, proof: Proof, rows: Sequence[str]) -> None:
    """Rows of the carrier's codes, and a code of none, in the place of the one the example's reply bears."""
    played = looked_up(run)
    if played is None or played.reply is None or played.exchange.reply is None:
        actual = "the outcome table did not look a code up in this example"
        proof.fails(at="error table", mark=run.example.mark, expected="a reply with a code", actual=actual)
        return
    line = Line(run, played)
    for row in rows:
        await _row(line, proof, row)
        if proof.is_full:
            return


async def _row(line: Line, proof: Proof, row: str) -> None:
    run, played = line.run, line.played
    assert played.reply is not None
    assert played.exchange.reply is not None
    known, mark = str(played.reply.outcome.carrier_code), played.exchange.reply.mark
    code = code_like(row, known, run.subject.error_rows)
    found = (await _said(line, known, code)).reply.outcome
    declared = run.subject.error_rows[row]
    mapping = run.subject.lines.shown(declared.mark)
    if found.carrier_code != code:
        decided = found.kind is not OutcomeKind.accepted
        proof.holds(decided, at=f"code {code}", mark=mark, expected="no yes", actual=found.kind.value)
        return
    facts: dict[str, tuple[Any, Any]] = {
        "outcome": (declared.kind.value, found.kind.value),
        "canonical code": (None if declared.code is None else declared.code.value, found.code),
        "next step": (_next(declared, played.step.safety), next_step(found, played.step.safety)),
    }
    if getattr(declared.after, "source", "").strip() == "header.Retry-After":
        facts["wait"] = (float(RETRY_AFTER_S), found.after_s)
    for name, (wanted, actual) in facts.items():
        proof.same(wanted, actual, at=f"{name} of {code}", mark=mark, mapping=mapping)


def _next(declared: Any, safety: SafetyClass) -> str | None:
    """What follows from a row: its own word, else what the safety class allows."""
    if declared.then is not None:
        return str(declared.then.value)
    kind = OutcomeKind(declared.kind.value)
    after = {OutcomeKind.not_executed: "retry", OutcomeKind.unknown: _AFTER[safety]}
    return after.get(kind)


_AFTER = {
    SafetyClass.read: "retry",
    SafetyClass.write_replay: "resend",
    SafetyClass.write_inquiry: "inquiry",
    SafetyClass.write_blind: "review",
}


async def _said(line: Line, known: str, code: str) -> Answer:
    """The call answered with another code: in its bytes, signed again, or else where its message is decoded."""
    run, played = line.run, line.played
    assert played.exchange.reply is not None
    assert played.reply is not None
    raw = played.exchange.reply.reply
    for reply in _recoded(run, played, raw, known, code):
        answer = await line.answered(_late(reply))
        if answer.reply.outcome.carrier_code == code:
            return answer
    if run.subject.is_native:
        return await line.answered(_late(raw))
    wire = with_code(played.reply.wire, known, code)
    parse = with_globals(played.step.parse, lambda name: name.startswith("decoded"), lambda *_: wire)
    return await line.answered(_late(raw), replace(played.step, parse=parse))


def _late(reply: WireReply) -> WireReply:
    """The reply of a carrier that says when to come again."""
    kept = tuple(each for each in reply.headers if each[0].lower() != "retry-after")
    return replace(reply, headers=(*kept, ("Retry-After", str(RETRY_AFTER_S))))


def _recoded(run: Run, played: Played, raw: WireReply, known: str, code: str) -> Iterator[WireReply]:
    if run.subject.is_native:
        yield native_with_code(raw, known, code, run.example.secrets)
        return
    operation, secrets = run.flow.operation, run.example.secrets
    for call in calls_of(run.subject.tree):
        if (call.operation, call.variant) != (operation.name, operation.variant):
            continue
        for layers in call.replies if call.steps == 1 or call.step == played.step.name else ():
            headers = dict(raw.headers)
            work = Rewriting(
                Message(headers=headers, body=raw.body),
                Keys(secrets, secrets),
                lambda _path, old: code if old == known else old,
            )
            try:
                body = work.through(layers)
            except CannotOpen:
                continue
            yield replace(raw, headers=tuple((name, headers[name]) for name, _ in raw.headers), body=body)


# --- C14: HTTP statuses -----------------------------------------------------------------------------------------------


async def statuses(run: Run, proof: Proof) -> None:
    """The yes under every other status: what the mapping's rows say of it, and unknown where they say nothing."""
    for played in run.flow.played:
        if played.exchange.reply is not None and played.wire is not None:
            line = Line(run, played)
            rows = _rows(run, played)
            for status in STATUSES:
                await _status(line, proof, status, rows)
            await _worn_token(line, proof)


def _rows(run: Run, played: Played) -> Sequence[OutcomeRow]:
    """The rows that decide what a reply to this call means; a native carrier has none."""
    declared = run.subject.declared(run.example)
    steps = declared.steps if declared is not None else ()
    return [row for step in steps if step.name == played.step.name or len(steps) == 1 for row in step.response.outcome]


def _says_nothing(rows: Sequence[OutcomeRow], status: int) -> bool:
    """Whether no row is about a status: one that names none is about those of an answer, 3xx and 5xx are not."""
    if any(status in row.http for row in rows):
        return False
    return not 400 <= status < 500 or all(row.http or row.is_else for row in rows)


async def _status(line: Line, proof: Proof, status: int, rows: Sequence[OutcomeRow]) -> None:
    played = line.played
    assert played.exchange.reply is not None
    given, mark = played.exchange.reply, played.exchange.reply.mark
    reply = _late(replace(given.reply, status=status, headers=(*given.reply.headers, ("Location", ELSEWHERE))))
    pure = played.step.parse(reply, line.run.example.request, played.context).outcome
    before = line.route.call_count
    found = (await line.answered(reply)).reply.outcome
    calls = line.route.call_count - before
    proof.same(1, calls, at=f"calls under status {status}", mark=mark)
    proof.same(pure.kind.value, found.kind.value, at=f"outcome under status {status}", mark=mark)
    if rows and _says_nothing(rows, status):
        told = "unknown: no row of the mapping is about it"
        is_honest = found.kind is OutcomeKind.unknown
        proof.holds(is_honest, at=f"status {status}", mark=mark, expected=told, actual=found.kind.value)


async def _worn_token(line: Line, proof: Proof) -> None:
    """A carrier that says the token is worn out is asked for another one, once."""
    source = line.run.subject.adapter.carrier.token
    given = line.played.exchange.reply
    if source is None or given is None:
        return
    asked: list[int] = []
    adapter = copy(line.run.subject.adapter)
    adapter.carrier = replace(adapter.carrier, token=_given(source, asked))
    line.channel.adapter = adapter
    step, mark = line.played.step, given.mark
    await line.channel.fetch_token()
    for status in (200, *source.refresh_on_statuses):
        await line.answered(replace(given.reply, status=status))
        kept = line.channel.has_token(step) or not step.needs_token
        wanted = status not in source.refresh_on_statuses or not step.needs_token
        proof.same(wanted, kept, at=f"token kept after status {status}", mark=mark)
    for _ in range(2):
        await line.channel.fetch_token()
    proof.same(2, len(asked), at="tokens asked for", mark=mark)


def _given(source: TokenSource, asked: list[int]) -> TokenSource:
    """The carrier's token call, answered with a token whatever came: its own reply is no part of an example."""

    def read(_reply: WireReply, _context: Any) -> Token:
        asked.append(len(asked))
        return Token(value=Secret(TOKEN), expires_in_s=3_600.0)

    return replace(source, read=read)
