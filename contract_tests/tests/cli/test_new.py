"""`insurehub new`: a carrier that passes its contract tests at once, and touches nothing that is there."""

import json
import re
from pathlib import Path

import pytest
import yaml

from cli.codegen.generate import generate
from cli.mapping.check import check_workspace
from cli.scaffold import catalogue
from cli.scaffold.carrier import WIRES
from cli.scaffold.templates import renamed, template

PRODUCT = "mappings/products/personal-accident.yaml"


def _files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("wire", WIRES)
def test_a_new_carrier_of_every_wire_passes_its_contract_tests_at_once(empty_workspace, insurehub, wire):
    made = insurehub(empty_workspace, "new", "acme", "--wire", wire)
    assert made.code == 0
    assert "insurehub test acme" in made.out
    ended = insurehub(empty_workspace, "test", "acme", "--json")
    said = json.loads(ended.out)
    assert ended.code == 0
    assert (said["failed"], said["carriers"][0]["missing"]) == (0, [])
    assert said["passed"] > 600
    checks = {each["id"].rpartition("::")[2] for each in said["carriers"][0]["checks"]}
    assert {"derived-reply-unseen", "derived-reply-missing", "derived-bytes-charset", "derived-status-status"} <= checks
    assert "mappings/carriers/acme/contract.lock.json" in made.out
    assert check_workspace(empty_workspace, ("acme",)).diagnostics == ()


@pytest.mark.parametrize("wire", WIRES)
def test_the_carriers_of_every_wire_say_the_same_by_rows_of_the_same_fields(wire):
    files, plain = template(wire), template("json")
    assert set(plain) == set(files)
    for name in ("codes.yaml", "policy_issue.yaml", "policy_get.yaml", "quote_create.yaml"):
        one = re.sub(r"\.(insured|beneficiary|coverage),", ",", re.sub(r"(call: .*) t:\w+", r"\1", files[name]))
        assert one == plain[name], name


def test_a_new_carrier_has_neither_errors_nor_warnings(workspace):
    assert check_workspace(workspace, ("acme",)).diagnostics == ()


def test_a_new_carrier_is_generated_already(workspace, insurehub):
    ended = insurehub(workspace, "generate", "--check")
    assert ended.code == 0
    assert "0 files differ" in ended.out


def test_a_new_carrier_has_a_channel_a_product_entry_and_test_keys(workspace):
    channels = yaml.safe_load((workspace / "mappings/channels.yaml").read_text(encoding="utf-8"))
    assert channels == {"acme_main": {"carrier": "acme", "insurer": "acme_pc", "via": "direct", "state": "active"}}
    product = yaml.safe_load((workspace / PRODUCT).read_text(encoding="utf-8"))
    assert product["channels"]["acme_main"]["weight"] == 100
    keys = yaml.safe_load((workspace / "contract_tests/keys/test-only.yaml").read_text(encoding="utf-8"))
    assert set(keys["acme"]) == {"partner_id", "sign_key"}


def test_comments_of_the_files_it_adds_to_stay(workspace):
    for path in ("mappings/channels.yaml", PRODUCT, "contract_tests/keys/test-only.yaml"):
        before = [line for line in template("workspace")[path].splitlines() if line.startswith("#")]
        after = (workspace / path).read_text(encoding="utf-8").splitlines()
        assert [line for line in after if line.startswith("#")] == before


def test_a_second_carrier_sells_nothing_until_it_is_given_a_share(workspace, insurehub):
    assert insurehub(workspace, "new", "north_star").code == 0
    product = yaml.safe_load((workspace / PRODUCT).read_text(encoding="utf-8"))
    assert {name: entry["weight"] for name, entry in product["channels"].items()} == {
        "acme_main": 100,
        "north_star_main": 0,
    }
    assert insurehub(workspace, "check").code == 0
    assert insurehub(workspace, "test").code == 0


def test_nothing_of_the_template_is_left_in_a_carrier_of_another_name(empty_workspace, insurehub):
    assert insurehub(empty_workspace, "new", "north_star").code == 0
    texts = {path: data.decode() for path, data in _files(empty_workspace).items() if "north_star" in path}
    assert len(texts) > 15
    assert not [path for path, text in texts.items() if re.search("acme", text, re.IGNORECASE)]
    assert "North Star Insurance" in texts["mappings/carriers/north_star/document.md"]


@pytest.mark.parametrize(
    "name", ["", "Acme", "1acme", "acme-pc", "acme.pc", "../acme", "acme/x", "class", "a" * 36, "恒泰", "acme "]
)
def test_a_name_that_is_no_name_is_refused_and_nothing_is_written(empty_workspace, insurehub, name):
    before = _files(empty_workspace)
    ended = insurehub(empty_workspace, "new", "--", name)
    assert ended.code == 2
    assert "nothing was written" in ended.err
    assert "[a-z][a-z0-9_]*" in ended.err
    assert _files(empty_workspace) == before


def test_a_carrier_that_is_there_is_refused_and_nothing_is_written(workspace, insurehub):
    before = _files(workspace)
    ended = insurehub(workspace, "new", "acme")
    assert ended.code == 2
    assert "mappings/carriers/acme is there already" in ended.err
    assert _files(workspace) == before


def test_a_carrier_that_insurehub_ships_is_refused(empty_workspace, insurehub):
    before = _files(empty_workspace)
    ended = insurehub(empty_workspace, "new", "lotus")
    assert ended.code == 2
    assert "ships a carrier 'lotus'" in ended.err
    assert _files(empty_workspace) == before


def test_a_channel_of_that_name_is_refused(empty_workspace, insurehub):
    channels = empty_workspace / "mappings/channels.yaml"
    channels.write_text("acme_main: { carrier: lotus, insurer: x, state: active }\n", encoding="utf-8")
    before = _files(empty_workspace)
    assert insurehub(empty_workspace, "new", "acme").code == 2
    assert _files(empty_workspace) == before


def test_a_wire_without_a_scaffold_is_wrong_use(empty_workspace, insurehub):
    ended = insurehub(empty_workspace, "new", "acme", "--wire", "morse")
    assert ended.code == 2
    assert "json" in ended.err


def test_a_product_that_cannot_be_added_to_is_left_alone_and_the_entry_is_shown(empty_workspace, insurehub):
    product = empty_workspace / PRODUCT
    text = product.read_text(encoding="utf-8").replace("standard:", "basic:")
    product.write_text(text, encoding="utf-8")
    ended = insurehub(empty_workspace, "new", "acme", "--json")
    said = json.loads(ended.out)
    assert ended.code == 0
    assert product.read_text(encoding="utf-8") == text
    assert "product_code: PA01" in said["to_add"][PRODUCT]
    assert insurehub(empty_workspace, "test", "acme").code == 0


def test_a_workspace_without_a_product_gets_one(empty_workspace, insurehub):
    (empty_workspace / PRODUCT).unlink()
    said = json.loads(insurehub(empty_workspace, "new", "acme", "--json").out)
    assert PRODUCT in said["written"]
    assert PRODUCT not in said["added_to"]
    assert insurehub(empty_workspace, "check").code == 0
    assert "acme_main" in (empty_workspace / PRODUCT).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("format: product/1\nchannels: {}\n", "format: product/1\nchannels:\n  a: 1\n"),
        ("format: product/1\nchannels:\n", "format: product/1\nchannels:\n  a: 1\n"),
        ("channels: {} # none\n", "channels:\n  a: 1\n"),
        ("channels:\n    b:\n        weight: 1", "channels:\n    b:\n        weight: 1\n    a: 1\n"),
        ("channels: { b: 1 }\n", None),
        ("channels:\n  b: 1\nrouting: {}\n", None),
        ("- channels\n", None),
        ("", None),
    ],
)
def test_an_entry_is_added_at_the_end_or_left_to_a_person(text, added):
    assert catalogue.with_channel(text, "a: 1\n") == added


def test_the_settings_it_shows_name_the_environment_and_no_secret(workspace, insurehub):
    said = json.loads(insurehub(workspace, "new", "north_star", "--json").out)
    settings = yaml.safe_load(said["settings"])["channels"]["north_star_main"]
    assert settings["secrets"] == {"sign_key": {"env": "NORTH_STAR_SIGN_KEY"}}


def test_the_templates_are_a_carrier_called_acme_and_rename_whole():
    assert renamed("acme Acme ACME_KEY", "north_star") == "north_star North Star NORTH_STAR_KEY"


def test_a_changed_mapping_is_not_tested_until_it_is_generated_again(workspace, insurehub):
    file = workspace / "mappings/carriers/acme/policy_issue.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("payMode: monthly", "payMode: yearly"), encoding="utf-8")
    ended = insurehub(workspace, "generate", "--check")
    assert ended.code == 1
    assert "adapters/acme/policy_issue.py" in ended.out
    stale = insurehub(workspace, "test", "acme")
    assert stale.code == 1
    assert "adapters/acme/policy_issue.py is not what its mapping gives now" in stale.err
    assert "insurehub generate" in stale.err
    assert json.loads(insurehub(workspace, "test", "--json").out)["stale"] == ["adapters/acme/policy_issue.py"]
    assert generate(workspace, ("acme",)).written == ("adapters/acme/policy_issue.py",)
    failed = insurehub(workspace, "test", "acme")
    assert failed.code == 1
    assert "payMode" in failed.out
    assert "mapping" in failed.out
