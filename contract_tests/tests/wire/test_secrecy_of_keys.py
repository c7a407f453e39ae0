"""No key shows in an error, whichever algorithm it is no key of, nor in what a key is printed as."""

import traceback
from datetime import UTC, datetime

import pytest

import gateway.wire
from gateway.wire import Context, Secret, WireError, cipher_key, secret
from gateway.wire.cipher import CIPHERS, KEY_FORMS
from gateway.wire.sign import SIGNERS

CANARY = "canary-7d1e-geheim"
WRONG = [CANARY, CANARY + "\ud800", f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----", CANARY * 100]


def printed(call, *arguments):
    """Everything a person could see of what went wrong."""
    try:
        call(*arguments)
    except WireError as error:
        return "".join(traceback.format_exception(error)).replace(f"CANARY = {CANARY!r}", "") + repr(error)
    except UnicodeEncodeError as error:
        return repr(error) if CANARY in str(error) else ""
    return ""


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
@pytest.mark.parametrize("algo", [spec.algo for spec in SIGNERS.values() if spec.keyed])
def test_no_signer_quotes_what_is_no_key_of_it(algo, text):
    spec = SIGNERS[algo]
    assert CANARY not in printed(getattr(gateway.wire, spec.runtime), Secret(text), b"data")
    if spec.genuine:
        assert CANARY not in printed(getattr(gateway.wire, spec.genuine), Secret(text), b"data", bytes(64))


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
@pytest.mark.parametrize("algo", CIPHERS)
def test_no_cipher_quotes_what_is_no_key_of_it(algo, text):
    spec = CIPHERS[algo]
    if spec.key_sizes:
        for form in KEY_FORMS:
            assert CANARY not in printed(cipher_key, Secret(text), form, spec.key_sizes)
        return
    salt = ("s" * spec.salt,) if spec.salt else ()
    assert CANARY not in printed(getattr(gateway.wire, spec.seal), Secret(text), *salt, b"data")
    assert CANARY not in printed(getattr(gateway.wire, spec.open), Secret(text), b"\x04" + bytes(200))


def test_a_context_shows_no_secret_and_a_secret_that_is_not_there_is_named():
    ctx = Context(now=datetime(2026, 3, 1, tzinfo=UTC), nonce=str, secrets={"key": Secret(CANARY, Secret(CANARY))})
    assert CANARY not in repr(ctx)
    assert CANARY not in repr(vars(type("Kept", (), {"secret": ctx.secrets["key"]})))
    assert "no secret 'other'" in printed(secret, ctx, "other")
