"""Schemas for editors: every mapping that is right validates, typical slips are underlined, and the files are fresh."""

import json
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource
from ruamel.yaml import YAML

from cli.editor_schema.canonical import definitions
from cli.editor_schema.carrier import SHARED, carrier_schema
from cli.editor_schema.files import differing, schema_files
from cli.editor_schema.vocabulary import vocabulary
from cli.mapping.load import load_carrier
from contract_tests.tests.mapping.conftest import CARRIERS, Copy

ROOT = Path(__file__).parents[3]
CANONICAL = Resource.from_contents({"$schema": "http://json-schema.org/draft-07/schema#", "definitions": definitions()})
REGISTRY = Registry().with_resource(SHARED, CANONICAL)
WORDS = vocabulary()
SHIPPED = [
    path for path in sorted((ROOT / "mappings/carriers").glob("*/*.yaml")) if path.name not in ("mock.yaml", "kit.yaml")
]
EXAMPLES = sorted(CARRIERS.glob("*/*.yaml"))


def _validator(folder, root):
    tree, _ = load_carrier(folder, root)
    return jsonschema.Draft7Validator(carrier_schema(WORDS, tree), registry=REGISTRY)


def _document(text):
    # YAML 1.2, as editors read it: true is a flag and 01 a number there.
    return YAML(typ="safe").load(text)


@pytest.mark.parametrize("file", SHIPPED + EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_mapping_that_is_right_validates(file):
    root = ROOT if ROOT / "mappings" in file.parents else CARRIERS
    errors = list(_validator(file.parent, root).iter_errors(_document(file.read_text("utf-8"))))
    assert [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in errors] == []


SLIPS = [
    ("carrier.yaml", "birth_date:  ", "brith_date:  "),
    ("carrier.yaml", "id_docs.0.type:  ", "id_docs.0.kind:  "),
    ("carrier.yaml", "as: enum(gender)", "as: enum(gendr)"),
    ("carrier.yaml", "as: upper }", "as: uper }"),
    ("carrier.yaml", "of: Party", "of: Person"),
    ("carrier.yaml", "max_bytes: 60", "max_byte: 60"),
    ("carrier.yaml", "max_bytes: 60", "max_bytes: sixty"),
    ("carrier.yaml", "round: half_up", "round: half"),
    ("carrier.yaml", "connect: 3s", "connect: 3"),
    ("carrier.yaml", "E0101: { is: declined", "E0101: { is: denied"),
    ("carrier.yaml", "charset: GBK", "charst: GBK"),
    ("carrier.yaml", "format: mapping/1", "format: mapping/2"),
    ("codes.yaml", 'male: "0"', 'mal: "0"'),
    ("codes.yaml", "of: gender", "of: gendre"),
    ("policy_issue.yaml", "period.start:  ", "period.strat:  "),
    ("policy_issue.yaml", "shape: insured }", "shape: insurd }"),
    ("policy_issue.yaml", "{ else: unknown }", "{ else: unknwon }"),
    ("policy_issue.yaml", "kind: reject_duplicate", "kind: reject_duplicates"),
    ("policy_issue.yaml", "request:", "requests:"),
    ("policy_issue.yaml", "client_ref: ours", "cleint_ref: ours"),
    ("policy_issue.yaml", "{ list: Body.Insureds.Insured,", "{ to: X, list: Body.Insureds.Insured,"),
    ("wire.schema.yaml", "type: decimal", "type: number"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "right", "wrong"), SLIPS, ids=[row[2] for row in SLIPS])
def test_a_slip_is_underlined(tmp_path, file, right, wrong):
    copy = Copy("hengtai_life", tmp_path)
    validator = _validator(copy.folder, tmp_path)
    assert right in copy.text(file), f"{file} has no {right!r}"
    assert not validator.is_valid(_document(copy.text(file).replace(right, wrong, 1)))


def test_an_inline_row_knows_the_fields_of_its_object(tmp_path):
    copy = Copy("hengtai_life", tmp_path)
    validator = _validator(copy.folder, tmp_path)
    row = "policyholder:      { to: Body.Appnt, shape: policyholder }"
    text = copy.text("policy_issue.yaml")
    assert row in text
    for field, is_right in (("name", True), ("nmae", False)):
        changed = text.replace(row, f"policyholder: {{ to: Body.Appnt, fields: {{ {field}: {{ to: N }} }} }}")
        assert validator.is_valid(_document(changed)) is is_right


def test_names_of_the_carrier_are_offered_for_completion(tmp_path):
    copy = Copy("hengtai_life", tmp_path)
    schema = carrier_schema(WORDS, copy.load())
    names = schema["definitions"]
    assert set(names["shape"]["enum"]) >= {"person", "insured"}
    assert "enum(gender)" in names["codec"]["anyOf"][0]["enum"]
    assert "id_docs.0.number" in definitions()["Party"]["properties"]
    assert "text" in definitions()["Party"]["properties"]["name"]["description"]


def test_every_word_the_loader_knows_is_in_the_schema():
    row = carrier_schema(WORDS, None)["definitions"]["row"]
    assert set(row["properties"]) == WORDS["row"]
    assert {"to", "list", "as", "shape", "when", "default", "draft"} <= WORDS["row"]


def test_the_schemas_in_the_repository_are_what_the_command_writes():
    assert differing(ROOT, schema_files(ROOT)) == (), "insurehub schema"


def test_the_schemas_are_draft_7_and_stand_beside_one_another():
    for path, text in schema_files(ROOT).items():
        jsonschema.Draft7Validator.check_schema(json.loads(text))
        assert set(json.loads(text.replace("\n", ""))) >= {"$schema", "definitions"}, path


def test_the_command_writes_removes_and_compares(workspace, insurehub):
    ended = insurehub(workspace, "schema", "--json")
    assert ended.code == 0
    assert "mappings/schema/acme.schema.json" in json.loads(ended.out)["written"]
    assert insurehub(workspace, "schema", "--check").code == 0
    codes = workspace / "mappings/carriers/acme/codes.yaml"
    codes.write_text(codes.read_text("utf-8").replace("  gender:", "  gender2:"), "utf-8")
    (workspace / "mappings/schema/gone.schema.json").write_text("{}", "utf-8")
    ended = insurehub(workspace, "schema", "--check", "--json")
    assert ended.code == 1
    assert json.loads(ended.out)["differing"] == [
        "mappings/schema/acme.schema.json",
        "mappings/schema/gone.schema.json",
    ]
    insurehub(workspace, "schema")
    assert not (workspace / "mappings/schema/gone.schema.json").exists()
    assert insurehub(workspace, "schema", "--check").code == 0
