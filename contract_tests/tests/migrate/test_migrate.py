"""`insurehub migrate`: an earlier format becomes this one, nothing else changes, and no comment is lost."""

import json
import re
from pathlib import Path

import pytest
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from cli.mapping.operations import EARLIER, FORMAT
from cli.migrate.codemod import Codemod, Migration, maps, renamed
from cli.migrate.registry import MIGRATIONS, chain
from cli.migrate.run import CannotMigrate, migrate_folder, write
from cli.yaml_text import dump, load
from contract_tests.tests.mapping.conftest import CARRIERS
from gateway.catalogue.nodes import ListNode, MapNode
from gateway.catalogue.reader import read_text

ROOT = Path(__file__).parents[3]
CASES = Path(__file__).parent / "cases"
MAPPINGS = sorted([*(ROOT / "mappings/carriers").glob("*/*.yaml"), *CARRIERS.glob("*/*.yaml")])
MAPPINGS = [path for path in MAPPINGS if path.name not in ("mock.yaml", "kit.yaml")]


def _plain(node):
    """A file as the loader sees it: texts, and whether there is one."""
    if isinstance(node, MapNode):
        return [(key.text, key.quoted, _plain(value)) for key, value in node]
    if isinstance(node, ListNode):
        return [_plain(item) for item in node]
    return (None if node.is_null else node.text, node.quoted)


def _read(text):
    node, faults = read_text(text, "x.yaml")
    assert [fault for fault in faults if fault.severity == "error"] == []
    return _plain(node)


def _folder(tmp_path, text, name="policy_issue.yaml"):
    folder = tmp_path / "acme"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return folder


def _comments(text):
    return sorted(found.strip() for found in re.findall(r"(?:^|\s)#(.*)", text))


@pytest.mark.parametrize("name", sorted(path.name.split(".")[0] for path in CASES.glob("*.before.yaml")))
def test_a_file_before_becomes_the_file_after(tmp_path, name):
    before, after = ((CASES / f"{name}.{which}.yaml").read_text("utf-8") for which in ("before", "after"))
    (migrated,) = migrate_folder(_folder(tmp_path, before), tmp_path)
    assert migrated.after == after
    assert _comments(after) == _comments(before)
    assert migrate_folder(_folder(tmp_path, after), tmp_path) == ()


SEVERAL_LINES = """\
format: mapping/0
request:
  fields:
    - { from: policyholder, to: holder,   # C-1 { not a brace
        shape: holder }                   # C-2
    - from: note   # C-3
      # C-4
      to: "# no comment"
      # C-5

    # C-6
    - { from: email, to: [ Mail#1,   # C-7 电邮
          # C-8
          Contact ] }
    # C-9
"""


def test_comments_between_the_lines_of_a_row_go_before_it(tmp_path):
    (migrated,) = migrate_folder(_folder(tmp_path, SEVERAL_LINES), tmp_path)
    assert sorted(re.findall(r"# (C-.*)", migrated.after)) == sorted(re.findall(r"# (C-.*)", SEVERAL_LINES))
    assert "    # C-1 { not a brace\n    policyholder: { to: holder, shape: holder } # C-2\n" in migrated.after
    assert "    # C-7 电邮\n    # C-8\n    email: { to: [Mail#1, Contact] }\n    # C-9\n" in migrated.after
    assert _plain_of(migrated.after, "note") == "# no comment"


BEFORE_AND_BEHIND = """\
format: mapping/0
response:
  outcome:
    # C-1
    - { when: wire.code == "1", is: accepted }
    # C-2
    - { default: unknown }   # C-3
    # C-4
  fields:
    # C-5
    - { from: status, to: s }   # C-6
    # C-7
    - { from: note, to: n }   # C-8
"""


def test_an_item_keeps_the_comment_before_it_and_the_one_behind_it(tmp_path):
    (migrated,) = migrate_folder(_folder(tmp_path, BEFORE_AND_BEHIND), tmp_path)
    assert sorted(re.findall(r"# (C-.*)", migrated.after)) == [f"C-{number}" for number in range(1, 9)]


@pytest.mark.parametrize("where", ["before", "behind", "both"])
def test_a_comment_beside_any_line_is_kept(tmp_path, where):
    lines = (CASES / "rows.before.yaml").read_text("utf-8").splitlines()
    written = []
    for at, line in enumerate(lines):
        if where != "behind" and line.strip():
            written.append(f"{' ' * (len(line) - len(line.lstrip()))}# before {at}")
        written.append(f"{line}   # behind {at}" if where != "before" and line.strip() and "#" not in line else line)
    text = "\n".join(written) + "\n"
    (migrated,) = migrate_folder(_folder(tmp_path, text), tmp_path)
    assert _comments(migrated.after) == _comments(text)
    plain = _folder(tmp_path, (CASES / "rows.before.yaml").read_text("utf-8"))
    assert _read(migrated.after) == _read(migrate_folder(plain, tmp_path)[0].after)


def test_a_comment_that_would_be_lost_is_told_and_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr("cli.migrate.run.dump", lambda document: dump(document).replace("# C-4", ""))
    with pytest.raises(CannotMigrate, match="comment '# C-4' would be lost"):
        migrate_folder(_folder(tmp_path, BEFORE_AND_BEHIND), tmp_path)


def _plain_of(text, path):
    return load(text)["request"]["fields"][path]["to"]


def test_a_file_with_the_line_ends_of_windows_keeps_them(tmp_path):
    folder = _folder(tmp_path, "")
    (folder / "policy_issue.yaml").write_bytes(SEVERAL_LINES.replace("\n", "\r\n").encode())
    (migrated,) = migrate_folder(folder, tmp_path)
    assert migrated.after.count("\r\n") == migrated.after.count("\n") == migrated.after.count("\r")
    write((migrated,))
    assert (folder / "policy_issue.yaml").read_bytes() == migrated.after.encode()
    assert _read(migrated.after) == _read(migrated.after.replace("\r\n", "\n"))


def _earlier(document):
    """A mapping/1 document as mapping/0 would have written it."""
    for node in reversed(list(maps(document))):
        fields = node.get("fields")
        if (
            isinstance(fields, CommentedMap)
            and fields
            and all(isinstance(row, CommentedMap | CommentedSeq) for row in fields.values())
        ):
            rows = [
                (path, row)
                for path, value in fields.items()
                for row in (value if isinstance(value, CommentedSeq) else [value])
            ]
            for path, row in rows:
                if "as" in row:
                    renamed(row, "as", "codec")
                row.insert(0, "from", path)
            node["fields"] = CommentedSeq([row for _, row in rows])
            if "send" in node:
                renamed(node, "send", "constants")
        for row in node.get("outcome") or () if isinstance(node.get("outcome"), CommentedSeq) else ():
            if "else" in row:
                renamed(row, "else", "default")
    document["format"] = "mapping/0"


def _ones(plain):
    """A row alone and a list of one row mean the same."""
    if isinstance(plain, list):
        inner = [_ones(each) for each in plain]
        return inner[0] if len(inner) == 1 and isinstance(inner[0], list) else inner
    if isinstance(plain, tuple) and len(plain) == 3:
        # Which key is quoted is the author's business; a canonical path never needs it.
        return (plain[0], _ones(plain[2]))
    return plain


@pytest.mark.parametrize("file", MAPPINGS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_mapping_written_in_the_earlier_format_comes_back_as_it_is(tmp_path, file):
    text = file.read_text("utf-8")
    document = load(text)
    _earlier(document)
    (migrated,) = migrate_folder(_folder(tmp_path, dump(document), file.name), tmp_path)
    assert _ones(_read(migrated.after)) == _ones(_read(text))


@pytest.mark.parametrize("file", MAPPINGS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_writing_a_file_back_changes_no_scalar_and_loses_no_comment(file):
    text = file.read_text("utf-8")
    again = dump(load(text))
    assert _read(again) == _read(text)
    assert _comments(again) == _comments(text)
    assert dump(load(again)) == again


def test_words_of_the_earlier_format_are_left_alone_where_they_mean_something_else(tmp_path):
    text = "format: mapping/0\nenums:\n  codes: { of: code, map: { codec: C, constants: D, default: E } }\n"
    (migrated,) = migrate_folder(_folder(tmp_path, text, "codes.yaml"), tmp_path)
    assert migrated.after == text.replace("mapping/0", "mapping/1")
    assert migrated.codemods == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("format: mapping/9\n", "nothing leads from format 'mapping/9'"),
        ("request: {}\n", "nothing leads from format ''"),
        ("format: mapping/0\na: [\n", "E103"),
        ("format: mapping/0\na: &x 1\nb: *x\n", "E104"),
        ("format: mapping/0\n" + "a:\n" + " " * 2 + "[" * 60 + "]" * 60 + "\n", "E107"),
        ("- 1\n", "is no map"),
        ("format: mapping/0\nresponse: { outcome: [{ default: unknown, else: unknown }] }\n", "'default' is 'else'' does not fit this file"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_migrated_is_refused_with_a_sentence(tmp_path, text, said):
    with pytest.raises(CannotMigrate, match=re.escape(said)):
        migrate_folder(_folder(tmp_path, text), tmp_path)


def test_a_codemod_that_leaves_something_over_stops_the_migration(tmp_path, monkeypatch):
    lazy = Codemod("does nothing", lambda _: True, lambda _: None, lambda _: "all of it")
    monkeypatch.setitem(MIGRATIONS, "mapping/0", Migration("mapping/0", FORMAT, (lazy,)))
    with pytest.raises(CannotMigrate, match="'does nothing' did not do: all of it"):
        migrate_folder(_folder(tmp_path, "format: mapping/0\n"), tmp_path)


def test_every_earlier_format_leads_to_this_one():
    assert set(EARLIER) == set(MIGRATIONS)
    for name in EARLIER:
        migrations = chain(name)
        assert migrations[-1].after == FORMAT
        assert all(each.codemods for each in migrations)


def _to_earlier(workspace, *names):
    for name in names:
        path = workspace / "mappings/carriers/acme" / name
        document = load(path.read_text("utf-8"))
        _earlier(document)
        path.write_text(dump(document), "utf-8")


def test_the_checker_says_which_command_helps(workspace, insurehub):
    _to_earlier(workspace, "policy_issue.yaml")
    found = json.loads(insurehub(workspace, "check", "acme", "--json").out)["diagnostics"]
    assert any(each["code"] == "E121" and each["hint"] == "insurehub migrate" for each in found)


def test_a_carrier_is_migrated_and_passes_its_check_again(workspace, insurehub):
    files = ("carrier.yaml", "codes.yaml", "policy_issue.yaml", "quote_create.yaml")
    _to_earlier(workspace, *files)
    before = (workspace / "mappings/carriers/acme/policy_issue.yaml").read_text("utf-8")
    shown = insurehub(workspace, "migrate", "--dry-run")
    assert shown.code == 0
    assert "-format: mapping/0" in shown.out
    assert (workspace / "mappings/carriers/acme/policy_issue.yaml").read_text("utf-8") == before
    ended = insurehub(workspace, "migrate", "--json")
    assert ended.code == 0
    told = json.loads(ended.out)
    assert (told["format"], told["written"]) == (FORMAT, True)
    assert [Path(each["file"]).name for each in told["files"]] == sorted(files)
    assert insurehub(workspace, "check").code == 0
    assert "already" in insurehub(workspace, "migrate").out


def test_when_one_file_cannot_be_migrated_none_is(workspace, insurehub):
    _to_earlier(workspace, "carrier.yaml")
    before = (workspace / "mappings/carriers/acme/carrier.yaml").read_text("utf-8")
    broken = workspace / "mappings/carriers/acme/policy_issue.yaml"
    broken.write_text(broken.read_text("utf-8").replace("mapping/1", "mapping/7"), "utf-8")
    ended = insurehub(workspace, "migrate")
    assert (ended.code, ended.out) == (1, "")
    assert "nothing was written" in ended.err
    assert (workspace / "mappings/carriers/acme/carrier.yaml").read_text("utf-8") == before


def test_a_carrier_nobody_has_is_wrong_use(workspace, insurehub):
    assert insurehub(workspace, "migrate", "nobody").code == 2
