"""Secrets: from wherever they are kept, changed while the gateway runs, printed nowhere."""

import logging
import os
import pickle
import traceback

import pytest

from gateway.keyring import Environment, Files, Keyring, Reference, SecretUnavailable, source_of
from gateway.settings import SettingsInvalid, load_settings

CANARY = "canary-5f2c-secret"


class Vault:
    """A source of a user's own."""

    def __init__(self, address, password="none"):
        if password == CANARY:
            raise RuntimeError(f"cannot log in with {password}")
        self.address, self.reads, self.texts, self.changes = address, 0, {"kv/a": "a-1"}, 0

    def read(self, reference):
        self.reads += 1
        if reference not in self.texts:
            raise SecretUnavailable(f"{self.address} has no {reference}")
        return self.texts[reference]

    def version(self, reference):
        return self.changes


def settings_of(folder, text, environ=None):
    (folder / "insurehub.yaml").write_text(text, encoding="utf-8")
    return load_settings(folder, environ or {})


def written(file, text, at):
    file.write_text(text, encoding="utf-8")
    os.utime(file, ns=(at, at))


@pytest.fixture
def rotating(tmp_path):
    """A key that is being changed: the new one and the one before, each in a file."""
    written(tmp_path / "new", "key-2\n", 1)
    written(tmp_path / "old", "key-1\n", 1)
    text = (
        f"channels: {{ a: {{ secrets: {{ key: {{ file: {tmp_path}/new, previous: {{ file: {tmp_path}/old }} }} }} }} }}"
    )
    return settings_of(tmp_path, text).channels["a"].secrets


def test_a_key_that_is_being_changed_knows_the_one_before(rotating):
    assert rotating["key"].reveal() == "key-2"
    assert rotating["key"].former.reveal() == "key-1"
    assert rotating["key"].former.former is None


def test_a_file_that_changes_is_read_without_a_restart_and_else_not_at_all(rotating, tmp_path):
    first = rotating["key"]
    assert rotating["key"] is first
    written(tmp_path / "old", "key-2", 2)
    written(tmp_path / "new", "key-3", 2)
    assert (rotating["key"].reveal(), rotating["key"].former.reveal()) == ("key-3", "key-2")
    assert first.reveal() == "key-2"


@pytest.mark.parametrize("damage", [lambda file: file.unlink(), lambda file: written(file, " \n", 3)])
def test_a_file_that_is_lost_or_emptied_leaves_the_secret_as_it_was(rotating, tmp_path, damage, caplog):
    damage(tmp_path / "new")
    with caplog.at_level(logging.WARNING, "insurehub.keyring"):
        assert rotating["key"].reveal() == "key-2"
    assert "key-2" not in caplog.text
    written(tmp_path / "new", "key-4", 4)
    assert rotating["key"].reveal() == "key-4"


def test_a_folder_of_files_is_a_source_by_name(tmp_path):
    (tmp_path / "sign_key").write_text("from the folder\n", encoding="utf-8")
    text = (
        f"secrets: {{ folder: {{ use: 'gateway.keyring:Files', path: {tmp_path} }} }}\n"
        "channels: { a: { secrets: { key: { folder: sign_key } } } }"
    )
    assert settings_of(tmp_path, text).channels["a"].secrets["key"].reveal() == "from the folder"


def test_a_source_of_ones_own_is_named_in_the_settings(tmp_path):
    text = (
        f"secrets: {{ vault: {{ use: '{__name__}:Vault', address: here }} }}\n"
        "channels: { a: { secrets: { key: { vault: kv/a, previous: { env: OLD } } } } }"
    )
    secrets = settings_of(tmp_path, text, {"OLD": "a-0"}).channels["a"].secrets
    assert (secrets["key"].reveal(), secrets["key"].former.reveal()) == ("a-1", "a-0")


def test_a_slow_source_is_asked_again_only_when_its_version_changes():
    vault = Vault("here")
    ring = Keyring({"key": (Reference(vault, "kv/a"), None)})
    assert [ring["key"].reveal() for _ in range(5)] == ["a-1"] * 5
    assert vault.reads == 1
    vault.texts["kv/a"], vault.changes = "a-2", 1
    assert [ring["key"].reveal() for _ in range(5)] == ["a-2"] * 5
    assert vault.reads == 2


REFUSED = [
    ("channels: { a: { secrets: { key: geheim-1 } } }", "must be {env: NAME} or {file: PATH}"),
    ("channels: { a: { secrets: { key: { env: NOT_THERE } } } }", "the environment has no NOT_THERE"),
    ("channels: { a: { secrets: { key: { env: EMPTY } } } }", "EMPTY is empty"),
    ("channels: { a: { secrets: { key: { file: /nowhere } } } }", "the file /nowhere cannot be read"),
    ("channels: { a: { secrets: { key: { env: THERE, previous: geheim-1 } } } }", "must be {env: NAME}"),
    ("channels: { a: { secrets: { key: { env: THERE, previous: { env: NOT_THERE } } } } }", "has no NOT_THERE"),
    ("channels: { a: { secrets: { key: { env: THERE, file: x } } } }", "must be {env: NAME}"),
    ("channels: { a: { secrets: { key: { vualt: x } } } }", "must be {env: NAME}"),
    ("secrets: { v: { address: x } }", "does not say its class"),
    ("secrets: { v: { use: 'no.such.module:X' } }", "cannot be used as a source of secrets (ModuleNotFoundError)"),
    ("secrets: { v: { use: 'gateway.keyring:Nothing' } }", "(AttributeError)"),
    ("secrets: { v: { use: 'builtins:dict' } }", "is no source of secrets"),
    (f"secrets: {{ v: {{ use: '{__name__}:Vault', address: x, password: {CANARY} }} }}", "(RuntimeError)"),
]


@pytest.mark.parametrize(("text", "says"), REFUSED)
def test_a_secret_that_cannot_be_had_is_refused_at_start_with_its_place_and_unquoted(tmp_path, text, says):
    with pytest.raises(SettingsInvalid) as caught:
        settings_of(tmp_path, text, {"THERE": "1", "EMPTY": ""})
    assert says in str(caught.value)
    assert "insurehub.yaml:1:" in str(caught.value)
    printed = "".join(traceback.format_exception(caught.value))
    assert "geheim-1" not in str(caught.value)
    assert CANARY not in printed.replace(text, "")


def test_no_way_of_printing_shows_a_secret_or_its_former_one():
    ring = Keyring(
        {"key": (Reference(Environment({"N": CANARY, "O": CANARY}), "N"), Reference(Environment({"O": CANARY}), "O"))}
    )
    secret = ring["key"]
    for shown in (repr(ring), str(ring), repr(secret), f"{secret}", repr(dict(ring)), repr(secret.former), str([ring])):
        assert CANARY not in shown
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_a_source_needs_both_methods():
    class Half:
        def read(self, reference):
            return "x"

    with pytest.raises(ValueError, match="no source of secrets"):
        source_of("builtins:object", {})
    assert not hasattr(Half, "version")
    assert isinstance(source_of("gateway.keyring:Files", {"path": "/tmp"}), Files)
