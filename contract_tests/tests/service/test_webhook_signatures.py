"""Signatures are those of the Standard Webhooks specification, to the byte."""

from datetime import UTC, datetime, timedelta

import pytest

from contract_tests.tests.service.receiver import verified
from gateway.journal.vault import Vault, VaultError
from gateway.model.events import SignatureKind
from gateway.service.events import signature
from gateway.wire.contract import Secret

EVENT, AT_S, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        (
            "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=",
            "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==",
        ),
    ],
)
def test_the_vectors_of_the_specifications_own_libraries_come_out(key, expected):
    assert signature.signature(key, EVENT, AT_S, BODY) == expected
    assert verified(signature.shown(key), dict(signature.headers([Secret(key)], EVENT, AT_S, BODY)), BODY)


@pytest.mark.parametrize("kind", list(SignatureKind))
def test_a_delivery_verifies_under_the_key_that_was_shown_and_under_no_other(kind):
    key, other = (signature.new_key(kind, lambda size, fill=fill: bytes([fill]) * size) for fill in (1, 2))
    headers = dict(signature.headers([Secret(key)], "evt_1", AT_S, b"{}"))
    assert verified(signature.shown(key), headers, b"{}")
    assert not verified(signature.shown(other), headers, b"{}")
    for changed in ({**headers, "webhook-id": "evt_2"}, {**headers, "webhook-timestamp": "1"}):
        assert not verified(signature.shown(key), changed, b"{}")
    assert not verified(signature.shown(key), headers, b"{ }")


def test_while_a_key_is_changed_both_sign_and_after_a_day_the_new_one_alone():
    keys = (signature.SigningKey("whsec_b2xk"),)
    keys = signature.rotated(keys, "whsec_bmV3", NOW)
    headers = dict(signature.headers([Secret(key.text) for key in signature.valid(keys, NOW)], "evt_1", AT_S, b"{}"))
    assert len(headers["webhook-signature"].split(" ")) == 2
    assert all(verified(key, headers, b"{}") for key in ("whsec_b2xk", "whsec_bmV3"))
    assert [key.text for key in signature.valid(keys, NOW + timedelta(days=1))] == ["whsec_bmV3"]


def test_a_key_changed_again_and_again_does_not_grow_the_header_without_end():
    keys = ()
    for number in range(20):
        keys = signature.rotated(keys, f"whsec_{number:04}", NOW)
    assert len(signature.valid(keys, NOW)) == signature.KEYS_MAX
    assert keys[0].text == "whsec_0019"


def test_keys_are_stored_sealed_for_their_endpoint_and_never_printed():
    vault = Vault({"k": b"k" * 32}, "k")
    keys = (signature.SigningKey("whsec_b2xk", NOW),)
    sealed = signature.sealed(vault, keys, "whe_1")
    assert b"b2xk" not in sealed
    assert signature.opened(vault, sealed, "whe_1") == keys
    with pytest.raises(VaultError):
        signature.opened(vault, sealed, "whe_2")
    assert "b2xk" not in repr(keys)
