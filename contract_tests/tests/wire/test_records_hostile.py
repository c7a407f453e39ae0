"""Whatever bytes a carrier sends: a reply in records is unknown, a statement is refused; nothing raises."""

import importlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model import Money, Party, PolicyGetRequest, PolicyIssueBatchRequest, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import Context, Secret, WireReply

CTX = Context(
    now=datetime(2026, 3, 2, tzinfo=UTC),
    request_no="R1",
    attempt_no="A1",
    nonce=lambda length: "n" * length,
    config={"base_url": "https://x.example", "partner": "P"},
    secrets={"sign_key": Secret("k")},
)
HOLDER = Party(name="张三")
REQUESTS = {
    "policy_issue": PolicyIssueRequest(
        client_ref="o", product="p@1", policyholder=HOLDER, expected_premium=Money(amount=1, currency="CNY")
    ),
    "policy_issue_batch": PolicyIssueBatchRequest(client_ref="b", product="p@1", items=()),
    "policy_get": PolicyGetRequest(client_ref="o", product="p@1", policyholder=HOLDER),
}
BYTES = st.binary(max_size=400) | st.text('|HDT\n\r成功拒收TD20,;"\\0', max_size=200).map(
    lambda text: text.encode("gbk")
)


@pytest.mark.parametrize("name", REQUESTS)
def test_bytes_nobody_signed_are_unknown_to_every_operation(name):
    parse = importlib.import_module(f"adapters.tide.{name}").parse

    @settings(max_examples=150, deadline=None)
    @given(BYTES)
    def never_raises(body):
        reply = parse(WireReply(status=200, body=body), REQUESTS[name], CTX)
        assert reply.outcome.kind is OutcomeKind.unknown

    never_raises()


@settings(max_examples=300, deadline=None)
@given(BYTES)
def test_bytes_that_are_no_statement_are_refused(data):
    assert not importlib.import_module("adapters.tide.statement").parse(data).is_accepted
