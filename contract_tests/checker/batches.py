"""Batches: what an answer says of each order, as an answer to it alone would; and when one waits for a person."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from gateway.journal.records import OperationRecord
from gateway.model.states import TERMINAL


def said_of(batch: Mapping[str, Any], client_ref: str) -> tuple[int | None, bytes]:
    """An order's status and answer: its policy, why it has none, that it is under way; None where nothing is said."""
    said = next((each for each in batch.get("items", ()) if each.get("client_ref") == client_ref), None)
    if said is None:
        return None, b""
    if "policy" in said:
        return HTTPStatus.CREATED, json.dumps(said["policy"]).encode()
    if "problem" in said:
        problem = said["problem"]
        return int(problem.get("status", HTTPStatus.UNPROCESSABLE_ENTITY)), json.dumps(problem).encode()
    return HTTPStatus.ACCEPTED, json.dumps(said).encode()


def waits_for_a_person(batch: OperationRecord, states: Mapping[str, str]) -> bool:
    """Whether a batch is not over only because one of its orders waits for a person; `states` are by operation."""
    orders = [each.get("operation_id") for each in json.loads(batch.result or b"[]")]
    found = {states.get(each, "") for each in orders if each is not None}
    return "needs_review" in found and found <= {*TERMINAL, "needs_review"}
