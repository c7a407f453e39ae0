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
    assert ("contract_tests/keys" if "key" in what else "1380000") in str(told)
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


LAID_OVER = [
    ("contract: 1\ndefaults: { synthetic: true }\nexamples:\n  - { id: a, token: 'N' }\n", None, []),
    ("contract: 1\nexamples:\n  - { id: a, token: 'N' }\n", "contract: 1\ndefaults: { synthetic: true }\n", []),
    ("contract: 1\nexamples:\n  - { id: a, synthetic: true }\n  - { id: b, from: a, token: 'N' }\n", None, []),
    ("contract: 1\ndefaults: { synthetic: true, token: 'N' }\nexamples:\n  - { id: a }\n", None, []),
    (
        "contract: 1\ndefaults: { synthetic: true }\nexamples:\n  - { id: a, synthetic: false, token: 'N' }\n  - { id: b }\n",
        "contract: 1\ndefaults: { synthetic: true }\n",
        [4],
    ),
    ("contract: 1\ndefaults: { token: 'N' }\nexamples:\n  - { id: a, synthetic: true }\n", None, [2]),
]


@pytest.mark.parametrize(("examples", "shared", "lines"), LAID_OVER)
def test_what_an_example_is_laid_over_may_say_that_it_is_synthetic(hengtai, examples, shared, lines):
    hengtai.write("examples/policy_issue.yaml", examples.replace("N", MOBILE))
    if shared is not None:
        hengtai.write("examples/defaults.yaml", shared)
    assert [each.mark.line for each in hengtai.check() if each.code == "E705"] == lines


def test_what_is_made_up_is_not_told(hengtai):
    hengtai.write("examples/policy_issue.yaml", "# 13800000001 999999199003071234 6200000000000000018 a@example.com\n")
    assert "E705" not in hengtai.codes()


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"
KEY = "MIICdQIBADANBgkqhkiG9w0BAQEFAASCAl8wggJbAgEAAoGB" + "A" * 200


@pytest.mark.parametrize("text", ["AKIAIOSFODNN7EXAMPL0", "-----BEGIN PRIVATE KEY-----", KEY, JWT])
@pytest.mark.parametrize("where", ["examples/policy_issue.yaml", "wire/issue.req.xml"])
def test_a_key_or_token_is_refused_in_an_example_that_says_it_is_synthetic_and_in_what_it_sends(hengtai, text, where):
    example = "contract: 1\nexamples:\n  - id: one\n    synthetic: true\n    request: { body: { file: wire/issue.req.xml } }\n"
    hengtai.write("examples/policy_issue.yaml", example + f"    token: '{text if 'wire' not in where else 't'}'\n")
    hengtai.write("wire/issue.req.xml", f"<a>{text if 'wire' in where else MOBILE}</a>\n")
    (told,) = [each for each in hengtai.check() if each.code == "E705"]
    assert where in str(told)
    assert "synthetic: true does not allow it" in str(told)
    assert text not in str(told)


def test_a_signed_token_may_be_said_to_be_made_up_where_the_mapping_signs_messages_so(hengtai):
    hengtai.write("notes.yaml", "# jws\n")
    hengtai.write(
        "examples/policy_issue.yaml", f"contract: 1\nexamples:\n  - id: one\n    synthetic: true\n    token: {JWT}\n"
    )
    assert "E705" not in hengtai.codes()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("examples/policy_issue.yaml", "contract: 1\ndefaults:\n  secrets: { sign_key: Pr0d-key }\n"),
        ("examples/defaults.yaml", "contract: 1\ndefaults:\n  secrets:\n    sign_key: Pr0d-key\n"),
        ("examples/policy_issue.yaml", "contract: 1\nexamples:\n  - { id: one, synthetic: true, secrets: { k: Pr0d-key } }\n"),
        ("vectors/sign.kat.yaml", "contract: 1\nvectors:\n  - id: one\n    secrets: { sign_key: Pr0d-key }\n"),
    ],
)  # fmt: skip
def test_a_secret_written_out_that_is_no_test_key_is_refused(hengtai, file, text):
    hengtai.write(file, text)
    (told,) = [each for each in hengtai.check() if each.code == "E705"]
    assert "is no test key" in str(told)
    assert "Pr0d" not in str(told)


def test_a_signed_token_that_nobody_says_is_made_up_is_answered_with_what_to_say(hengtai):
    hengtai.write("notes.yaml", "# jws\n")
    hengtai.write("wire/issue.rsp.jwt", JWT)
    (told,) = [each for each in hengtai.check() if each.code == "E705"]
    assert "say synthetic: true" in str(told)
    assert "does not allow it" not in str(told)
