"""C23: a reply that costs too much, or is believed, or raises, fails the check of the carrier's limits."""

import gzip
from itertools import count

import pytest

from contract_tests.examples.hostile import BOMB_BYTES, HEADER_BYTES, LONG_BYTES, hostile_bodies
from contract_tests.runner import checks_limits

UNREAD = "return Reply(outcome=UNKNOWN, problems=(problem(error),))"
DECODED = "wire = decoded(reply, ctx)"


def failures(room, name, level=0):
    (verdict,) = [each for each in room.verdicts(level) if each.check.name == name]
    assert verdict.crash == ""
    return [f"{each.at}: {each.actual}" for each in verdict.differences]


def test_hostile_bodies_are_as_hostile_as_the_catalogue_says():
    bodies = dict(hostile_bodies())
    assert max(map(len, bodies.values())) > LONG_BYTES == 10_000_000
    assert HEADER_BYTES == 200_000
    assert len(gzip.decompress(bodies["a zip bomb"])) == BOMB_BYTES
    assert bodies["JSON 1,000 deep"].count(b"{") == bodies["XML 1,000 deep"].count(b"<a>") == 1_000
    assert b"SYSTEM" in bodies["an entity that is a file"]


def test_a_carrier_has_its_limits_looked_at_once(room):
    names = [each.check.id.partition("::")[2] for each in room.verdicts(level=2) if "limits" in each.check.name]
    assert names == ["found::limits", "found::limits-socket"]


def test_a_reader_that_believes_what_it_cannot_read_fails(issuing):
    room = issuing(UNREAD, "return Reply(outcome=Outcome(kind=OutcomeKind.accepted))")
    told = failures(room, "limits")
    assert len(told) >= 5
    assert all(each.endswith('"accepted"') for each in told)
    assert any("huge_body" in each for each in failures(room, "limits-socket", level=2))
    assert any("deep_body" in each for each in failures(room, "limits-socket", level=2))


def test_a_reader_that_raises_fails(issuing):
    told = failures(issuing("except Exception as error:", "except KeyError as error:"), "limits")
    assert any("raised" in each for each in told)


def test_a_reader_that_takes_its_time_fails(issuing, monkeypatch):
    monkeypatch.setattr(checks_limits, "WAIT_S", 0.3)
    told = failures(issuing(DECODED, "wire = sum(range(12_000_000)) and decoded(reply, ctx)"), "limits")
    assert any(" s and " in each for each in told)


def test_a_reader_that_takes_much_memory_fails(room, monkeypatch):
    taken = count(0, 201)
    monkeypatch.setattr(checks_limits, "_peak_mb", lambda: float(next(taken)))
    assert any("201 MB" in each for each in failures(room, "limits"))


@pytest.fixture
def issuing(mutated):
    """The carrier with policy.issue alone, its module changed."""

    def change(old, new):
        room = mutated("policy_issue", old, new)
        (room.folder / "examples" / "policy_get.yaml").unlink()
        return room

    return change
