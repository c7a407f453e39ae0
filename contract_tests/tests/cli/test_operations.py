"""An operator's desk: what is stuck is found and looked into, ended by name and reason, and that is written down."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from cli.desk import vault_here
from cli.open import settings_of
from gateway.app import open_journal, open_vault
from gateway.journal.changes import FindOrphan, Keep, Move, Open, StartAttempt
from gateway.journal.records import AttemptRecord, MessageRecord, OperationRecord, OrphanRecord
from gateway.journal.vault import RawMessage
from gateway.model.states import OperationState, OrphanState

OLD = datetime.now(UTC) - timedelta(days=2)
REASON = "the insurer's desk confirmed it"


def with_journal(workspace, work):
    async def run():
        journal = open_journal(settings_of(workspace).journal)
        await journal.start()
        try:
            return await work(journal)
        finally:
            await journal.close()

    return asyncio.run(run())


@pytest.fixture
def stuck(workspace, proposal):
    """A workspace whose journal holds an issue that waits for a person."""
    request = {**proposal, "client_ref": "order-1", "expected_premium": {"amount": 300, "currency": "CNY"}}
    op = OperationRecord(
        operation_id="op_1",
        client="shop",
        operation="policy.issue",
        idem_key="k1",
        request_hash="h",
        business_key="policy:shop:order-1",
        client_ref="order-1",
        state=OperationState.needs_review,
        request=json.dumps(request).encode(),
        channel="acme_main",
        text="no rung could resolve this",
        deadline_at=OLD,
        created_at=OLD,
        updated_at=OLD,
    )
    attempt = AttemptRecord(
        attempt_id="att_1",
        operation_id="op_1",
        step="",
        purpose="effect",
        number=1,
        channel="acme_main",
        request_no="R00001",
        adapter_version="1",
        started_at=OLD,
        ended_at=OLD,
        outcome="unknown",
        fault="reset",
    )
    vault = open_vault(settings_of(workspace))
    raw = RawMessage(line="POST http://acme.test/issue", headers=(), body=b'{"no":"R00001","name":"Zhang San"}')
    sealed = Keep(MessageRecord(owner_id="att_1", direction="request", at=OLD, sealed=vault.seal(raw.pack(), "att_1")))
    with_journal(workspace, lambda journal: journal.write(Open(op), StartAttempt(attempt), sealed))
    return workspace


def listed(insurehub, workspace, *words):
    ended = insurehub(workspace, "operations", "list", *words, "--json")
    assert ended.code == 0, ended.err
    return [each["operation_id"] for each in json.loads(ended.out)["operations"]]


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        (("--state", "needs_review"), True),
        (("--state", "failed"), False),
        (("--open",), True),
        (("--channel", "acme_main", "--operation", "policy.issue", "--client", "shop"), True),
        (("--channel", "another"), False),
        (("--operation", "claim.report"), False),
        (("--older-than", "1d"), True),
        (("--older-than", "3d"), False),
    ],
    ids=str,
)
def test_what_is_stuck_is_found_by_what_is_known_of_it(stuck, insurehub, words, is_found):
    assert listed(insurehub, stuck, *words) == (["op_1"] if is_found else [])


def test_the_list_says_why_it_is_stuck_and_for_how_long(stuck, insurehub):
    ended = insurehub(stuck, "operations", "list")
    assert "no rung could resolve this" in ended.out
    assert "2d 0:" in ended.out


def test_show_prints_the_whole_pack_without_a_personal_value(stuck, insurehub):
    ended = insurehub(stuck, "operations", "show", "op_1")
    assert ended.code == 0, ended.err
    for word in ("needs_review", "1 sending (unknown)", "Clocks", "Request", "Attempts", "R00001", "xxxxx xxx"):
        assert word in ended.out, word
    assert "Zhang" not in ended.out
    assert "张三" not in ended.out


def test_values_are_shown_only_for_a_reason_and_that_is_recorded_with_a_name(stuck, insurehub):
    refused = insurehub(stuck, "operations", "show", "op_1", "--raw", "--json")
    assert (refused.code, refused.out) == (2, "")
    assert insurehub(stuck, "operations", "show", "op_1", "--reason", "curious").code == 2
    shown = insurehub(
        stuck, "operations", "show", "op_1", "--raw", "--reason", "asked by the insurer", "--by", "Li", "--json"
    )
    pack = json.loads(shown.out)
    assert "Zhang San" in pack["attempts"][0]["messages"]["request"]["body"]
    assert pack["request"]["policyholder"]["name"] == "张三"
    assert [(each["actor"], each["action"], each["reason"]) for each in pack["audit"]] == [
        ("Li", "evidence.raw", "asked by the insurer")
    ]


def test_a_workspace_without_the_key_shows_that_messages_are_sealed(stuck, insurehub):
    settings_of(stuck).key_file.unlink()
    assert "sealed: the key is not here" in insurehub(stuck, "operations", "show", "op_1").out
    assert insurehub(stuck, "operations", "show", "op_1", "--raw", "--reason", "asked for").code == 3
    assert vault_here(stuck) is None, "a command that looks makes no key"


def test_a_person_ends_it_and_the_policy_its_number_and_the_entry_are_there(stuck, insurehub):
    words = ("--as", "succeeded", "--policy-no", "P-9", "--reason", REASON, "--by", "Wang Li", "--json")
    ended = insurehub(stuck, "operations", "resolve", "op_1", *words)
    assert ended.code == 0, ended.err
    view = json.loads(ended.out)
    assert (view["state"], view["result"]["numbers"][0]["no"]) == ("succeeded", "P-9")
    held = with_journal(stuck, lambda journal: journal.number("acme_main", "policy", "P-9"))
    assert held.object_id == view["result"]["policy_id"]
    (entry,) = json.loads(insurehub(stuck, "audit", "--json").out)["audit"]
    assert (entry["actor"], entry["client"], entry["reason"]) == ("Wang Li", None, REASON)
    assert (entry["before"]["state"], entry["after"]["state"]) == ("needs_review", "succeeded")
    assert "Wang Li" in insurehub(stuck, "operations", "show", "op_1").out


def test_who_acts_is_the_user_of_the_process_when_nobody_is_named(stuck, insurehub, monkeypatch):
    monkeypatch.setenv("LOGNAME", "operator7")
    ended = insurehub(stuck, "operations", "resolve", "op_1", "--as", "failed", "--reason", REASON)
    assert ended.code == 0, ended.err
    assert "op_1 has failed; recorded for operator7" in ended.out
    again = insurehub(stuck, "operations", "resolve", "op_1", "--as", "failed", "--reason", REASON)
    assert (again.code, again.out) == (1, "")
    assert "only one that waits for a person" in again.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--as", "succeeded", "--reason", REASON), 1, "numbers: the carrier's own number"),
        (("--as", "failed"), 2, "a reason of 3 to 500 characters"),
        (("--as", "expired", "--reason", REASON), 2, "expired"),
        (("--as", "succeeded", "--reason", REASON, "--number", "plate=1"), 2, "is no number"),
        (("--as", "succeeded", "--reason", REASON, "--result", "none.json"), 2, "is no JSON document"),
    ],
    ids=str,
)
def test_what_is_lacking_is_named_and_nothing_changes(stuck, insurehub, words, code, said):
    ended = insurehub(stuck, "operations", "resolve", "op_1", *words)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
    assert listed(insurehub, stuck, "--state", "needs_review") == ["op_1"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ((), "add --policy-no NO, or --number KIND=NO for what is no policy"),
        (("--policy-no", "P-9", "--result", "told.json"), "correct the file given with --result"),
    ],
    ids=str,
)
def test_what_to_add_is_said_by_its_option_and_not_by_the_field_of_the_api(stuck, insurehub, words, hint):
    (stuck / "told.json").write_text('{"status": 7}')
    ended = insurehub(stuck, "operations", "resolve", "op_1", "--as", "succeeded", "--reason", REASON, *words)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines()[-1] == hint


@pytest.fixture
def orphaned(stuck):
    """An operation that has failed, and its insurer's late yes."""
    result = b'{"numbers":[{"kind":"policy","no":"P-9"}]}'
    orphan = OrphanRecord(
        orphan_id="orp_1",
        operation_id="op_1",
        client="shop",
        operation="policy.issue",
        channel="acme_main",
        found_by="callback",
        found_at=OLD,
        told_as="policy.issue",
        result=result,
        state=OrphanState.review,
        text="the product leaves it to a person",
        updated_at=OLD,
    )

    async def end(journal):
        op = await journal.operation("op_1")
        await journal.write(Move(replace(op, state=OperationState.failed), op.state), FindOrphan(orphan))

    with_journal(stuck, end)
    return stuck


def test_what_insurers_did_after_the_end_is_listed_and_shown(orphaned, insurehub):
    for words in (("--orphans",), ("--orphans", "--open"), ("--orphans", "--client", "shop")):
        (row,) = json.loads(insurehub(orphaned, "operations", "list", *words, "--json").out)["orphans"]
        assert (row["operation_id"], row["state"], row["found_by"]) == ("op_1", "review", "callback")
    assert "leaves it to a person" in insurehub(orphaned, "operations", "list", "--orphans").out
    assert "Came after its end" in insurehub(orphaned, "operations", "show", "op_1").out


def test_a_person_adopts_it_and_it_waits_no_longer(orphaned, insurehub):
    words = ("operations", "resolve", "op_1", "--as", "adopt", "--reason", REASON, "--by", "Li", "--json")
    ended = insurehub(orphaned, *words)
    assert ended.code == 0, ended.err
    view = json.loads(ended.out)
    assert (view["state"], view["orphan"]["state"]) == ("failed", "adopted")
    held = with_journal(orphaned, lambda journal: journal.number("acme_main", "policy", "P-9"))
    assert held.object_id == view["orphan"]["policy_id"]
    assert json.loads(insurehub(orphaned, "operations", "list", "--orphans", "--open", "--json").out)["orphans"] == []
    again = insurehub(orphaned, *words)
    assert (again.code, again.out) == (1, "")
    assert "waits to be adopted or voided" in again.err


def test_a_policy_to_be_voided_is_left_to_the_running_gateway_to_cancel(orphaned, insurehub):
    words = ("--as", "void", "--kind", "flat_full", "--reason", REASON, "--by", "Li")
    ended = insurehub(orphaned, "operations", "resolve", "op_1", *words)
    assert ended.code == 0, ended.err
    assert ended.out.startswith("voiding as pol_")
    (entry,) = json.loads(insurehub(orphaned, "audit", "op_1", "--json").out)["audit"]
    assert (entry["actor"], entry["action"]) == ("Li", "orphan.void")


@pytest.mark.parametrize(
    "words",
    [
        ("--orphans", "--state", "failed"),
        ("--orphans", "--channel", "bamboo_main"),
        ("--orphans", "--operation", "policy.issue"),
        ("--orphans", "--older-than", "2h"),
        ("--open", "--state", "succeeded"),
    ],
)
def test_a_choice_that_a_list_does_not_make_is_wrong_use(insurehub, orphaned, words):
    assert insurehub(orphaned, "operations", "list", *words).code == 2
