"""What other tools can be told of a carrier's examples: exchanges with a name, a state before, and where from."""

import base64
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from contract_tests.examples.example import Example, ExampleFile, Exchange, WantedRequest
from contract_tests.examples.subject import Subject

_NAME = re.compile(r"[^\w.+-]")


class Shown(Struct, frozen=True, kw_only=True):
    """One exchange of an example; `first` is false where another example already sends the same request."""

    key: str
    operation: str
    example: Example
    exchange: Exchange
    first: bool

    @property
    def request(self) -> WantedRequest:
        """What is on the wire."""
        assert self.exchange.request is not None
        return self.exchange.request


def shown_of(files: Iterable[ExampleFile]) -> Iterator[Shown]:
    """Exchanges that are complete and not struck by a fault: method, target and reply are given."""
    seen: set[tuple[str, str, bytes]] = set()
    for file in files:
        for example in file.examples:
            if example.fault is not None or example.callback is not None:
                continue
            for each in example.exchanges:
                wanted = each.request
                if each.reply is None or wanted is None or wanted.method is None or wanted.target is None:
                    continue
                body = wanted.body.value if wanted.body is not None else b""
                same = (wanted.method.value, wanted.target.value, body)
                name = f"{file.path.stem.replace('_', '.')}/{example.id}" + (f"/{each.step}" if each.step else "")
                yield Shown(
                    key=name, operation=file.operation, example=example, exchange=each, first=same not in seen
                )  # fmt: skip
                seen.add(same)


def is_signed(subject: Subject) -> tuple[bool, bool]:
    """Whether bytes matter in requests and in replies: they are signed, encrypted or packed."""
    if subject.tree is None or subject.is_native:
        return True, True
    carrier = subject.tree.carrier
    replies = [layer for layers in carrier.reply for layer in layers]
    return any(map(_over_body, carrier.wire)), any(map(_over_body, replies))


_PACKED = frozenset({"encrypt", "base64", "hex", "gzip", "url_encode", "jws", "jwe", "http_signature", "frame"})
_HEADERS_ALONE = re.compile(r"header\.|secret\.|http\.")


def _over_body(layer: Any) -> bool:
    """Whether a layer makes the body's bytes matter; a signature over headers alone does not."""
    if layer.name in _PACKED or "put" in layer.options:
        return True
    if layer.name not in ("sign", "verify"):
        return False
    parts = [str(getattr(each, "value", getattr(each, "source", ""))) for each in layer.options.get("over", ())]
    return any(re.search(r"\b(body|wire|sorted|values|query|member|between)\b", each) for each in parts)


def media_of(headers: Iterable[tuple[str, str]], body: bytes) -> str:
    """The content type of a message, else what it looks like."""
    told = next((value for name, value in headers if name.lower() == "content-type"), "")
    if told:
        return told
    bare = body.lstrip()[:1]
    return "application/json" if bare in (b"{", b"[") else "text/xml" if bare == b"<" else "application/octet-stream"


def json_of(body: bytes, media: str) -> Any:
    """The message as a tree where it is JSON that survives being written anew, else None."""
    if "json" not in media:
        return None
    try:
        tree = json.loads(body)
    except ValueError:
        return None
    return tree if json.loads(json.dumps(tree)) == tree else None


def text_of(body: bytes) -> str | None:
    """The message as UTF-8 text, or None."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def base64_of(body: bytes) -> str:
    """The message in Base 64."""
    return base64.b64encode(body).decode()


def told_of(one: Shown) -> list[str]:
    """Where an example is from, and which clauses it covers."""
    provenance = one.example.provenance
    source = ", ".join(each for each in (provenance.kind, provenance.source, provenance.host, provenance.when) if each)
    return [f"provenance: {source}", *(f"covers {each}" for each in one.example.covers)]


def file_name(text: str) -> str:
    """A name as a file may bear it."""
    return _NAME.sub("-", text)


def put(folder: Path, files: Mapping[str, Any]) -> list[Path]:
    """Every file whole, or as it was before."""
    folder.mkdir(parents=True, exist_ok=True)
    done = []
    for name, document in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as part:
            json.dump(document, part, ensure_ascii=False, indent=2)
            part.write("\n")
        Path(part.name).chmod(0o644)
        Path(part.name).replace(path)
        done.append(path)
    return done
