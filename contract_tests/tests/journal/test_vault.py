import stat

import pytest

from gateway.journal.vault import KeyLost, RawMessage, Vault, VaultError, add_key, vault_from_file, vault_from_text

OLD, NEW = b"o" * 32, b"n" * 32


def test_what_was_sealed_is_opened_for_its_owner_only():
    vault = Vault({"k1": OLD}, "k1")
    sealed = vault.seal(b"policyholder", "att_1")
    assert vault.open(sealed, "att_1") == b"policyholder"
    assert b"policyholder" not in sealed
    with pytest.raises(VaultError):
        vault.open(sealed, "att_2")


def test_a_rotated_key_still_opens_what_it_sealed():
    sealed = Vault({"k1": OLD}, "k1").seal(b"x", "a")
    rotated = Vault({"k1": OLD, "k2": NEW}, "k2")
    assert rotated.open(sealed, "a") == b"x"
    assert rotated.seal(b"y", "a")[1:3] == b"k2"
    with pytest.raises(VaultError, match="k1"):
        Vault({"k2": NEW}, "k2").open(sealed, "a")


@pytest.mark.parametrize("position", [0, 1, 5, 20, -1])
def test_a_damaged_seal_is_refused(position):
    vault = Vault({"k1": OLD}, "k1")
    sealed = bytearray(vault.seal(b"x" * 40, "a"))
    sealed[position] ^= 1
    with pytest.raises(VaultError):
        vault.open(bytes(sealed), "a")


def test_two_keys_of_one_name_are_refused():
    with pytest.raises(VaultError, match="two keys are named 'k1'"):
        vault_from_text("k1:" + "QUFB" * 10 + "QUE=,k1:" + "QkJC" * 10 + "QkI=")


def test_the_key_file_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    file = tmp_path / "state" / "key"
    first = vault_from_file(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert vault_from_file(file).open(first.seal(b"x", "a"), "a") == b"x"


@pytest.mark.parametrize("text", ["k1:short", "k1:####", "k1:" + "QUJD"])
def test_an_unusable_key_is_refused_without_being_shown(text):
    with pytest.raises(VaultError) as refused:
        vault_from_text(text)
    assert text.partition(":")[2] not in str(refused.value)


@pytest.mark.parametrize("text", ["c2VjcmV0LWtleS1jYW5hcnk=", "secret/canary+x:QUJD", ":QUJD", ""])
def test_a_key_without_its_id_is_refused_without_being_shown(text):
    with pytest.raises(VaultError, match="id:base64key") as refused:
        vault_from_text(text)
    assert not text or text not in str(refused.value)


def test_a_key_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(VaultError, match="Is a directory"):
        vault_from_file(tmp_path)


def test_a_raw_message_survives_packing():
    raw = RawMessage(line="POST https://x/", headers=(("A", "1"), ("A", "2")), body=b"\xff\x00")
    assert RawMessage.unpack(raw.pack()) == raw


def test_a_new_key_comes_to_the_front_and_the_file_stays_its_owners(tmp_path):
    file = tmp_path / "key"
    sealed = vault_from_file(file).seal(b"x", "a")
    assert [add_key(file), add_key(file)] == ["k2", "k3"]
    rotated = vault_from_file(file)
    assert rotated.open(sealed, "a") == b"x"
    assert rotated.seal(b"y", "a").startswith(rotated.mark)
    assert rotated.mark == b"\x02k3"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["key"]


def test_a_lost_key_is_named_and_never_an_empty_message():
    sealed = Vault({"k1": OLD}, "k1").seal(b"", "a")
    with pytest.raises(KeyLost, match="k1") as lost:
        Vault({"k2": NEW}, "k2").open(sealed, "a")
    assert lost.value.key_id == "k1"
