"""A batch in a generated adapter: its size, its items, and an answer to each of them."""

import importlib
import json

import pytest
from msgspec.structs import replace

from cli.codegen import generate
from cli.mapping.check import check_folder
from cli.mapping.workspace import CarrierFolder
from contract_tests.tests.mapping.test_language_reference import FENCES
from gateway.model import BatchItem, Money, Party, PolicyIssueBatchRequest, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import CannotSend, WireReply

NO = "R" * 20


def item(ref, name="张三"):
    premium = Money(amount=1, currency="CNY")
    request = PolicyIssueRequest(
        client_ref=f"o-{ref}", product="p@1", policyholder=Party(name=name), expected_premium=premium
    )
    return BatchItem(ref=ref, request=request)


BATCH = PolicyIssueBatchRequest(client_ref="b-1", product="p@1", items=(item("n1"), item("n2", "李四")))


@pytest.fixture
def module(workshop):
    """The adapter of the batch carrier that the language's page shows."""
    folder = workshop.root / "mappings" / "carriers" / "birch"
    folder.mkdir(parents=True)
    for fence in FENCES:
        if fence.kind.startswith("file=birch/"):
            (folder / fence.kind.removeprefix("file=birch/")).write_text(fence.text, encoding="utf-8")
    report = generate(workshop.root, ["birch"])
    assert not report.errors, report.errors
    return importlib.import_module("adapters.birch.policy_issue_batch")


@pytest.fixture
def read(module, ctx):
    def parse(*told, **head):
        body = {"batchNo": NO, "done": "1", "list": told, **head}
        return module.parse(WireReply(status=200, body=json.dumps(body).encode()), BATCH, ctx)

    return parse


def codes(reply):
    return [(each.ref, str(each.result.code)) for each in reply.result.items]


def test_every_item_is_sent_under_its_own_reference(module, ctx):
    assert json.loads(module.build(BATCH, ctx).body) == {
        "batchNo": NO,
        "list": [{"no": "n1", "holder": "张三", "premium": 1}, {"no": "n2", "holder": "李四", "premium": 1}],
    }


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ((), "0 items: this carrier takes 1 to 2"),
        ((item("a"), item("b"), item("c")), "3 items: this carrier takes 1 to 2"),
        ((item("a"), item("a")), "bear one reference"),
    ],
)
def test_a_batch_the_carrier_does_not_take_is_refused_before_sending(module, ctx, items, why):
    with pytest.raises(CannotSend, match=why):
        module.build(replace(BATCH, items=items), ctx)


def test_every_item_has_an_answer_of_its_own_in_the_order_sent(read):
    reply = read({"no": "n2", "code": "A1"}, {"no": "n1", "policyNo": "P1"})
    assert codes(reply) == [("n1", "accepted"), ("n2", "declined")]
    assert reply.result.items[0].policy.numbers[0].no == "P1"
    assert reply.result.items[1].result.reason == "underwriting.age"
    assert not reply.incomplete


@pytest.mark.parametrize(
    "told",
    [
        [{"no": "n1", "policyNo": "P1"}],
        [{"no": "n1", "policyNo": "P1"}, {"no": "n2", "policyNo": "P2"}, {"no": "n2", "code": "A1"}],
        [{"no": "n1", "policyNo": "P1"}, {"no": "n2", "code": "ZZ"}],
        [{"no": "n1", "policyNo": "P1"}, {"no": "n2"}],
        [{"no": "n1", "policyNo": "P1"}, {"policyNo": "P2"}],
    ],
)
def test_an_item_without_one_clear_answer_is_unknown_and_never_failed(read, told):
    reply = read(*told)
    assert codes(reply) == [("n1", "accepted"), ("n2", "unknown")]
    assert reply.incomplete


def test_an_answer_to_an_item_nobody_sent_is_nobodys(read):
    reply = read({"no": "n1", "policyNo": "P1"}, {"no": "n2", "policyNo": "P2"}, {"no": "n3", "policyNo": "P3"})
    assert codes(reply) == [("n1", "accepted"), ("n2", "accepted")]
    assert reply.problems == ("the reply answers 1 items that were not in the batch",)


@pytest.mark.parametrize(("head", "code"), [({"code": "A1"}, "declined"), ({"code": "ZZ"}, "unknown"), ({}, "unknown")])
def test_a_batch_that_was_not_accepted_is_so_for_every_item(read, head, code):
    reply = read({"no": "n1", "policyNo": "P1"}, done="", **head)
    assert reply.outcome.kind is not OutcomeKind.accepted
    assert codes(reply) == [("n1", code), ("n2", code)]


def test_another_callers_batch_is_unknown(read):
    reply = read({"no": "n1", "policyNo": "P1"}, batchNo="S" * 20)
    assert (reply.outcome.kind, reply.result) == (OutcomeKind.unknown, None)


def test_the_carriers_data_says_how_many_items_it_takes(module):
    carrier = importlib.import_module("adapters.birch.carrier")
    assert module.OPERATION.name == "policy.issue_batch"
    assert carrier.CARRIER.batch_max == 2
    assert carrier.CARRIER.operations["policy.issue_batch"] == ("policy_issue_batch",)


LONG = replace(BATCH, items=(item("A" * 30 + "1" * 50), item("B" * 12 + "2" * 68)))


def test_an_item_may_be_named_as_far_as_its_reference_was_sent(module, ctx):
    sent = [each["no"] for each in json.loads(module.build(LONG, ctx).body)["list"]]
    assert sent == ["A" * 20, "B" * 12 + "2" * 8]
    told = [{"no": sent[1], "code": "A1"}, {"no": sent[0], "policyNo": "P1"}]
    body = json.dumps({"batchNo": NO, "done": "1", "list": told}).encode()
    reply = module.parse(WireReply(status=200, body=body), LONG, ctx)
    assert codes(reply) == [(LONG.items[0].ref, "accepted"), (LONG.items[1].ref, "declined")]


@pytest.mark.parametrize("named", ["A" * 11, "", "A" * 20 + "2"])
def test_a_reference_too_short_or_of_another_end_is_nobodys(module, ctx, named):
    body = json.dumps({"batchNo": NO, "done": "1", "list": [{"no": named, "policyNo": "P1"}]}).encode()
    reply = module.parse(WireReply(status=200, body=body), LONG, ctx)
    assert {code for _, code in codes(reply)} == {"unknown"}
    assert "the reply answers 1 items that were not in the batch" in reply.problems


@pytest.mark.parametrize("rows", ["ref: { to: no }", "ref: { to: no, as: cut(19), lossy: a number of ours }"])
def test_an_item_that_its_inquiry_would_never_find_is_no_mapping(workshop, module, rows):
    file = workshop.root / "mappings" / "carriers" / "birch" / "policy_issue_batch.yaml"
    text = file.read_text(encoding="utf-8")
    right = "ref: { to: no, as: cut(20), lossy: a number of ours }"
    assert right in text
    file.write_text(text.replace(right, rows), encoding="utf-8")
    found = check_folder(CarrierFolder(file.parent, workshop.root)).diagnostics
    assert ["E476" for each in found if each.code == "E476"] == ["E476"]
