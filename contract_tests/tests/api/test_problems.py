"""Every no is a problem document that says where and what to do, and repeats nothing personal."""

import msgspec
import pytest

from gateway.errors import (
    CarrierSaidNo,
    Duplicate,
    NoChannel,
    NotFound,
    RequestInvalid,
    Said,
    Unavailable,
    VersionConflict,
)
from gateway.model.examples import EXAMPLES
from gateway.model.validate import Fault, FaultCode
from gateway.service.answers import Answer, Problem

CANARY = "CANARY-13800138000"
QUOTE = msgspec.to_builtins(EXAMPLES["quote.create"])


def _with(path: str, value) -> dict:
    """The example of a quote with one field set, by dotted path."""
    body = msgspec.json.decode(msgspec.json.encode(QUOTE))
    *outer, last = [int(each) if each.isdigit() else each for each in path.split(".")]
    target = body
    for each in outer:
        target = target[each]
    target[last] = value
    return body


def _problem(reply) -> Problem:
    assert reply.headers["content-type"] == "application/problem+json"
    problem = msgspec.json.decode(reply.content, type=Problem)
    assert problem.status == reply.status_code
    assert problem.type == f"urn:insurehub:problem:{problem.code}"
    assert problem.next
    return problem


@pytest.mark.parametrize(
    ("path", "value", "code", "message"),
    [
        ("product", 7, "malformed", "Expected 'str', got 'int'"),
        ("product", CANARY, "malformed", "matching regex"),
        ("insureds.0.party.gender", CANARY, "malformed", "say one of "),
        ("insureds.0.party.birth_date", CANARY, "malformed", "Invalid RFC3339 encoded date"),
        ("insureds.0.party.name", {"first": CANARY}, "malformed", "Expected 'str', got 'object'"),
        ("objects.0.type", CANARY, "malformed", "say one of freight, goods"),
        ("period.start", "2025-07-02T00:00:00", "malformed", "timezone"),
        ("coverages.0.sum_insured.amount", 1.5, "malformed", "Expected 'int', got 'float'"),
        ("payment.method", 7, "malformed", "say one of"),
        ("policyholder.naem", CANARY, "malformed", "there is no such field here, did you mean 'name'?"),
        ("objects.0.colour", CANARY, "malformed", "there is no such field"),
        ("a", CANARY, "malformed", "there is no such field"),
    ],
)
async def test_a_field_of_the_wrong_kind_is_named_by_its_path_and_its_value_is_not_repeated(
    path, value, code, message, shop, insurer
):
    reply = await shop.post("/v1/quotes", _with(path, value))
    problem = _problem(reply)
    assert (problem.status, problem.code) == (422, "request.invalid")
    (fault,) = problem.faults
    assert (fault.path, fault.code) == (path, code)
    assert message in fault.message
    assert CANARY not in reply.text
    assert insurer.calls == []


async def test_a_missing_field_is_named_where_it_should_be(shop):
    body = _with("policyholder", {"type": "person"})
    del body["product"]
    del body["insureds"][0]["party"]["name"]
    (fault,) = _problem(await shop.post("/v1/quotes", body)).faults
    assert fault.code is FaultCode.missing
    assert fault.path in {"product", "policyholder.name", "insureds.0.party.name"}


async def test_a_field_with_a_name_that_is_no_name_is_not_repeated(shop):
    reply = await shop.post("/v1/quotes", _with("policyholder.张三 138", 1))
    (fault,) = _problem(reply).faults
    assert (fault.path, fault.message) == ("policyholder", "this object has a field that does not exist")
    assert "张三" not in reply.text


async def test_a_key_of_a_map_is_not_repeated(shop):
    body = msgspec.to_builtins(EXAMPLES["policy.issue"]) | {"ext": 5}
    assert _problem(await shop.post("/v1/policies", body)).faults[0].path == "ext"
    report = msgspec.to_builtins(EXAMPLES["claim.report"])
    report["evidence"][0]["facts"] = {CANARY: {"x": 1}}
    assert CANARY not in (await shop.post("/v1/claims", report)).text


async def test_the_path_of_a_claim_is_not_taken_from_its_body(shop):
    reply = await shop.post("/v1/claims/clm_1/withdrawal", {"claim_id": "clm_2", "reason": "x"})
    assert _problem(reply).faults[0].path == "claim_id"


@pytest.mark.parametrize(
    ("error", "status", "source"),
    [
        (
            CarrierSaidNo("the insurer declined", reasons=(Said(code="E1", source="carrier", text="no"),)),
            422,
            "carrier",
        ),
        (RequestInvalid("wrong", faults=(Fault("a.0.b", FaultCode.checksum, "check digit"),)), 422, "gateway"),
        (VersionConflict("it is at version 3"), 409, "gateway"),
        (NoChannel("nobody", reasons=(Said(code="closed", source="gateway"),)), 503, "gateway"),
        (Unavailable("the disk is full"), 503, "gateway"),
    ],
)
async def test_a_refusal_of_the_service_goes_out_as_it_is(error, status, source, shop, insurer):
    insurer.error = error
    reply = await shop.post("/v1/quotes", QUOTE)
    problem = _problem(reply)
    assert (problem.status, problem.source, problem.detail) == (status, source, error.detail)
    assert (problem.faults, problem.reasons) == (error.faults, error.reasons)
    assert ("retry-after" in reply.headers) is (status == 503)


@pytest.mark.parametrize("error", [RequestInvalid("wrong"), CarrierSaidNo("the insurer declined")])
async def test_who_says_no_and_what_to_do_stand_in_every_problem(error, shop, insurer):
    insurer.error = error
    document = (await shop.post("/v1/quotes", QUOTE)).json()
    assert document["source"] == error.source
    assert document["next"] == error.next_step


async def test_one_code_has_one_title_whoever_says_it(shop, insurer):
    insurer.error = NotFound("there is no such quote", code="quote.not_found")
    missing = (await shop.post("/v1/quotes", QUOTE)).json()
    nowhere = (await shop.get("/v1/nowhere")).json()
    insurer.error = NotFound("there is no decision rd_9")
    decision = (await shop.post("/v1/quotes", QUOTE)).json()
    assert missing["title"] == "No such quote"
    assert nowhere["type"] == decision["type"]
    assert nowhere["title"] == decision["title"] == "There is nothing at this address"


async def test_an_answer_lists_a_hundred_faults_and_says_how_many_there_are(shop, insurer):
    faults = tuple(Fault(f"insureds.{at}.party", FaultCode.missing, "give one") for at in range(1_000))
    insurer.error = RequestInvalid("the request is not valid", faults=faults)
    document = (await shop.post("/v1/quotes", QUOTE)).json()
    assert [fault["path"] for fault in document["faults"]] == [fault.path for fault in faults[:100]]
    assert document["detail"] == "the request is not valid; the first 100 of 1000 faults are listed"


async def test_a_duplicate_names_the_operation_that_has_the_identity(shop, insurer):
    insurer.error = Duplicate("op_7 has it", extra={"operation_id": "op_7"})
    assert _problem(await shop.post("/v1/quotes", QUOTE)).operation_id == "op_7"


async def test_what_nobody_foresaw_is_500_that_reveals_nothing_and_a_log_line_without_values(shop, insurer):
    insurer.error = RuntimeError(f"cannot handle {CANARY}")
    reply = await shop.post("/v1/quotes", QUOTE)
    problem = _problem(reply)
    assert (problem.status, problem.code) == (500, "gateway.internal")
    assert CANARY not in reply.text
    failed, request = shop.log()
    assert (failed["event"], failed["error"], failed["operation"]) == ("failed", "RuntimeError", "quote.create")
    assert any("_asked" in frame for frame in failed["frames"])
    assert request["status"] == 500
    assert CANARY not in shop.written.getvalue().decode()


async def test_an_answer_keeps_its_bytes_and_gets_its_headers(shop, insurer):
    insurer.answer = Answer(
        status=202, body=b'{ "as": "stored" }', location="/v1/operations/op_1", retry_after_s=2, replayed=True
    )
    reply = await shop.post("/v1/quotes", QUOTE)
    assert (reply.status_code, reply.content) == (202, b'{ "as": "stored" }')
    assert reply.headers["location"] == "/v1/operations/op_1"
    assert reply.headers["retry-after"] == "2"
    assert reply.headers["idempotency-replayed"] == "true"


async def test_a_stored_no_is_replayed_as_a_problem(shop, insurer):
    insurer.answer = Answer(status=422, body=b'{"code":"carrier.declined"}', replayed=True)
    reply = await shop.post("/v1/quotes", QUOTE)
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.content == b'{"code":"carrier.declined"}'
