"""A run in which all is well, to be broken one promise at a time."""

import json
from datetime import UTC, datetime, timedelta

from contract_tests.checker.history import Arrival, Call, Callback, Effect, History, Rows, Seen, Terms
from gateway.journal.records import AttemptRecord, InboundRecord, ObjectRecord, OperationRecord
from gateway.model.outcome import OutcomeKind
from gateway.model.states import OperationState

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def at(seconds):
    return NOW + timedelta(seconds=seconds)


def attempt(**fields):
    given = {
        "attempt_id": "att_1",
        "operation_id": "op_1",
        "step": "",
        "purpose": "effect",
        "number": 1,
        "channel": "lotus_main",
        "request_no": "NUMBER0001",
        "adapter_version": "1+a",
        "started_at": at(1),
        "ended_at": at(2),
        "outcome": OutcomeKind.accepted,
    }
    return AttemptRecord(**{**given, **fields})


def operation(**fields):
    given = {
        "operation_id": "op_1",
        "client": "shop",
        "operation": "policy.issue",
        "idem_key": "k1",
        "request_hash": "h1",
        "business_key": "policy:shop:order-1",
        "state": OperationState.succeeded,
        "request": b"{}",
        "channel": "lotus_main",
        "client_ref": "order-1",
        "deadline_at": at(300),
        "created_at": at(0),
        "updated_at": at(3),
    }
    return OperationRecord(**{**given, **fields})


POLICY = {
    "channel": "lotus_main",
    "numbers": [{"kind": "policy", "no": "P1"}],
    "premium": {"gross": {"amount": 900, "currency": "CNY"}},
}


def call(**fields):
    given = {
        "client": "shop",
        "operation": "policy.issue",
        "key": "k1",
        "body_hash": "h1",
        "identity": "order-1",
        "at": 0.0,
        "answered_at": 3.0,
        "status": 201,
        "answer": json.dumps(POLICY).encode(),
        "canaries": frozenset({"ID1"}),
        "premium": 900,
    }
    return Call(**{**given, **fields})


def effect(**fields):
    given = {
        "channel": "lotus_main",
        "kind": "issue",
        "number": "P1",
        "request_no": "NUMBER",
        "premium": 900,
        "currency": "CNY",
        "canaries": frozenset({"ID1", "name"}),
    }
    return Effect(**{**given, **fields})


def stored(**fields):
    given = {
        "kind": "policy",
        "object_id": "pol_1",
        "client": "shop",
        "client_ref": "order-1",
        "channel": "lotus_main",
        "operation_id": "op_1",
        "status": "in_force",
        "data": json.dumps(POLICY).encode(),
        "created_at": at(3),
        "updated_at": at(3),
    }
    return ObjectRecord(**{**given, **fields})


def inbound(**fields):
    given = {
        "inbound_id": "in_1",
        "channel": "lotus_main",
        "name": "policy_issued",
        "event_key": "e1",
        "received_at": at(4),
        "sealed": b"",
        "state": "applied",
        "operation_id": "op_1",
    }
    return InboundRecord(**{**given, **fields})


def refused(**fields):
    answer = {"code": "x", "operation_id": "op_1"}
    return call(**{"status": 503, "answer": json.dumps(answer).encode(), **fields})


def history(**fields):
    given = {
        "calls": (call(),),
        "effects": (effect(),),
        "rows": rows(),
        "seen": (Seen(at=1, operation_id="op_1", state="sending"), Seen(at=3, operation_id="op_1", state="succeeded")),
        "arrivals": (Arrival(channel="lotus_main", operation="policy.issue", at=1.5, digest="d1"),),
        "callbacks": (Callback(channel="lotus_main", digest="c1", genuine=True, request_no="NUMBER", word="accepted"),),
        "terms": {("lotus_main", "policy.issue"): Terms(safety="write_inquiry", final_after_s=60.0)},
    }
    return History(**{**given, **fields})


def rows(**fields):
    given = {
        "operations": (operation(),),
        "attempts": (attempt(),),
        "objects": (stored(),),
        "inbound": (inbound(),),
        "durable_at": {"att_1": 1.0},
        "digests": {"att_1": "d1", "in_1": "c1"},
    }
    return Rows(**{**given, **fields})
