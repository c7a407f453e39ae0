"""Each broken copy of a carrier gives exactly its diagnostic, at the very character that is wrong."""

import pytest

CARRIER, CODES, ISSUE = "carrier.yaml", "codes.yaml", "policy_issue.yaml"

# file, what stood there, what stands there now, the code, the text the column points at, what is said
BROKEN = [
    (CARRIER, "birth_date:  ", "brith_date:  ", "E203", "brith_date", "no canonical field 'brith_date'; did you mean 'birth_date'?"),
    (CARRIER, "enum(gender)", "enum(gendr)", "E213", "gendr", "no enum table 'gendr'; tables: gender, id_type, paid, policy_state, relation"),
    (CARRIER, "as: date(yyyyMMdd) }\n      id", "as: money(yuan) }\n      id", "E212", "money(yuan) }", "money converts a money, but the canonical field is a date"),
    (ISSUE, '"single" else', '"singel" else', "E305", '"singel"', "'singel' can never equal req.payment.frequency; its values are annual, bimonthly, daily, monthly, ...; did you mean 'single'?"),
    (ISSUE, "=count(", "=coutn(", "E306", "coutn", "unknown function coutn(); did you mean count()?"),
    (ISSUE, "count(req.insureds)", "count(req.insured)", "E303", "insured)", "req has no field 'insured'; did you mean 'insureds'?"),
    (CODES, 'male: "0", female: "1"', 'male: "0", female: "0"', "E223", '"0" }', "code '0' is used for both 'male' and 'female'; reading it back is ambiguous (use read_also)"),
    (ISSUE, "=count(req.insureds)", "=count([x for x in req.insureds])", "E308", "[x for", "ListComp is not allowed in a mapping expression; put it in the hooks file"),
    (CARRIER, 'IdExpDate: "99990101"', "IdExpDate: 0101", "W101", "0101", "unquoted 0101: quote it, other YAML tools read it as a number"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "right", "wrong", "code", "points_at", "said"), BROKEN, ids=[row[3] for row in BROKEN]
)
def test_a_broken_copy_gives_exactly_its_diagnostic(hengtai, file, right, wrong, code, points_at, said):
    (found,) = hengtai.change(file, right, wrong).check()
    assert (found.code, f"{found.message}{f'; {found.hint}' if found.hint else ''}") == (code, said)
    assert (found.mark.file, found.mark.line, found.mark.column) == hengtai.place(file, points_at, wrong.split("\n")[0])


def test_a_missing_else_points_at_the_outcome_list(hengtai):
    (found,) = hengtai.change(ISSUE, "    - { else: unknown }\n", "").check()
    assert str(found).endswith("error E401: outcome has no else row; an unforeseen reply must be classified")
    assert (found.mark.line, found.mark.column) == hengtai.place(ISSUE, "- { when", "wire.Body.ContNo, is: accepted")[
        1:
    ]


def test_a_duplicate_key_names_the_line_of_the_first(hengtai):
    hengtai.change(CARRIER, "      gender:  ", "      name:    ")
    (found,) = hengtai.check()
    line = hengtai.place(CARRIER, "name:             { to: Name")[1]
    assert (found.code, found.mark.line, found.mark.column) == ("E102", line + 1, 7)
    assert found.message == f"duplicate key 'name' (first at line {line})"


def test_a_result_field_that_is_never_filled_points_at_the_response(hengtai):
    hengtai.change(ISSUE, '    issued_at: =datetime(wire.Head.TranDate + wire.Head.TranTime, "yyyyMMddHHmmss")\n', "")
    (found,) = hengtai.check()
    expected = "policy.issue response: canonical field 'issued_at' is never filled; map it or list it under ignore with a reason"
    assert (found.code, found.message) == ("E240", expected)
    assert found.mark.column == 3


def test_a_unit_without_a_case_points_at_the_first_case(hengtai):
    text = hengtai.text(CARRIER)
    day = next(line for line in text.split("\n") if "term.unit: day" in line)
    (found,) = hengtai.change(CARRIER, f"{day}\n", "").check()
    assert found.code == "W251"
    assert found.message == "coverage: no case for term.unit = day"
    assert found.hint == "such a request is refused before anything is sent"
    assert (found.mark.line, found.mark.column) == hengtai.place(CARRIER, "- { is: { term.unit: lifetime }")[1:]


def test_all_faults_of_all_files_come_at_once_and_in_order(hengtai):
    hengtai.change(CARRIER, "enum(gender)", "enum(gendr)").change(CODES, 'female: "1"', 'female: "0"')
    hengtai.change(ISSUE, "=count(", "=coutn(").change(CARRIER, "charset: GBK", "charset: GBQ")
    found = hengtai.check()
    assert [each.code for each in found] == ["E441", "E213", "E223", "E306"]
    assert list(found) == sorted(found, key=lambda each: each.mark)


def test_a_file_that_is_no_yaml_does_not_hide_the_faults_of_the_others(hengtai):
    hengtai.change("policy_get.yaml", "{ to: Body.ContNo }", "{ to: Body.ContNo[0] }").change(
        ISSUE, "=count(", "=coutn("
    )
    assert hengtai.codes() == ["E103", "E306"]


def test_code_tables_that_cannot_be_read_are_not_missed_once_more_by_every_row(hengtai):
    hengtai.change(CODES, 'female: "1"', 'female: "1" ]')
    assert hengtai.codes() == ["E103"]
