"""One line wrong, one sentence said: the faults that are too plain for an example on the page of codes."""

import pytest

CARRIER, CODES, ISSUE, GET, SITE = (
    "carrier.yaml", "codes.yaml", "policy_issue.yaml", "policy_get.yaml", "policy_issue.site.yaml",
)  # fmt: skip

HENGTAI = [
    # the head of a carrier
    (CARRIER, "carrier: { id: hengtai_life,", "carrier: { id: hengtai,", "the carrier's id is 'hengtai', its folder 'hengtai_life'"),
    (CARRIER, "canonical: insure/2026-01", "canonical: insure/2099-01", "canonical 'insure/2099-01' is not known"),
    (CARRIER, "carrier: { id", "carier: { id", "carrier.yaml needs 'carrier'"),
    (CARRIER, "unsupported:\n", "enums: {}\nunsupported:\n", "code tables stand in codes.yaml"),
    (CARRIER, "unsupported:\n", "limits: { rate_per_s: fast }\nunsupported:\n", "rate_per_s must be a number"),
    (CARRIER, "unsupported:\n", "limits: { batch_max: 0 }\nunsupported:\n", "batch_max"),
    (CARRIER, "unsupported:\n", "limits: { rates: 1 }\nunsupported:\n", "limits has no word 'rates'"),
    (CARRIER, "  timeout: { connect: 3s", "  tls: { cert: cert.pem }\n  timeout: { connect: 3s", "E448"),
    (CARRIER, "  timeout: { connect: 3s", "  tls: { cart: x }\n  timeout: { connect: 3s", "did you mean 'cert'"),
    (CARRIER, '  url: "{config.base_url}/ebiz/service"', "  charset_of: x", "the carrier has no transport.url"),
    (CARRIER, '"{config.base_url}/ebiz', '"{req.plan}/ebiz', "'{req.plan}' cannot stand in a URL"),
    (CARRIER, '"{config.base_url}/ebiz', '"{token}/ebiz', "'token' is not there"),
    # layers
    (CARRIER, "  kind: xml ", "  kind_of: xml ", "'xml' stands with 'kind' only"),
    (CARRIER, "xml: { root: TranData, declaration: true, empty: tag }", "xml: [TranData]", "the options of xml are a map, not a list"),
    (CARRIER, "over: [secret.sign_key, wire.Head.TranNo, body]", "over: []", "sign does not say what it covers"),
    (CARRIER, "sign:   { algo: md5, over", "sign:   { over", "sign does not say its algo"),
    (CARRIER, "over: [secret.sign_key, wire.Head.TranNo, body]", "over: [config.app_id, body]", "write =config.app_id, or quote the letters"),
    (CARRIER, "over: [secret.sign_key, wire.Head.TranNo, body]", 'over: ["config.app_id", =config.app_id, body]', None),
    (CARRIER, "on_fail: unknown", "on_fail: refused", "on_fail cannot be 'refused'"),
    (CARRIER, "on_fail: unknown", "on_fail: accepted", "on_fail cannot be 'accepted'"),
    (CARRIER, "security:\n", 'security:\n  headers: { X-Key: "{secret.key}", X-Id: =secret.id }\n', None),
    # shapes and rows
    (CARRIER, "shapes: ", "shapes:\n  bare: { fields: { name: { to: N } } }\n#", "shape 'bare' is used nowhere"),
    (CARRIER, "  insured:\n    of: Insured\n", "  insured:\n", "shape 'insured' does not say what it is of"),
    (CARRIER, "as: percent(0) }", "as: percent(0), round: half_odd }", "unknown rounding 'half_odd'"),
    (CARRIER, "as: upper }", "as: upper, round: half_up }", "round stands beside money, decimal, percent only"),
    (CARRIER, "{ to: Name, max_bytes: 60 }", "{ to: Name, max_bytes: 0 }", "max_bytes must be at least 1"),
    (CARRIER, "{ to: Name, max_bytes: 60 }", "[]", "row 'name' is an empty list"),
    (CARRIER, "{ to: Name, max_bytes: 60 }", "{ to: Name, shape: person, fields: {} }", "both a shape and rows of its own"),
    (CARRIER, "{ to: Name, max_bytes: 60 }", "{ to: , as: upper }", "to must be a text, not nothing"),
    (CARRIER, "IdExpDate: $d as date(yyyyMMdd)", "IdExpDate: $d as date(yyyy", "no codec: a '(' without ')'"),
    (CARRIER, "IdExpDate: $d as date(yyyyMMdd)", "IdExpDate: []", "a pattern lists between 1 and"),
    (CARRIER, "id_docs.0.valid_to: $d }", "id_docs.0.valid_to: $d as upper }", "a codec on the canonical side"),
    (CARRIER, '- { is: { id_docs.0.long_term: true }, wire: { IdExpDate: "99990101" } }', "- lifelong", "a case is a map"),
    (CARRIER, '- { is: { id_docs.0.long_term: true }, wire: { IdExpDate: "99990101" } }', "- { is: { id_docs.0.long_term: true } }", "a case needs 'wire', 'to', 'list' or rows"),
    (CARRIER, "{ is: { id_docs.0.long_term: true }", "{ is: { id_docs.0.long_term: yes }", "which is true or false"),
    # callbacks
    (CARRIER, "    of: PolicyIssueResult\n", "    of: PolicyIsueResult\n", "no result type 'PolicyIsueResult'; did you mean 'PolicyIssueResult'?"),
    (CARRIER, "    of: PolicyIssueResult\n", "", "callback 'policy_issued' needs 'of'"),
    (CARRIER, "    correlate: { request_no: Body.OrigTranNo }", "    correlate: { client_rf: Body.Ref }", "no canonical field 'client_rf'"),
    (CARRIER, "    correlate: { request_no: Body.OrigTranNo }", "    correlate: { client_ref: Body.Ref }", "no operation is found by 'client_ref'"),
    (CARRIER, "    correlate: { request_no: Body.OrigTranNo }", "    correlate: { numbers(kind=application).no: Body.ProposalPrtNo }", None),
    (CARRIER, "    match: wire", "    match: wir", "unknown name 'wir'"),
    # code tables
    (CODES, "of: gender, map", "of: gendr, map", "no canonical enum 'gendr'; did you mean 'gender'?"),
    (CODES, 'map: { male: "0"', 'map: { man: "0"', "'man' is no value of gender; one of female, male, unknown"),
    (CODES, "read_other: unknown }", "read_other: nobody }", "'nobody' is no value of gender"),
    (CODES, 'map: { male: "0", female: "1" }', "map: { male: 0, female: 1 }", "unquoted 0: quote it"),
    (CODES, 'map: { male: "0", female: "1" }, ', "", "table 'gender' needs either 'map' or 'table'"),
    # operations
    (ISSUE, "idempotency: { kind: reject_duplicate,", "idempotency: { kind: never,", "kind cannot be 'never'"),
    (ISSUE, "format: mapping/1\n", "format: mapping/1\ntransport: { tls: { cert: c } }\n", "an operation has no certificate of its own"),
    (ISSUE, "visibility_lag: 30s", "visibility_lag: 30s, every: [2s, soon]", "every must be a duration"),
    (ISSUE, "key: Head.TranNo }", "key: Head..TranNo }", "E113"),
    (ISSUE, "\nrequest:", "\ncall: POST /x\nsteps: {}\nrequest:", "'request' beside 'steps'; each step has its own"),
    (ISSUE, "\nrequest:", '\ntransport: { url: "{config.other_url}", timeout: { total: 5s } }\nrequest:', None),
    (ISSUE, "\nrequest:", "\nwire: []\nrequest:", "wire must be a list of 1 to"),
    (ISSUE, "\nrequest:", "\nwire: [1, [2]]\nrequest:", "a layer is one name with its options"),
    # outcomes
    (ISSUE, "  outcome: ", "  outcome: none\n  note: ", "outcome must be a list"),
    (ISSUE, "    - { else: unknown }", "    - unknown", "an outcome row is a map"),
    ("carrier.yaml", "correlate: { request_no: Body.OrigTranNo }", "correlate: { request_no: Body.OrigTranNo as uid }", "unknown codec 'uid'"),
    ("carrier.yaml", "correlate: { request_no: Body.OrigTranNo }", "correlate: { request_no: Body.OrigTranNo as money(fen) }", "money converts a money, but the canonical field is a text"),
    ("carrier.yaml", "correlate: { request_no: Body.OrigTranNo }", "correlate: { request_no: Body.OrigTranNo as uuid }", None),
    (ISSUE, "by_code: wire.Head.ErrCode }", "by_code: wire.Head.ErrCode, is: declined }", "both 'is' and 'by_code'"),
    (ISSUE, "    - { else: unknown }", "    - { is: refused }\n    - { else: unknown }", "needs 'when' or 'http', or is the 'else' row"),
    (ISSUE, "    - { else: unknown }", "    - { http: 99, is: refused }\n    - { else: unknown }", "http must be at least 100"),
    (ISSUE, "    - { else: unknown }", "    - { else: unknown, once: true }", "once limits another try"),
    (ISSUE, "    - { else: unknown }", "    - { else: declined, then: inquiry }", "then belongs to pending"),
    (ISSUE, "    - { else: unknown }", "    - { else: unknown, after: header.Retry-After }", None),
    (ISSUE, "    - { else: unknown }", "    - { else: unknown, after: 5 }", "after must be a duration"),
    (ISSUE, "    - { else: unknown }", "    - { else: unknown, field: insureds.0.party.nam }", "no canonical field 'nam'"),
    (ISSUE, "    - { else: unknown }", "    - { else: unknown, message: wire.Head.Desc + 1 }", "E309"),
    (ISSUE, "{ list: Body.Risks.Risk, shape: coverage }\n  ignore", "{ list: Body.Risks.Risk, as: json }\n  ignore", "E220"),
    (ISSUE, "{ list: Body.Risks.Risk, shape: coverage }\n  ignore", "{ to: Body.Risk, shape: coverage }\n  ignore", "'coverages' is a list; write list: in place of to:"),
    (ISSUE, "{ list: Body.Risks.Risk, shape: coverage }\n  ignore", "{ list: Body.Risks.Risk, as: positions(RiskCode), shape: coverage }\n  ignore", "E215: positions: only JSON has arrays in arrays"),
    (ISSUE, "policyholder:      { to: Body.Appnt,", "policyholder:      { list: Body.Appnt,", "'policyholder' is no list; write to: in place of list:"),
    (ISSUE, "period.start:      { to: Body.CValiDate, as: datetime(yyyyMMdd) }", "period.start: { to: Body.CValiDate, as: datetime(yyyyMMdd), default: now }", "which is a datetime: it has no constants here"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"), HENGTAI, ids=[f"{row[0]} {row[2][:40]!r}" for row in HENGTAI]
)
def test_a_plain_fault_is_said_plainly_and_what_is_right_is_not(hengtai, file, right, wrong, said):
    found = hengtai.change(file, right, wrong).said()
    assert found == [] if said is None else any(said in each for each in found), found


BREAKWATER = [
    (SITE, "  price:\n", "  Price:\n", "a step's name is lower case letters"),
    (SITE, "    operation: quote.create", "    operation: quote.creat", "did you mean 'quote.create'?"),
    (SITE, "    operation: quote.create\n", "", "step 'price' needs 'operation'"),
    (SITE, "request: { extends: price,", "request: { extends: prise,", "E205: no step or operation 'prise' to extend; did you mean 'price'?"),
    (CARRIER, "sign: =signature, user: =secret.user,", 'sign: =signature, user: "{secret.user}",', "a secret inside a text"),
    (CARRIER, "sign: =signature, user: =secret.user,", "sign: =signature, user: =confg.user,", "unknown name 'confg'"),
    (CARRIER, "form: { put: data, with:", "form: { with:", "'with' stands beside 'put'"),
    (CARRIER, "  - charset: GBK\n", "  - charset: { unencodable: ncr }\n", "a charset layer names its charset"),
    (CARRIER, "  - [{ charset: UTF-8 }", "  - [{ charset: UTF-9 }", "no charset 'UTF-9'"),
    (CARRIER, "defaults: { timezone", "security: { sign: { algo: md5 } }\ndefaults: { timezone", "security has 'sign' beside 'wire'"),
    (CARRIER, "  - base64: {}", "  - base64", None),
    (CARRIER, "  - base64: {}", "  - base64: yes", "the options of base64 are a map"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"), BREAKWATER, ids=[f"{row[0]} {row[2][:40]!r}" for row in BREAKWATER]
)
def test_a_fault_of_layers_and_steps_is_said_plainly(breakwater, file, right, wrong, said):
    found = [each for each in breakwater.change(file, right, wrong).said() if "W412" not in each]
    assert found == [] if said is None else any(said in each for each in found), found


LOGIN = """  token:
    grant: login
    call: POST /login
    request: { send: { Head.User: =config.user, Head.Key: =secret.key } }
    read: { token: Body.Token, expires_in: Body.Life }
    wire: [{ json: {} }, { charset: UTF-8 }]
    reply: [{ charset: UTF-8 }, { json: {} }]
  headers: { X-Token: "{token}" }
"""


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("=config.user", "=config.user", None),
        ("=config.user", "=req.plan", "'req' is not there"),
        ("    read: { token", "    read: { value", "a login does not say where its token stands"),
        ("    request: { send:", "    requests: { send:", "a login needs request"),
        ("    request: { send", "    request: { fields: { name: { to: N } }, send", "has no canonical request"),
        ("[{ json: {} }, { charset: UTF-8 }]", "[{ json: {} }, { charset: U }]", "no charset 'U'"),
        ('  headers: { X-Token: "{token}" }', "  headers: { X-Token: none }", "the token is fetched and never sent"),
    ],
)
def test_a_login_call_is_checked_like_a_message(hengtai, right, wrong, said):
    hengtai.change(CARRIER, "security:\n", f"security:\n{LOGIN}").change(CARRIER, right, wrong)
    found = hengtai.said()
    assert found == [] if said is None else any(said in each for each in found), found


def test_a_shape_of_any_insured_object_fits_the_list_of_them_and_one_of_its_kinds_does(hengtai):
    shapes = "  thing:\n    of: InsuredObject\n    fields: { object_id: { to: Id } }\n  parcel:\n    of: FreightObject\n    fields: { freight.order_no: { to: No } }\n"
    hengtai.change(CARRIER, "  insured:\n", f"{shapes}  insured:\n").change(
        ISSUE, "    objects: life cover has none\n", ""
    )
    rows = '    objects:\n      - { list: Body.Things.T, shape: thing, when: item.type != "freight" }\n      - { list: Body.Parcels.P, shape: parcel, when: item.type == "freight" }\n'
    hengtai.change(ISSUE, "    coverages:         {", f"{rows}    coverages:         {{")
    assert hengtai.said() == []


def test_a_list_of_plain_values_needs_no_rows(hengtai):
    hengtai.change(
        CARRIER,
        "      code:          { to: RiskCode }",
        "      code:          { to: RiskCode }\n      insured_refs:  { list: Ref }",
    )
    assert hengtai.said() == []


def test_a_value_may_be_packed_by_a_codec_inside_an_expression(hengtai):
    send = 'Body.Start: =encode(req.period.start, "datetime(yyyyMMdd)")'
    hengtai.change(ISSUE, 'Body.GetPolMode: "1"', send)
    assert hengtai.said() == []
    hengtai.change(ISSUE, '"datetime(yyyyMMdd)"', '"datetme(yyyyMMdd)"')
    assert any("E307" in each and "datetme" in each for each in hengtai.said())


@pytest.mark.parametrize(("code", "faults"), [("CNY", 0), ("CNX", 1), ("cny", 1)])
def test_a_currency_written_out_in_an_expression_is_one_in_use(hengtai, code, faults):
    send = f'Body.Sum: =encode(money(100, "{code}"), "money(fen)")'
    hengtai.change(ISSUE, 'Body.GetPolMode: "1"', send)
    assert len([each for each in hengtai.said() if "E307" in each and "no ISO 4217 currency" in each]) == faults


def test_a_column_of_a_table_may_be_looked_up(breakwater):
    breakwater.change(
        SITE, 'Heads: =count(wire("Body.Very.Long.Way.Roll.Member"))', 'Heads: =lookup("done", "accepted", "text")'
    )
    assert [each for each in breakwater.codes() if each.startswith("E")] == []
    breakwater.change(SITE, '"accepted", "text"', '"accepted", "colour"')
    assert "E307" in breakwater.codes()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("policy_issue.Site.yaml", "a variant is named with lower case letters"),
        ("policy_lssue.yaml", "'policy_lssue' is no operation; did you mean 'policy_issue'?"),
    ],
)
def test_a_file_nobody_reads_is_refused_by_its_name(hengtai, file, said):
    assert any(said in each for each in hengtai.write(file, "format: mapping/1\n").said())


def test_files_others_read_are_left_to_them(hengtai):
    hengtai.write("mock.yaml", "states: [idle]\n").write("document.md", "# interface\n")
    assert hengtai.said() == []


def test_a_folder_without_a_carrier_says_so_and_nothing_else(hengtai):
    (hengtai.folder / "carrier.yaml").unlink()
    assert [each.split(": ", 1)[1] for each in hengtai.said()] == [
        "error E101: cannot be read: No such file or directory"
    ]


def test_a_list_where_a_map_belongs_is_said_at_its_place(hengtai):
    hengtai.write("policy_get.yaml", "- request\n")
    assert any("policy_get.yaml:1:1: error E110: the file must be a map, not a list" in each for each in hengtai.said())


def test_a_table_that_is_no_utf_8_is_said_at_its_line(breakwater):
    (breakwater.folder / "done.csv").write_bytes("outcome,flag,text\naccepted,1,完成\n".encode("gbk"))
    assert any("done.csv:2:1: error E101: not UTF-8 text" in each for each in breakwater.said())


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("positions(code)", "E473: the array has no field 'name'"),
        ("positions(code;name;'';gone?)", None),
        ("bare(code)", "E473: the array has no field 'name'"),
        ("positions(code;code)", "E215: positions: a name stands twice"),
    ],
)
def test_every_field_of_an_item_has_a_place_in_the_array_it_becomes(aurora, form, said):
    rows = "fields: { code: { to: code }, name: { to: name } }"
    aurora.change(ISSUE, "{ list: risk.coverages, shape: cover }", f'{{ list: risk.coverages, as: "{form}", {rows} }}')
    found = [each for each in aurora.said() if "E473" in each or "E215" in each]
    assert found == [] if said is None else any(said in each for each in found), found


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(b"a: &a [x]\n" + b"".join(b"b%d: &b%d [*a, *a]\n" % (n, n) for n in range(50)), id="bomb"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b"note: \xc4\xe3\xba\xc3\n", id="gbk"),
        pytest.param("format: mapping/1\n".encode("utf-16"), id="utf-16"),
        pytest.param(b"note: x\0y\n", id="NUL"),
        pytest.param(b"request:\n\tof: PolicyIssueRequest\n", id="tab"),
        pytest.param(b"note: " + b"x" * 3_000_000, id="long"),
        pytest.param(b"x: {a: !!python/object/apply:os.system [id]\n", id="tag"),
        pytest.param(b"", id="empty"),
    ],
)
def test_a_hostile_file_is_refused_at_its_place_and_blamed_on_no_other(hengtai, hostile):
    hengtai.change("carrier.yaml", "field: insureds", "field: expected_premium")
    (hengtai.folder / "policy_issue.yaml").write_bytes(hostile)
    found = [each for each in hengtai.check() if each.severity == "error"]
    assert found
    assert {each.mark.file for each in found} == {"mappings/carriers/hengtai_life/policy_issue.yaml"}


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("policy_issue.yaml", "product.code: =binding.product_code", "product.code: binding.product_code"),
        ("policy_issue.yaml", "partnerOrderId: =request_no(32)", "partnerOrderId: request_no(32)"),
        ("carrier.yaml", "X-Partner: =config.partner_id", "X-Partner: config.partner_id"),
        ("carrier.yaml", "X-Nonce: =nonce(16)", "X-Nonce: nonce(16)"),
    ],
)
def test_a_constant_that_looks_like_an_expression_is_told(aurora, file, right, wrong):
    before = aurora.codes().count("W314")
    aurora.change(file, right, wrong)
    found = [each for each in aurora.check() if each.code == "W314"]
    assert len(found) == before + 1
    assert f"={wrong.partition(': ')[2]}" in found[-1].hint


def test_a_text_that_only_begins_like_an_expression_is_none(aurora):
    aurora.change(
        "policy_issue.yaml", "product.code: =binding.product_code", "product.code: config.json of the partner"
    )
    assert "W314" not in aurora.codes()
