"""The page of codes: each code has an example that triggers it, and no code is said that is not on the page."""

import re
from pathlib import Path

import pytest

import cli.mapping
import contract_tests.language
import contract_tests.mock
import gateway.catalogue
import gateway.wire.extras as extras
from cli.mapping.codes import CODES
from cli.mapping.codes.page import entry_text, page_text

ROOT = Path(cli.mapping.__file__).parent
READERS = [Path(gateway.catalogue.__file__).parent / name for name in ("reader.py", "expression.py")]
MOCKS = [
    file for room in (contract_tests.mock, contract_tests.language) for file in Path(room.__file__).parent.glob("*.py")
]
CATALOGUE = sorted(Path(gateway.catalogue.__file__).parent.glob("*.py"))
GENERATOR = sorted((ROOT.parent / "codegen").rglob("*.py"))
COMPILER = sorted((Path(gateway.catalogue.__file__).parent / "compiling").glob("*.py"))


def _with_its_right_lines(copy_of, code):
    for name in ("hengtai_life", "aurora_pc", "breakwater"):
        copy = copy_of(name)
        if not code.right or ((copy.folder / code.file).exists() and code.right in copy.text(code.file)):
            return copy
    raise AssertionError(f"no example carrier has the right lines of {code.code}")


@pytest.mark.parametrize(
    "code", [code for code in CODES.values() if code.file and code.code[1] not in "56"], ids=lambda code: code.code
)
def test_the_wrong_example_of_a_code_triggers_it_and_the_right_one_does_not(copy_of, code, monkeypatch):
    if code.lacking:
        monkeypatch.setattr(extras, "_lacks", lambda extra: extra == code.lacking)
    copy = _with_its_right_lines(copy_of, code)
    assert code.code not in copy.codes(release=code.release, generation=code.generation)
    if code.right:
        copy.change(code.file, code.right, code.wrong)
    else:
        copy.write(code.file, code.wrong)
    assert code.code in copy.codes(release=code.release, generation=code.generation)


def test_every_code_the_sources_say_is_on_the_page():
    files = [*ROOT.glob("*.py"), *(ROOT / "checks").glob("*.py"), *READERS, *COMPILER, *GENERATOR, *CATALOGUE, *MOCKS]
    said = {code for file in files for code in re.findall(r'"([EW]\d{3})"', file.read_text("utf-8"))}
    assert said - set(CODES) == set()


def test_every_code_of_the_page_is_said_somewhere():
    files = [*ROOT.glob("*.py"), *(ROOT / "checks").glob("*.py"), *READERS, *COMPILER, *GENERATOR, *CATALOGUE, *MOCKS]
    files.append(Path(gateway.catalogue.__file__).parent / "values.py")
    said = {code for file in files for code in re.findall(r'"([EW]\d{3})"', file.read_text("utf-8"))}
    assert set(CODES) - said == set()


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.code)
def test_an_entry_of_the_page_is_worth_reading(code):
    assert code.title
    assert code.explanation.endswith(".")
    assert code.wrong != code.right


def test_the_page_in_the_repository_is_what_the_command_prints():
    page = Path(cli.mapping.__file__).parents[2] / "mappings" / "CODES.md"
    assert page.read_text("utf-8") == page_text(CODES) + "\n", "insurehub check --explain all > mappings/CODES.md"


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.code)
def test_a_code_is_explained_with_both_examples(code):
    text = entry_text(code)
    assert text.startswith(f"{code.code}: {code.title}\n")
    assert code.explanation in text
    assert text.count("wrong, in") == text.count("\nright") == 1
    assert all(line.isprintable() for line in text.split("\n"))
