"""Untrusted input: whatever stands in a carrier's folder, the loader and the checker answer with diagnostics."""

import json
import random
import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.mapping.check import check_folder
from cli.mapping.workspace import CarrierFolder
from contract_tests.tests.mapping.conftest import CARRIERS, NAMES

FILES = sorted(path.relative_to(CARRIERS) for path in CARRIERS.glob("*/*.yaml"))
WORDS = sorted({word for file in FILES for word in re.findall(r"[\w.$=@^()/-]+", (CARRIERS / file).read_text("utf-8"))})

quiet = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

words = st.sampled_from(WORDS)
trees = st.recursive(
    words | st.just(""),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=5),
    max_leaves=25,
)
sections = st.fixed_dictionaries(
    {"format": st.just("mapping/1")},
    optional=dict.fromkeys(
        [
            "carrier",
            "transport",
            "security",
            "wire",
            "reply",
            "defaults",
            "shapes",
            "errors",
            "callbacks",
            "unsupported",
            "limits",
            "native",
            "enums",
            "when",
            "idempotency",
            "inquiry",
            "request",
            "response",
            "steps",
        ],
        trees,
    ),
)


def _check(folder, name, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8", "surrogatepass")
    report = check_folder(CarrierFolder(folder, folder.parent))
    for each in report.diagnostics:
        assert re.fullmatch(r"[EW]\d{3}", each.code)
        assert each.mark.line >= 1
        assert each.mark.column >= 1
    return report


@quiet
@given(carrier=sections, codes=sections, issue=sections, native=st.booleans())
def test_words_of_the_language_in_any_place_give_diagnostics_only(tmp_path_factory, carrier, codes, issue, native):
    folder = tmp_path_factory.mktemp("fuzz") / "hengtai_life"
    if native:
        carrier["native"] = "true"
    _check(folder, "codes.yaml", json.dumps(codes, ensure_ascii=False))
    _check(folder, "policy_issue.yaml", json.dumps(issue, ensure_ascii=False))
    _check(folder, "carrier.yaml", json.dumps(carrier, ensure_ascii=False))


@quiet
@given(st.sampled_from(["carrier.yaml", "codes.yaml", "policy_issue.yaml"]), st.text(max_size=300))
def test_any_text_gives_diagnostics_only(tmp_path_factory, name, text):
    _check(tmp_path_factory.mktemp("fuzz") / "hengtai_life", name, text.encode("utf-8", "replace").decode())


def _mutated(text: str, chance: random.Random) -> str:
    """A few edits of the kind people make: a character, a word, a line, a quote."""
    for _ in range(chance.randint(1, 4)):
        text = text or "x"
        at = chance.randrange(len(text))
        lines = text.split("\n")
        match chance.randrange(5):
            case 0:
                text = text[:at] + text[at + chance.randint(1, 6) :]
            case 1:
                text = text[:at] + chance.choice("(){}[]:;,.\"'=$^@/\\#&*! 0a\n险") + text[at:]
            case 2:
                lines.pop(chance.randrange(len(lines)))
                text = "\n".join(lines)
            case 3:
                lines.insert(chance.randrange(len(lines)), chance.choice(lines))
                text = "\n".join(lines)
            case _:
                found = chance.choice(list(re.finditer(r"[\w.]+", text)))
                text = text[: found.start()] + chance.choice(WORDS) + text[found.end() :]
    return text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(8))
def test_a_mapping_with_slips_of_the_keyboard_gives_diagnostics_only(copy_of, name, seed):
    copy = copy_of(name)
    chance = random.Random(f"{name} {seed}")
    originals = {path.name: path.read_text("utf-8") for path in copy.folder.glob("*.*")}
    for _ in range(6):
        file = chance.choice(sorted(originals))
        _check(copy.folder, file, _mutated(originals[file], chance))
        copy.write(file, originals[file])


def test_a_file_of_nothing_but_brackets_is_refused_within_the_limits(hengtai):
    hengtai.write("policy_issue.yaml", "[" * 100_000)
    assert "E107" in hengtai.codes()


def test_a_table_outside_the_folder_is_not_read(hengtai):
    hengtai.change("codes.yaml", 'map: { single: "0", monthly: "1", annual: "12" }', "table: ../../../etc/passwd.csv")
    (found,) = [each for each in hengtai.check() if each.code == "E120"]
    assert "no name of a .csv file in this folder" in found.message


def test_shapes_that_use_one_another_a_million_times_over_are_checked_once_each(hengtai):
    shapes = "".join(
        f"  s{at}:\n    of: Party\n    fields:\n      .:\n"
        + "".join(f"        - {{ to: A{way}, shape: s{at + 1} }}\n" for way in range(30))
        for at in range(20)
    )
    shapes += "  s20:\n    of: Party\n    fields: { email: { to: Mail, as: date(iso) } }\n"
    hengtai.change(
        "carrier.yaml",
        "  policyholder:\n    extends: person\n",
        shapes + "  policyholder:\n    extends: s0\n    of: Party\n",
    )
    assert hengtai.codes().count("E212") == 1


def test_shapes_are_followed_to_a_depth_and_no_further(hengtai):
    shapes = "".join(
        f"  s{at}:\n    of: Party\n    fields: {{ .: {{ to: A, shape: s{at + 1} }} }}\n" for at in range(400)
    )
    hengtai.change("carrier.yaml", "  policyholder:\n", f"{shapes}  s400: {{ of: Party }}\n  policyholder:\n")
    hengtai.change("policy_issue.yaml", "shape: policyholder }", "shape: s0 }")
    assert "E119" in hengtai.codes()


def test_thousands_of_unknown_words_are_answered_with_the_first_few(hengtai):
    hengtai.change(
        "carrier.yaml", "unsupported:\n", "".join(f"word{at}: x\n" for at in range(30_000)) + "unsupported:\n"
    )
    assert 0 < hengtai.codes().count("E111") <= 20


BOMBS = {
    "aliases": ("\n".join(f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, 10)), "E104"),
    "a huge scalar": (f'when: "{"x" * 5_000_000}"', "E101"),
    "deep brackets": (f"when: {'[' * 20_000}{']' * 20_000}", "E107"),
    "deep blocks": ("\n".join(" " * at + "a:" for at in range(1_500)), "E107"),
    "a tag that runs": ("when: !!python/object/apply:os.system ['id']", "E105"),
    "a deep expression": (f"when: {'(' * 400}1{')' * 400}", "E301"),
    "a long expression": (f"when: {' or '.join(['req.plan'] * 500)}", "E110"),
    "a power tower": ("when: 9 ** 9 ** 9 ** 9 == 1", "E3"),
    "a text without end": ("""when: "'a' * 1000000000 == 'b'" """, "E3"),
    "an import": ("""when: "__import__('os').system('id')" """, "E3"),
    "a way out": ("""when: req.__class__.__mro__""", "E3"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_is_meant_to_harm_is_refused_with_its_place_and_costs_nothing(hengtai, bomb):
    text, code = BOMBS[bomb]
    hengtai.write("policy_issue.yaml", hengtai.text("policy_issue.yaml") + text + "\n")
    began = time.process_time()
    found = [each for each in hengtai.check() if each.code.startswith(code)]
    assert time.process_time() - began < 2
    assert found, hengtai.said()[:3]
    assert {each.mark.file.rpartition("/")[2] for each in found} == {"policy_issue.yaml"}
