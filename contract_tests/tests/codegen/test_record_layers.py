"""Layers of records in a mapping: generated forms, and every layout that says nothing the wire could do refused."""

from datetime import date

import pytest
from msgspec.structs import replace

from cli.mapping.check import check_folder
from cli.mapping.workspace import CarrierFolder
from gateway.model import Insured, Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import CannotSend, WireReply

REQ = PolicyIssueRequest(
    client_ref="o-1", product="p@1", policyholder=Party(name="张三"), expected_premium=Money(amount=1, currency="CNY")
)
NO = "R" * 20
PLAIN = "wire: [pipe: { fields: [no, holder] }, charset: GBK]\n"


@pytest.fixture
def layered(workshop, carrier_yaml, operation_yaml):
    """The module of a carrier with these layers."""

    def make(layers):
        carrier = carrier_yaml.replace("kind: rest-json, ", "") + layers
        made = workshop.made("records", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
        return made.module("policy_issue")

    return make


def read(module, text, ctx, charset="gbk"):
    return module.parse(WireReply(status=200, body=text.encode(charset)), REQ, ctx)


def test_a_request_is_a_record_and_a_reply_another(layered, ctx):
    module = layered(f"{PLAIN}reply: [charset: GBK, pipe: {{ fields: [ok, no, code?, policyNo?, prem?] }}]\n")
    request = module.build(REQ, ctx)
    assert request.body == f"{NO}|张三".encode("gbk")
    assert dict(request.headers)["Content-Type"] == "text/plain; charset=GBK"
    reply = read(module, f"1|{NO}||P1|12.50", ctx)
    assert reply.outcome.kind is OutcomeKind.accepted
    assert (reply.result.numbers[0].no, reply.result.premium.gross.amount) == ("P1", 1250)
    assert reply.unmapped == ()
    assert read(module, f"0|{NO}|E1", ctx).outcome.code == "underwriting.age"


@pytest.mark.parametrize("text", ["1", f"1|{NO}||P1|12.50|more", "<html>busy</html>", ""])
def test_a_reply_that_is_no_record_of_the_carrier_is_unknown(layered, ctx, text):
    module = layered(f"{PLAIN}reply: [charset: GBK, pipe: {{ fields: [ok, no, code?, policyNo?, prem?] }}]\n")
    assert read(module, text, ctx).outcome.kind is OutcomeKind.unknown


def test_the_first_form_of_a_reply_that_decodes_is_taken(layered, ctx):
    forms = (
        "[charset: GBK, pipe: { fields: [ok, no, policyNo, prem] }]",
        "[charset: GBK, text: '(?P<code>[A-Z0-9]+):(?P<no>.*)']",
    )
    module = layered(f"{PLAIN}reply: [{', '.join(forms)}]\n")
    assert read(module, f"1|{NO}|P1|1", ctx).outcome.kind is OutcomeKind.accepted
    assert read(module, f"E1:{NO}", ctx).outcome.kind is OutcomeKind.declined


def test_widths_count_in_the_charset_behind_the_record(layered, ctx):
    module = layered("wire: [fixed: { fields: { no: 20, holder: 4 } }, charset: GBK]\n")
    assert module.build(REQ, ctx).body == f"{NO}张三".encode("gbk")
    with pytest.raises(CannotSend, match="takes 6 bytes in GBK"):
        module.build(PolicyIssueRequest(**{**fields(REQ), "policyholder": Party(name="张三丰")}), ctx)


def fields(request):
    return {name: getattr(request, name) for name in request.__struct_fields__}


def test_a_payload_is_taken_out_of_the_record_around_it(layered, ctx):
    wrapper = "{ fields: [version, record*, mac], put: record"
    module = layered(
        f"wire: [pipe: {{ fields: [no, holder] }}, charset: GBK, pipe: {wrapper}, with: {{ version: '1', mac: X }} }}, charset: GBK]\n"
        f"reply: [charset: GBK, pipe: {wrapper} }}, pipe: {{ fields: [ok, no] }}]\n"
    )
    assert module.build(REQ, ctx).body == f"1|{NO}|张三|X".encode("gbk")
    assert read(module, f"1|1|{NO}|MAC", ctx).outcome.kind is OutcomeKind.accepted


def test_a_release_character_stands_before_a_separator_in_a_value(layered, ctx):
    layer = 'pipe: { fields: [no, holder], separator: "+", release: "?", end: "\'" }'
    module = layered(f"wire: [{layer}, charset: UTF-8]\nreply: [json: {{}}]\n")
    named = replace(REQ, policyholder=Party(name="A+B's?"))
    assert module.build(named, ctx).body == f"{NO}+A?+B?'s??'".encode()


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        ("pipe: {}", "needs its fields"),
        ("pipe: { fields: [no, holder, no] }", "'no' twice"),
        ("pipe: { fields: ['no?', holder] }", "'?' stands at the end"),
        ("pipe: { fields: ['no*', 'holder*'] }", "cannot be told"),
        ("pipe: { fields: [no, holder, { list: a, fields: [b] }, { list: c, fields: [d] }] }", "cannot be told"),
        ("pipe: { fields: [no, holder, { list: a, fields: [b], count: x }] }", "no field before the group"),
        ("pipe: { fields: [no, holder, { list: a, fields: [b, c], between: ';' }] }", "separates the fields"),
        ("pipe: { fields: [no, holder, { lists: a, fields: [b] }] }", "no word 'lists'"),
        ("pipe: { fields: [no, 'hol(der'] }", "no field name"),
        ("pipe: { fields: [no, holder], separator: '' }", "one character or more"),
        ("pipe: { fields: [no, holder], release: '??' }", "one sign of ASCII"),
        ("pipe: { fields: [no, holder], release: '|' }", "not the release itself"),
        ("pipe: { fields: [no, holder], separator: '|@|', release: '?' }", "one sign of ASCII"),
        ("pipe: { fields: [no, holder], escape: quote, release: '?' }", "not both"),
        ("pipe: { fields: [no, 'holder*'], release: '?' }", "stands as it is"),
        ("pipe: { fields: [no, holder], records: [{ fields: [a] }] }", "both fields and records"),
        ("pipe: { records: [{ fields: [no, holder], starts: H }, { fields: [a] }] }", "either every record"),
        ("pipe: { records: [{ list: a, fields: [no] }, { list: b, fields: [holder] }] }", "cannot be told apart"),
        ("pipe: { records: [{ starts: H, fields: [no] }, { starts: H, fields: [holder] }] }", "start alike"),
        ("pipe: { fields: [no, holder], line: none }", "what closes each"),
        ("pipe: { fields: [no, holder], others: skip }", "what records start with"),
        ("pipe: { fields: [no, 'holder*'], trailing: omit }", "repeats none of them"),
        ("pipe: { fields: [no, { fields: [holder], separator: '' }] }", "what stands between"),
        ("pipe: { fields: [no, { fields: ['holder?'], separator: ':' }] }", "all there"),
        ("pipe: { fields: [no, { lines: n }, holder] }", "the start it counts from"),
        ("pipe: { fields: [no, { lines: n, from: H }, holder] }", "no record starts with"),
        (
            "pipe: { records: [{ starts: H, fields: [no, { lines: n, from: G }, holder] }] }",
            "no record starts with 'G'",
        ),
        ("pipe: { records: [{ starts: H, fields: [no, holder], list: a, optional: true }] }", "is no list"),
        ("pipe: { records: [{ list: a, records: [{ list: b, starts: D, fields: [no] }] }] }", "begins with a record"),
        ("pipe: { records: [{ records: [{ starts: D, fields: [no] }] }] }", "names its list"),
        ("pipe: { records: [{ starts: 'H:', fields: [no, holder] }], release: '?' }", "composed field"),
        ("fixed: { fields: { no: 20, holder: 4 }, line: '~' }", "lf or crlf"),
        ("fixed: { fields: { no: 20, holder: wide } }", "from 1 to"),
        ("fixed: { fields: { no: 20, holder: 0 } }", "from 1 to"),
        ("fixed: { fields: { no: '*', holder: '*' } }", "not two"),
        ("fixed: { fields: { no: 20, holder: { width: 4, pad: ab } } }", "pad is one ASCII"),
        ("fixed: { fields: { no: 20, holder: { width: 4, at: 20 } } }", "at: is for reading"),
        ("fixed: { fields: [no, holder] }", "have widths"),
    ],
)
def test_a_layout_that_cannot_be_written_is_refused_with_its_place(workshop, carrier_yaml, operation_yaml, layer, why):
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + f"wire: [{layer}, charset: GBK]\nreply: [json: {{}}]\n"
    refused = workshop.refused("records", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    assert any("E472" in text and why in text for text in refused), refused


@pytest.mark.parametrize(
    ("pattern", "why"),
    [("(", "text:"), ("(?P<a>.*)(?P<b>.*)(?P<c>.*)", "run away"), ("([0-9]+)", "has a name"), ("abc", "has a name")],
)
def test_a_pattern_that_could_run_away_or_names_nothing_is_refused(
    workshop, carrier_yaml, operation_yaml, pattern, why
):
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + f"{PLAIN}reply: [charset: GBK, text: '{pattern}']\n"
    refused = workshop.refused("records", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    assert any("E472" in text and why in text for text in refused), refused


SEGMENTS = """\
wire:
  - pipe:
      separator: "*"
      end: "~"
      line: none
      trailing: omit
      records:
        - { starts: ST*834, fields: [no] }
        - { starts: REF*38, fields: [group], optional: true }
        - { starts: NM1*IL, fields: [holder] }
        - list: men
          records:
            - { starts: INS, fields: [ref] }
            - { starts: DMG*D8, fields: [born], optional: true }
        - { starts: SE, fields: [{ lines: count, from: ST*834 }, no2] }
  - charset: UTF-8
reply:
  - charset: UTF-8
  - pipe:
      separator: "*"
      end: "~"
      line: none
      trailing: omit
      others: skip
      records: [{ starts: AK9, fields: [ok, no, code, policyNo, prem] }]
"""


def test_a_message_of_segments_repeats_those_of_an_item_and_counts_them_all(
    workshop, carrier_yaml, operation_yaml, ctx
):
    rows = "{ ref: { to: ref }, party.birth_date: { to: born, as: date(yyyyMMdd) } }"
    operation = operation_yaml.replace("no: =request_no(20) }", "no: =request_no(20), no2: =request_no(20) }").replace(
        "holder } }\n", f"holder }}, insureds: {{ list: men, fields: {rows} }} }}\n", 1
    )
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + SEGMENTS
    module = workshop.made("segments", {"carrier.yaml": carrier, "policy_issue.yaml": operation}).module("policy_issue")
    men = (
        Insured(ref="i1", party=Party(name="A", birth_date=date(1990, 3, 7))),
        Insured(ref="i2", party=Party(name="B")),
    )
    body = module.build(replace(REQ, insureds=men), ctx).body
    assert body.decode() == f"ST*834*{NO}~NM1*IL*张三~INS*i1~DMG*D8*19900307~INS*i2~SE*6*{NO}~"
    reply = read(module, f"ISA*x~ST*999~AK1*HS~AK9*1*{NO}**P1*12.5~SE*2~", ctx, "utf-8")
    assert (reply.outcome.kind, reply.result.numbers[0].no) == (OutcomeKind.accepted, "P1")
    assert read(module, "ISA*x~AK1*1~", ctx, "utf-8").outcome.kind is OutcomeKind.unknown


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("{ to: policyNo }", "{ to: policyNumber }", "policyNumber"),
        ('wire.ok == "1"', 'wire.okay == "1"', "okay"),
        ("by_code: wire.code", "by_code: wire.cod", "cod"),
        ("request_no: no }", "request_no: number }", "number"),
        (
            "{ to: prem, as: money(yuan) }",
            "{ to: prem, as: money(yuan) }\n    insureds: { list: men, fields: { ref: { to: no } } }",
            "men",
        ),
    ],
)
def test_a_field_the_reply_does_not_have_is_told_wherever_it_is_named(
    workshop, carrier_yaml, operation_yaml, old, new, field
):
    reply = "reply: [charset: GBK, pipe: { fields: [ok, no, code?, policyNo?, prem?] }]\n"
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + PLAIN + reply
    assert old in operation_yaml
    files = {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml.replace(old, new)}
    workshop.write("named", files)
    found = check_folder(CarrierFolder(workshop.root / "mappings" / "carriers" / "named", workshop.root)).diagnostics
    told = [each for each in found if each.code == "E473"]
    assert any(f"no field '{field}" in each.message for each in told), found


HEAD = "{ widths: [-4, 5, -20, 3], with: { system: BAS, length: =size(all), no: , ret: }, as: Head }"
TELEGRAM = f"""wire:
  - fixed: {{ fields: {{ no: 20, n: {{ width: 2, align: right, pad: "0" }}, men: {{ count: n, fields: {{ id: 2, name: 6 }} }}, room: {{ times: 2, fields: {{ code: 2 }} }} }} }}
  - charset: EUC-KR
  - frame: {{ widths: [-4, 5], with: {{ system: BAS, length: =size(all) }} }}
reply:
  - frame: {HEAD}
  - charset: EUC-KR
  - fixed: {{ fields: {{ ok: 1, code: 2, policyNo: 2, prem: 8, n: 1, men: {{ count: n, fields: {{ id: 2, cert: 4 }} }} }} }}
"""


def test_a_telegram_has_groups_in_its_body_and_is_judged_by_its_head(workshop, carrier_yaml, operation_yaml, ctx):
    men = "insureds: { list: men, fields: { ref: { to: id }, party.name: { to: name } } }"
    told = "insureds: { list: men, fields: { ref: { to: id }, certificate_no: { to: cert } } }"
    holder = "policyholder.name: { to: room.0.code, lossy: short }"
    rows = operation_yaml.replace(
        "fields: { policyholder.name: { to: holder } }", f"fields:\n    {holder}\n    {men}", 1
    )
    rows = rows.replace("request_no: no }", "request_no: Head.no }").replace(
        'wire.ok == "1"', 'wire.Head.ret == "000" and wire.ok == "1"'
    )
    files = {
        "carrier.yaml": carrier_yaml.replace("kind: rest-json, ", "") + TELEGRAM,
        "policy_issue.yaml": f"{rows.rstrip()}\n    {told}\n",
    }
    module = workshop.made("telegram", files).module("policy_issue")
    req = replace(
        REQ,
        policyholder=Party(name="A1"),
        insureds=[Insured(ref="i1", party=Party(name="홍길동")), Insured(ref="i2", party=Party(name="Kim"))],
    )
    assert module.build(req, ctx).body == f"BAS 00051{NO}02i1홍길동i2Kim   A1  ".encode("euc-kr")
    good = f"BAS 00058{NO}0001  P1   12.502i1C-1 i2C-2 ".encode("euc-kr")
    reply = module.parse(WireReply(status=200, body=good), req, ctx)
    assert reply.outcome.kind is OutcomeKind.accepted
    assert [(each.ref, each.certificate_no) for each in reply.result.insureds] == [("i1", "C-1"), ("i2", "C-2")]
    for wrong in (good.replace(b"000", b"901", 1), good.replace(b"502i1", b"503i1"), good[:-3]):
        assert module.parse(WireReply(status=200, body=wrong), req, ctx).outcome.kind is OutcomeKind.unknown


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ("{ no: 20, men: { fields: { id: 2 } } }", "how often is 'men' there?"),
        ("{ no: 20, men: { count: n, fields: { id: 2 } } }", "count: 'n' is no field before 'men'"),
        ("{ no: 20, men: { times: 0, fields: { id: 2 } } }", "times of 'men' is a number from 1 to 9999"),
        ("{ no: '*', men: { times: 2, fields: { id: 2 } } }", "a record with groups has fields of known widths only"),
        ("{ no: 20, men: { times: 2, fields: { id?: 2 } } }", "the group 'men' has fields of known widths only"),
        ("{ no: 20, men: { times: 9999, fields: { id: 20 } } }", "the room of the groups is more than 100000 bytes"),
        ("{ no: 20, men: { times: 2, width: 3, fields: { id: 20 } } }", "the group 'men' has no word 'width'"),
    ],
)
def test_a_group_that_cannot_be_told_from_the_rest_of_its_record_is_an_error(
    workshop, carrier_yaml, operation_yaml, fields, why
):
    layers = f"wire: [fixed: {{ fields: {fields} }}, charset: GBK]\nreply: [charset: GBK, fixed: {{ fields: {{ ok: 1 }} }}]\n"
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + layers
    workshop.write("rooms", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    found = check_folder(CarrierFolder(workshop.root / "mappings" / "carriers" / "rooms", workshop.root)).diagnostics
    assert any(each.code == "E472" and why in each.message for each in found), found


def test_a_field_of_an_items_line_is_looked_for_in_its_line(workshop, carrier_yaml, operation_yaml):
    lines = "pipe: { records: [{ starts: H, fields: [ok, no, code, policyNo, prem] }, { starts: D, list: men, fields: [id, state] }] }"
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + PLAIN + f"reply: [charset: GBK, {lines}]\n"
    row = "insureds: { list: men, fields: { ref: { to: id } }, outcome: [{ when: wire.stat, is: accepted }, { else: unknown }] }"
    workshop.write("named", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml.rstrip() + f"\n    {row}\n"})
    found = check_folder(CarrierFolder(workshop.root / "mappings" / "carriers" / "named", workshop.root)).diagnostics
    (told,) = (each for each in found if each.code == "E473")
    assert (told.message, told.hint) == ("the record has no field 'men.stat'", "did you mean 'men.state'?")


@pytest.mark.parametrize("line", ["crlf", "lf"])
@pytest.mark.parametrize(
    "fields", ["pipe: { separator: ',', LINES fields: [ok, no, policyNo, prem] }", "fixed: { LINES fields: { ok: 1, no: 20, policyNo: 2, prem: 8 } }"]
)  # fmt: skip
def test_a_reply_without_its_last_line_end_was_cut_and_proves_nothing(layered, ctx, line, fields):
    layer = fields.replace("LINES", f"line: {line}, last: true,")
    if layer.startswith("fixed"):
        layer = layer.replace("fields: {", "records: [{ fields: {").replace("} }", "} }] }")
    module = layered(f"{PLAIN}reply: [charset: GBK, {layer}]\n")
    separator = "," if layer.startswith("pipe") else ""
    text = separator.join(["1", NO, "P1", "12300.00"])
    whole = read(module, text + {"crlf": "\r\n", "lf": "\n"}[line], ctx)
    assert (whole.outcome.kind, whole.result.premium.gross.amount) == (OutcomeKind.accepted, 1230000)
    for cut in (text, text[:-3], text + "\r"):
        assert read(module, cut, ctx).outcome.kind is OutcomeKind.unknown
