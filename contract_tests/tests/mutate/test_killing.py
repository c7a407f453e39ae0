"""A survivor is told with an example that kills it: pasted, it passes on the mapping and fails on the mutant."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from contract_tests.derive.carried import answered
from contract_tests.derive.edit import GONE, Edit
from contract_tests.derive.generate import derived_of
from contract_tests.derive.lock import write_lock
from contract_tests.examples.check import Run
from contract_tests.examples.subject import Subject
from contract_tests.mutate.killing.bodies import json_with, of_call, with_edit, xml_with
from contract_tests.mutate.killing.changed import patch
from contract_tests.mutate.killing.hunt import Hunter
from contract_tests.mutate.killing.page import listed
from contract_tests.mutate.killing.readback import read_back
from contract_tests.mutate.trial import Ended, Looked, Trial
from contract_tests.tests.mutate.test_mutate import ISSUE, only_the_first
from gateway.catalogue.reader import read_text
from gateway.catalogue.values import Faults, plain_data

CARRIERS = Path(__file__).parents[3] / "mappings" / "carriers"
PASTED = (
    ("drop-row", "of note", "a field of the request that no example sends"),
    ("max-bytes", "name", "a request that cannot be sent"),
    ("error-drop", "AGE", "a code in a reply, which is signed again"),
    ("outcome-status", "any status", "another HTTP status"),
    ("expression-constant", "request_no(11)", "a longer number of ours"),
    ("flip-missing", "premium.gross", "a field that the reply does not have"),
    ("idempotency", "without idempotency", "what is done after a lost reply"),
)


def survivor(trial: Trial, operator: str, words: str):
    return next(each for each in trial.mutants if each.operator == operator and words in each.words)


def paste(room, text: str) -> Trial:
    """The carrier with what was printed at the end of the file that it names."""
    path = room.root / text.removeprefix("# ").partition(":")[0]
    path.write_text(f"{path.read_text('utf-8').rstrip()}\n{text}\n", "utf-8")
    return Trial(room.folder, room.root)


@pytest.mark.parametrize(("operator", "words", "what"), PASTED, ids=[what for _, _, what in PASTED])
def test_what_is_printed_kills_the_survivor_once_it_is_pasted(room, operator, words, what):
    only_the_first(room)
    before = Trial(room.folder, room.root)
    mutant = survivor(before, operator, words)
    assert before.judge(mutant).end == "survived"
    text = Hunter(before).example(mutant)
    assert text, f"no example: {what}"
    after = paste(room, text)
    assert room.faults() == []
    assert after.judge(survivor(after, operator, words)).end == "killed"
    assert room.failed() == set(), "it passes on the mapping as it is"


def test_the_frozen_case_that_notices_is_what_the_example_is_made_of(room):
    only_the_first(room)
    write_lock(room.subject, derived_of(room.subject))
    trial = Trial(room.folder, room.root)
    mutant = survivor(trial, "drop-row", "of note")
    looked = trial.look(mutant)
    assert "derived-request-" in looked.ended.derived
    assert "note:" in Hunter(trial).example(mutant, looked)


def test_the_cases_about_what_a_mutant_changes_have_their_turn_first(room):
    only_the_first(room)
    write_lock(room.subject, derived_of(room.subject))
    trial = Trial(room.folder, room.root)
    mutant = survivor(trial, "drop-row", "of note")
    noticing = trial.look(mutant).noticing
    assert noticing is not None
    assert all("note" in name for name in noticing.prove.cases)


def test_a_mutant_that_no_frozen_case_notices_is_not_hunted_for(room, monkeypatch):
    write_lock(room.subject, derived_of(room.subject))
    trial = Trial(room.folder, room.root)
    hunter, mutant = Hunter(trial), trial.mutants[0]
    monkeypatch.setattr(hunter, "_differing", lambda *_: pytest.fail("every case has had its turn already"))
    assert hunter.example(mutant, Looked(Ended("survived"), (("policy.issue", {}),))) == ""


# --- read back --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "example"), [("lotus/examples/policy_issue.yaml", 5), ("tide/examples/policy_issue.yaml", 1)]
)
def test_an_example_read_below_what_it_comes_from_alone_is_the_one_read_from_the_whole_file(file, example):
    path = CARRIERS / file
    subject = Subject(path.parent.parent, CARRIERS.parents[1])
    read, _ = subject.read(path)
    base = read.examples[example]
    item = f"  - id: kills-one\n    from: {base.id}\n    provenance: {{ kind: hand, source: a clause }}\n"
    below = read_back(item, "kills-one", read, subject)
    assert below is not None
    assert (below.request, below.expect.words.keys()) == (base.request, base.expect.words.keys())
    assert [each.reply and each.reply.reply for each in below.exchanges] == [
        each.reply and each.reply.reply for each in base.exchanges
    ]


def test_an_example_that_its_file_would_refuse_is_refused(room):
    file = room.subject.files[0]
    item = f"  - id: kills-one\n    from: {file.examples[0].id}\n    expekt: {{}}\n"
    assert read_back(item, "kills-one", file, room.subject) is None


def test_an_example_says_that_its_expectation_is_the_mappings_own(room):
    only_the_first(room)
    trial = Trial(room.folder, room.root)
    text = Hunter(trial).example(survivor(trial, "drop-row", "of note"))
    head, provenance = text.splitlines()[:2], text.partition("provenance:")[2]
    assert head[0].startswith(f"# {trial.subject.folder.relative_to(room.root).as_posix()}/{ISSUE}: kills")
    assert "hold it against the document" in head[1]
    assert "source: the clause that policy_issue.yaml:13 carries out" in provenance


def test_what_no_example_can_show_is_given_none(room):
    trial = Trial(room.folder, room.root)
    mutant = survivor(trial, "inquiry", "without inquiry")
    assert Hunter(trial).example(mutant) == ""


# --- a message changed inside its layers ------------------------------------------------------------------------------


@pytest.mark.parametrize("carrier", ["aurora", "bamboo", "granite", "harbor", "jade", "lotus", "xcover"])
def test_a_reply_with_one_field_more_is_as_genuine_as_before(carrier):
    subject = Subject(CARRIERS / carrier, CARRIERS.parents[1])
    file = next(each for each in subject.files if each.operation == "policy.issue" and each.first("accepted"))
    run = Run(file, file.first("accepted"), subject)
    step = run.flow.played[-1].step.name if len(run.flow.operation.steps) > 1 else ""
    played, raw = answered(run, step)
    edit = Edit(side="reply", kind="extra", at=("zzNobodyNamesThis",), value="1")
    forms = of_call(subject.tree, run.example.operation, run.example.variant, step)
    changed = with_edit(raw, forms, edit, run.example.secrets, "/" + played.wire.url.split("/", 3)[-1])
    assert changed.body != raw.body
    before, read = (played.step.parse(each, run.example.request, played.context) for each in (raw, changed))
    assert (read.outcome, read.result) == (before.outcome, before.result)
    assert read.wire["zzNobodyNamesThis"] == "1"


def test_json_keeps_the_digits_it_was_written_with():
    text = '{"a": 1.50, "b": {"c": [1, 2.0]}, "d": "1.50"}'
    assert (
        json_with(text, Edit(side="reply", kind="missing", at=("b", "c", "0")))
        == '{"a":1.50,"b":{"c":[2.0]},"d":"1.50"}'
    )
    decimal = Edit(side="reply", kind="edge", at=("a",), value=Decimal("0.10"))
    assert json_with(text, decimal).startswith('{"a":0.10,')


def test_xml_is_changed_below_its_envelope_and_keeps_its_first_line():
    text = '<?xml version="1.0"?><e:Envelope xmlns:e="urn:e"><e:Body><Rsp v="1"><No>P1</No><No>P2</No></Rsp></e:Body></e:Envelope>'
    gone = xml_with(text, Edit(side="reply", kind="missing", at=("No", "1")))
    assert gone == text.replace("<No>P2</No>", "")
    assert "<No>x</No><No>P2</No>" in xml_with(text, Edit(side="reply", kind="other", at=("No",), value="x"))
    assert "<More>y</More>" in xml_with(text, Edit(side="reply", kind="added", at=("More",), value="y"))
    with pytest.raises(LookupError, match="no <Nowhere>"):
        xml_with(text, Edit(side="reply", kind="missing", at=("Nowhere", "No"), value=GONE))


# --- what is written --------------------------------------------------------------------------------------------------


def test_a_patch_laid_over_a_request_makes_the_other_one():
    before = {"a": {"b": 1, "c": 2}, "d": [1, 2], "e": None}
    now = {"a": {"b": 1}, "d": [2], "e": "x"}
    assert patch(before, now) == {"a": {"c": None}, "d": [2], "e": "x"}
    assert patch(before, before) is None


@pytest.mark.parametrize(
    "text", ["1e5", "007", "1.50", "true", "null", "~", "", "2026-03-01", "是", "a: b", '"', "yes"]
)
def test_a_text_is_read_back_as_the_text_it_was(text):
    node, faults = read_text(listed({"id": text, "none": None}), "example.yaml")
    assert not faults
    assert plain_data(node, Faults()) == [{"id": text, "none": None}], json.dumps(text)


def test_a_request_that_no_variant_serves_is_written_as_no_example():
    trial = Trial(CARRIERS / "xcover", CARRIERS.parents[1])
    file = next(each for each in trial.subject.files if each.operation == "endorsement.quote")
    run = Run(file, file.first("accepted"), trial.subject)
    unserved = Edit(side="request", kind="edge", at=("kind",), value="insured_add")
    assert Hunter(trial)._one(run, unserved, trial.mutants[0], full=False) is None
    served = Edit(side="whole", kind="whole")
    assert Hunter(trial)._one(run, served, trial.mutants[0], full=False) is not None
