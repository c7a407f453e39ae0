"""What a client was told by webhooks, held against what is so: nothing left out, invented or contradicted."""

import base64
import hashlib
import hmac

import pytest
from msgspec.structs import replace

from contract_tests.checker.webhooks import Taken, Told, everything_told, is_genuine

EVENT = Told(event_id="evt_1", object_id="op_1", kind="operation.succeeded", body=b'{"type":"operation.succeeded"}')
CAME = Taken(event_id="evt_1", body=EVENT.body, genuine=True, taken=True)


def broken(states=None, events=(EVENT,), came=(CAME,)):
    return [found.text for found in everything_told(states or {"op_1": "succeeded"}, events, came)]


def test_an_end_that_was_told_and_taken_is_in_order_however_often_it_came():
    assert broken() == []
    assert broken(came=(replace(CAME, taken=False), CAME, CAME)) == []


def test_what_is_not_over_need_not_be_told():
    assert broken(states={"op_1": "succeeded", "op_2": "unknown"}) == []


@pytest.mark.parametrize(
    ("run", "text"),
    [
        ({"came": ()}, "never taken"),
        ({"came": (replace(CAME, taken=False),)}, "never taken"),
        ({"came": (replace(CAME, genuine=False),)}, "signature"),
        ({"came": (replace(CAME, body=b"{}"),)}, "another body"),
        ({"came": (CAME, replace(CAME, event_id="evt_9"))}, "never written"),
        ({"events": (), "came": ()}, "no event says so"),
        ({"states": {"op_1": "succeeded", "op_2": "failed"}}, "no event says so"),
        ({"states": {"op_1": "failed"}}, "was told to be succeeded, and is failed"),
    ],
)
def test_each_way_of_being_told_wrong_is_found(run, text):
    assert any(text in found for found in broken(**run)), broken(**run)


def test_a_signature_is_checked_over_id_time_and_body():
    key = "whsec_" + base64.b64encode(b"k" * 32).decode()
    made = base64.b64encode(hmac.digest(b"k" * 32, b"evt_1.12.{}", hashlib.sha256)).decode()
    headers = {"webhook-id": "evt_1", "webhook-timestamp": "12", "webhook-signature": f"v1,x v1,{made}"}
    assert is_genuine(key, headers, b"{}")
    assert not is_genuine(key, headers, b"{ }")
    assert not is_genuine(key, {**headers, "webhook-timestamp": "13"}, b"{}")
