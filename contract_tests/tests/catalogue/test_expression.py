"""Expressions: what is emitted, where faults are shown, and that nothing absent ever makes one fail."""

import random
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import gateway.model
from gateway.catalogue.expression import MODULES, CodecCall, Compiled, Scope, compile_expression
from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import MapNode, ScalarNode
from gateway.catalogue.reader import read_text
from gateway.model.reflect import describe
from gateway.wire import functions, trees
from gateway.wire.contract import Context

REPOSITORY = Path(__file__).parents[3]
START = Mark("f.yaml", 1, 1)


def codec(text: str, way: str) -> CodecCall:
    if text != "int":
        raise ValueError(f"no codec '{text}'")
    return CodecCall(
        lambda source: f"int({source})" if way == "decode" else f"str({source})", "int" if way == "decode" else "text"
    )


MAPPING = Scope(
    req=describe(gateway.model.PolicyIssueRequest),
    wire=True,
    reply=True,
    steps=frozenset({"price"}),
    tables={"occupations": {"": "OCCUPATIONS_OUT", "class": "OCCUPATIONS_CLASS"}},
    codecs=codec,
)
SHAPE = Scope(
    req=describe(gateway.model.PolicyIssueRequest),
    item=describe(gateway.model.Insured),
    up=describe(gateway.model.Plan),
    numbered=True,
    wire=True,
)


def compiled(text: str, scope: Scope = MAPPING, **options: Any) -> Compiled:
    made, found = compile_expression(text, START, scope, **options)
    assert made is not None, [str(each) for each in found]
    return made


def faults(text: str, scope: Scope = MAPPING, mark: Mark = START) -> list[str]:
    return [str(each).removeprefix("f.yaml:") for each in compile_expression(text, mark, scope)[1]]


# --- what is emitted -------------------------------------------------------------------------------------------------

EMITTED = {
    # context and functions
    "request_no(30)": "number_cut(ctx.request_no, 30)",
    'now("yyyyMMdd")': 'now_text(ctx.now, "yyyyMMdd", "+08:00")',
    "config.channel_code": 'ctx.config.get("channel_code")',
    "config.branch.code": 'dig(ctx.config.get("branch"), "code")',
    "binding.product_code": 'ctx.binding.get("product_code")',
    "refs.check_code": 'ctx.refs.get("check_code")',
    "step.price.OfferNo": 'dig(ctx.steps.get("price"), "OfferNo")',
    "http.status": "status",
    "header.Retry-After": 'headers.get("retry-after")',
    'header("X-2fa")': 'headers.get("x-2fa")',
    "hook.pick_variant(req, config.x)": 'hooks.pick_variant(req, ctx.config.get("x"))',
    'answer("health_issue")': 'answer(req.answers, "health_issue")',
    'lookup("occupations", req.policyholder.occupation.code, "class")': (
        "lookup(OCCUPATIONS_CLASS,"
        " req.policyholder.occupation.code if req.policyholder.occupation is not None else None)"
    ),
    "lookup(binding.plan_code, req.plan)": 'lookup(ctx.binding.get("plan_code") or {}, req.plan)',
    'decode(wire.a, "int") > 5': '(found_value := dig(wire, "a")) is not None and int(found_value) > 5',
    # the message
    "wire.Head.Flag": 'dig(wire, "Head", "Flag")',
    'wire.Head.Flag == "0" and wire.Body.ContNo': 'text_of(dig(wire, "Head", "Flag")) == "0" and dig(wire, "Body", "ContNo")',
    'wire.type in ("A", "B")': 'text_of(dig(wire, "type")) in ("A", "B")',
    "first(wire.errors).code": 'dig(first(dig(wire, "errors")), "code")',
    'wire("Risk(Code=01).Prem@code")': 'dig(find(wire, "Risk", (("Code",), "01")), "Prem", "@code")',
    'wire("a.0.com\\\\.x")': 'dig(wire, "a", 0, "com.x")',
    'any(wire.list, item.code == "1")': 'any(text_of(dig(one, "code")) == "1" for one in items_of(dig(wire, "list")))',
    # canonical values, safe along absent parts
    "req.plan": "req.plan",
    "req.period.start": "req.period.start if req.period is not None else None",
    'req.payment.frequency == "single"': 'req.payment is not None and req.payment.frequency == "single"',
    'req.payment.frequency != "single"': 'req.payment is None or req.payment.frequency != "single"',
    'req.routing.merchant not in ("M1",)': 'req.routing is None or req.routing.merchant not in ("M1",)',
    "req.payment.method is None": "req.payment is None or req.payment.method is None",
    "req.applied_at > req.period.start": (
        "req.applied_at is not None and req.period is not None and req.applied_at > req.period.start"
    ),
    "req.period is not None and any(req.insureds, age(item.party.birth_date, req.period.start) > 17)": (
        "req.period is not None and any((found_int := age(one.party.birth_date if one.party is not None else None,"
        ' req.period.start, "+08:00")) is not None and found_int > 17 for one in req.insureds)'
    ),
    "req.period is not None and req.period.start == req.applied_at": (
        "req.period is not None and req.period.start == req.applied_at"
    ),
    "req.period.start if req.period is not None else req.applied_at": (
        "req.period.start if req.period is not None else req.applied_at"
    ),
    "req.policyholder.address.region == req.sales.region": (
        "(req.policyholder.address.region if req.policyholder.address is not None else None)"
        " == (req.sales.region if req.sales is not None else None)"
    ),
    'not req.routing.scenario == "x"': 'not (req.routing is not None and req.routing.scenario == "x")',
    "req.expected_premium.amount > 100": "req.expected_premium.amount > 100",
    "req.ext.shop.code": 'dig(req.ext, "shop", "code")',
    '"VIP" in req.note': 'req.note is not None and "VIP" in req.note',
    "1 < count(req.insureds) <= 3": "1 < len(req.insureds) and len(req.insureds) <= 3",
    'req.applied_at >= datetime("2026-01-01", "yyyy-MM-dd")': (
        'req.applied_at is not None and req.applied_at >= datetime.fromisoformat("2026-01-01T00:00:00+08:00")'
    ),
    '"HEIR" + text(count(req.insureds))': '"HEIR" + str(len(req.insureds))',
    "upper(req.plan)": "req.plan.upper() if req.plan is not None else None",
    "req.sales.region + req.sales.branch": (
        "req.sales.region + req.sales.branch"
        " if req.sales is not None and req.sales.region is not None and req.sales.branch is not None else None"
    ),
    'config.x or "HT"': 'ctx.config.get("x") or "HT"',
    "0.5": 'Decimal("0.5")',
    # unions
    'first(req.objects).type == "project"': (
        '(found_object := first(req.objects)) is not None and found_object.type == "project"'
    ),
    "first(req.objects).freight.order_no": (
        "found_object.freight.order_no if isinstance((found_object := first(req.objects)), FreightObject) else None"
    ),
    # lists
    "count(req.insureds)": "len(req.insureds)",
    'any(req.insureds, item.role == "owner")': 'any(one.role == "owner" for one in req.insureds)',
    'count(req.insureds, item.party.gender == "female")': (
        'sum(1 for one in req.insureds if one.party is not None and one.party.gender == "female")'
    ),
    "sum(req.coverages, item.sum_insured.amount)": (
        "sum(one.sum_insured.amount for one in req.coverages if one.sum_insured is not None)"
    ),
    'first(req.insureds, item.role == "owner").plan': (
        'found_insured.plan if (found_insured := first(one for one in req.insureds if one.role == "owner")) is not None'
        " else None"
    ),
    'any(first(req.objects).event_ticket.tickets, item.type == "vip")': (
        'any(one.type == "vip" for found_object in (first(req.objects),)'
        " if isinstance(found_object, EventTicketObject) for one in found_object.event_ticket.tickets)"
    ),
    "any(req.objects, any(item.vehicle.drivers, item.licence_no == up.ref))": (
        "any(any(one2.licence_no == one.ref for one2 in (one.vehicle.drivers if isinstance(one, VehicleObject) else ()))"
        " for one in req.objects)"
    ),
    'req("numbers(kind=policy).no")': (
        'found_number.no if (found_number := first(one for one in req.numbers if one.kind == "policy")) is not None'
        " else None"
    ),
    'req("insureds.0.party.occupation.class")': (
        "req.insureds[0].party.occupation.class_ if req.insureds and req.insureds[0].party is not None"
        " and req.insureds[0].party.occupation is not None else None"
    ),
}
SOUND = list(EMITTED)

IN_A_SHAPE = {
    "item.plan == up.ref": "item.plan == up.ref",
    "count(req.insureds, item.plan == up.ref)": "sum(1 for one in req.insureds if one.plan == item.ref)",
    '"HEIR" + text(n)': '"HEIR" + str(n)',
    "text(n0)": "str(n - 1)",
    'item("party.phones.0.number")': (
        "item.party.phones[0].number if item.party is not None and item.party.phones else None"
    ),
}


@pytest.mark.parametrize("text", SOUND)
def test_an_expression_becomes_the_line_a_careful_engineer_would_have_written(text: str) -> None:
    assert compiled(text).source == EMITTED[text]


@pytest.mark.parametrize("text", IN_A_SHAPE)
def test_in_a_shape_item_up_and_n_are_the_elements_own(text: str) -> None:
    assert compiled(text, SHAPE).source == IN_A_SHAPE[text]


def test_a_test_is_false_where_its_value_would_be_absent() -> None:
    assert compiled("req.period.start", wanted="test").source == "req.period is not None and req.period.start"
    assert compiled("req.period.start", wanted="test").condition == "bool(req.period is not None and req.period.start)"
    assert compiled('req.plan == "A"', wanted="test").condition == 'req.plan == "A"'


def test_what_an_expression_reads_and_needs_is_reported() -> None:
    made = compiled(
        'any(req.insureds, item.party.gender == "male") and wire.Head.Flag == config.flag and http.status == 200'
    )
    assert made.uses == {"req.insureds", "req.insureds.party.gender", "wire.Head.Flag", "config.flag", "http.status"}
    assert made.names == {"req", "item", "wire", "config", "http"}
    assert made.imports == {"dig"}
    assert compiled("first(req.objects).freight.order_no").models == {"FreightObject"}
    assert compiled("hook.a(req)").hooks == {"a"}


# --- faults ----------------------------------------------------------------------------------------------------------


def test_faults_point_at_the_very_character_in_the_file() -> None:
    lines = [
        'Head.NodeNo: =config.branch_code if req.payment.frequency == "singel" else "HTWEB"',
        "Body.InsuredCount: =coutn(req.insured)",
        "Body.Rest: =[x for x in req.insureds]",
    ]  # fmt: skip
    root, _ = read_text("".join(f"        {line}\n" for line in lines), "hengtai.yaml")
    assert isinstance(root, MapNode)
    found = []
    for _, node in root:
        assert isinstance(node, ScalarNode)
        found += compile_expression(node.text[1:], node.text_mark.shifted(1), MAPPING)[1]
    never = "its values are annual, bimonthly, daily, monthly, ...; did you mean 'single'?"
    assert [str(each) for each in found] == [
        f"hengtai.yaml:1:70: error E305: 'singel' can never equal req.payment.frequency; {never}",
        "hengtai.yaml:2:29: error E306: unknown function coutn(); did you mean count()?",
        "hengtai.yaml:2:39: error E303: req has no field 'insured'; did you mean 'insureds'?",
        "hengtai.yaml:3:21: error E308: ListComp is not allowed in a mapping expression; put it in the hooks file",
    ]


def test_columns_are_counted_in_characters_also_behind_chinese_text() -> None:
    assert faults('"中文" + coutn(req.plan)') == ["1:8: error E306: unknown function coutn(); did you mean count()?"]


WRONG = {
    # E301, E302: no expression
    "": "1:1: error E301: an expression is missing",
    "a b": "1:3: error E301: not an expression: invalid syntax",
    "(": "1:1: error E301: not an expression: '(' was never closed",
    "req.policyholder.occupation.class": '1:29: error E301: not an expression: invalid syntax; class is a word of Python: reach it as req("policyholder.occupation.class")',
    "x" * 1001: "1:1: error E302",
    "not " * 30 + "True": "1:1: error E302",
    # E303, E304: names
    "foo.bar": "1:1: error E304: unknown name 'foo'",
    "reg.plan": "1:1: error E304: unknown name 'reg'; did you mean 'req'?",
    "item.x": "1:1: error E304: 'item' is not there; only in a shape",
    "req.policyholder.nmae": "1:18: error E303: req.policyholder has no field 'nmae'; did you mean 'name'?",
    "req.policyholder.name.foo": "1:23: error E303: req.policyholder.name is a text, it has no 'foo'",
    "req.insureds.party": "1:14: error E303: req.insureds is a list; say which: first(req.insureds)",
    "first(req.objects).vehicel": "1:20: error E303: req.objects has no field 'vehicel'; did you mean 'vehicle'?",
    "step.prize.x": "1:6: error E303: no earlier step 'prize'; did you mean 'price'?",
    "http.foo": "1:6: error E303: http has no 'foo'",
    "config": "1:1: error E303: 'config' alone is no value",
    'first(req.insureds, item.rol == "owner")': "1:26: error E303: req.insureds has no field 'rol'; did you mean 'role'?",
    "req.expected_premium.amonut": "1:22: error E303: req.expected_premium has no field 'amonut'; did you mean 'amount'?",
    # E305: never true
    "req.plan == 5": "1:13: error E305: a number can never equal a text",
    'req.period.start == "2026-01-01"': '1:21: error E305: a text can never equal an instant; write datetime("',
    "req.coverages == 1": "1:18: error E305: a number can never equal a list",
    'req.policyholder.gender in ("male", "fmale")': "1:37: error E305: 'fmale' can never equal req.policyholder.gender",
    "req.policyholder.gender == req.payment.method": "1:28: error E305: a code of req.payment.method can never equal",
    "req.plan is True": "1:13: error E305: True can never be a text",
    'first(req.objects).type == "frieght"': "1:28: error E305: 'frieght' can never equal req.objects.type",
    # E306, E307: functions
    '__import__("os")': "1:1: error E306: unknown function __import__()",
    "now(1)": "1:5: error E307: now() takes a text as p, written out as a constant",
    "now(req.plan)": "1:5: error E307: now() takes a text as p, written out as a constant",
    'now("yyyQ")': "1:5: error E307: now(): ",
    "request_no(0)": "1:12: error E307: request_no(): a number's length",
    "any(req.insureds)": "1:1: error E307: any() takes 2 arguments: any(items, condition)",
    "count(req.policyholder)": "1:7: error E307: count() takes a list, not an object",
    "days(wire.a, wire.b)": "1:6: error E307: days() takes a day or an instant as from, not a value of wire; read it first",
    'match(wire.a, "(a+)+")': "1:15: error E307: match(): ",
    'date("2026-02-30", "yyyy-MM-dd")': "1:6: error E307: date(): ",
    'lookup("occupation", req.plan)': "1:8: error E307: no table 'occupation'; did you mean 'occupations'?",
    'lookup("occupations", req.plan, "clas")': "1:33: error E307: no column 'clas'; did you mean 'class'?",
    'decode(wire.a, "yaun")': "1:16: error E307: no codec 'yaun'",
    "sum(req.coverages, item.sum_insured)": "1:20: error E307: sum() adds numbers, not a money; sum its .amount",
    'wire("a..b")': "1:6: error E307: a name is missing at '.b'",
    'wire("^a")': "1:6: error E307: '^' has no meaning in an expression",
    'wire("a(b=.c)")': "1:6: error E307: (b=.c): only a text can be asked for",
    "wire(1)": '1:1: error E307: wire("path") takes one path',
    # E308: not allowed
    "lambda: 1": "1:1: error E308: Lambda is not allowed",
    "{1: 2}": "1:1: error E308: Dict is not allowed",
    'f"{req}"': "1:1: error E308: JoinedStr is not allowed",
    "(x := 1)": "1:2: error E308: NamedExpr is not allowed",
    "req.insureds[0]": "1:1: error E308: Subscript is not allowed",
    '"a".upper()': "1:1: error E308: only functions can be called",
    "count(*req.insureds)": "1:1: error E308: arguments are given in order",
    'b"x"': "1:1: error E308: a constant is a text",
    "1e400": "1:1: error E308: a constant is a text",
    'wire.Result@code == "0"': '1:1: error E308: a path with @ is no name here; write wire("Result@code")',
    "2 / 3": "1:1: error E308: only + - and * are worked out here; divide(a, b, places) divides",
    'req.plan is "x"': "1:13: error E308: 'is' stands before None, True or False only; write ==",
    '("a", "b")': "1:1: error E308: a tuple stands behind 'in' only",
    "req.policyholder.ｎame": "1:18: error E308: letters in compatibility forms",
    "hook.x": "1:1: error E308: hook.x is a function: call it",
    # E309: kinds that do not go together
    "req.plan == None": "1:13: error E309: '== None'; write 'is None' or 'is not None'",
    'req.plan in ("a")': '1:14: error E309: a text where a tuple is meant; a tuple of one is ("a",)',
    "wire.a < 5": "1:1: error E309: a value of wire and a number have no order; read a wire value first",
    "req.period + 1": "1:1: error E309: an object + a number has no meaning",
    '"n" + count(req.insureds)': "1:1: error E309: a text + a number has no meaning; text(x) makes a number a text",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_expression_is_refused_at_its_place_with_what_to_do(text: str) -> None:
    made, _ = compile_expression(text, START, MAPPING)
    assert made is None
    (found,) = faults(text)[:1]
    assert found.startswith(WRONG[text]), found


def test_every_fault_of_an_expression_is_reported_at_once() -> None:
    assert [each[:16] for each in faults("coutn(req.insured) + foo.x")] == [
        "1:1: error E306:", "1:11: error E303", "1:22: error E304",
    ]  # fmt: skip


def test_a_hook_the_carrier_does_not_have_is_refused() -> None:
    scope = Scope(req=MAPPING.req, hooks=frozenset({"pick_variant"}))
    assert faults("hook.pick_varient(req)", scope) == [
        "1:6: error E306: no hook 'pick_varient'; did you mean 'pick_variant'?"
    ]


@pytest.mark.parametrize(
    "text",
    [
        '"Y" if answer("smoker") else "N"',
        '"Y" if not answer("smoker") else "N"',
        '"Y" if answer("smoker") and req.plan else "N"',
        '"Y" if req.policyholder.social_insurance else "N"',
    ],
)
def test_a_choice_by_what_nobody_may_have_said_asks_for_the_third_case(text: str) -> None:
    (found,) = faults(text)
    assert "warning W310" in found
    assert "is None" in found


@pytest.mark.parametrize(
    "text",
    [
        '"Y" if answer("smoker") is None or answer("smoker") else "N"',
        'None if answer("smoker") is None else "Y" if answer("smoker") else "N"',
        '"Y" if answer("smoker") is True else "N"',
        'answer("smoker")',
        '"Y" if req.insureds else "N"',
    ],
)
def test_where_the_third_case_was_thought_of_there_is_no_warning(text: str) -> None:
    assert faults(text) == []


def test_a_test_that_says_nothing_is_a_warning() -> None:
    assert faults("req.product is None") == ["1:1: warning W311: req.product is never None"]
    assert faults("req.insureds is None") == [
        "1:1: warning W311: req.insureds is never None; an absent list is an empty one"
    ]


# --- what is emitted is safe -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ['"\'); import os #"', '"\\"\\n\\\\"', "'a\\'b\"c'", '"\\u202e"', '"{x} %s"'],
)
def test_a_text_reaches_the_source_as_a_literal_and_nothing_else(text: str) -> None:
    source = compiled(text).source
    assert eval(source) == eval(text)
    assert source.isprintable()


def test_names_of_the_message_reach_the_source_as_literals() -> None:
    assert compiled('wire("a:b-c.名称")').source == 'dig(wire, "a:b-c", "名称")'
    assert compiled("config.print").source == 'ctx.config.get("print")'


def _names_for(made: Compiled) -> dict[str, Any]:
    wire_names = {name: getattr(functions, name, None) or getattr(trees, name, None) for name in made.imports}
    standard = {"Decimal": Decimal, "date": date, "datetime": datetime}
    models = {name: getattr(gateway.model, name) for name in made.models}
    hooks = SimpleNamespace(pick_variant=lambda *_: "v")
    return {**models, **wire_names, **standard, "hooks": hooks, "OCCUPATIONS_CLASS": {"x": "1"}}


def _context() -> Context:
    return Context(now=datetime(2026, 3, 1, tzinfo=UTC), request_no="R" * 32, nonce=lambda n: "n" * n)


@pytest.mark.parametrize("wanted", ["value", "test"])
@pytest.mark.parametrize("text", SOUND)
def test_no_absent_part_of_a_request_makes_an_expression_fail(
    text: str, wanted: Any, holed: Callable[[Any, int], Any]
) -> None:
    made = compiled(text, wanted=wanted)
    code = compile(made.condition if wanted == "test" else made.source, "<emitted>", "eval")
    scope = {**_names_for(made), "ctx": _context(), "status": 200, "headers": {}}
    chance = random.Random(text)
    for seed in range(25):
        wire = chance.choice([{}, {"Head": {"Flag": "0"}, "list": [{"code": "1"}], "errors": {"code": "x"}, "a": "6"}])
        value = eval(code, {**scope, "req": holed(MAPPING.req, seed), "wire": wire})
        assert isinstance(value, bool) if wanted == "test" else made.optional or value is not None


def test_emitted_source_passes_the_strictest_type_check(tmp_path: Path) -> None:
    """One module with every expression above, in functions with the parameters a generated module has."""
    lines = [
        "from datetime import date, datetime",
        "from decimal import Decimal",
        "from typing import Any",
        "from gateway.model import *",
        "from gateway.wire.contract import Context",
        "from gateway.wire.functions import *",
        "from gateway.wire.trees import dig, find, text_of",
        "OCCUPATIONS_CLASS: dict[str, str] = {}",
        "class hooks:",
        "    @staticmethod",
        "    def pick_variant(req: PolicyIssueRequest, variant: Any) -> str: return ''",
        "def mapping(req: PolicyIssueRequest, ctx: Context, wire: dict[str, Any], status: int, headers: dict[str, str]) -> None:",
    ]
    for text in SOUND:
        lines.append(f"    print({compiled(text).source})")
        lines.append(f"    if {compiled(text, wanted='test').source}: pass")
    lines.append("def shape(req: PolicyIssueRequest, item: Insured, up: Plan, n: int) -> None:")
    lines += [f"    print({compiled(text, SHAPE).source})" for text in IN_A_SHAPE]
    module = tmp_path / "emitted.py"
    module.write_text("\n".join(lines) + "\n", encoding="utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(module)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_names_that_come_from_the_standard_library_say_so() -> None:
    made = compiled('req.applied_at >= datetime("2026-01-01", "yyyy-MM-dd")')
    assert {name: MODULES.get(name, "gateway.wire") for name in made.imports} == {"datetime": "datetime"}
