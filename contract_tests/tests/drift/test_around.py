"""What stands around a reply: its headers, and the certificate of the host that sent it."""

import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from contract_tests.drift.certificate import Shown, certificate_findings, shown_at
from contract_tests.drift.compare import Beside
from contract_tests.drift.headers import header_findings
from contract_tests.drift.history import Entry, append, entry_of, read_history
from contract_tests.mock.certificates import bad_context, one_sided

BESIDE = Beside("rowan", "policy.issue", {}, example="basic")
WRITTEN = (("Content-Type", "application/json"), ("X-Sign", "abc"))
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SHOWN = Shown(key="k1", issuer="CN=one", ends_at=NOW + timedelta(days=31))


def told(*now):
    return [(each.severity, each.at, each.said) for each in header_findings(WRITTEN, now, BESIDE)]


def test_headers_that_are_what_they_were_are_no_drift_whatever_their_values_and_case():
    assert told(("content-type", "Application/JSON; charset=UTF-8"), ("x-sign", "other"), ("Date", "now")) == []


def test_a_header_that_the_example_has_is_missed():
    (one,) = told(("Content-Type", "application/json"))
    assert one[:2] == ("warn", "header x-sign")


@pytest.mark.parametrize("other", ["text/json", "application/json; charset=GBK"])
def test_another_media_type_or_charset_is_told_with_both(other):
    (one,) = told(("Content-Type", other), WRITTEN[1])
    assert one == ("warn", "header content-type", f"was application/json, is {other.lower()}")


def test_a_header_that_no_example_has_is_news_and_its_value_is_not_told():
    (one,) = told(*WRITTEN, ("X-Next-Key", "a secret of theirs"))
    assert one[:2] == ("info", "header x-next-key")
    assert "secret" not in one[2]


def test_an_example_that_gives_no_headers_says_nothing_about_them():
    assert list(header_findings((), WRITTEN, BESIDE)) == []


# --- certificates -----------------------------------------------------------------------------------------------------


@contextmanager
def shaking_hands(context):
    """A host that answers handshakes and nothing else."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    plain, _ = server.accept()
                    context.wrap_socket(plain, server_side=True).close()
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}/uat"


def test_a_certificate_is_read_from_a_handshake_trusted_or_not():
    with shaking_hands(one_sided().server) as origin:
        found = shown_at(origin)
    assert found is not None
    assert found.issuer == "CN=insurehub mock authority"
    assert len(found.key) == 64
    assert timedelta(29) < found.ends_at - datetime.now(UTC) < timedelta(31)


def test_one_that_has_ended_is_told_from_a_handshake_too():
    with shaking_hands(bad_context(expired=True)) as origin:
        found = shown_at(origin)
    (one,) = certificate_findings("rowan", found, found, datetime.now(UTC))
    assert (one.severity, one.kind, one.at) == ("warn", "certificate", "certificate end")
    assert one.said.startswith("has ended, ")


def test_without_tls_and_without_anybody_there_is_no_certificate():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert shown_at(f"https://127.0.0.1:{port}") is None
    assert shown_at("http://127.0.0.1:1") is None


def test_one_that_ends_within_thirty_days_is_told_with_the_day():
    soon = replace(SHOWN, ends_at=NOW + timedelta(days=29, hours=1))
    (one,) = certificate_findings("rowan", soon, None, NOW)
    assert one.said == "ends in 29 days, 2026-03-30"
    assert list(certificate_findings("rowan", SHOWN, SHOWN, NOW)) == []


def test_another_key_and_another_issuer_than_in_the_run_before_are_told():
    other = replace(SHOWN, key="k2", issuer="CN=two")
    found = list(certificate_findings("rowan", other, SHOWN, NOW))
    assert [each.at for each in found] == ["certificate key", "certificate issuer"]
    assert "'CN=two', was 'CN=one'" in found[1].said


def test_the_run_before_that_saw_a_certificate_is_what_it_is_held_against(tmp_path):
    path, about = tmp_path / "h.jsonl", {"carrier": "rowan", "host": "h", "mapping": "m"}
    append(path, Entry(at=NOW, findings=(), certificate=SHOWN, **about))
    append(path, Entry(at=NOW, findings=(), **about))
    other = replace(SHOWN, key="k2")
    run = entry_of((), read_history(path, "rowan", "h"), at=NOW, certificate=other, **about)
    assert [each.at for each in run.findings] == ["certificate key"]
    assert run.certificate == other
