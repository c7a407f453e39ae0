"""What `generate` promises about the files it writes."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.codegen import generate
from cli.codegen.emit.guard import UnsafeSource, require_safe
from contract_tests.tests.codegen.conftest import CARRIER, OPERATION
from gateway.model import Gender, Money, Party, PolicyIssueRequest

CARRIERS = Path(__file__).parents[1] / "mapping" / "carriers"
EXAMPLES = ("hengtai_life", "aurora_pc", "breakwater")


@pytest.fixture
def examples(workshop):
    for name in EXAMPLES:
        shutil.copytree(CARRIERS / name, workshop.root / "mapping_copies" / name)
        shutil.copytree(CARRIERS / name, workshop.root / "mappings" / "carriers" / name)
    report = generate(workshop.root)
    assert not report.errors, "\n".join(map(str, report.errors))
    return workshop.root


def generated(root):
    return sorted((root / "adapters").rglob("*.py"))


def test_generating_twice_writes_the_same_bytes_and_check_is_clean(examples):
    assert generate(examples).written == ()
    assert generate(examples, check=True).is_clean


def test_check_names_a_file_that_was_edited_and_leaves_it_alone(examples):
    file = examples / "adapters" / "hengtai_life" / "codes.py"
    file.write_text(file.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
    report = generate(examples, check=True)
    assert report.differing == ("adapters/hengtai_life/codes.py",)
    assert "by hand" in file.read_text(encoding="utf-8")


def test_a_module_no_mapping_asks_for_any_more_is_removed_and_hooks_stay(examples):
    (examples / "mappings" / "carriers" / "aurora_pc" / "policy_get.yaml").unlink()
    hooks = examples / "adapters" / "aurora_pc" / "hooks.py"
    hooks.write_text('"""Mine."""\n', encoding="utf-8")
    report = generate(examples, ["aurora_pc"])
    assert not report.errors or all("policy.get" in str(fault) for fault in report.errors)
    assert hooks.read_text(encoding="utf-8") == '"""Mine."""\n'
    assert report.errors or report.removed == ("adapters/aurora_pc/policy_get.py",)


def test_nothing_is_written_when_any_carrier_has_an_error(workshop, carrier_yaml, operation_yaml):
    workshop.write("good", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation_yaml})
    broken = operation_yaml.replace("policyholder.name", "policyholder.nam")
    workshop.write("broken", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": broken})
    report = generate(workshop.root)
    assert any("nam" in str(fault) and "policy_issue.yaml:7" in str(fault) for fault in report.errors)
    assert not (workshop.root / "adapters").exists()


def test_modules_of_a_carrier_whose_mapping_is_gone_are_removed(examples):
    shutil.rmtree(examples / "mappings" / "carriers" / "breakwater")
    assert "adapters/breakwater/carrier.py" in generate(examples).removed
    assert (examples / "adapters" / "hengtai_life" / "carrier.py").exists()


def test_a_carrier_nobody_mapped_is_an_error(workshop):
    assert generate(workshop.root, ["nobody"]).errors


def test_a_line_taken_over_from_another_file_names_that_file(workshop, carrier_yaml, operation_yaml, ctx):
    quote = operation_yaml[operation_yaml.index("request:") :].replace("PolicyIssue", "QuoteCreate")
    quote = quote.replace("    numbers(kind=policy).no: { to: policyNo }\n", "")
    issue = operation_yaml.replace("of: PolicyIssueRequest\n", "of: PolicyIssueRequest\n  extends: quote.create\n", 1)
    issue = issue.replace("  fields: { policyholder.name: { to: holder } }\n", "")
    files = {"carrier.yaml": carrier_yaml, "quote_create.yaml": quote, "policy_issue.yaml": issue}
    source = workshop.made("heir", files).source("policy_issue")
    assert re.search(r'wire\["holder"\] = .*# quote_create.yaml L\d+$', source, re.MULTILINE)


def test_generated_modules_pass_mypy_strict(examples, tmp_path):
    config = tmp_path / "mypy.ini"
    repo = Path(__file__).parents[3]
    config.write_text(
        f"[mypy]\nstrict = True\nmypy_path = {examples}:{repo}\nexplicit_package_bases = True\nnamespace_packages = True\n"
        f"cache_dir = {tmp_path / 'cache'}\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "mypy", "--config-file", str(config), str(examples / "adapters")]
    done = subprocess.run(command, cwd=examples, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout


def test_every_line_tag_names_a_line_its_mapping_has(examples):
    for file in generated(examples):
        text = file.read_text(encoding="utf-8")
        mapping = re.search(r'^MAPPING = "(.+)"$', text, re.MULTILINE)
        if mapping is None:
            continue
        lines = (examples / mapping.group(1)).read_text(encoding="utf-8").splitlines()
        tags = [int(tag) for tag in re.findall(r"# L(\d+)$", text, re.MULTILINE)]
        assert all(lines[tag - 1].strip() for tag in tags), file


def test_a_statement_and_its_mapping_line_speak_of_the_same_wire_field(examples):
    text = (examples / "adapters" / "hengtai_life" / "carrier.py").read_text(encoding="utf-8")
    lines = (CARRIERS / "hengtai_life" / "carrier.yaml").read_text(encoding="utf-8").splitlines()
    found = re.findall(r'out\["(\w+)"\] = .*# L(\d+)$', text, re.MULTILINE)
    assert len(found) > 10
    assert all(name in lines[int(line) - 1] for name, line in found)


def test_a_shape_is_one_function_however_often_it_is_used(examples):
    tree = ast.parse((examples / "adapters" / "hengtai_life" / "carrier.py").read_text(encoding="utf-8"))
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert len(names) == len(set(names))
    assert [name for name in names if name.startswith("person")] == ["person_out"]


HOSTILE = '\'"""\\n{{ 7*7 }} ${x} \\\\ __import__("os").system("x") #'


def test_hostile_names_labels_and_codes_stay_text(workshop, carrier_yaml, operation_yaml, ctx):
    quoted = HOSTILE.replace("'", "''")
    carrier = carrier_yaml.replace("name: Test Insurance", f"name: '{quoted}'").replace(
        "zh: 年龄不符", f"zh: '{quoted}'"
    )
    codes = f"enums:\n  g: {{ of: gender, map: {{ male: '{quoted}', female: \"f\" }}, send_other: error, read_other: error }}\n"
    fields = "  fields:\n    policyholder.name: { to: holder }\n    policyholder.gender: { to: g, as: enum(g) }\n"
    operation = operation_yaml.replace("  fields: { policyholder.name: { to: holder } }\n", fields)
    operation = operation.replace("send: { no:", f"send: {{ 名\\.x: '{quoted}', no:")
    made = workshop.made("hostile", {"carrier.yaml": carrier, "codes.yaml": codes, "policy_issue.yaml": operation})
    request = PolicyIssueRequest(
        client_ref="o", product="p@1", policyholder=Party(name=HOSTILE, gender=Gender.male),
        expected_premium=Money(amount=1, currency="CNY"),
    )  # fmt: skip
    wire = made.module("policy_issue").message(request, ctx)
    assert wire == {"名.x": HOSTILE, "no": "R" * 20, "holder": HOSTILE, "g": HOSTILE}
    assert made.module("carrier").CARRIER.name == HOSTILE
    assert made.module("carrier").ERRORS.exact["E1"].text == HOSTILE


@pytest.mark.parametrize(
    "source",
    [
        "import os", "from os import path", "eval('1')", "x = lambda: 1", "a.__class__", "class A: pass",
        "from gateway.wire import *", "global x", "exec('1')", "async def f(): pass", "getattr(a, 'b')", "x = (",
    ],
)  # fmt: skip
def test_the_last_gate_lets_nothing_through_that_no_plan_may_hold(source):
    with pytest.raises(UnsafeSource):
        require_safe(source, "adapters/x/y.py")


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("binary", "wire: [{ json: {} }, { binary: {} }]"),
        ("sign", "reply: [{ sign: { algo: md5, over: [body], put: header.X } }, { json: {} }]\nwire: [{ json: {} }]"),
    ],
)
def test_a_layer_that_goes_the_other_way_is_refused_with_its_place(workshop, carrier_yaml, operation_yaml, word, text):
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + text + "\n"
    found = workshop.refused("later", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    assert any(f"'{word}' does not stand in" in fault and "carrier.yaml:" in fault for fault in found), found


def test_a_hook_named_in_a_mapping_gets_a_stub_once(workshop, carrier_yaml, operation_yaml):
    operation = operation_yaml.replace("send: { no:", "send: { variant: =hook.pick(req), no:")
    made = workshop.made("hooked", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation})
    assert "def pick(" in made.source("hooks")
    with pytest.raises(LookupError):
        made.module("hooks").pick(None)


def test_an_expression_is_what_its_own_carrier_makes_of_it_whichever_was_generated_before(workshop):
    operation = OPERATION.replace("no: =request_no(20)", 'no: "=days(req.period.start, req.period.end)"')
    zones = ("+08:00", "+00:00", "+08:00")
    found = []
    for zone in zones:
        files = {"carrier.yaml": CARRIER.replace("+08:00", zone), "policy_issue.yaml": operation}
        source = workshop.made("zoned", files).source("policy_issue")
        found += re.findall(r"days\([^=]*([+]\d\d:\d\d)", source)
    assert tuple(found) == zones
