"""Settings a person wrote: obeyed or refused, every fault at once with its place, and no secret repeated."""

from pathlib import Path

import pytest

from cli.sandbox import Sandbox
from gateway.allowed import by_commission
from gateway.app import Gateway, open_journal, open_vault
from gateway.catalogue.load import Catalogue
from gateway.journal.retention import Retention
from gateway.journal.vault import VaultError
from gateway.settings import SettingsInvalid, load_settings

ROOT = Path(__file__).parents[3]


def read(folder, text, environ=None):
    (folder / "insurehub.yaml").write_text(text, encoding="utf-8")
    return load_settings(folder, environ or {})


def test_without_a_file_and_an_environment_there_are_defaults(tmp_path):
    settings = load_settings(tmp_path, {})
    assert (settings.host, settings.port) == ("127.0.0.1", 8400)
    assert settings.journal == f"sqlite:{tmp_path}/.insurehub/journal.db"
    assert settings.key_file == tmp_path / ".insurehub/key"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "channels:\n", "channels: {}\n"])
def test_a_file_that_says_nothing_is_as_good_as_none(tmp_path, text):
    assert read(tmp_path, text) == load_settings(tmp_path / "elsewhere", {}).__class__(
        workspace=tmp_path,
        journal=f"sqlite:{tmp_path}/.insurehub/journal.db",
        key_file=tmp_path / ".insurehub/key",
    )


def test_a_settings_file_that_is_named_and_not_there_is_refused(tmp_path):
    with pytest.raises(SettingsInvalid, match=r"INSUREHUB_SETTINGS.*there is no settings file .*/prod\.yaml"):
        load_settings(tmp_path, {"INSUREHUB_SETTINGS": str(tmp_path / "prod.yaml")})


@pytest.mark.parametrize("dsn", ["mysql://hub:hunter2@db/hub", "postgresql:hub:hunter2@db", "oracle"])
def test_an_address_of_a_journal_that_is_none_is_refused_without_its_password(dsn):
    with pytest.raises(SettingsInvalid, match="is not one of sqlite:<path>") as refused:
        open_journal(dsn)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "garbage", "k1:c2hvcnQ="])
def test_a_key_that_is_none_is_refused_with_where_it_stands(tmp_path, text):
    (tmp_path / "key").write_text(text, encoding="utf-8")
    with pytest.raises(VaultError, match=rf"{tmp_path}/key holds no key: .*put back the file that sealed"):
        open_vault(load_settings(tmp_path, {"INSUREHUB_KEY_FILE": str(tmp_path / "key")}))
    if text:
        with pytest.raises(VaultError, match=r"^INSUREHUB_KEY: "):
            open_vault(load_settings(tmp_path, {"INSUREHUB_KEY": text}))


def test_the_environment_goes_before_the_file(tmp_path):
    text = "port: 8500\nhost: 0.0.0.0\nchannels: { a_main: { config: { base_url: http://file, other: x } } }"
    environ = {
        "INSUREHUB_PORT": "8600",
        "INSUREHUB_CHANNEL_A_MAIN_CONFIG_BASE_URL": "http://environment",
        "INSUREHUB_JOURNAL": "memory:",
    }
    settings = read(tmp_path, text, environ)
    assert (settings.host, settings.port, settings.journal) == ("0.0.0.0", 8600, "memory:")
    assert settings.channels["a_main"].config == {"base_url": "http://environment", "other": "x"}


def test_a_secret_comes_from_the_environment_or_a_file(tmp_path):
    (tmp_path / "key").write_text("from a file\n", encoding="utf-8")
    text = f"channels: {{ a_main: {{ secrets: {{ one: {{env: ONE}}, two: {{file: {tmp_path}/key}} }} }} }}"
    secrets = read(tmp_path, text, {"ONE": "from the environment"}).channels["a_main"].secrets
    assert {name: secret.reveal() for name, secret in secrets.items()} == {
        "one": "from the environment",
        "two": "from a file",
    }


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("chanels: {}", "1:1", "did you mean 'channels'?"),
        ("port: abc", "1:7", "port must be a whole number, not 'abc'"),
        ("port: 70000", "1:7", "port must be at least 1 and at most 65535"),
        ("lease_s: -4", "1:10", "lease_s must be at least 1"),
        ("deadline_s: 0", "1:13", "deadline_s must be at least 1"),
        ("host: [1, 2]", "1:7", "host must be a text, not a list"),
        ("port: 1\nport: 2", "2:1", "port"),
        ("- 1", "1:1", "settings must be a map, not a list"),
        ("a: [", "", "insurehub.yaml"),
        ("journal_upgrade: yes", "1:18", "journal_upgrade cannot be 'yes'"),
        ("retention: 5", "1:12", "settings: retention must be a map"),
        ("retention: { log_days: 29 }", "1:24", "retention: log_days must be at least 30"),
        ("retention: { business_days: five }", "1:29", "retention: business_days must be a whole number"),
        ("retention: { log_days: 400, business_days: 300 }", "1:44", "business_days must be at least 400"),
        ("retention: { logs_days: 40 }", "1:14", "did you mean 'log_days'?"),
        ("channels: [a]", "1:11", "must be a map, not a list"),
        ("channels:\n  a_main: 5", "2:11", "channel a_main must be a map"),
        ("channels:\n  a_main: { configs: {} }", "2:13", "did you mean 'config'?"),
        ("channels:\n  a_main: { config: 7 }", "2:21", "must be a map"),
        ("channels:\n  a_main: { secrets: { k: { env: NOPE } } }", "2:34", "the environment has no NOPE"),
        ("channels:\n  a_main: { secrets: { k: { file: /nowhere } } }", "2:35", "/nowhere cannot be read"),
        ("channels:\n  a_main: { secrets: { k: { envs: X } } }", "2:27", "{env: NAME} or {file: PATH}"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path, text, place, says):
    with pytest.raises(SettingsInvalid) as refused:
        read(tmp_path, text)
    said = str(refused.value)
    assert f"insurehub.yaml:{place}" in said
    assert says in said
    assert len(said.splitlines()) == 1, "one fault is told once"


def test_how_long_the_journal_keeps_what_is_said_in_days(tmp_path):
    assert load_settings(tmp_path, {}).retention == Retention(business_days=1826, log_days=183)
    text, environ = "retention: { business_days: 3652, log_days: 90 }", {"INSUREHUB_RETENTION_LOG_DAYS": "60"}
    assert read(tmp_path, text, environ).retention == Retention(business_days=3652, log_days=60)


def test_a_gateway_brings_a_shared_schema_up_to_date_only_when_it_is_told_to(tmp_path):
    assert not load_settings(tmp_path, {}).upgrades_journal
    assert read(tmp_path, "journal_upgrade: auto").upgrades_journal
    assert not read(tmp_path, "journal_upgrade: auto", {"INSUREHUB_JOURNAL_UPGRADE": "manual"}).upgrades_journal


def test_products_choose_by_commission_only_where_it_is_allowed(tmp_path):
    assert not by_commission(tmp_path, {})
    assert by_commission(tmp_path, {"INSUREHUB_ROUTING_BY_COMMISSION": "allowed"})
    read(tmp_path, "routing_by_commission: allowed")
    assert by_commission(tmp_path, {})
    assert not by_commission(tmp_path, {"INSUREHUB_ROUTING_BY_COMMISSION": "off"})
    with pytest.raises(SettingsInvalid, match="routing_by_commission cannot be 'yes'"):
        read(tmp_path, "routing_by_commission: yes")
    assert not by_commission(tmp_path, {})


def test_a_gateway_beside_mocks_reads_the_catalogue_as_the_workspace_allows(tmp_path):
    snapshot = Catalogue.open(ROOT / "mappings", _carriers()).snapshot
    beside = Sandbox(tmp_path, snapshot, "http://127.0.0.1:1", state=tmp_path)
    assert "INSUREHUB_ROUTING_BY_COMMISSION" not in beside.own_environ
    (tmp_path / "insurehub.yaml").write_text("routing_by_commission: allowed")
    assert beside.own_environ["INSUREHUB_ROUTING_BY_COMMISSION"] == "allowed"


def test_a_fault_of_the_environment_names_its_variable(tmp_path):
    with pytest.raises(SettingsInvalid, match=r"\$INSUREHUB_PORT.*whole number"):
        load_settings(tmp_path, {"INSUREHUB_PORT": "http"})


def test_every_fault_is_told_at_once(tmp_path):
    with pytest.raises(SettingsInvalid) as refused:
        read(tmp_path, "prot: 1\nlease_s: soon\nchannels: { a_main: { secrets: { k: plain } } }")
    assert len(str(refused.value).splitlines()) == 3


def test_a_secret_in_the_file_itself_is_refused_without_being_repeated(tmp_path):
    with pytest.raises(SettingsInvalid) as refused:
        read(tmp_path, "channels: { a_main: { secrets: { sign_key: hunter2-canary } } }")
    assert "sign_key" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_channel_that_is_not_in_the_catalogue_is_refused_not_ignored(tmp_path):
    settings = read(tmp_path, "journal: 'memory:'\nchannels: { lotus_mian: { config: {} } }")
    catalogue = Catalogue.open(ROOT / "mappings", _carriers())
    with pytest.raises(SettingsInvalid, match=r"no channel 'lotus_mian'.*did you mean 'lotus_main'\?"):
        Gateway(settings, catalogue)


def _carriers():
    return tuple(folder.name for folder in (ROOT / "mappings" / "carriers").iterdir())


@pytest.mark.parametrize("dsn", ["mysql:x", "sqlite:", "journal.db", ""])
def test_a_journal_of_a_kind_nobody_knows_is_refused(dsn):
    with pytest.raises(SettingsInvalid, match="sqlite:<path>"):
        open_journal(dsn)


def test_webhooks_go_to_the_public_internet_unless_a_network_is_allowed(tmp_path):
    assert load_settings(tmp_path, {}).webhooks_allow == ()
    text = "webhooks: { allow: [10.20.0.0/16, '::1'], retry: [1s, 5m] }"
    settings = read(tmp_path, text)
    assert [str(each) for each in settings.webhooks_allow] == ["10.20.0.0/16", "::1/128"]
    assert settings.webhooks_retry_s == (1.0, 300.0)
    environ = {"INSUREHUB_WEBHOOKS_ALLOW": "127.0.0.1, 10.0.0.0/8", "INSUREHUB_WEBHOOKS_RETRY": "500ms,2s"}
    settings = read(tmp_path, text, environ)
    assert [str(each) for each in settings.webhooks_allow] == ["127.0.0.1/32", "10.0.0.0/8"]
    assert settings.webhooks_retry_s == (0.5, 2.0)


@pytest.mark.parametrize(
    "text", ["webhooks: { allow: [intranet] }", "webhooks: { retry: [5] }", "webhooks: { alow: [] }"]
)
def test_a_fault_in_the_settings_of_webhooks_is_pointed_at(tmp_path, text):
    with pytest.raises(SettingsInvalid, match="webhooks"):
        read(tmp_path, text)
