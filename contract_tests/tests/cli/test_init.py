"""`insurehub init`: a workspace that works at once, and never overwrites what is there."""

import json
from pathlib import Path

import yaml

from gateway.settings import load_settings

FILES = {
    "README.md", "pytest.ini", "insurehub.yaml", ".gitignore", ".gitattributes", "adapters/.gitkeep",
    "mappings/channels.yaml", "mappings/carriers/.gitkeep", "mappings/products/personal-accident.yaml",
    "contract_tests/keys/test-only.yaml",
}  # fmt: skip


def test_init_makes_the_folder_and_names_every_file_it_wrote(tmp_path, insurehub):
    ended = insurehub(tmp_path, "init", "our-carriers")
    home = tmp_path / "our-carriers"
    assert ended.code == 0
    assert {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()} == FILES
    assert all(path in ended.out for path in FILES)
    assert "cd our-carriers && insurehub new <carrier>" in ended.out


def test_init_keeps_what_is_there_and_says_so(tmp_path, insurehub):
    (tmp_path / "README.md").write_text("ours", encoding="utf-8")
    ended = insurehub(tmp_path, "init", "--json")
    said = json.loads(ended.out)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "ours"
    assert said["kept"] == ["README.md"]
    assert set(said["written"]) == FILES - {"README.md"}


def test_init_twice_writes_nothing_the_second_time(empty_workspace, insurehub):
    before = {path: path.read_bytes() for path in empty_workspace.rglob("*") if path.is_file()}
    ended = insurehub(empty_workspace, "init", "--json")
    assert json.loads(ended.out)["written"] == []
    assert {path: path.read_bytes() for path in empty_workspace.rglob("*") if path.is_file()} == before


def test_a_place_that_is_no_folder_is_wrong_use_and_named(tmp_path, insurehub):
    (tmp_path / "file").write_text("", encoding="utf-8")
    ended = insurehub(tmp_path, "init", "file")
    assert ended.code == 2
    assert str(tmp_path / "file") in ended.err


def test_the_settings_of_a_new_workspace_can_be_read_and_hold_no_secret(empty_workspace):
    settings = load_settings(empty_workspace, {})
    assert settings.channels == {}
    assert settings.port == 8400
    text = (empty_workspace / "insurehub.yaml").read_text(encoding="utf-8")
    assert "{env:" in text
    assert "{file:" in text


def test_raw_messages_keep_their_line_endings(empty_workspace):
    assert "mappings/carriers/**/wire/* -text" in (empty_workspace / ".gitattributes").read_text(encoding="utf-8")


def test_the_example_product_is_explained_and_sold_by_nobody_yet(empty_workspace):
    text = (empty_workspace / "mappings/products/personal-accident.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["channels"] == {}
    assert sum("#" in line for line in text.splitlines()) >= 6


def test_a_new_workspace_checks_clean_and_says_what_is_next(empty_workspace, insurehub):
    ended = insurehub(empty_workspace, "check")
    assert ended.code == 0
    assert "insurehub new <carrier>" in ended.out


def test_commands_that_need_channels_say_that_there_is_none_yet(empty_workspace, insurehub):
    ended = insurehub(empty_workspace, "serve", "--with-mocks")
    assert ended.code == 1
    assert "names no channel yet" in ended.err
    assert "insurehub new" in ended.err


def test_outside_a_workspace_a_command_says_where_it_looked(tmp_path: Path, insurehub):
    ended = insurehub(tmp_path, "check")
    assert ended.code == 2
    assert str(tmp_path) in ended.err
    assert "insurehub init" in ended.err
