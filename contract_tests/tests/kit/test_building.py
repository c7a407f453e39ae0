"""A kit is built from kit.yaml and the examples, or refused with the place of what is wrong."""

import shutil
from pathlib import Path

import pytest

from contract_tests.kit.build import build
from contract_tests.kit.bundle import bundled
from contract_tests.kit.clauses import clauses_of
from contract_tests.language.places import FaultyFile
from contract_tests.tests.kit.conftest import CARRIERS, built


@pytest.fixture
def cedar(tmp_path: Path) -> Path:
    """A workspace of cedar alone, to be changed."""
    folder = tmp_path / "mappings" / "carriers" / "cedar"
    shutil.copytree(CARRIERS / "cedar", folder)
    return folder


def changed(folder: Path, old: str, new: str, file: str = "kit.yaml") -> str:
    """Change a text that stands there once; gives what building then says."""
    path = folder / file
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(FaultyFile) as raised:
        build(folder, folder.parents[2])
    return str(raised.value)


def test_the_same_sources_make_the_same_bytes():
    assert bundled(built("cedar").data) == bundled(build(CARRIERS / "cedar", CARRIERS.parents[1]).data)


def test_every_request_from_an_example_comes_out_as_the_document_prints_it():
    made = built("cedar")
    assert made.proven == len(made.kit.requests) == 18


def test_a_kit_that_signs_otherwise_than_the_document_is_not_built(cedar):
    said = changed(cedar, "join([method, path, stamp, nonce, hex(sha256(content))], '\\\\n')\"\n    signature",
                   "join([path, method, stamp, nonce, hex(sha256(content))], '\\\\n')\"\n    signature")  # fmt: skip
    assert "kit.yaml" in said
    assert "error E687: the x-signature of the printed request quote.create/travel comes out otherwise" in said


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("from: quote.create/travel", "from: quote.create/travle", "E654: unknown example 'quote.create/travle'"),
        ("like: policy.issue/issued,", "like: policy.issue/isued,", "did you mean 'policy.issue/issued'"),
        ('{ send: cancel_quote, as: priced, then: "=priced.result.allowed" }', "{ send: cancle_quote, as: priced }",
         "unknown request 'cancle_quote'; did you mean 'cancel_quote'?"),
        ('clauses: ["4.4.1", "4.4.2"]', 'clauses: ["4.4.9"]', "unknown clause '4.4.9'"),
        ('    clauses: ["4.4.1", "4.4.2"]\n', "", "test 'an-application-is-found' names no clause"),
        ("within: 330s", "within: soon", "'soon' is no duration"),
        ("=sum([p.amount", "=summ([p.amount", "unknown function 'summ'; did you mean 'sum'?"),
        ("holds: =said.request_no ==", "holds: =sayd.request_no ==", "unknown name 'sayd'"),
    ],
)  # fmt: skip
def test_a_slip_in_kit_yaml_is_told_with_its_place(cedar, old, new, told):
    said = changed(cedar, old, new)
    assert told in said
    assert said.startswith("mappings/carriers/cedar/kit.yaml:")


def test_a_test_without_steps_and_a_kit_without_a_wire_are_refused(cedar):
    said = changed(
        cedar, "    steps:\n      - { send: quote, as: stranger,", "    stepps:\n      - { send: quote, as: stranger,"
    )
    assert "test 'a-wrong-token-is-turned-away' does nothing" in said
    assert "unknown key 'stepps'; did you mean 'steps'?" in said


def test_clauses_are_the_numbered_paragraphs_and_nothing_inside_a_sample(tmp_path):
    document = tmp_path / "document.md"
    document.write_text(
        "# T\n\n## 1. Scope\n\n1.1 One.\n\n### 1.2 Two\n\n1.2.1 **Deep** `x`.\n\n```\n9.9 no\n```\n## 2. End\n"
    )
    assert clauses_of(document) == {"1.1": "One.", "1.2.1": "Deep x.", "2": "End"}


def test_a_carrier_without_kit_yaml_says_so(cedar):
    (cedar / "kit.yaml").unlink()
    with pytest.raises(LookupError, match=r"cedar has no kit\.yaml"):
        build(cedar, cedar.parents[2])
