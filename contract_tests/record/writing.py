"""Recorded exchanges as files of draft examples: all of them, or none."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from cli.mapping.tree import CarrierTree
from contract_tests.examples.reading import SHARED, read_example_file
from contract_tests.personal.scan import Slipped, slipped
from contract_tests.record.exchange import Headers
from contract_tests.record.freezing import frozen_of
from contract_tests.record.knowledge import TOKEN_CALL
from contract_tests.record.scrub import Scrubbed
from gateway.catalogue.marks import Diagnostic

INLINE_LENGTH_MAX = 15_000
NEVER_FOLDED = 1_000_000
"""What is split over lines could not be looked through."""
HEAD = """\
# {what} exchanges with nobody in them. A draft is not run: write what goes in (canonical) and what must come of it
# (expect), say what the mock needs (given), give it a telling id, and take `draft: true` away.
"""


class Refused(Exception):
    """Nothing was written: what slipped through, or what cannot be read back."""

    def __init__(self, found: Sequence[Slipped | Diagnostic]) -> None:
        """Take every reason."""
        super().__init__("\n".join(map(str, found)))
        self.found = tuple(found)


def written(
    made: Sequence[Scrubbed], tree: CarrierTree, folder: Path, root: Path, provenance: dict[str, Any], stamp: str,
    secrets: Sequence[str] = (), originals: Sequence[str] = (),
) -> list[Path]:  # fmt: skip
    """Files of drafts, one per operation, beside the others. Raises Refused, and then there is none of them."""
    files = dict(_files(made, tree, provenance, stamp))
    faults = [each for name, text in files.items() for each in slipped(text, name, secrets, originals)]
    if faults:
        raise Refused(faults)
    with tempfile.TemporaryDirectory() as work:
        staged = Path(work) / folder.name / "examples"
        staged.mkdir(parents=True)
        shared = folder / "examples" / SHARED
        if shared.is_file():
            shutil.copy(shared, staged / SHARED)
        for name, text in files.items():
            (staged / name).write_text(text, encoding="utf-8")
        wrong = [
            fault for name in files for fault in read_example_file(staged / name, root)[1] if fault.severity == "error"
        ]
        if wrong:
            raise Refused(wrong)
    return _in_place(files, folder / "examples")


def _in_place(files: dict[str, str], folder: Path) -> list[Path]:
    """Every file under its name, or none of them."""
    folder.mkdir(exist_ok=True)
    done: list[Path] = []
    try:
        for name, text in files.items():
            part = folder / f".{name}.part"
            part.write_text(text, encoding="utf-8")
            os.link(part, folder / name)  # refuses to take the place of a file that is there
            part.unlink()
            done.append(folder / name)
    except OSError:
        for path in (*done, *(folder / f".{name}.part" for name in files)):
            path.unlink(missing_ok=True)
        raise
    return done


def _files(
    made: Iterable[Scrubbed], tree: CarrierTree, provenance: dict[str, Any], stamp: str
) -> Iterable[tuple[str, str]]:
    grouped: dict[tuple[str, str], list[list[Scrubbed]]] = {}
    last: Scrubbed | None = None
    for one in made:
        call = one.call
        if call is None or call.operation == TOKEN_CALL:
            continue
        flows = grouped.setdefault((call.operation, call.variant), [])
        goes_on = last is not None and last.call is not None and last.call.name == call.name
        if goes_on and flows and last is not None and last.call is not None and last.call.position < call.position:
            flows[-1].append(one)
        else:
            flows.append([one])
        last = one
    for (operation, variant), flows in grouped.items():
        head: dict[str, Any] = {"contract": 1, "carrier": tree.carrier.id, "operation": operation}
        head |= {"variant": variant} if variant else {}
        head["examples"] = [_example(flow, number, tree, provenance) for number, flow in enumerate(flows, 1)]
        stem = operation.replace(".", "_") + (f".{variant}" if variant else "")
        text = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=NEVER_FOLDED)
        yield f"{stem}.{provenance['kind']}-{stamp}.yaml", HEAD.format(what=str(provenance["kind"]).capitalize()) + text


def _example(flow: Sequence[Scrubbed], number: int, tree: CarrierTree, provenance: dict[str, Any]) -> dict[str, Any]:
    first = flow[0]
    when = first.exchange.at.isoformat(timespec="seconds")
    source = {"when": when, "host": first.original.host, "sha256": first.original.sha256, "scrubbed": True}
    found: dict[str, Any] = {
        "id": f"{provenance['kind']}-{number}", "draft": True, "provenance": {**provenance, **source},
    }  # fmt: skip
    call = first.call
    if call is None or call.steps == 1:
        return found | {"freeze": frozen_of(first, tree), **_messages(first)}
    steps = {one.call.step: {"freeze": frozen_of(one, tree), **_messages(one)} for one in flow if one.call is not None}
    return found | {"steps": steps}


def _messages(one: Scrubbed) -> dict[str, Any]:
    exchange = one.exchange
    request: dict[str, Any] = {"method": exchange.method, "target": exchange.target}
    request |= _headers(exchange.headers) | _body(exchange.body)
    reply = {"status": exchange.status, **_headers(exchange.reply_headers), **_body(exchange.reply_body)}
    return {"request": request, "response": reply}


def _headers(headers: Headers) -> dict[str, Any]:
    return {"headers": dict(headers)} if headers else {}


def _body(body: bytes) -> dict[str, Any]:
    """The bytes as they are best read: a text, a text in another charset, else Base 64."""
    if not body:
        return {}
    for charset in ("utf-8", "gbk"):
        try:
            text = body.decode(charset)
        except UnicodeDecodeError:
            continue
        plain = all(each.isprintable() or each in "\n\t" for each in text) and text.encode(charset) == body
        if plain and len(text) <= INLINE_LENGTH_MAX:
            return {"body": text if charset == "utf-8" else {"text": text, "charset": charset.upper()}}
    return {"body": {"base64": _lined(body)}}


def _lined(body: bytes) -> str:
    from base64 import b64encode  # noqa: PLC0415 - bodies that are no text are few

    return b64encode(body).decode()
