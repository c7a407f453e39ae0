"""Rows, cases and shapes against the model: what the examples of the page of codes do not show."""

import pytest

CARRIER, ISSUE, SITE = "carrier.yaml", "policy_issue.yaml", "policy_issue.site.yaml"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("period.start:      {", "period.strat:      {", "'strat'; did you mean 'start'?"),
        ("insureds:          {", "insureds.party:    {", "'party' stands on a list: say which one, as in 0.party"),
        ("numbers(kind=policy).no:      {", "numbers(kind=polcy).no:      {", "'polcy' is no value of number_kind; did you mean 'policy'?"),
        ("numbers(kind=policy).no:      {", "numbers(knd=policy).no:      {", "no canonical field 'knd'; did you mean 'kind'?"),
        ("policyholder:      {", "policyholder(x=1): {", "'policyholder' is no list: nothing can be selected"),
        ("policyholder:      {", "^policyholder:     {", "reaches above the object"),
        ("period.start:      {", "period.start@x:    {", "the canonical side has no attributes"),
    ],
)  # fmt: skip
def test_a_canonical_path_is_followed_name_by_name(hengtai, right, wrong, said):
    assert any("E203" in each or "E221" in each for each in hengtai.change(ISSUE, right, wrong).said())
    assert any(said in each for each in hengtai.said())


def test_an_object_of_several_kinds_is_reached_through_the_name_of_its_kind(hengtai):
    hengtai.change(
        ISSUE,
        "    coverages:         {",
        "    objects.0.freight.order_no: { to: Body.Order }\n    coverages:         {",
    )
    hengtai.change(ISSUE, "    objects: life cover has none\n", "")
    assert hengtai.said() == []
    hengtai.change(ISSUE, "freight.order_no", "freight.ordr_no")
    assert any("no canonical field 'ordr_no'; did you mean 'order_no'?" in each for each in hengtai.said())


def test_a_shape_is_checked_for_the_type_of_its_field(hengtai):
    hengtai.change(
        ISSUE, "policyholder:      { to: Body.Appnt, shape: policyholder }", "policyholder: { to: A, shape: coverage }"
    )
    assert any(
        "E219: shape 'coverage' is of Coverage, but 'policyholder' is a Party" in each for each in hengtai.said()
    )


def test_a_fault_in_a_shape_used_five_times_is_said_once(hengtai):
    hengtai.change(CARRIER, "{ to: Email }", "{ to: Email, as: date(iso) }")
    assert hengtai.codes() == ["E212"]


def test_a_codec_inside_number_is_checked_like_any_other(aurora):
    aurora.change(
        CARRIER,
        "birth_date:         { to: dateOfBirth, as: date(yyyy-MM-dd) }",
        "birth_date: { to: d, as: number(monney(yuan)) }",
    )
    (found,) = aurora.check()
    assert (found.code, found.mark.column) == ("E214", aurora.place(CARRIER, "monney")[2])


def test_an_enum_inside_text_is_looked_for_among_the_tables(aurora):
    aurora.change(CARRIER, "as: enum(sex)", "as: text(enum(sx))")
    found = next(each for each in aurora.check() if each.code == "E213")
    assert found.mark.column == aurora.place(CARRIER, "sx))")[2]


def test_a_default_must_be_a_value_of_its_field(hengtai):
    assert any(
        "E221: 'me' is no value of relationship" in each
        for each in hengtai.change(CARRIER, "default: self", "default: me").said()
    )
    hengtai.change(CARRIER, "default: me", "default: self").change(
        CARRIER, "as: int, default: 1 }\n    cases", "as: int, default: one }\n    cases"
    )
    assert any("'one' is no value of 'units', which is a whole number" in each for each in hengtai.said())


def test_a_currency_in_the_defaults_serves_every_amount(hengtai):
    hengtai.change(CARRIER, "{ to: Amnt, as: money(fen) }", "{ to: Amnt, as: money(major) }")
    assert hengtai.codes() == ["E217"]
    hengtai.change(CARRIER, 'defaults: { timezone: "+08:00"', 'defaults: { timezone: "+08:00", currency: CNY')
    assert hengtai.said() == []


def test_a_currency_that_does_not_exist_is_refused_where_it_stands_with_the_one_that_was_meant(hengtai):
    hengtai.change(CARRIER, "{ to: Amnt, as: money(fen) }", "{ to: Amnt, as: money(major), currency: CNX }")
    assert any("E217: 'CNX' is no ISO 4217 currency; did you mean 'CNY'?" in each for each in hengtai.said())
    hengtai.change(CARRIER, "currency: CNX", "currency: CNY")
    assert hengtai.said() == []
    hengtai.change(CARRIER, 'defaults: { timezone: "+08:00"', 'defaults: { timezone: "+08:00", currency: RMB')
    found = next(each for each in hengtai.check() if each.code == "E217")
    assert found.mark.column == hengtai.place(CARRIER, "RMB")[2]


def test_two_amounts_may_share_the_place_of_their_currency(aurora):
    aurora.change(CARRIER, "currency: premium.currency", "currency: limit.currency")
    assert aurora.said() == []


def test_rows_under_conditions_may_write_one_path(hengtai):
    row = 'expected_premium:  [{ to: Body.Prem, as: money(yuan), when: req.plan == "a" }, { to: Body.Prem, as: money(wan), when: req.plan == "b" }]'
    hengtai.change(ISSUE, "expected_premium:  { to: Body.Prem, as: money(yuan) }", row)
    hengtai.change(ISSUE, "    plan: the carrier has none\n", "")
    assert hengtai.said() == []


def test_a_flattened_shape_must_not_write_what_the_message_around_it_writes(hengtai):
    hengtai.change(CARRIER, "{ to: RelaToAppnt, as: enum", "{ to: Name, as: enum")
    (found,) = hengtai.check()
    assert (found.code, "'Name' is written twice" in found.message) == ("E230", True)


def test_two_lists_that_choose_among_items_may_not_both_take_one_path_for_themselves(hengtai):
    row = '{ list: People, when: item.party.gender == "male", as: by(No), fields: { ref: { to: No } } }'
    rows = f"[{row}, {row.replace('male', 'female')}]"
    hengtai.change(ISSUE, "{ list: Body.Insureds.Insured, shape: insured }", rows)
    (said,) = [each for each in hengtai.said() if "E230" in each]
    assert "'People' is written twice" in said
    hengtai.change(ISSUE, rows, rows.replace(", as: by(No)", ""))
    assert not [each for each in hengtai.said() if "E230" in each]


def test_cases_of_one_table_write_one_path_and_two_tables_may_not(breakwater):
    breakwater.change(CARRIER, "{ PayUnit: S }", "{ DurUnit: S }")
    assert "E230" not in breakwater.codes()
    plan = "            coverages(code=theft): { to: TheftYN"
    breakwater.change(SITE, plan, "            coverages(code=fire): { to: Fire, shape: cover }\n" + plan)
    assert "E230" in breakwater.codes()


def test_a_condition_sees_the_item_of_its_list_and_what_is_around_it(breakwater):
    breakwater.change(CARRIER, "item.plan == up.ref", "item.pln == up.reff")
    said = breakwater.said()
    assert any("item has no field 'pln'; did you mean 'plan'?" in each for each in said)
    assert any("up has no field 'reff'; did you mean 'ref'?" in each for each in said)


def test_only_steps_before_this_one_have_answered(breakwater):
    breakwater.change(SITE, "Days: =days(req.period.start, req.period.end)", "Days: =step.issue.Days")
    assert "E304" in breakwater.codes()


def test_a_secret_may_be_a_whole_value_and_nothing_less(breakwater):
    breakwater.change(SITE, "Head.User: =secret.user", 'Head.User: ="u" + secret.user')
    assert [each for each in breakwater.codes() if each.startswith("E")] == ["E313"]


def test_the_word_secret_inside_a_text_is_a_word(hengtai):
    hengtai.change(ISSUE, "Head.BankCode: =config.channel_code", 'Head.BankCode: =config.channel_code or "secret.x"')
    assert hengtai.said() == []


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("as: pairs(k;v)", "as: pairs(k)", "E215"),
        ("{ list: Files, as: json,", "{ list: Files, as: jsn,", "E214"),
        ("{ is: [employee, employer], wire", "{ is: [employee, boss], wire", "E221"),
        ("{ is: $_, wire", '{ is: $_, when: up.role == "owner", wire', "E304"),
        ("fields: { code: { to: . } }", "fields: { cod: { to: . } }", "E203"),
    ],
)
def test_rows_that_are_not_one_to_one_are_checked_as_well(breakwater, right, wrong, code):
    assert code in breakwater.change(SITE, right, wrong).codes()


def test_a_case_behind_one_that_takes_all_is_never_reached(breakwater):
    breakwater.change(SITE, "- { is: [employee, employer], wire", "- { is: $_, wire")
    found = next(each for each in breakwater.check() if each.code == "E227")
    assert "never reached: the case at line" in found.message


def test_a_value_only_a_condition_takes_has_been_thought_of(breakwater):
    breakwater.change(SITE, '                - { is: child, wire: { Rel: "22" } }\n', "")
    breakwater.change(SITE, '                - { is: $_, wire: { Rel: "99" } }\n', "")
    found = next(each for each in breakwater.check() if each.code == "W251")
    assert "no case for insureds.0.relationship_to_policyholder = self, spouse, parent," in found.message


def test_a_code_of_two_values_is_read_as_read_also_says(hengtai):
    hengtai.change("codes.yaml", 'parent: "04", other: "99"', 'parent: "04", sibling: "99", other: "99"')
    assert hengtai.codes() == ["E223"]
    hengtai.change("codes.yaml", '"02": spouse }', '"02": spouse, "99": other }')
    assert hengtai.said() == []


def test_read_also_cannot_change_what_a_code_reads_as(hengtai):
    hengtai.change("codes.yaml", '"02": spouse', '"01": child')
    assert any("code '01' already reads as 'spouse'" in each for each in hengtai.said())


def test_an_object_taken_apart_must_tell_the_fields_that_are_always_there(hengtai):
    hengtai.change(ISSUE, "    period.end: follows from the terms\n", "")
    (found,) = hengtai.check()
    assert "'period.end' is never sent" in found.message


def test_what_an_expression_uses_needs_no_row(hengtai):
    hengtai.change(ISSUE, "    note: not taken\n", "")
    assert hengtai.codes() == ["E240"]
    hengtai.change(ISSUE, 'Body.GetPolMode: "1"', 'Body.GetPolMode: "1"\n    Body.Note: =req.note')
    assert hengtai.said() == []


def test_fields_the_service_fills_in_need_not_be_told(hengtai):
    assert "policyholder" not in hengtai.text("policy_get.yaml").partition("response")[0]
    assert hengtai.said() == []


def test_many_values_without_a_case_are_counted_and_the_first_shown(breakwater):
    breakwater.change(SITE, '                - { is: $_, wire: { Rel: "99" } }\n', "")
    found = next(each for each in breakwater.check() if each.code == "W251")
    assert found.message.endswith("= self, spouse, parent, sibling, grandparent, grandchild, ... (11 in all)")


def test_a_table_used_inside_an_expression_only_is_used(hengtai):
    hengtai.change("codes.yaml", "  paid: ", '  plans: { map: { a: "1" }, read_other: error }\n  paid: ')
    assert hengtai.codes() == ["W254"]
    hengtai.change(ISSUE, 'Body.GetPolMode: "1"', 'Body.GetPolMode: =encode(req.plan, "enum(plans)")')
    hengtai.change(ISSUE, "    plan: the carrier has none\n", "")
    assert hengtai.said() == []


@pytest.mark.parametrize("codec", ["int", "decimal(0)"])
def test_a_number_on_the_wire_that_is_a_text_here_is_told_its_codec(hengtai, codec):
    hengtai.change(CARRIER, "{ to: Email }", f"{{ to: Email, as: {codec} }}")
    assert any("E212" in each and "number(text)" in each for each in hengtai.said())


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ("documents.0.url: { to: Body.Url }", "'documents.0' is read and nothing fills 'kind': no Document"),
        ("period.start: { to: Body.From, as: datetime(iso) }", "'period' is read and nothing fills 'end': no Period"),
        ("documents.0.url: { to: Body.Url }\n    documents.0.kind: { to: Body.Kind, as: enum(kind) }", ""),
        ("documents(kind=policy).url: { to: Body.Url }", ""),
        ("documents.0: { to: Body, fields: { kind: { to: Kind, as: enum(kind) } } }", ""),
        ("reasons.0.text: { to: Body.Why }", ""),
    ],
)
def test_an_object_that_rows_only_reach_into_needs_what_it_is_never_without(hengtai, rows, left):
    text = hengtai.text(ISSUE)
    head, _, tail = text.rpartition("  fields:\n")
    hengtai.write(ISSUE, f"{head}  fields:\n    {rows}\n{tail}")
    said = [each for each in hengtai.said() if "W255" in each]
    assert [left in each for each in said] == ([True] if left else [])
