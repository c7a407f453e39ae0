"""One medium mapping and its modules, kept as they should read: a change of style is seen in review, not in production."""

import ast
from pathlib import Path

import pytest

from cli.codegen.emit.formatting import formatted
from cli.codegen.generate import plan_sources
from cli.mapping.load import load_carrier

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def modules():
    tree, found = load_carrier(GOLDEN / "mappings" / "carriers" / "willow", GOLDEN)
    assert not [fault for fault in found if fault.severity == "error"]
    sources, _, faults = plan_sources(tree)
    assert not faults
    return formatted(sources)


@pytest.mark.parametrize("name", ["__init__", "carrier", "codes", "policy_issue"])
def test_the_generated_module_reads_as_the_kept_one(modules, name):
    # To accept a change: write the new text over the kept file, and read the difference before committing it.
    kept = GOLDEN / "adapters" / "willow" / f"{name}.py.txt"
    assert modules[f"adapters/willow/{name}.py"] == kept.read_text(encoding="utf-8")


def test_no_function_is_longer_than_a_screen_and_a_half(modules):
    for text in modules.values():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno <= 90, node.name
