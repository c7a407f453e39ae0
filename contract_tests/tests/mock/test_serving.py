"""A mock carrier as a process of its own, as a person starts it."""

import json
import re
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract_tests.mock.faults import FAULTS
from contract_tests.mock.loading import load_definition

CARRIERS = Path(__file__).parents[3] / "mappings" / "carriers"
MUTUAL = re.compile("双向 ?TLS|[Mm]utual TLS")


@contextmanager
def served(*options: str):
    """The ready line of a served mock."""
    words = [sys.executable, "-m", "cli", "mock", "serve", "lotus", *options]
    with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=CARRIERS.parents[1], text=True) as process:
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def test_a_served_mock_speaks_https_meets_the_faults_it_was_told_and_draws_from_the_seed():
    with served("--tls", "--fault", "error_before_commit", "--fault", "slow:policy.issue", "--seed", "7") as ready:
        plan = json.load(urllib.request.urlopen(f"{ready['admin_url']}/_mock/faults?ns=default"))
        assert [each.get("operation") for each in plan["faults"]] == [None, "policy.issue"]
        assert plan["seed"] == 7
        trusting = ssl.create_default_context(cafile=ready["tls"]["ca"])
        assert set(ready["tls"]) == {"ca"}, "a carrier that asks for no certificate gives its client none"
        with pytest.raises(urllib.error.HTTPError) as told:
            urllib.request.urlopen(f"{ready['base_url']}/gateway.do", data=b"x", context=trusting)
        assert told.value.code == 500
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(f"{ready['base_url']}/gateway.do", data=b"x")


def test_the_certificates_a_mock_made_for_its_client_go_with_it():
    with served("--tls") as ready:
        authority = Path(ready["tls"]["ca"])
        assert authority.is_file()
    assert not authority.parent.exists()


@pytest.mark.parametrize("document", sorted(CARRIERS.glob("*/document.md")), ids=lambda path: path.parent.name)
def test_a_mock_demands_a_certificate_exactly_where_its_carriers_document_does(document):
    asked = MUTUAL.search(document.read_text("utf-8")) is not None
    assert load_definition(document.parent / "mock.yaml").mutual_tls is asked


@pytest.mark.parametrize(
    ("plan", "options", "said"),
    [
        ('{"faults": [}', (), "plan.json:1:13: not JSON"),
        ('{"fautls": []}', (), "plan.json: a plan has no 'fautls'"),
        ('{"faults": ["explode"]}', (), "plan.json: unknown fault 'explode'"),
        (None, ("--fault", "dns"), "dns is no fault of a carrier"),
        (None, ("--fault", "slow:polcy.issue"), "did you mean 'policy.issue'"),
        (None, ("--callback-base", "localhost:8400"), "is no http:// or https:// URL"),
    ],
)
def test_what_cannot_be_served_is_told_with_its_file_and_place(tmp_path, plan, options, said):
    if plan is not None:
        (tmp_path / "plan.json").write_text(plan, "utf-8")
        options = ("--faults", str(tmp_path / "plan.json"))
    words = [sys.executable, "-m", "cli", "mock", "serve", "lotus", *options]
    done = subprocess.run(words, cwd=CARRIERS.parents[1], text=True, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr


def test_the_help_of_serve_lists_every_fault():
    words = [sys.executable, "-m", "cli", "mock", "serve", "--help"]
    shown = subprocess.run(
        words, cwd=CARRIERS.parents[1], text=True, capture_output=True, timeout=60, check=True
    ).stdout
    assert [name for name in FAULTS if name not in shown] == []
