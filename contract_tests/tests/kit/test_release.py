"""`insurehub kit can-release`: only a whole, conformant and fresh verdict on exactly this mapping says yes."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typer.testing import CliRunner

from cli.commands.kit import app
from contract_tests.kit.build import carrier_sha256
from contract_tests.kit.portable.verdict import sign

ROOT = Path(__file__).parents[3]
SHA = carrier_sha256(ROOT / "mappings" / "carriers" / "cedar")


def told(**changed):
    ended = datetime.now(UTC) - timedelta(days=changed.pop("days", 1))
    found = {
        "format": 1, "verdict": "PASS", "carrier": "cedar", "kit": {"carrier_sha256": SHA}, "only": [], "left_out": 0,
        "ended_at": ended.isoformat(), "deviations": [],
    }  # fmt: skip
    return {**found, **changed}


@pytest.fixture
def asked(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)

    def ask(*verdicts, more=()):
        for at, each in enumerate(verdicts):
            (tmp_path / f"{at}.json").write_text(json.dumps(each))
        done = CliRunner().invoke(app, ["can-release", "cedar", "--verdict", str(tmp_path), "--json", *more])
        return done.exit_code, json.loads(done.stdout)["reasons"] if done.stdout else done.stderr

    return ask


def test_a_whole_fresh_verdict_on_this_mapping_says_yes(asked):
    assert asked(told()) == (0, [])
    assert asked(told(verdict="CONDITIONAL", deviations=[{"test": "t", "expires": "2999-12-31"}])) == (0, [])


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"verdict": "FAIL"}, 1, "the newest verdict is FAIL"),
        ({"verdict": "INCOMPLETE"}, 1, "the newest verdict is INCOMPLETE"),
        ({"left_out": 3}, 1, "tests were left out"),
        ({"days": 40}, 1, "40 days old, more than 30"),
        ({"days": -3}, 1, "in the future"),
        ({"verdict": "CONDITIONAL", "deviations": [{"test": "t", "expires": "2020-01-01"}]}, 1, "the deviation of t has expired"),
        ({"kit": {"carrier_sha256": "0" * 64}}, 3, "no verdict on exactly this mapping"),
        ({"kit": "x"}, 3, "no verdict on exactly this mapping"),
        ({"carrier": "lotus"}, 3, "no verdict on exactly this mapping"),
        ({"ended_at": "yesterday"}, 3, "no verdict on exactly this mapping"),
    ],
)  # fmt: skip
def test_every_other_verdict_says_no_and_why(asked, changed, code, said):
    found, reasons = asked(told(**changed))
    assert found == code
    assert any(said in each for each in reasons), reasons


def test_the_newest_verdict_counts_and_none_at_all_is_missing(asked):
    assert asked()[0] == 3
    assert asked(told(days=2), told(verdict="FAIL", days=1))[0] == 1
    assert asked(told(days=1), told(verdict="FAIL", days=2))[0] == 0


def test_a_carrier_without_a_folder_of_verdicts_has_none_and_a_named_file_that_is_not_there_is_wrong_use(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert CliRunner().invoke(app, ["can-release", "cedar"]).exit_code == 3
    assert CliRunner().invoke(app, ["can-release", "cedar", "--verdict", "not-there.json"]).exit_code == 2


def test_with_an_environment_only_runs_there_count(asked):
    assert asked(told(environment="uat"), more=("--env", "uat")) == (0, [])
    assert asked(told(environment="uat", days=2), told(environment="dev", verdict="FAIL"), more=("--env", "uat")) == (
        0,
        [],
    )
    code, reasons = asked(told(environment="dev"), told(), more=("--env", "uat"))
    assert (code, "0 of a run at uat" in reasons[0]) == (3, True), reasons


def test_with_a_key_only_what_it_signed_counts(asked, tmp_path):
    key, public = Ed25519PrivateKey.generate(), tmp_path / "pub.pem"
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    more = ("--public-key", str(public))
    assert asked(told(), more=more)[0] == 3
    assert asked(sign(told(verdict="FAIL"), key), more=more)[0] == 1
    assert asked({**sign(told(verdict="FAIL"), key), "verdict": "PASS"}, more=more)[0] == 3
    assert asked(sign(told(), key), more=more) == (0, [])


def test_what_is_no_verdict_file_is_wrong_use(asked):
    code, said = asked({"format": 2})
    assert code == 2
    assert "no verdict file" in said
