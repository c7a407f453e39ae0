"""Each operator makes the mutant that it says."""

from dataclasses import replace

import pytest

import contract_tests.mutate.operators
from cli.mapping.load import load_carrier
from cli.mapping.tree import (
    AnswerDecl,
    CallbackDecl,
    CarrierFile,
    CarrierTree,
    Case,
    Codec,
    CodeTable,
    Echo,
    ErrorTable,
    Expression,
    IdempotencyDecl,
    InquiryDecl,
    Layer,
    Message,
    OperationFile,
    OutcomeRow,
    Path,
    Response,
    Result,
    Row,
    Segment,
    Send,
    StepDecl,
    Text,
)
from contract_tests.derive.nodes import ENTRIES_MAX
from contract_tests.mutate.mutant import OPERATORS, mutants_of
from contract_tests.mutate.walk import Site
from gateway.catalogue.marks import Mark

AT = Mark("mappings/carriers/x/policy_issue.yaml", 7, 3)


def text(value: str) -> Text:
    return Text(value, AT)


def path(words: str) -> Path:
    words, _, attribute = words.partition("@")
    segments = tuple(Segment(name) for name in words.split(".") if name)
    return Path(words + (f"@{attribute}" if attribute else ""), AT, segments, "", attribute or None)


def row(canonical: str, to: str = "", **words) -> Row:
    return Row(AT, path(canonical), path(to) if to else None, **words)


def made(name: str, node, *, sent: bool = True) -> list:
    """What the operator makes of a node."""
    (found,) = [each for each in OPERATORS if each.name == name]
    assert isinstance(node, found.kind)
    tree = tree_of(node if isinstance(node, Message) else Message(AT))
    return [change.node for change in found.make(node, Site(node, tree_of, sent, (tree,)))]


def tree_of(sent) -> CarrierTree:
    """A mapping that sends one message."""
    step = replace(STEP, request=sent) if isinstance(sent, Message) else STEP
    return CarrierTree(CARRIER, (replace(FILE, steps=(step,)),))


def keys_of(mapping: str, name: str, tmp_path) -> list[str]:
    """The mutants that one operator makes of a mapping's text."""
    (tmp_path / "carrier.yaml").write_text(CARRIER_YAML, "utf-8")
    (tmp_path / "policy_issue.yaml").write_text(mapping, "utf-8")
    tree, faults = load_carrier(tmp_path, tmp_path)
    assert tree is not None, faults
    return [each.words for each in mutants_of(tree) if each.operator == name]


ROWS = (row("name", "NAME"), row("no", "NO"), row("on", "ON", codec=Codec("date", AT, ("yyyyMMdd",))))
SENDS = (Send(AT, path("a"), text("1")), Send(AT, path("b"), Expression("now()", AT)))
MESSAGE = Message(AT, rows=ROWS, send=SENDS, blank=(path("c"), path("d")), read=((path("e"), Expression("1", AT)),))
IS_A = Expression('wire.a == "1" and wire.b', AT)


def test_every_operator_is_tried_here():
    assert contract_tests.mutate.operators.__all__
    tried = set(CASES) | {"swap-order", "source-sibling", "swap-targets", "drop-case", "table-drop", "drop-verify"}
    assert {each.name for each in OPERATORS} == tried


CODEC, LAYER, RESULT = Codec("date", AT), Layer(AT, "sign"), Result(AT, text("declined"))
CARRIER = CarrierFile(AT, "carrier.yaml", "x", "X", "1", "insure/2026-01")
TABLE = CodeTable(
    AT, "sex", text("gender"), ((text("male"), text("M")), (text("female"), text("F"))), (), text("error")
)
CALLBACK = CallbackDecl(AT, "told", "policy.issue", Response(AT, Message(AT), ()))
STEP = StepDecl(AT, "policy.issue", "policy.issue", Message(AT), Response(AT, Message(AT), ()), text("POST /issue"))
FILE = OperationFile(AT, "policy_issue.yaml", "policy.issue", "", (STEP,))
WITH = {"app": text("A"), "data": None}


CASES = {
    "drop-row": (MESSAGE, lambda node: node.rows, [ROWS[1:], (ROWS[0], ROWS[2]), ROWS[:2]]),
    "drop-send": (MESSAGE, lambda node: node.send, [SENDS[1:], SENDS[:1]]),
    "drop-blank": (MESSAGE, lambda node: [each.text for each in node.blank], [["d"], ["c"]]),
    "drop-read": (MESSAGE, lambda node: node.read, [()]),
    "target-bogus": (row("name", "a.NAME"), lambda node: node.to.segments[-1].name, ["NAMEMutant"]),
    "send-bogus": (SENDS[0], lambda node: node.to.segments[-1].name, ["aMutant"]),
    "attribute-element": (row("no", "a@no"), lambda node: (node.to.attribute, len(node.to.segments)), [(None, 2)]),
    "list-first": (
        row("insureds", list_to=path("list")),
        lambda node: (node.list_to, node.to.segments[-1].name, node.canonical.segments[-1].name),
        [(None, "0", "0")],
    ),
    "flip-missing": (row("name", "NAME", missing=text("error")), lambda node: node.missing.value, ["omit"]),
    "default": (row("name", "NAME", default=text("x")), lambda node: node.default, [None]),
    "max-bytes": (row("name", "NAME", max_bytes=9), lambda node: node.max_bytes, [None]),
    "const-change": (SENDS[0], lambda node: node.value.value, ["19"]),
    "drop-codec": (ROWS[2], lambda node: node.codec, [None]),
    "unit": (replace(CODEC, name="money", arguments=("yuan",)), lambda node: node.arguments, [("fen",)]),
    "scale": (replace(CODEC, name="percent", arguments=("2",)), lambda node: node.arguments, [("3",), ("1",)]),
    "date-format": (replace(CODEC, arguments=("yyyy-MM-dd",)), lambda node: node.arguments, [("yyyy-dd-MM",)]),
    "letter-case": (replace(CODEC, name="upper"), lambda node: node.name, ["lower"]),
    "flag": (replace(CODEC, name="flag", arguments=("Y/N",)), lambda node: node.arguments, [("N/Y",)]),
    "inner-codec": (replace(CODEC, name="text", arguments=(CODEC,)), lambda node: node.name, ["date"]),
    "rounding": (row("a", "A", rounding=text("half_up")), lambda node: node.rounding, [None]),
    "currency": (row("a", "A", currency=text("CNY")), lambda node: node.currency.value, ["USD"]),
    "condition-negated": (OutcomeRow(AT, when=IS_A), lambda node: node.when.source, [f"not ({IS_A.source})"]),
    "condition-dropped": (OutcomeRow(AT, http=(200,), when=IS_A), lambda node: node.when, [None]),
    "expression-operator": (
        IS_A,
        lambda node: node.source,
        ['wire.a != "1" and wire.b', 'wire.a == "1" or wire.b'],
    ),
    "expression-constant": (
        Expression('cut(req.no, 10) == "A"', AT),
        lambda node: node.source,
        ['cut(req.no, 10) == "A9"', 'cut(req.no, 11) == "A"'],
    ),
    "table-alter": (TABLE, lambda node: [code.value for _, code in node.pairs], [["M9", "F"], ["M", "F9"]]),
    "table-swap": (TABLE, lambda node: [code.value for _, code in node.pairs], [["F", "M"]]),
    "table-unknown": (TABLE, lambda node: node.send_other.value, ["M"]),
    "outcome-drop": (
        Response(AT, Message(AT), (OutcomeRow(AT, when=IS_A), OutcomeRow(AT, is_else=True))),
        lambda node: [each.is_else for each in node.outcome],
        [[True]],
    ),
    "outcome-status": (OutcomeRow(AT, http=(200, 201)), lambda node: node.http, [(201,), (200,)]),
    "error-drop": (
        ErrorTable(AT, ((text("A"), RESULT), (text("B"), RESULT))),
        lambda node: [code.value for code, _ in node.rows],
        [["B"], ["A"]],
    ),
    "result-kind": (RESULT, lambda node: node.kind.value, ["refused"]),
    "result-code": (replace(RESULT, code=text("policy.not_found")), lambda node: node.code.value, ["request.invalid"]),
    "result-next": (
        replace(RESULT, then=text("inquiry"), once=True),
        lambda node: (node.then and node.then.value, node.once),
        [(None, True), ("inquiry", False)],
    ),
    "correlate": (
        Response(AT, Message(AT), (), (Echo(text("request_no"), path("no")),)),
        lambda node: (node.echo_none, [echo.path.text for echo in node.correlate]),
        [(True, []), (False, ["noMutant"])],
    ),
    "charset": (Layer(AT, "charset", {"name": text("GBK")}), lambda node: node.options["name"].value, ["UTF-8"]),
    "signature-algorithm": (
        replace(LAYER, options={"algo": text("md5")}),
        lambda node: node.options["algo"].value,
        ["sha256"],
    ),
    "signature-encoding": (
        replace(LAYER, options={"encode": text("hex_upper")}),
        lambda node: node.options["encode"].value,
        ["hex_lower"],
    ),
    "signature-fields": (
        replace(LAYER, options={"over": (text("body"), text("secret.key"))}),
        lambda node: [each.value for each in node.options["over"]],
        [["secret.key"], ["body"], ["secret.key", "body"]],
    ),
    "layer-option": (Layer(AT, "json", {"unicode": text("raw")}), lambda node: node.options, [{}]),
    "layer-fields": (
        Layer(AT, "form", {"with": WITH, "fields": (text("a"), text("b"))}),
        lambda node: (list(node.options["with"]), [each.value for each in node.options["fields"]]),
        [(["data"], ["a", "b"]), (["app"], ["a", "b"]), (["app", "data"], ["b"]), (["app", "data"], ["a"])],
    ),
    "layer-constant": (Layer(AT, "form", {"with": WITH}), lambda node: node.options["with"]["app"].value, ["A9"]),
    "header-drop": (replace(CARRIER, headers=((text("X"), text("1")),)), lambda node: node.headers, [()]),
    "header-value": (
        replace(CARRIER, headers=((text("X"), text("1")), (text("Y"), IS_A))),
        lambda node: node.headers[0][1].value,
        ["19"],
    ),
    "carrier-default": (
        replace(CARRIER, defaults={"timezone": text("+08:00"), "blank_is_missing": text("true")}),
        lambda node: [each.value for each in node.defaults.values()],
        [["+07:00", "true"], ["+08:00", "false"]],
    ),
    "call": (STEP, lambda node: node.call.value, ["PUT /issue", "POST /issuex"]),
    "idempotency": (
        replace(FILE, idempotency=IdempotencyDecl(AT, text("replay"))),
        lambda node: node.idempotency,
        [None],
    ),
    "inquiry": (replace(FILE, inquiry=InquiryDecl(AT, text("policy.get"))), lambda node: node.inquiry, [None]),
    "callback-dedup": (replace(CALLBACK, dedup=IS_A), lambda node: node.dedup, [None]),
    "callback-verify": (replace(CALLBACK, verify_same=True), lambda node: node.verify_same, [False]),
    "callback-answer": (
        replace(CALLBACK, answer=AnswerDecl({"code": text("0")})),
        lambda node: ({name: each.value for name, each in node.answer.fields.items()}, node.answer.status),
        [({}, 200), ({"code": "09"}, 200), ({"code": "0"}, 202)],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_makes_what_it_says(name):
    node, part, wanted = CASES[name]
    assert [part(each) for each in made(name, node)] == wanted


def test_neighbours_change_places_where_a_message_is_sent_and_not_where_it_is_read():
    swapped = made("swap-order", MESSAGE)
    assert [each.rows[0] for each in swapped[:2]] == [ROWS[1], ROWS[0]]
    assert swapped[2].send == SENDS[::-1]
    assert made("swap-order", MESSAGE, sent=False) == []


CARRIER_YAML = """\
format: mapping/1
carrier: { id: x, name: X, version: "1", canonical: insure/2026-01 }
wire: [{ json: {} }, { charset: UTF-8 }]
reply: [{ charset: UTF-8 }, { json: {} }]
errors:
  other: { is: unknown }
"""
ISSUE_YAML = """\
format: mapping/1
call: POST /issue
request:
  of: PolicyIssueRequest
  send: { kept: , no: =request_no(32) }
  fields:
    period.start: { to: kept, as: datetime(iso), missing: error }
    period.end: { to: body.end, as: datetime(iso), missing: error }
    note: { to: body.note }
    plan: { to: body.plan }
    policyholder: { to: holder, fields: { name: { to: fullName } } }
    objects.0.freight: { to: freight, fields: { order_no: { to: no } } }
    objects.0.event_ticket: { to: ticket, fields: { event: { to: name } } }
response:
  of: PolicyIssueResult
  outcome:
    - { http: 200, when: wire.status == "ok" and wire.text, is: accepted }
    - { else: unknown }
  fields:
    status: { to: status }
    period.start: { to: start, as: datetime(iso) }
    issued_at: { to: issuedAt, as: datetime(iso) }
"""


def test_neighbours_whose_elements_stand_alike_either_way_do_not_change_places(tmp_path):
    swapped = keys_of(ISSUE_YAML, "swap-order", tmp_path)
    assert "plan before note" in swapped
    assert "period.end before period.start" not in swapped, "the place of the first is kept by send"
    assert "objects.0.event_ticket before objects.0.freight" not in swapped, "an object is one of them"


def test_what_is_certainly_there_or_asked_for_by_every_yes_is_not_made_missing(tmp_path):
    flipped = keys_of(ISSUE_YAML, "flip-missing", tmp_path)
    assert "period.start missing: omit" in flipped
    assert "period.end missing: omit" not in flipped, "a period that begins ends"
    assert "name missing: error" not in flipped, "what stands among a holder's own rows has a holder, and that a name"
    assert "status missing: error" not in flipped, "no reply is a yes without it"
    assert "issued_at missing: error" in flipped


def test_a_line_that_only_keeps_a_place_is_dropped_where_the_place_is_another_then(tmp_path):
    assert "send kept dropped" in keys_of(ISSUE_YAML, "drop-send", tmp_path)
    in_order = ISSUE_YAML.replace("{ kept: , no: =request_no(32) }", "{ kept: }")
    assert keys_of(in_order, "drop-send", tmp_path) == []


def test_only_rows_of_one_kind_take_each_others_place():
    (only,) = made("swap-targets", MESSAGE)
    assert [each.to.text for each in only.rows] == ["NO", "NAME", "ON"]
    (sibling,) = made("source-sibling", MESSAGE)
    assert [each.canonical.text for each in sibling.rows] == ["no", "no", "on"]


def test_a_case_is_dropped_where_another_one_stays():
    one, other = Case(AT, (), ()), Case(AT, (), (), when=IS_A)
    assert [each.cases for each in made("drop-case", row("a", cases=(one, other)))] == [(other,), (one,)]
    assert made("drop-case", row("a", cases=(one,))) == []


def test_an_entry_and_a_code_that_is_also_read_are_dropped():
    table = replace(TABLE, read_also=((text("1"), text("male")),))
    first, second, third = made("table-drop", table)
    assert [[value.value for value, _ in each.pairs] for each in (first, second)] == [["female"], ["male"]]
    assert third.read_also == ()


def test_of_a_long_table_the_first_and_the_last_entry_and_some_between_are_made_wrong():
    pairs = tuple((text(f"v{at}"), text(f"c{at}")) for at in range(3_000))
    altered = made("table-alter", replace(TABLE, pairs=pairs))
    assert len(altered) == ENTRIES_MAX
    assert altered[0].pairs[0][1].value == "c09"
    assert altered[-1].pairs[-1][1].value == "c29999"


def test_a_signature_of_the_carrier_is_not_looked_at():
    verify, json = Layer(AT, "verify"), Layer(AT, "json")
    (wrong,) = made("drop-verify", replace(CARRIER, reply=((verify, json),)))
    assert wrong.reply == ((json,),)
