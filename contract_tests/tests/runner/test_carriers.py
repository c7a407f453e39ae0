"""`insurehub carriers`: a cell is filled by tests that passed on this mapping, and variety by examples that pass."""

import json

import pytest
from typer.testing import CliRunner

from cli.commands.carriers import app
from cli.proven import memory
from contract_tests.examples.variety import VARIETY
from contract_tests.runner import Subject
from gateway.model.operations import OPERATIONS

ISSUE = "examples/policy_issue.yaml"


@pytest.fixture
def command(room, monkeypatch):
    monkeypatch.chdir(room.root)
    return lambda *arguments: CliRunner().invoke(app, ["rowan", *arguments])


def cells(done) -> dict:
    (carrier,) = json.loads(done.stdout)["carriers"]
    return carrier["operations"]


def examined(monkeypatch) -> list[str]:
    """The carriers that were examined from here on."""
    seen: list[str] = []
    plain = memory.examine
    monkeypatch.setattr(memory, "examine", lambda subject: seen.append(subject.carrier) or plain(subject))
    return seen


def test_a_cell_holds_the_safety_class_that_follows_from_the_mapping(command):
    done = command("--json")
    found = cells(done)
    assert done.exit_code == 0
    assert found["policy.issue"]["safety"] == ["write_replay"]
    assert found["policy.get"]["safety"] == ["read"]
    assert found["quote.create"] == {
        "state": "not_offered", "safety": [], "passed": 0, "failed": 0, "reason": "not offered",
    }  # fmt: skip


def test_a_failing_operation_is_not_filled_and_ends_with_one(command, room):
    room.change(ISSUE, "X-Partner: P1", "X-Partner: P2")
    done = command("--json")
    assert (done.exit_code, cells(done)["policy.issue"]["state"], cells(done)["policy.issue"]["safety"]) == (
        1,
        "failed",
        [],
    )
    assert cells(done)["policy.get"]["state"] == "passed"
    assert "FAILED" in command().stdout


def test_an_operation_without_an_example_is_untested(command, room):
    (room.folder / "examples" / "policy_get.yaml").unlink()
    done = command("--json")
    assert (done.exit_code, cells(done)["policy.get"]["state"]) == (1, "untested")


def test_an_adapter_of_an_older_mapping_fills_nothing(command, room):
    room.change("policy_issue.yaml", "note: { to: hint }", "note: { to: remark }")
    done = command("--json")
    assert done.exit_code == 1
    assert {each["state"] for each in cells(done).values()} == {"untested"}


def test_what_is_known_to_have_passed_is_not_run_again_until_something_changes(command, room, monkeypatch):
    seen = examined(monkeypatch)
    first = command("--json").stdout
    assert command("--json").stdout == first
    assert seen == ["rowan"]
    room.change(ISSUE, "X-Partner: P1", "X-Partner: P2")
    assert command("--json").stdout != first
    assert seen == ["rowan", "rowan"]


@pytest.mark.parametrize("content", [b"", b"{", b'{"key": 1}', b"\xff\xfe", b"[]"])
def test_a_memory_that_is_not_ours_is_as_if_there_was_none(command, room, monkeypatch, content):
    file = room.root / memory.FOLDER / "rowan.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    seen = examined(monkeypatch)
    assert command("--json").exit_code == 0
    assert seen == ["rowan"]


def test_a_memory_of_another_state_proves_nothing(command, room, monkeypatch):
    command("--json")
    file = room.root / memory.FOLDER / "rowan.json"
    kept = json.loads(file.read_bytes())
    file.write_text(json.dumps({**kept, "key": "0" * 64}), "utf-8")
    seen = examined(monkeypatch)
    command("--json")
    assert seen == ["rowan"]


def test_the_key_changes_with_the_mapping_the_examples_and_the_adapter(room):
    seen = {memory.key_of(Subject(room.folder, room.root))}
    for file in ("carrier.yaml", ISSUE):
        path = room.folder / file
        path.write_text(path.read_text("utf-8") + "# more\n", "utf-8")
        seen.add(memory.key_of(Subject(room.folder, room.root)))
    adapter = room.root / "adapters" / "rowan" / "carrier.py"
    adapter.write_text(adapter.read_text("utf-8") + "# more\n", "utf-8")
    seen.add(memory.key_of(Subject(room.folder, room.root)))
    assert len(seen) == 4


def test_every_operation_is_a_row_of_the_table(command):
    assert all(name in command().stdout for name in OPERATIONS)


def items(done) -> dict[int, list]:
    return {each["item"]: each["evidence"] for each in json.loads(done.stdout)["items"]}


def test_what_a_passing_example_shows_names_carrier_mapping_line_and_example(command, room):
    room.change(ISSUE, "- id: basic", "- id: basic\n    variety: [8, 9]")
    done = command("--variety", "--json")
    (evidence,) = items(done)[9]
    file, _, line = evidence["mapping"].rpartition(":")
    assert "money(yuan)" in (room.root / file).read_text("utf-8").splitlines()[int(line) - 1]
    assert int(line) in evidence["lines"][file]
    assert evidence["place"] == f"mappings/carriers/rowan/{ISSUE}:5"
    assert (evidence["carrier"], evidence["example"], evidence["operation"]) == ("rowan", "basic", "policy.issue")


def test_an_example_that_fails_shows_nothing(command, room):
    room.change(ISSUE, "- id: basic", "- id: basic\n    variety: [8, 9]").change(
        ISSUE, "X-Partner: P1", "X-Partner: P2"
    )
    assert items(command("--variety", "--json"))[9] == []


def test_what_no_example_shows_is_a_gap_and_ends_with_one(command):
    done = command("--variety", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["shown"], told["gaps"]) == (1, 0, list(VARIETY))
    assert "GAP" in command("--variety").stdout


def test_an_operation_the_carrier_does_not_have_is_shown_by_its_reason(command, room):
    (room.folder / "examples" / "quote_create.yaml").write_text(
        "contract: 1\ncarrier: rowan\noperation: quote.create\nexamples:\n  - id: none\n    variety: [22]\n"
        '    provenance: { kind: hand, source: "1" }\n'
        "    canonical: { product: rowan@1, policyholder: { name: 张三 } }\n    expect: { not_offered: not offered }\n",
        "utf-8",
    )
    (evidence,) = items(command("--variety", "--json"))[22]
    assert (
        "quote.create: not offered"
        in (room.folder / "carrier.yaml")
        .read_text("utf-8")
        .splitlines()[int(evidence["mapping"].rpartition(":")[2]) - 1]
    )


def test_an_operation_that_is_offered_is_not_shown_as_missing(command, room):
    path = room.folder / "examples" / "policy_get.yaml"
    text = path.read_text("utf-8")
    path.write_text(
        text + "  - id: none\n    provenance: { kind: hand, source: '1' }\n"
        "    canonical: { product: rowan@1, policyholder: { name: 张三 } }\n    expect: { not_offered: not offered }\n",
        "utf-8",
    )
    assert command("--json").exit_code == 1
