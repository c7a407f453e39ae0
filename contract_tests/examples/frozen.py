"""A context in which nothing moves: the clock, the nonces and the numbers are the example's."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from contract_tests.examples.example import Example, Freeze
from gateway.wire.contract import Context, Secret, Wire
from gateway.wire.errors import CannotSend

STILL = datetime(2026, 1, 1, tzinfo=UTC)
REQUEST_NO = "R" + "0" * 49
ATTEMPT_NO = "A" + "0" * 25
SECRETS_KEPT = 256
TOKEN = "test-token"  # noqa: S105 - opens nothing


@lru_cache(maxsize=SECRETS_KEPT)
def _secret(text: str) -> Secret:
    """A test key's secret, the same one every time: what is worked out of a key is kept with it."""
    return Secret(text)


def nonces(texts: tuple[str, ...]) -> Callable[[int], str]:
    """The texts one after the other; one that is too short for the mapping is a fault of the example."""
    left = list(texts)

    def nonce(characters: int) -> str:
        if not texts:
            return "n" * characters
        which = len(texts) - len(left) + 1 if left else len(texts)
        text = left.pop(0) if left else texts[-1]
        if len(text) < characters:
            short = f"text {which} of freeze.nonce has {len(text)} characters"
            raise CannotSend(f"{short}, the mapping asks for {characters} there")
        return text[:characters]

    return nonce


def context_of(example: Example, freeze: Freeze, steps: Mapping[str, Wire], **changed: Any) -> Context:
    """What the adapter may know, all of it from the example; `changed` replaces single members."""
    known = {
        "now": freeze.now or STILL,
        "request_no": freeze.request_no or REQUEST_NO,
        "attempt_no": freeze.attempt_no or ATTEMPT_NO,
        "nonce": nonces(freeze.nonce),
        "config": example.config,
        "secrets": {name: _secret(text) for name, text in example.secrets.items()},
        "binding": example.binding,
        "refs": example.refs,
        "steps": dict(steps),
        "token": example.token or TOKEN,
    }
    return Context(**{**known, **changed})
