"""`insurehub check` refuses somebody real, or a secret, in what stands beside a mapping, with line and column."""

import pytest

MOBILE = "13912345678"


@pytest.mark.parametrize("file", ["examples/policy_issue.yaml", "wire/issue.req.xml", "vectors/sign.kat.yaml"])
@pytest.mark.parametrize(
    ("text", "what"),
    [
        (MOBILE, "a mobile number"),
        ("110101198503121247", "a real identity number"),
        ("6222021234567890128", "a bank card"),
        ("AKIAIOSFODNN7EXAMPLE", "an access key of a cloud or service"),
    ],
)
def test_it_is_told_with_its_place_in_every_kind_of_file_and_is_not_repeated(hengtai, file, text, what):
    hengtai.write(file, f"# one\n# two {text}\n")
    (told,) = [each for each in hengtai.check() if each.code == "E705"]
    assert str(told).startswith(f"mappings/carriers/hengtai_life/{file}:2:7: error E705: this looks like {what}")
    assert "1380000" in str(told)
    assert text not in str(told)


def test_an_example_that_says_it_is_synthetic_may_look_real_and_its_neighbour_may_not(hengtai):
    examples = (
        "contract: 1\nexamples:\n  - id: one\n    synthetic: true\n    token: '{0}'\n  - id: two\n    token: '{0}'\n"
    )
    hengtai.write("examples/policy_issue.yaml", examples.format(MOBILE))
    assert [each.mark.line for each in hengtai.check() if each.code == "E705"] == [7]


def test_a_raw_message_is_made_up_when_the_example_that_sends_it_says_so(hengtai):
    hengtai.write("wire/issue.req.xml", f"<a>{MOBILE}</a>\n")
    hengtai.write("wire/other.req.xml", f"<a>{MOBILE}</a>\n")
    hengtai.write(
        "examples/policy_issue.yaml",
        "contract: 1\nexamples:\n  - id: one\n    synthetic: true\n    request: { body: { file: wire/issue.req.xml } }\n"
        "  - id: two\n    request: { body: { file: wire/other.req.xml } }\n",
    )
    assert [each.mark.file.rpartition("/")[2] for each in hengtai.check() if each.code == "E705"] == ["other.req.xml"]


def test_what_is_made_up_is_not_told(hengtai):
    hengtai.write("examples/policy_issue.yaml", "# 13800000001 999999199003071234 6200000000000000018 a@example.com\n")
    assert "E705" not in hengtai.codes()
