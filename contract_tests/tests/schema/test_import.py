"""`insurehub schema import`: a carrier's own documents become the wire schema its mapping is checked against."""

import json
import shutil
from pathlib import Path

import pytest

from cli.wire_import.document import ImportRefused
from cli.wire_import.readers import offers_of

DOCUMENTS = Path(__file__).parent / "documents"
OPENAPI, XSD = DOCUMENTS / "acme.openapi.yaml", DOCUMENTS / "tide.xsd"


def _fields(file, call, side="request"):
    offer = next(each for each in offers_of(file) if (each.call, each.side) == (call, side))
    return {each.path.text: (each.type, each.required, each.length, each.label) for each in offer.read()}


def test_an_openapi_call_becomes_fields_in_the_documents_order():
    assert _fields(OPENAPI, "POST /api/policies") == {
        "requestNo": ("text", True, 32, "The partner's own number"),
        "holder": ("object", True, None, ""),
        "holder.name": ("text", True, 60, ""),
        r"holder.id\.no": ("text", False, None, ""),
        "holder.sex": ("text", False, None, ""),
        "persons": ("list", True, None, ""),
        "persons.name": ("text", True, 60, ""),
        r"persons.id\.no": ("text", False, None, ""),
        "persons.sex": ("text", False, None, ""),
        "from": ("datetime", False, None, ""),
        "premium": ("int", False, None, "Premium in fen"),
        "extra": ("any", False, None, ""),
        "tree.name": ("text", False, None, ""),
        "tree.child": ("any", False, None, ""),
    }


def test_the_replies_of_a_call_are_taken_together_and_nothing_of_them_is_certain():
    assert _fields(OPENAPI, "POST /api/policies", "response") == {
        "policyNo": ("text", False, None, ""), "pending": ("bool", False, None, ""), "code": ("text", False, None, ""),
        r"\@type": ("text", False, None, ""), r"a\ b": ("text", False, None, ""),
    }  # fmt: skip


def test_an_xsd_element_becomes_fields_with_what_its_types_say():
    assert _fields(XSD, "TranData") == {
        "Head": ("object", True, None, ""),
        "Head.TranNo": ("text", True, 30, "交易流水号"),
        "Head.TranDate": ("date", False, None, ""),
        "Body": ("object", True, None, ""),
        "Body.Insured": ("list", True, None, ""),
        "Body.Insured.Name": ("text", True, 30, ""),
        "Body.Insured.Age": ("int", False, None, ""),
        "Body.Insured.Prem": ("decimal", False, None, ""),
        "Body.Card": ("text", False, None, ""),
        "Body.Account": ("text", False, None, ""),
        "Body.Note.Text": ("text", True, None, ""),
        "Body@version": ("int", True, None, ""),
    }


def test_the_types_of_a_wsdl_are_read_like_an_xsd(tmp_path):
    schema = (DOCUMENTS / "tide.types.xsd").read_text("utf-8").split("?>", 1)[1]
    schema = schema.replace(
        '<xs:complexType name="Head">', '<xs:element name="Issue" type="t:Head"/><xs:complexType name="Head">'
    )
    file = tmp_path / "tide.wsdl"
    file.write_text(
        f'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><types>{schema}</types></definitions>', "utf-8"
    )
    assert list(_fields(file, "Issue")) == ["TranNo", "TranDate"]


def _write(folder, name, text):
    (folder / name).write_text(text, "utf-8")
    return folder / name


HOSTILE = {
    "a.xsd": '<!DOCTYPE x [<!ENTITY a "b">]><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="A"/></xs:schema>',
    "b.xsd": "not xml",
    "c.xsd": '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="../../etc/x.xsd"/><xs:element name="A"/></xs:schema>',
    "d.xsd": '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:import schemaLocation="http://example.com/x.xsd"/><xs:element name="A"/></xs:schema>',
    "e.yaml": "openapi: 3.0.0\npaths: &a { x: *a }\n",
    "f.yaml": "swagger: '2.0'\n",
    "g.json": '{"openapi": "3.0.0", "paths": {"/a": {"post": {"requestBody": {"$ref": "other.yaml#/x"}}}}}',
    "h.json": '{"openapi": "3.0.0", "paths": {"/a": {"post": {"requestBody": {"$ref": "#/x"}}}}, "x": {"$ref": "#/x"}}',
    "i.docx": "",
    "j.yaml": "[" * 2_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_document_that_means_harm_or_nothing_is_refused_with_a_sentence(tmp_path, name):
    file = _write(tmp_path, name, HOSTILE[name])
    with pytest.raises(ImportRefused, match=r"\w+ \w+"):
        [offer.read() for offer in offers_of(file)]


def test_schemas_that_multiply_are_cut_off_before_they_fill_the_machine(tmp_path):
    types = "".join(
        f'<xs:complexType name="T{at}"><xs:sequence>'
        + "".join(f'<xs:element name="e{way}" type="T{at + 1}"/>' for way in range(12))
        + "</xs:sequence></xs:complexType>"
        for at in range(14)
    )
    xsd = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="A" type="T0"/>{types}</xs:schema>'
    schemas = {
        f"T{at}": {"properties": {f"e{way}": {"$ref": f"#/components/schemas/T{at + 1}"} for way in range(12)}}
        for at in range(14)
    }
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/T0"}}}}
    openapi = {
        "openapi": "3.0.0",
        "paths": {"/a": {"post": {"requestBody": body}}},
        "components": {"schemas": {**schemas, "T14": {"type": "string"}}},
    }
    for name, text in (("bomb.xsd", xsd), ("bomb.json", json.dumps(openapi))):
        (offer, *_) = offers_of(_write(tmp_path, name, text))
        with pytest.raises(ImportRefused, match="more than"):
            offer.read()


ISSUE = "mappings/carriers/acme/wire.schema.yaml"


@pytest.fixture
def document(workspace):
    shutil.copy(OPENAPI, workspace / "api.yaml")
    return workspace


def _import(insurehub, workspace, *words):
    return insurehub(workspace, "schema", "import", "api.yaml", "--carrier", "acme", *words)


def test_a_document_alone_lists_its_messages(document, insurehub):
    ended = insurehub(document, "schema", "import", "api.yaml", "--json")
    assert ended.code == 0
    assert {"call": "POST /api/policies", "side": "request"} in json.loads(ended.out)


def test_messages_are_found_by_the_call_of_the_mapping_and_written(document, insurehub):
    ended = _import(insurehub, document, "--as", "policy.issue=POST /api/policies", "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert {"message": "policy.issue request", "call": "POST /api/policies"} in told["messages"]
    assert told["written"] is True
    text = (document / ISSUE).read_text("utf-8")
    assert text.startswith("format: mapping/1\n")
    assert 'requestNo: { type: text, length: 32, required: true, label: "The partner\'s own number" }' in text
    # What was written is read, and the mapping is held to it.
    checked = json.loads(insurehub(document, "check", "acme", "--json").out)
    assert {each["code"] for each in checked["diagnostics"]} & {"E243", "E245"}
    assert not [each for each in checked["diagnostics"] if each["file"] == ISSUE]


def test_a_dry_run_writes_nothing(document, insurehub):
    ended = _import(insurehub, document, "--as", "policy.issue=POST /api/policies", "--dry-run")
    assert ended.code == 0
    assert "requestNo" in ended.out
    assert not (document / ISSUE).exists()


def test_a_reimport_shows_each_changed_field_with_the_rows_it_touches_and_keeps_comments(document, insurehub):
    words = ("--as", "policy.issue=POST /api/policies")
    _import(insurehub, document, *words)
    file = document / ISSUE
    file.write_text(file.read_text("utf-8").replace("messages:", "# by hand\nmessages:"), "utf-8")
    row = next(
        (number, line) for number, line in enumerate((document / "mappings/carriers/acme/policy_issue.yaml").read_text("utf-8").split("\n"), 1)
        if "requestNo: =" in line
    )  # fmt: skip
    api = document / "api.yaml"
    api.write_text(
        api.read_text("utf-8").replace("maxLength: 32", "maxLength: 20").replace("premium:", "premiumFen:"), "utf-8"
    )
    told = json.loads(_import(insurehub, document, *words, "--json").out)
    changed = {each["path"]: each for each in told["changes"] if each["message"] == "policy.issue request"}
    assert {path: each["what"] for path, each in changed.items()} == {
        "requestNo": "changed",
        "premium": "removed",
        "premiumFen": "added",
    }
    assert "length 32" in changed["requestNo"]["change"]
    assert any(f"policy_issue.yaml:{row[0]}:" in place for place in changed["requestNo"]["rows"])
    assert "# by hand" in file.read_text("utf-8")
    assert json.loads(_import(insurehub, document, *words, "--json").out)["changes"] == []


@pytest.mark.parametrize(
    "words",
    [("--as", "policy.isue=POST /api/policies"), ("--as", "policy.issue=POST /api/policy"), ("--as", "nothing"), ("--carrier", "nobody")],
    ids=" ".join,
)  # fmt: skip
def test_a_name_that_is_none_is_wrong_use_with_the_near_one(document, insurehub, words):
    ended = insurehub(document, "schema", "import", "api.yaml", "--carrier", "acme", *words)
    assert ended.code == 2
    assert ended.err.strip()
    assert not (document / ISSUE).exists()


def test_a_document_of_other_calls_writes_nothing_and_says_so(document, insurehub):
    ended = _import(insurehub, document)
    assert (ended.code, (document / ISSUE).exists()) == (1, False)
    assert "--as" in ended.out
