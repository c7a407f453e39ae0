"""A minute of hostile input with every run, the corpus of what was found, and proof that a fault would be found."""

import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands.fuzz import app
from contract_tests.fuzz import bounds, run
from contract_tests.fuzz.bounds import Costs, Violation, bounded
from contract_tests.fuzz.edits import Edit, applied
from contract_tests.fuzz.mapping import MappingTarget
from contract_tests.fuzz.replies import ReplyTarget
from contract_tests.fuzz.tokens import DOCTYPES, MAPPING, REPLY
from gateway.model.outcome import OutcomeKind

CORPUS = Path(run.__file__).parent / "corpus"
HALF_A_MINUTE = 30.0


@pytest.fixture(scope="module")
def mappings():
    target = MappingTarget()
    yield target
    target.close()


@pytest.fixture(scope="module")
def replies():
    return ReplyTarget()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", ["mapping", "replies"])
def test_half_a_minute_of_hostile_input_finds_nothing(name):
    done = run.fuzz(name, HALF_A_MINUTE, first_seed=20_260_101)
    assert [(each.seed, each.what) for each in done.found] == []
    assert done.inputs >= 60


@pytest.mark.parametrize("file", sorted((CORPUS / "mapping").iterdir()), ids=lambda path: path.name)
def test_a_mapping_that_once_broke_a_promise_keeps_it(mappings, file):
    carrier, name, _ = file.name.split("--", 2)
    mappings.examine(carrier, name, file.read_bytes())


@pytest.mark.timeout(600)
@pytest.mark.parametrize("token", MAPPING, ids=lambda token: f"{token[:24]!r} {len(token)}")
def test_every_hostile_word_alone_in_a_small_mapping_is_answered_with_diagnostics(mappings, token):
    source = (mappings._originals["benchmark"] / "policy_issue.yaml").read_bytes()
    for at in (300, 620):
        mappings.examine("benchmark", "policy_issue.yaml", applied(source, [Edit("replace", at, token)]))
    mappings.examine("benchmark", "policy_issue.yaml", token)


def one_of_each(replies) -> list[int]:
    """A seed of each carrier and step, signed, unsigned and taken for signed."""
    found: dict[tuple[str, str, bool, bool], int] = {}
    for number, seed in enumerate(replies.seeds):
        found.setdefault((seed.carrier, seed.name.split("/")[1], seed.is_signed, seed.is_believed), number)
    return list(found.values())


@pytest.mark.timeout(600)
@pytest.mark.parametrize("token", REPLY, ids=lambda token: f"{token[:24]!r} {len(token)}")
def test_every_hostile_body_is_given_to_every_reader(replies, token):
    for seed in one_of_each(replies):
        replies.take(seed, token)


@pytest.mark.parametrize("file", sorted((CORPUS / "replies").iterdir()), ids=lambda path: path.name)
def test_a_reply_that_once_broke_a_promise_keeps_it(replies, file):
    for seed in one_of_each(replies):
        replies.take(seed, file.read_bytes())


@pytest.mark.parametrize("doctype", DOCTYPES, ids=lambda text: repr(text[:30]))
def test_a_document_type_is_never_read_whoever_signed_it(replies, doctype):
    believed = [seed for seed in replies.seeds if seed.is_believed]
    assert believed
    for seed in believed[::25]:
        before = replies.told[OutcomeKind.accepted.value]
        replies.take(replies.seeds.index(seed), doctype)
        assert replies.told[OutcomeKind.accepted.value] == before


def test_the_same_seed_gives_the_same_inputs(monkeypatch):
    def seen(first: int) -> list[tuple[int, bytes]]:
        taken: list[tuple[int, bytes]] = []
        monkeypatch.setattr(ReplyTarget, "take", lambda _self, seed, content: taken.append((seed, content[:200])))
        target = ReplyTarget()
        run._batch(target, REPLY, first)
        return taken

    assert seen(5) == seen(5)
    assert seen(5) != seen(6)


def test_a_planted_fault_is_found_and_shrunk(monkeypatch):
    def take(_self, _seed: int, content: bytes) -> None:
        if b"<!ENTITY" in content:
            raise Violation("planted")

    monkeypatch.setattr(ReplyTarget, "take", take)
    done = run.fuzz("replies", 30, first_seed=1)
    (found,) = done.found
    assert found.what == "planted"
    assert b"<!ENTITY" in found.content


def within(wait_s: float, memory_mb: float, work) -> None:
    with bounded(Costs(), wait_s, memory_mb):
        work()


def forever() -> None:
    while True:
        pass


def busy() -> None:
    began = time.process_time()
    while time.process_time() - began < 0.08:
        pass


def test_an_input_that_takes_too_long_is_stopped_and_told():
    with pytest.raises(Violation, match="still running"):
        within(0.02, 100, forever)
    with pytest.raises(Violation, match="took 0"):
        within(0.05, 100, busy)


def test_an_input_that_grows_too_large_is_told(monkeypatch):
    peaks = iter([100.0, 151.0])
    monkeypatch.setattr(bounds, "_peak_mb", lambda: next(peaks))
    with pytest.raises(Violation, match="took 51 MB"):
        within(30, 50, lambda: None)


def test_what_a_reader_raises_is_a_violation(replies):
    def burst(_: bytes) -> None:
        raise KeyError("x")

    replies.seeds.append(type(replies.seeds[0])("planted", "cedar", b"", burst, is_signed=False))
    with pytest.raises(Violation, match="raised KeyError"):
        replies.take(len(replies.seeds) - 1, b"x")
    replies.seeds.pop()


def test_a_reply_believed_under_another_signature_is_a_violation(replies):
    number, seed = next((at, each) for at, each in enumerate(replies.seeds) if each.is_believed)
    replies.seeds[number] = type(seed)(
        seed.name, seed.carrier, b"other", lambda _: seed.read(seed.body), is_signed=True
    )
    try:
        with pytest.raises(Violation, match="another's signature"):
            replies.take(number, b"changed")
    finally:
        replies.seeds[number] = seed


def test_the_command_reports_figures_and_keeps_what_it_found(monkeypatch, tmp_path):
    (tmp_path / "mappings").mkdir()
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["replies", "--minutes", "0.02", "--json"])
    (told,) = json.loads(done.stdout)["targets"]
    assert (done.exit_code, told["target"], told["found"]) == (0, "replies", [])
    assert told["inputs"] > 0
    assert told["slowest_s"] < 3

    def take(_self, _seed: int, content: bytes) -> None:
        raise Violation("planted")

    monkeypatch.setattr(ReplyTarget, "take", take)
    done = CliRunner().invoke(app, ["replies", "--minutes", "0.02", "--json"])
    ((found,),) = [each["found"] for each in json.loads(done.stdout)["targets"]]
    assert (done.exit_code, found["what"]) == (1, "planted")
    assert (tmp_path / found["file"]).read_bytes() is not None
    assert CliRunner().invoke(app, ["nonsense"]).exit_code == 2
