"""Drift from production: replies a journal keeps, sealed, are read again, and what no row knows is counted."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import yaml
from typer.testing import CliRunner

from cli.commands.drift import app
from cli.out import out
from contract_tests.examples.check import Run
from contract_tests.examples.proof import Proof
from contract_tests.live.checks import carried_out
from contract_tests.live.sandbox import Sandbox
from contract_tests.tests.drift.conftest import KEYS, ROOT
from contract_tests.tests.drift.test_sandbox import STATUS, VALID, lines_of
from gateway.journal.changes import Keep, Open, StartAttempt
from gateway.journal.records import AttemptRecord, MessageRecord, OperationRecord
from gateway.journal.sqlite import SqliteJournal
from gateway.journal.vault import RawMessage, vault_from_text
from gateway.model.states import OperationState

KEY = "k1:" + "A" * 43 + "="
NOW = datetime.now(UTC).replace(microsecond=0)
HIDDEN = "999999199003071234"


def quoted(subject, url):
    """One price asked for at a carrier: what was sent, and what came back."""
    file = next(each for each in subject.files if each.operation == "quote.create")
    run = Run(file, file.examples[0], subject)

    async def ask():
        sandbox = Sandbox(origin=url, hosts=frozenset({"127.0.0.1"}))
        async with carried_out(run, sandbox, Proof()) as course:
            return course

    return asyncio.run(ask())


def kept(course, number, at):
    """The rows the gateway writes of it."""
    vault, context, (_, wire) = vault_from_text(KEY), course.contexts[0], course.sent[0]
    operation_id, attempt_id = f"op_{at.timestamp():012.0f}{number}", f"att_{context.attempt_no}"
    about = {"client": "c", "request_hash": "h", "idem_key": f"k{number}", "deadline_at": at, "updated_at": at}
    request = msgspec.json.encode(course.run.example.request)
    yield Open(
        OperationRecord(
            operation_id=operation_id, operation="quote.create", state=OperationState.created, request=request,
            created_at=at, **about,
        )
    )  # fmt: skip
    yield StartAttempt(
        AttemptRecord(
            attempt_id=attempt_id, operation_id=operation_id, step="", purpose="quote", number=1,
            channel="lotus_main", request_no=context.request_no, adapter_version="v", started_at=at,
        )
    )  # fmt: skip
    raw = course.raw[0]
    for direction, message in (
        ("request", RawMessage(line=f"{wire.method} {wire.url}", headers=wire.headers, body=wire.body)),
        ("reply", RawMessage(line=str(raw.status), headers=raw.headers, body=raw.body)),
    ):
        sealed = vault.seal(message.pack(), attempt_id)
        yield Keep(MessageRecord(owner_id=attempt_id, direction=direction, at=at, sealed=sealed))


@pytest.fixture
def production(changed, lotus, tmp_path, monkeypatch):
    """A journal of a channel of lotus, its settings and key; gives the command over it."""
    path = tmp_path / "journal.db"
    for name, text in KEYS.items():
        (tmp_path / name).write_text(text)
    secrets = {name: {"file": str(tmp_path / name)} for name in ("app_secret", "sign_key")}
    config = {"base_url": "http://127.0.0.1:1", "app_id": KEYS["app_id"]}
    settings = tmp_path / "insurehub.yaml"
    settings.write_text(yaml.safe_dump({"channels": {"lotus_main": {"config": config, "secrets": secrets}}}))
    monkeypatch.setenv("INSUREHUB_SETTINGS", str(settings))
    monkeypatch.setenv("INSUREHUB_KEY", KEY)
    monkeypatch.chdir(ROOT)

    async def write(groups):
        journal = SqliteJournal(path)
        await journal.start()
        for group in groups:
            await journal.write(*group)
        await journal.close()

    def run(replies, *words, key=KEY):
        """`replies`: pairs of a mutation of the mock (or None) and the days since."""
        groups = []
        for number, (mutation, days) in enumerate(replies):
            course = quoted(lotus, changed(*mutation).url)
            groups.append(tuple(kept(course, number, NOW - timedelta(days=days))))
        asyncio.run(write(groups))
        monkeypatch.setenv("INSUREHUB_KEY", key)
        done = CliRunner().invoke(app, ["--journal", f"sqlite:{path}", "--json", *words])
        return done.exit_code, json.loads(done.stdout) if done.stdout else {}, done.stderr

    return run


def test_what_production_said_that_no_row_knows_is_counted_with_first_last_and_line(production):
    gift = ((STATUS, f'{STATUS}          gift: "{HIDDEN}"\n'),)
    dated = ((VALID, "          validTime: \"=show(quote.validUntil, '%Y-%m-%d')\"\n"),)
    code, told, said = production([((), 4), (gift, 3), (gift, 1), (dated, 2)])
    (lotus,) = told["carriers"]
    assert (code, lotus["carrier"], lotus["replies"], told["unread"]) == (1, "lotus", 4, {}), said
    seen = {(each["finding"]["kind"], each["finding"]["at"]): each for each in lotus["seen"]}
    gifts = seen["new field", "body.gift"]
    assert gifts["count"] == 2
    assert [datetime.fromisoformat(gifts[at]) for at in ("first_at", "last_at")] == [
        NOW - timedelta(days=3),
        NOW - timedelta(days=1),
    ]
    unread = next(each["finding"] for (kind, _), each in seen.items() if kind == "unreadable")
    assert "valid_until:" in lines_of(unread["mapping"])
    assert HIDDEN not in json.dumps(told) + said


@pytest.mark.parametrize(
    ("member", "shown"),
    [(HIDDEN, "*"), ("张三", "*"), ("a@b.example", "*"), ("13800000001", "*"), ("Zhang San", "*")],
)
def test_a_reply_whose_names_are_values_is_told_without_them(production, member, shown):
    keyed = ((STATUS, f'{STATUS}          holders: {{ "{member}": {{ gift: {HIDDEN} }} }}\n          "{member}": 1\n'),)
    code, told, said = production([(keyed, 1)])
    seen = {each["finding"]["at"] for each in told["carriers"][0]["seen"]}
    assert code == 0, said
    assert f"body.{shown}" in seen
    assert "body.holders" in seen
    assert member not in json.dumps(told, ensure_ascii=False) + said


def test_a_code_that_is_no_code_is_not_told(production):
    reason = "张三已投保"
    _, told, said = production([(((STATUS, f'          quoteStatus: "3"\n          reasonCode: {reason}\n'),), 1)])
    (found,) = told["carriers"][0]["seen"]
    assert (found["finding"]["kind"], found["finding"]["at"]) == ("unknown code", "code a text of 5 characters")
    assert reason not in json.dumps(told, ensure_ascii=False) + said


def test_a_code_that_no_table_lists_is_seen_and_older_replies_are_left_out(production):
    code, told, _ = production([(((STATUS, '          quoteStatus: "3"\n          reasonCode: U777\n'),), 1), ((), 30)])
    (lotus,) = told["carriers"]
    assert (code, lotus["replies"]) == (1, 1)
    assert [each["finding"]["at"] for each in lotus["seen"]] == ["code U777"]


def test_replies_that_say_what_they_always_said_are_no_drift(production):
    code, told, _ = production([((), 1)], "lotus")
    assert (code, told["replies"], told["carriers"][0]["seen"]) == (0, 1, [])


def test_a_journal_whose_key_is_lost_says_so_and_is_not_green(production):
    code, told, said = production([((), 1)], key="k2:" + "B" * 43 + "=")
    assert (code, told["replies"]) == (3, 0)
    assert "no reply was read" in said
    assert any("k1" in reason for reason in told["unread"])


def test_a_journal_that_is_not_there_is_named_and_not_made(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("INSUREHUB_KEY", KEY)
    done = CliRunner().invoke(app, ["--journal", f"sqlite:{tmp_path}/none.db", "--json"])
    assert (done.exit_code, "there is no journal" in done.stderr, list(tmp_path.iterdir())) == (3, True, [])


def test_people_get_a_table_of_each_carrier(production, monkeypatch, tmp_path):
    production([(((VALID, "          validTime: =null\n"),), 1)])
    monkeypatch.setattr(out, "width", 240)
    done = CliRunner().invoke(app, ["--journal", f"sqlite:{tmp_path}/journal.db"])
    assert "lotus, 1 reply" in done.stdout
    assert "body.validTime" in done.stdout
    assert "eate.yaml:58" in done.stdout
