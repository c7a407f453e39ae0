"""Every fault of an example file is told at once, at its own place, with what to do."""

import pytest

from contract_tests.examples.lint import looks_real
from contract_tests.runner import read_examples

ISSUE = "examples/policy_issue.yaml"
PRINTED_XML = """<?xml version="1.0"?>
<a
   x="1  2"
   y="&gt;" >
  <!--Optional:-->
  <b> 张 </b>
  <c />
  <d><![CDATA[<e> </e>
 ]]></d>
</a>
"""
PRINTED_JSON = '{\n  "a" : [ 1.50, "x  \\"y\\n" ],\n  "b": {}\n}\n'
SHOWN = "mappings/carriers/rowan/examples/policy_issue.yaml"


def test_the_examples_of_the_workspace_are_well_formed(room):
    files, faults = read_examples(room.folder, room.root)
    assert faults == ()
    assert {file.operation for file in files} == {"policy.issue", "policy.get", ""}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("contract: 1", "contract: 2", ":1:1: error E701: a file of examples begins with contract: 1"),
        ("carrier: rowan", "carrier: hazel", ":2:1: error E701: these are examples of the folder's carrier, 'rowan'"),
        ("operation: policy.issue", "operation: policy.isue", "no operation 'policy.isue'; did you mean 'policy.issue'?"),
        ("      method: POST", "      methd: POST", "error E702: request has no 'methd'; did you mean 'method'?"),
        ("    given: {}\n    canonical:", "    givn: {}\n    canonical:", "error E702: an example has no 'givn'; did you mean 'given'?"),
        ("outcome: accepted", "outcome: acepted", "outcome cannot be 'acepted'; did you mean 'accepted'?"),
        ("carrier_code: AGE", "carier_code: AGE", "expect has no 'carier_code'; did you mean 'carrier_code'?"),
        ("next: resend }\n  - id: cut", "next: retrai }\n  - id: cut", "next cannot be 'retrai'; did you mean 'retry'?"),
        ("from: basic\n    given: {}", "from: bsic\n    given: {}", "error E703: no example 'bsic' in this file; did you mean 'basic'?"),
        ("id: too-old", "id: basic", "two examples are called 'basic'"),
        ("id: too-old", "id: 'too old'", "an example needs an id of letters"),
        ("product: rowan@1", "prodct: rowan@1", "unknown field `prodct` at $.prodct; did you mean 'product'?"),
        ("amount: 100, currency: CNY }\n", "amount: 1.5, currency: CNY }\n", "error E709: Expected `int`, got `float` at $.expected_premium.amount; quote it"),
        ("client_ref: order-1", "client_ref: 1", "error E709: Expected `str`, got `int` at $.client_ref; quote it"),
        ("{ type: person, name: 张三 }\n", "{ type: persn, name: 张三 }\n", "error E709: Invalid enum value 'persn' at $.policyholder.type; did you mean 'person'?"),
        ("{ type: person, name: 张三 }\n", "{ name: 张三, gender: x }\n", "Invalid enum value 'x' at $.policyholder.gender; one of female, male, unknown"),
        ("body: '{\"order\":\"R000000001\",\"no\"", "body: { text: plain, indented: true }\n      x: '", "error E704: this cannot be read as an indented message: it begins neither as XML nor as JSON"),
        ("      status: 201", "      status: 2001", "status must be at least 100 and at most 599, not 2001"),
        ("body: { json: {", "body: { jsn: {", "a body has no 'jsn'; did you mean 'json'?"),
        ("body: '{\"order\":\"R000000001\",\"no\"", "body: { text: 张三, charset: ascii }\n      x: '", "error E704: a character of this text is not in ascii"),
        ("    expect: { cannot_send: the carrier allows 40 }", "    expect: {}", "error E706: an example needs 'expect': what must come of it"),
        ("canonical: { numbers: [{ kind: policy, no: P000001 }], premium: { gross: { amount: 100, currency: CNY } } }", "code: x", "an accepted reply needs 'canonical': what was read of it"),
        ("- id: basic", "- id: basic\n    match: { status: { type: string } }", ":6:14: error E712: 'status' is no path of a reply; response.body.head.code"),
        ("- id: basic", "- id: basic\n    match: { response.body.no: { typ: string } }", "error E712: a rule has no 'typ'; did you mean 'type'?"),
        ("- id: basic", "- id: basic\n    match: { response.body.no: { type: text } }", "type cannot be 'text'"),
        ("- id: basic", "- id: basic\n    match: { response.body.no: {} }", "error E712: the rule of response.body.no says nothing; one of regex, type, one_of"),
        ("- id: basic", "- id: basic\n    match: { response.body.no: { optional: false } }", "error E712: the rule of response.body.no says nothing"),
        ("- id: basic", "- id: basic\n    match: { response.body.no: { one_of: P1 } }", "error E712: one_of is a list of the values there are"),
        ("- id: basic", "- id: basic\n    match: { response.body.no: { regex: '(' } }", ":6:41: error E712: regex: missing ), unterminated subpattern at position 0 in '('"),
        ("- id: basic", "- id: basic\n    match: { response.body.no: { regex: '^(a+)+$' } }", ":6:41: error E712: regex: too many ways to try, it could run away"),
        ("- id: basic", "- id: basic\n    match: { response.body.no: { regex: '(?=P)P' } }", "error E712: regex: a look-around"),
        ("  - id: reset-after-commit\n", "  - id: reset-after-commit\n    match: { response.body.no: { type: string } }\n", "error E712: rules are about a reply: this example has none that comes whole"),
        ("operation: policy.issue", "operation: policy.issue\ndefaults: { match: {} }", "defaults has no 'match'"),
        ("- id: basic", "- id: basic\n    secrets: real-ones", "there is no set of keys 'real-ones' for rowan"),
        ("- id: basic", "- id: basic\n    freeze: { now: yesterday }", "now is an instant with its zone"),
        ("- id: basic", "- id: basic\n    freeze: { now: '2026-03-01T08:00:00' }", "now is an instant with its zone"),
        ("- id: basic", "- id: basic\n    provenance: { kind: copied }", "kind cannot be 'copied'"),
        ("- id: basic", "- id: basic\n    steps: { one: { request: { method: GET } } }", "not both"),
        ("- id: basic", "- id: basic\n    variety: [1, 24]", ":6:18: error E701: variety must be at least 1 and at most 23, not 24"),
        ("- id: basic", "- id: basic\n    variety: [0]", "variety must be at least 1 and at most 23, not 0"),
        ("- id: basic", "- id: basic\n    variety: [dates]", "variety must be a whole number"),
        ("- id: basic", "- id: basic\n    variety: 3", "variety is a list of numbers; 1 to 23: [1]"),
        ("- id: basic", "- id: basic\n    variety: [3, 3]", "a number of variety stands twice"),
        ("operation: policy.issue", "operation: policy.issue\ndefaults: { variety: [3] }", "defaults has no 'variety'"),
        ("    fault: refuse\n", "    fault: [refuse]\n", "fault must be a map, not a list"),
        ("    fault: refuse\n", "    fault: cosmic_rays\n", "error E702: there is no fault 'cosmic_rays'; one of auth_expired, bad_chunk"),
        ("    fault: refuse\n", "    fault: refused\n", "error E702: there is no fault 'refused'; did you mean 'refuse'?"),
        ("    fault: refuse\n", "    fault: { name: maintenance, windw: 60 }\n", "error E702: maintenance has no parameter windw; it has status, retry_after, window"),
        ("    fault: refuse\n", "    fault: { name: maintenance, window: soon }\n", "error E702: maintenance: window is a number, not 'soon'"),
        ("    fault: refuse\n", "    fault: { name: refuse, other: basic }\n", "error E702: refuse is about one operation: 'other' is for reorder_callback and swap_response"),
        ("    fault: refuse\n", "    fault: dup_callback\n", "error E706: dup_callback: say what the callback comes to; expect: { outcome: pending, callback: accepted }"),
        ("    fault: refuse\n", "    fault: lost_callback\n", "error E706: a callback that is lost: say what an inquiry comes to"),
        ("    fault: refuse\n", "    fault: swap_response\n    given: ~\n", "error E706: swap_response is played by the carrier's mock alone: say given"),
        ("    fault: refuse\n    expect: { outcome: not_executed, next: retry }", "    fault: { name: maintenance, window: 60 }\n    expect: { outcome: unknown }", "error E706: say what comes of it when the window is over"),
        ("    fault: refuse\n    expect: { outcome: not_executed, next: retry }", "    fault: refuse\n    expect: { outcome: not_executed, callback: accepted }", "error E702: refuse is no fault of a callback"),
        ("expect: { outcome: declined, code: underwriting.age", "expect: { outcome: declined, inquiry: accepted, code: underwriting.age", "error E702: expect.inquiry is about a fault, and this example has none"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_place_with_a_hint(room, old, new, told):
    room.change(ISSUE, old, new)
    assert any(told in fault for fault in room.faults()), room.faults()
    assert all(fault.startswith("mappings/carriers/rowan/examples/") for fault in room.faults())


def test_every_field_of_a_request_that_does_not_fit_is_told_at_its_own_line(room):
    wrong = "client_ref: 1\n      plam: x\n      insureds:\n        - { ref: 2, party: {} }\n        - { role: chief }\n      period: { start: soon }"
    room.change(ISSUE, "client_ref: order-1", wrong)
    told = [fault for fault in room.faults() if "E709" in fault]
    for each in (
        "Expected `str`, got `int` at $.client_ref; quote it",
        "unknown field `plam` at $.plam; did you mean 'plan'?",
        "Expected `str | null`, got `int` at $.insureds[0].ref; quote it",
        "Invalid enum value 'chief' at $.insureds[1].role",
        "Object missing required field `name` at $.insureds[0].party",
        "Object missing required field `end` at $.period",
        "at $.period.start",
    ):
        assert any(each in fault for fault in told), (each, told)
    assert len({fault.split(": error")[0] for fault in told}) > 4, "each at its own place"


def test_all_faults_of_a_file_are_told_at_once_and_the_other_examples_still_run(room):
    room.change(ISSUE, "carrier_code: AGE", "carier_code: AGE").change(ISSUE, "fault: refuse", "falt: refuse")
    assert len(room.faults()) >= 2
    (issue,) = [file for file in read_examples(room.folder, room.root)[0] if file.operation == "policy.issue"]
    assert "basic" in {example.id for example in issue.examples}
    assert "too-old" not in {example.id for example in issue.examples}


def test_the_line_of_a_wrong_field_is_the_field_s_own(room):
    room.change(ISSUE, "client_ref: order-1", "client_ref: 1")
    assert room.faults()[0].startswith(f"{SHOWN}:9:")


def test_what_an_example_shows_is_its_own_and_not_that_of_the_examples_laid_over_it(room):
    room.change(ISSUE, "- id: basic", "- id: basic\n    variety: [1, 8]")
    (issue,) = [file for file in read_examples(room.folder, room.root)[0] if file.operation == "policy.issue"]
    shown = {example.id: example.variety for example in issue.examples}
    assert shown.pop("basic") == (1, 8)
    assert set(shown.values()) == {()}


def test_a_circle_of_overlays_is_refused(room):
    room.change(ISSUE, "- id: basic", "- id: basic\n    from: too-old")
    assert any("or a circle" in fault for fault in room.faults())


def test_an_example_that_compares_nothing_is_refused(room):
    bare = "  - id: bare\n    canonical: { product: rowan@1, client_ref: c, policyholder: { name: 张三 }, expected_premium: { amount: 1, currency: CNY } }\n    expect: { outcome: accepted }\n"
    path = room.folder / ISSUE
    path.write_text(path.read_text("utf-8") + bare, "utf-8")
    assert any("this example compares nothing" in fault for fault in room.faults())


def test_a_file_without_examples_is_refused(room):
    path = room.folder / ISSUE
    path.write_text("contract: 1\ncarrier: rowan\noperation: policy.issue\nexamples: []\n", "utf-8")
    assert any("error E706: examples is a list of 1 to" in fault for fault in room.faults())


def test_a_body_never_comes_from_outside_the_carrier_s_folder(room):
    room.change(
        ISSUE,
        'body: { json: { order: R000000001, plan: basic, holder: { name: 张三 }, premium: "1.00" } }',
        "body: { file: ../../../contract_tests/keys/test-only.yaml }",
    )
    assert any("stands in the carrier's folder" in fault for fault in room.faults())


def example(room, name):
    found = {each.id: each for file in read_examples(room.folder, room.root)[0] for each in file.examples}
    return found[name]


def test_an_overlay_changes_single_fields_of_a_request_and_removes_with_null(room):
    room.change(ISSUE, "canonical: { note: old }", "canonical: { note: old, plan: ~, policyholder: { name: 李四 } }")
    request = example(room, "too-old").request
    assert (request.note, request.plan, request.policyholder.name) == ("old", None, "李四")
    assert request.client_ref == "order-1"


def test_a_body_and_an_expectation_are_replaced_whole(room):
    found = example(room, "too-old")
    assert found.exchanges[0].reply.reply.body == b'{"order":"R000000001","code":"AGE","text":"too old"}'
    assert found.expect.canonical is None
    assert [name for name, _ in found.exchanges[0].reply.reply.headers] == ["Content-Type", "X-Sign"]


@pytest.mark.parametrize(
    ("body", "data"),
    [
        ("plain", b"plain"),
        ("{ text: 张三, charset: gbk }", b"\xd5\xc5\xc8\xfd"),
        ("{ hex: 'd5c5 c8fd' }", b"\xd5\xc5\xc8\xfd"),
        ("{ base64: 1cXI/Q== }", b"\xd5\xc5\xc8\xfd"),
        ('{ json: { b: 1.50, a: [true, ~, 007, "1", 12345678901234567890] } }', b'{"b":1.50,"a":[true,null,"007","1",12345678901234567890]}'),
        ("{ form: { a: 张 三, b: { json: { x: 1 } } }, charset: gbk }", b"a=%D5%C5+%C8%FD&b=%7B%22x%22%3A1%7D"),
        ("{ file: wire/some.bin }", b"\x00\xff\r\n"),
        ("{ file: wire/printed.xml, charset: gbk, indented: true }", '<?xml version="1.0"?><a x="1  2" y="&gt;"><b> 张 </b><c/><d><![CDATA[<e> </e>\n ]]></d></a>'.encode("gbk")),
        ("{ file: wire/printed.json, indented: true }", b'{"a":[1.50,"x  \\"y\\n"],"b":{}}'),
        ("{ file: wire/printed.json, indented: false }", PRINTED_JSON.encode()),
    ],
)  # fmt: skip
def test_a_body_is_the_exact_bytes_it_says(room, body, data):
    (room.folder / "wire").mkdir(exist_ok=True)
    (room.folder / "wire" / "some.bin").write_bytes(b"\x00\xff\r\n")
    (room.folder / "wire" / "printed.xml").write_bytes(PRINTED_XML.encode("gbk"))
    (room.folder / "wire" / "printed.json").write_bytes(PRINTED_JSON.encode())
    room.change(ISSUE, 'body: \'{"order":"R000000001","no":"P000001","premium":"1.00"}\'', f"body: {body}")
    assert example(room, "basic").exchanges[0].reply.reply.body == data


@pytest.mark.parametrize(
    "text",
    [
        "11010119900307123" + "3",  # the check character is right
        "6222021234567890128",
        "-----BEGIN PRIVATE KEY-----",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
        "AKIAIOSFODNN7EXAMPL0",
        "MII" + "CdQIBADANBgkqhkiG9w0BAQEFAASCAl8wggJbAgEAAoGB" + "A" * 200,
    ],
)
def test_what_looks_like_somebody_s_is_refused_unless_it_is_said_to_be_made_up_and_a_key_or_token_always(room, text):
    kept = looks_real(text)
    assert kept is not None
    room.change(ISSUE, "client_ref: order-1", f'client_ref: "{text}"')
    assert any("error E705: this looks like" in fault for fault in room.faults())
    assert text not in " ".join(room.faults())
    room.change(ISSUE, "- id: basic", "- id: basic\n    synthetic: true")
    assert any("E705" in fault for fault in room.faults()) is ("key" in kept or "token" in kept)


def test_a_secret_written_in_an_example_is_refused_unless_it_is_a_test_key_of_the_carrier(room):
    room.change(ISSUE, "- id: basic", "- id: basic\n    synthetic: true\n    secrets: { sign_key: Pr0d-key-7788 }")
    (told,) = [fault for fault in room.faults() if "E705" in fault]
    assert "the secret 'sign_key' is no test key" in told
    assert "Pr0d" not in told
    keys = room.root / "contract_tests" / "keys" / "documents.yaml"
    keys.parent.mkdir(parents=True, exist_ok=True)
    keys.write_text("rowan: { sign_key: Pr0d-key-7788 }\n")
    assert not [fault for fault in room.faults() if "E705" in fault]


@pytest.mark.parametrize(
    "text", ["999999199003071234", "110101199003071230", "20260301090000", "BP2026030100000000021"]
)
def test_made_up_numbers_are_taken(text):
    assert looks_real(text) is None


def test_what_stands_beside_the_defaults_of_a_carrier_is_not_lost_in_silence(room):
    room.change("examples/defaults.yaml", "defaults:", "freeze: { request_no: R1 }\ndefaults:")
    assert any(
        "defaults.yaml:" in each and "E702: examples/defaults.yaml has no 'freeze'" in each for each in room.faults()
    )
