"""One run told in four forms: each says the same, escapes every text, and hides people and secrets."""

import json
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace

from contract_tests.report import FILES, Report, case_of, write_report
from contract_tests.report.document import document
from contract_tests.report.junit import junit
from contract_tests.report.page import FAILURES_MAX, page
from contract_tests.report.sarif import sarif
from contract_tests.runner.run import Verdict
from contract_tests.tests.contract_report.conftest import BEGAN

ISSUE = "examples/policy_issue.yaml"
MAPPING = "mappings/carriers/rowan/policy_issue.yaml"
HOSTILE = '<script>alert("1")</script> & ]]> \x00\x1b[31m \ud800 \ufffe {{ 7 * 7 }}'


class Page(HTMLParser):
    """The texts of a page, its tags, and all it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.texts, self.loaded, self.open = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.loaded += [value for name, value in attributes if name in ("src", "href", "data", "action", "srcset")]
        if tag not in ("meta", "link", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data.strip())


@pytest.fixture
def wrong(room, report_of):
    """A run with a wrong premium in an expected body."""
    room.change(ISSUE, 'premium: "1.00" } }', 'premium: "1.50" } }')
    return report_of(room)


def failures(report):
    return {f"{case.example}/{case.check}": case for case in report.failed}


def test_a_failure_names_example_line_mapping_line_expected_actual_byte_and_command(wrong, room):
    case = failures(wrong)["basic/request-bytes"]
    (finding,) = case.findings
    lines = (room.root / finding.file).read_text("utf-8").splitlines()
    assert 'premium: "1.50"' in lines[finding.line - 1]
    assert (finding.mapping_file, finding.mapping_text) == (
        MAPPING,
        "expected_premium: { to: premium, as: money(yuan) }",
    )
    assert "1.50" in finding.expected
    assert "1.00" in finding.actual
    body = b'{"order":"R000000001","plan":"basic","holder":{"name":"\xe5\xbc\xa0\xe4\xb8\x89"},"premium":"1.50"}'
    assert finding.offset == body.index(b"50")
    assert case.rerun == "insurehub test rowan -k 'request-bytes'"


def test_all_four_forms_count_the_same(wrong):
    failed = len(wrong.failed)
    assert failed > 0
    told = document(wrong)
    suites = ET.fromstring(junit(wrong).encode())
    assert (told["passed"], told["failed"], told["right"]) == (len(wrong.cases) - failed, failed, False)
    assert int(suites.get("tests")) == len(wrong.cases) + len(wrong.lacks)
    assert int(suites.get("failures")) + int(suites.get("errors")) == failed + len(wrong.lacks)
    assert len(list(suites.iter("failure"))) == int(suites.get("failures"))
    results = sarif(wrong)["runs"][0]["results"]
    assert len(results) == sum(max(len(case.findings), 1) for case in wrong.failed) + len(wrong.lacks)
    assert f"{failed} failed" in Page(page(wrong)).texts


def test_what_is_right_has_no_failure_in_any_form(room, report_of):
    report = report_of(room)
    assert report.is_right
    assert document(report)["failed"] == 0
    assert list(ET.fromstring(junit(report).encode()).iter("failure")) == []
    assert sarif(report)["runs"][0]["results"] == []
    assert "All is right." in Page(page(report)).texts


def test_a_run_of_nothing_is_not_right():
    report = Report(cases=(), began_at=BEGAN)
    assert not report.is_right
    assert any("proves nothing" in text for text in Page(page(report)).texts)


def test_sarif_results_stand_on_the_mapping_line_and_refer_to_the_example(wrong):
    results = sarif(wrong)["runs"][0]["results"]
    found = next(each for each in results if "basic / request-bytes" in each["message"]["text"])
    place = found["locations"][0]["physicalLocation"]
    related = found["relatedLocations"][0]["physicalLocation"]
    finding = failures(wrong)["basic/request-bytes"].findings[0]
    assert place["artifactLocation"] == {"uri": MAPPING, "uriBaseId": "%SRCROOT%"}
    assert place["region"]["startLine"] == finding.mapping_line
    assert related["artifactLocation"]["uri"] == f"mappings/carriers/rowan/{ISSUE}"
    assert related["region"]["startLine"] == finding.line


def test_sarif_has_what_version_2_1_0_requires_and_every_rule_it_names(wrong):
    log = sarif(wrong)
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert (log["version"], len(rules)) == ("2.1.0", len(set(rules)))
    assert run["tool"]["driver"]["name"] == "insurehub"
    assert run["invocations"][0]["startTimeUtc"] == "2026-03-01T08:00:00Z"
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] == "error"
        assert result["message"]["text"]
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1


def test_a_finding_keeps_its_fingerprint_when_its_line_moves(wrong):
    def prints(report):
        return [each["partialFingerprints"]["contractCheck/v1"] for each in sarif(report)["runs"][0]["results"]]

    moved = replace(wrong, cases=tuple(replace(case, line=case.line + 7) for case in wrong.cases))
    assert prints(moved) == prints(wrong)
    assert len(set(prints(wrong))) > 1


def test_the_matrix_is_carriers_by_checks_and_names_what_failed(wrong):
    row = document(wrong)["matrix"]["rowan"]
    failed = sum(case.promise == "C01" for case in wrong.failed)
    assert (row["C01"]["failed"], row["C19"]["failed"]) == (failed, 0)
    texts = Page(page(wrong)).texts
    assert "C01" in texts
    assert f"{failed} of {sum(row['C01'].values())}" in texts


def test_the_page_is_whole_and_loads_nothing(wrong):
    shown = Page(page(wrong))
    assert shown.open == []
    assert shown.loaded == []
    assert "script" not in shown.tags
    assert "default-src 'none'" in page(wrong)


def test_a_page_of_many_failures_shows_some_and_says_where_the_rest_is(wrong):
    case = wrong.failed[0]
    many = replace(wrong, cases=(case,) * (FAILURES_MAX + 3))
    assert Page(page(many)).tags.count("article") == FAILURES_MAX
    assert "3 more failures stand in report.json." in Page(page(many)).texts


def hostile(verdict: Verdict) -> Verdict:
    differences = tuple(replace(each, at=HOSTILE, expected=HOSTILE, actual=HOSTILE) for each in verdict.differences)
    return replace(verdict, differences=differences, crash=HOSTILE)


def test_hostile_texts_are_escaped_in_every_form(wrong, room, tmp_path):
    verdicts = [hostile(each) for each in room.verdicts() if not each.passed]
    report = Report(
        cases=tuple(case_of(each, HOSTILE.encode("ascii", "replace").decode()) for each in verdicts), began_at=BEGAN
    )
    files = {path.name: path.read_text("utf-8") for path in write_report(tmp_path, report)}
    shown = Page(files["report.html"])
    assert "script" not in shown.tags
    assert any('<script>alert("1")</script>' in text and "{{ 7 * 7 }}" in text for text in shown.texts)
    failure = next(ET.fromstring(files["junit.xml"].encode()).iter("error"))
    assert '<script>alert("1")</script> & ]]>' in failure.text
    assert json.loads(files["report.sarif"])["runs"][0]["results"]
    assert json.loads(files["report.json"])["checks"][0]["crash"].startswith("<script>")
    assert not any(sign in text for text in files.values() for sign in ("\x00", "\x1b", "\ufffe"))


def test_people_secrets_and_long_numbers_of_an_example_are_in_no_form(room, report_of, tmp_path):
    name = "王小明王小明"
    room.change(ISSUE, "张三 }", f"{name} }}")
    room.change(ISSUE, "X-Partner: P1", "X-Partner: 999999199003071234")
    room.change(ISSUE, "plan: basic, holder", "plan: base, holder")
    room.change(ISSUE, 'premium: "1.00" }', 'premium: "1.50" }')
    key = next(iter(room.subject.read(room.folder / ISSUE)[0].examples[0].secrets.values()))
    verdicts = [each for each in room.verdicts() if not each.passed]
    told = tuple(replace(each, crash=f"{key} and {name}") for each in verdicts)
    assert any(name[-2:] in difference.expected for each in verdicts for difference in each.differences)
    report = Report(cases=tuple(case_of(each, "again") for each in told), began_at=BEGAN)
    for path in write_report(tmp_path, report):
        text = path.read_text("utf-8")
        assert "***" in text
        for hidden in (name, name[:2], name[-2:], key, "999999199003071234", json.dumps(name)[1:-1]):
            assert hidden not in text, f"{path.name} tells {hidden}"


def test_a_report_replaces_an_older_one_and_leaves_nothing_beside_it(wrong, tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("reports")
    (tmp_path / "report.json").write_text("older")
    paths = write_report(tmp_path / "new" / "folder", wrong) and write_report(tmp_path, wrong)
    assert tuple(path.name for path in paths) == FILES
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted((*FILES, "new"))
    assert json.loads(Path(tmp_path / "report.json").read_text("utf-8"))["contract_report"] == 1


def test_what_is_missing_stands_in_every_form(room, report_of):
    (room.folder / "examples" / "policy_get.yaml").unlink()
    report = report_of(room)
    what = "policy.get has no example of a success"
    assert not report.is_right
    assert any(what in lack["what"] for lack in document(report)["missing"])
    assert any(what in (each.text or "") for each in ET.fromstring(junit(report).encode()).iter("failure"))
    assert any(what in each["message"]["text"] for each in sarif(report)["runs"][0]["results"])
    assert any(what in text for text in Page(page(report)).texts)
