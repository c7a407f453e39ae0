"""A request that is encrypted or packed and differs is shown as it is inside, with the mapping's line."""

from pathlib import Path

import pytest

from contract_tests.examples.proof import Proof
from contract_tests.runner import Subject, checks_of, read_examples
from contract_tests.runner.checks_request import compare_body
from contract_tests.runner.inside import inside_of

ROOT = Path(__file__).parents[3]


def sent(carrier):
    """The runs of a carrier's examples that state the body of a request, each with that and the bytes that leave."""
    subject = Subject(ROOT / "mappings" / "carriers" / carrier, ROOT)
    found = []
    for file in read_examples(subject.folder, ROOT)[0]:
        for check in checks_of(file, subject):
            if check.name.startswith("request-bytes"):
                for played in check.run.flow.played:
                    wanted = played.exchange.request
                    if wanted is not None and wanted.body is not None and played.wire is not None and wanted.body.value:
                        found.append((check.run, wanted, played))
    return found


def unlike(runs):
    """A run, and the body of another that says something else to the same call."""
    for run, wanted, played in runs:
        for other, _, its in runs:
            same = (run.example.operation, run.example.variant) == (other.example.operation, other.example.variant)
            if same and played.step.name == its.step.name and its.wire.body != played.wire.body:
                return run, wanted, its.wire.body
    raise AssertionError("no two examples of one call differ")


@pytest.mark.parametrize("carrier", ["granite", "jade"])
def test_bodies_that_differ_in_cipher_text_are_shown_as_what_they_say(carrier):
    run, wanted, body = unlike([each for each in sent(carrier) if is_hidden(each)])
    proof = Proof()
    compare_body(proof, run, wanted, body)
    (difference,) = proof.differences
    assert difference.at.startswith("inside the body")
    assert difference.expected != difference.actual


def is_hidden(each):
    run, _, played = each
    call = (run.example.operation, run.flow.operation.variant or "", played.step.name or "")
    return inside_of(run.subject, call, played.wire.body, run.example.secrets) is not None


def test_a_plain_body_is_its_own_inside():
    assert not [each for each in sent("xcover") if is_hidden(each)]


def test_what_the_keys_do_not_open_is_shown_as_it_is():
    run, wanted, body = unlike([each for each in sent("jade") if is_hidden(each)])
    call = (run.example.operation, run.flow.operation.variant or "", run.flow.played[0].step.name or "")
    assert inside_of(run.subject, call, body, dict.fromkeys(run.example.secrets, "0" * 16)) is None
    assert inside_of(run.subject, call, b"%%%", run.example.secrets) is None
    proof = Proof()
    compare_body(proof, run, wanted, b"%%%")
    assert proof.differences[0].at.startswith("body")
