"""A channel that shows a certificate, to a mock carrier that demands one: every outcome, on real sockets."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

import contract_tests.tests.mock.test_engine as pine_tests
from contract_tests.language.places import FaultyFile as MockFileError
from contract_tests.mock import MockCarrier
from contract_tests.mock.certificates import mutual
from gateway.app import Transports
from gateway.channel import ChannelSettings, Exchange
from gateway.channel.wire_call import over
from gateway.model.outcome import Outcome, OutcomeKind, SafetyClass
from gateway.transport import TlsInvalid
from gateway.wire.contract import Context, Reply, Secret, Step, Tls, WireRequest

PINE = Path(pine_tests.__file__).parent / "pine" / "mock.yaml"
TLS = Tls(cert="secret.client_cert", ca="config.ca_file")


@pytest.fixture
async def mock(tmp_path):
    (tmp_path / "mock.yaml").write_text(f"tls: mutual\n{PINE.read_text('utf-8')}", "utf-8")
    async with MockCarrier.load(tmp_path, secrets={"key": "pine-key"}) as one:
        yield one


@pytest.fixture
async def outcome():
    transports = Transports(None)

    async def issue(mock, client, ca):
        settings = ChannelSettings(
            config={"base_url": mock.base_url, "ca_file": ca}, secrets={"client_cert": Secret(client)}
        )
        step = Step(
            name="x", operation="policy.issue", safety=SafetyClass.write_blind, build=None,
            parse=lambda raw, _request, _context: Reply(outcome=Outcome(kind=OutcomeKind.accepted, text=str(raw.status))),
        )  # fmt: skip
        exchange = Exchange(
            channel="pine", attempt_id="a", step=step, request=None, deadline_s=10.0,
            context=Context(now=datetime(2026, 3, 1, tzinfo=UTC), nonce=lambda n: "n" * n),
            wire=WireRequest(method="POST", url=f"{mock.base_url}/issue", headers=(("X-Key", "pine-key"),), body=b"{}"),
        )  # fmt: skip
        return (await over(transports.of(TLS, settings))(exchange)).reply.outcome

    yield issue
    await transports.aclose()


async def test_with_the_right_certificate_the_carrier_works(mock, outcome):
    found = await outcome(mock, mock.mutual.client, mock.mutual.ca)
    assert found.kind is OutcomeKind.accepted
    assert len(mock.requests) == 1
    assert mock.base_url.startswith("https://")


async def test_a_certificate_the_carrier_does_not_know_is_not_executed(mock, outcome):
    found = await outcome(mock, mutual().client, mock.mutual.ca)
    assert found.kind is OutcomeKind.not_executed
    assert list(mock.requests) == []


async def test_a_server_we_do_not_believe_is_not_executed(mock, outcome):
    found = await outcome(mock, mock.mutual.client, mutual().ca)
    assert found.kind is OutcomeKind.not_executed
    assert list(mock.requests) == []


async def test_a_server_of_yesterday_is_not_executed(mock, outcome):
    await mock.plan("tls_expired")
    assert (await outcome(mock, mock.mutual.client, mock.mutual.ca)).kind is OutcomeKind.not_executed


async def test_without_its_certificate_a_channel_is_never_opened():
    settings = ChannelSettings(
        config={"base_url": "https://x", "ca_file": mutual().ca}, secrets={"client_cert": Secret("")}
    )
    with pytest.raises(TlsInvalid):
        Transports(None).of(TLS, settings)


async def test_an_address_without_tls_is_refused_for_a_channel_that_shows_a_certificate():
    made = mutual()
    settings = ChannelSettings(
        config={"base_url": "HTTP://x", "ca_file": made.ca}, secrets={"client_cert": Secret(made.client)}
    )
    with pytest.raises(TlsInvalid, match="base_url"):
        Transports(None).of(TLS, settings)


async def test_channels_without_certificates_share_one_transport():
    transports = Transports(None)
    settings = ChannelSettings(config={"base_url": "http://x"})
    assert transports.of(None, settings) is transports.of(None, settings)
    await transports.aclose()


def test_the_clients_files_are_readable_by_us_alone(tmp_path):
    files = mutual().write(tmp_path / "tls")
    assert {name: Path(file).stat().st_mode & 0o777 for name, file in files.items()} == {"ca": 0o600, "client": 0o600}
    assert "PRIVATE KEY" in Path(files["client"]).read_text("ascii")
    assert "PRIVATE KEY" not in Path(files["ca"]).read_text("ascii")


def test_any_other_word_than_mutual_is_refused_with_its_place(tmp_path):
    (tmp_path / "mock.yaml").write_text(f"tls: yes please\n{PINE.read_text('utf-8')}", "utf-8")
    with pytest.raises(MockFileError, match=r"mock.yaml:1:.*write tls: mutual"):
        MockCarrier.load(tmp_path, secrets={"key": "pine-key"})


def test_a_mock_made_plain_speaks_no_tls(tmp_path):
    (tmp_path / "mock.yaml").write_text(f"tls: mutual\n{PINE.read_text('utf-8')}", "utf-8")
    assert MockCarrier.load(tmp_path, secrets={}, plain=True).mutual is None
