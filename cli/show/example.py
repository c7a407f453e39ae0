"""An example as it is carried out: every byte that leaves, and what the reply is read as. For authors to look at."""

import re
from typing import Any

import msgspec
from msgspec import Struct

from cli.out import out
from contract_tests.examples.example import Example
from contract_tests.examples.flow import Flow, Played, play
from contract_tests.examples.subject import Subject
from contract_tests.runner.inside import inside_of
from gateway.wire.contract import Headers

_CHARSET = re.compile(r"charset=([\w-]+)")


class ShownStep(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One call: the request, or why it cannot be sent, and the reply.

    `hex` holds the bytes where they are no text, `inside` the message where the body is packed or encrypted.
    """

    step: str
    refused: str = ""
    method: str = ""
    url: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    hex: str = ""
    inside: str = ""
    outcome: dict[str, Any] = {}
    canonical: Any = None
    problems: tuple[str, ...] = ()


def examples_of(subject: Subject, operation: str, variant: str | None) -> list[Example]:
    """The examples of an operation that are requests of ours."""
    found = [example for file in subject.files for example in file.examples]
    named = [each for each in found if each.operation == operation and each.callback is None]
    return [each for each in named if variant is None or each.variant == variant]


def carried_out(example: Example, subject: Subject) -> tuple[ShownStep, ...]:
    """What every step of the example sends and reads. Raises AdapterMissing."""
    flow: Flow = play(example, subject)
    shown = []
    for played in flow.played:
        call = (example.operation, flow.operation.variant or "", played.step.name or "")
        body = b"" if played.wire is None else played.wire.body
        inside = None if subject.is_native else inside_of(subject, call, body, example.secrets)
        text = "" if inside is None or played.wire is None else _text(inside, played.wire.headers) or ""
        shown.append(msgspec.structs.replace(_step(played), inside=text))
    return tuple(shown)


def _step(played: Played) -> ShownStep:
    if played.wire is None:
        return ShownStep(step=played.step.name, refused=str(played.refusal))
    wire, reply = played.wire, played.reply
    text = _text(wire.body, wire.headers)
    step = ShownStep(
        step=played.step.name,
        method=wire.method,
        url=wire.url,
        headers=tuple(wire.headers),
        body=text or "",
        hex="" if text is not None else wire.body.hex(),
    )
    if reply is None:
        return step
    said = {name: value for name, value in msgspec.to_builtins(reply.outcome).items() if value not in (None, False)}
    canonical = msgspec.to_builtins(reply.result) if reply.result is not None else None
    return msgspec.structs.replace(step, outcome=said, canonical=canonical, problems=reply.problems)


def _text(body: bytes, headers: Headers) -> str | None:
    """The body as text: in the charset it is sent in, else in UTF-8 or GB18030; None where it is none."""
    said = _CHARSET.search(next((value for name, value in headers if name.lower() == "content-type"), ""))
    for charset in (said[1],) if said else ("utf-8", "gb18030"):
        try:
            return body.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    return None


def print_steps(steps: tuple[ShownStep, ...]) -> None:
    """Print them as they would travel."""
    for index, step in enumerate(steps):
        if index:
            out.print()
        _print(step)


def _print(step: ShownStep) -> None:
    if step.refused:
        out.print(f"{step.step}: cannot be sent: {step.refused}", markup=False, soft_wrap=True)
        return
    out.print(f"{step.method} {step.url}", markup=False, soft_wrap=True)
    for name, value in step.headers:
        out.print(f"{name}: {value}", markup=False, soft_wrap=True)
    out.print()
    out.print(step.body or (f"hex {step.hex}" if step.hex else ""), markup=False, soft_wrap=True, highlight=False)
    if step.inside:
        out.print(f"\ninside: {step.inside}", markup=False, soft_wrap=True, highlight=False)
    if not step.outcome:
        return
    told = ", ".join(f"{name} {value}" for name, value in step.outcome.items() if name != "kind")
    out.print(f"\n=> {step.outcome['kind']}{f' ({told})' if told else ''}", markup=False, soft_wrap=True)
    if step.canonical:
        out.print(msgspec.json.encode(step.canonical).decode(), markup=False, soft_wrap=True, highlight=False)
    for problem in step.problems:
        out.print(f"problem: {problem}", markup=False, soft_wrap=True)
