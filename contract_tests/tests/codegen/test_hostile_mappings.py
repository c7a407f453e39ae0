"""Nothing a mapping writes becomes code, breaks the file it is generated into, or leaves the place it belongs to."""

import ast
import json

import pytest

from cli.codegen import generate

EVIL = [
    '"""', "'''", "\\", '\\"', '"; import os; "', "{{ 7*7 }}", "{% raw %}", "${x}", "# L99", "a\u2028b", "a\x85b", "%s{0}", "-->", "'", "x\\n",
]  # fmt: skip


def quoted(text):
    return json.dumps(text)


@pytest.mark.parametrize("evil", EVIL)
def test_a_carriers_name_and_words_are_texts(workshop, carrier_yaml, operation_yaml, evil):
    carrier = carrier_yaml.replace("name: Test Insurance", f"name: {quoted(evil)}")
    carrier = carrier.replace("because: clause 4", f"because: {quoted(evil)}").replace(
        "zh: 年龄不符", f"zh: {quoted(evil)}"
    )
    report = workshop.generate("evil", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    if not report.errors:
        check_modules(workshop)


@pytest.mark.parametrize("evil", EVIL)
def test_codes_constants_and_fillers_are_texts(both, evil):
    rows = (
        f"  send: {{ k: {quoted(evil)} }}\n"
        f"  fields: {{ policyholder.name: {{ to: n }}, policyholder.gender: {{ to: g, as: enum(sex) }},"
        f" policyholder.email: {{ to: m, missing: {quoted(evil)} }} }}\n"
    )
    codes = f"enums:\n  sex: {{ of: gender, map: {{ male: {quoted(evil)} }}, send_other: Z, read_other: error }}\n"
    deal = both(rows, codes=codes)
    assert deal.sent() == {"k": evil, "n": "张三", "m": evil}
    reply = deal.read({"n": "x", "g": evil, "m": evil})
    assert (reply.result.policyholder.gender, reply.result.policyholder.email) == ("male", None)


def check_modules(workshop):
    """Every generated module parses and imports nothing a mapping brought."""
    files = sorted((workshop.root / "adapters").rglob("*.py"))
    assert files
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                module = getattr(node, "module", None) or node.names[0].name
                assert module.split(".")[0] in (
                    "gateway",
                    "adapters",
                    "typing",
                    "datetime",
                    "decimal",
                    "collections",
                ), module


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("to: holder", "to: \"a'] = __import__('os')\""),
        ("to: holder", "to: 'x\\\\.__class__'"),
        ("to: holder", "to: import"),
        ("to: holder", "to: wire"),
        ("to: holder", "to: None"),
        ("no: =request_no(20)", "no: =__import__('os')"),
        ("no: =request_no(20)", "no: =req.__class__"),
        ("no: =request_no(20)", "no: ='=open(\"x\").read()'"),
        ("no: =request_no(20)", "no: '=[x for x in req.insureds]'"),
        ("no: =request_no(20)", "no: =(lambda: 1)()"),
        ("as: money(yuan)", "as: money(yuan;2) or exit()"),
        ("as: money(yuan)", "as: \"enum('x'])\""),
    ],
)
def test_a_path_expression_or_codec_is_refused_with_its_place_or_stays_a_name(
    workshop, carrier_yaml, operation_yaml, old, new
):
    report = workshop.generate(
        "evil", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation_yaml.replace(old, new)}
    )
    if report.errors:
        assert all("policy_issue.yaml:" in str(fault) for fault in report.errors)
        assert not (workshop.root / "adapters" / "evil").exists()
    else:
        check_modules(workshop)


@pytest.mark.parametrize(
    "name",
    ["import", "class", "None", "req", "ctx", "wire", "out", "item", "Line", "str", "text", "v", "self", "名", "a-b"],
)
def test_a_wire_name_may_be_any_word_of_python_or_of_ours(both, name):
    deal = both(
        f"  fields: {{ policyholder.name: {{ to: {name}.{name} }}, coverages: {{ list: {name}.L, fields: {{ code: {{ to: {name} }} }} }} }}\n"
    )
    wire = deal.sent()
    assert wire == {name: {name: "张三"}}
    assert deal.read({name: {name: "x", "L": [{name: "A"}]}}).result.coverages[0].code == "A"


@pytest.mark.parametrize("name", ["import", "class_", "person", "CARRIER", "decoded", "Party", "1st", "a b", "é"])
def test_a_shape_may_be_called_anything_or_is_refused(workshop, carrier_yaml, operation_yaml, name):
    carrier = carrier_yaml + f"shapes:\n  {quoted(name)}: {{ of: Party, fields: {{ name: {{ to: n }} }} }}\n"
    text = operation_yaml.replace(
        "policyholder.name: { to: holder }", f"policyholder: {{ to: h, shape: {quoted(name)} }}"
    )
    report = workshop.generate("named", {"carrier.yaml": carrier, "policy_issue.yaml": text})
    if report.errors:
        assert all("carrier.yaml:" in str(fault) or "policy_issue.yaml:" in str(fault) for fault in report.errors)
    else:
        check_modules(workshop)


@pytest.mark.parametrize(
    "line",
    [
        'security: { headers: { "X-A\\r\\nX-B": x } }',
        "security: { headers: { 'X A': x } }",
        'security: { headers: { X-A: "a\\r\\nSet: b" } }',
    ],
)
def test_a_header_that_would_begin_another_is_refused_with_its_place(workshop, carrier_yaml, operation_yaml, line):
    report = workshop.generate(
        "headed", {"carrier.yaml": carrier_yaml + line + "\n", "policy_issue.yaml": operation_yaml}
    )
    assert [fault.mark.line for fault in report.errors] == [9]


@pytest.mark.parametrize("charset", ["x'); import os", "utf-8\\n", "../../x", "rot13", "no-such"])
def test_a_charset_nobody_knows_is_refused_with_its_place(workshop, carrier_yaml, operation_yaml, charset):
    carrier = carrier_yaml.replace("kind: rest-json", f"kind: xml, xml: {{ root: R }}, charset: {quoted(charset)}")
    found = workshop.refused("charred", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    assert found
    assert all("carrier.yaml:" in fault for fault in found), found


@pytest.mark.parametrize("carrier", ["..", "a/b", "import", "A-b", ""])
def test_a_carrier_whose_name_is_no_module_is_never_written(workshop, carrier_yaml, carrier):
    before = sorted(workshop.root.rglob("*"))
    report = generate(workshop.root, [carrier])
    assert report.errors
    assert sorted(workshop.root.rglob("*")) == before
