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


@pytest.mark.parametrize("document", sorted(CARRIERS.glob("*/document.md")), ids=lambda path: path.parent.name)
def test_a_mock_demands_a_certificate_exactly_where_its_carriers_document_does(document):
    asked = MUTUAL.search(document.read_text("utf-8")) is not None
    assert load_definition(document.parent / "mock.yaml").mutual_tls is asked
