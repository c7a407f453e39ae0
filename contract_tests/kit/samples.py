"""The examples beside a mapping as a kit needs them: the bytes of each printed request and reply, by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from contract_tests.examples.example import Exchange
from contract_tests.examples.subject import Subject


@dataclass(frozen=True, slots=True)
class Sample:
    """One printed exchange; header names in lower case."""

    name: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    reply_headers: Mapping[str, str]
    reply_body: bytes


class Samples:
    """The exchanges of a carrier's examples: `operation/id`, and `:step` behind it where there are several calls."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    @cached_property
    def names(self) -> dict[str, Exchange]:
        """Every exchange that has a request, by name; examples that bring about a fault are none."""
        found: dict[str, Exchange] = {}
        for file in self._subject.files:
            for example in file.examples:
                for exchange in example.exchanges if example.fault is None else ():
                    step = f":{exchange.step}" if exchange.step else ""
                    if exchange.request is not None:
                        found[f"{file.path.stem.replace('_', '.', 1)}/{example.id}{step}"] = exchange
        return found

    def get(self, name: str) -> Sample | None:
        """One exchange with its bytes; None when there is none of that name."""
        exchange = self.names.get(name)
        if exchange is None or exchange.request is None:
            return None
        wanted, reply = exchange.request, exchange.reply.reply if exchange.reply else None
        headers = {key.lower(): str(each.value) for key, each in wanted.headers}
        return Sample(
            name, str(wanted.method.value) if wanted.method else "POST",
            str(wanted.target.value) if wanted.target else "/", headers,
            bytes(wanted.body.value) if wanted.body else b"", reply.status if reply else 0,
            {key.lower(): value for key, value in reply.headers} if reply else {}, reply.body if reply else b"",
        )  # fmt: skip
