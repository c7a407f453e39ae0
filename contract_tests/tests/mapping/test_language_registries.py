"""mappings/LANGUAGE.md explains every word of every registry, and every codec converts as its row says."""

import json
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

import gateway.wire as runtime
from cli.mapping.capabilities import LATER_WORDS, REPLY_LAYERS, SENT_LAYERS
from cli.mapping.codecs import parse_codec
from cli.mapping.layers import KINDS, LAYERS
from cli.mapping.outcomes import KINDS as OUTCOMES
from cli.mapping.outcomes import NEXT_STEPS
from gateway.catalogue.compiling.names import WHERE
from gateway.catalogue.marks import Mark
from gateway.model import Money
from gateway.model.operations import OPERATIONS
from gateway.wire.cipher import CIPHERS, KEY_FORMS, PADS
from gateway.wire.codecs import CODECS, CodecPlan, Site, plan_codec
from gateway.wire.function_specs import FUNCTIONS
from gateway.wire.lists import LIST_FORMS
from gateway.wire.plans import ROUNDINGS
from gateway.wire.sign import BLANKS, CHANGES, ENCODINGS, NESTED, SIGNERS

TEXT = (Path(__file__).parents[3] / "mappings" / "LANGUAGE.md").read_text("utf-8")


def rows_of(name: str) -> list[list[str]]:
    """The rows of the table behind `<!-- name -->`, without the backticks around a cell."""
    _, _, rest = TEXT.partition(f"<!-- {name} -->\n")
    assert rest, f"no table {name}"
    lines = [line for line in rest.split("\n\n")[0].splitlines() if line.startswith("|")]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines[2:]]
    return [[cell.strip().removeprefix("`").removesuffix("`").replace(r"\|", "|") for cell in row] for row in rows]


def canonical(kind: str, text: str) -> Any:
    if kind == "money":
        amount, currency = text.split()
        return Money(amount=int(amount), currency=currency)
    if kind in ("date", "datetime", "time"):
        return msgspec.convert(text, {"date": date, "datetime": datetime}.get(kind, str))
    return {"bool": lambda: text == "true", "int": lambda: int(text), "decimal": lambda: Decimal(text)}.get(
        kind, lambda: text
    )()


CONVERSIONS = [
    (row, numbers) for row in rows_of("codecs") for numbers in (False, True) if row[4 if numbers else 3] != "-"
]


@pytest.mark.parametrize(("row", "numbers"), CONVERSIONS, ids=lambda part: part[0] if isinstance(part, list) else None)
def test_every_codec_converts_as_its_row_says(row, numbers):
    codec, kind, value, as_text, as_json = row[:5]
    expected = as_json if numbers else as_text
    plan = plan_codec(
        parse_codec(codec, Mark("", 1)),
        Site(json=numbers, numbers=numbers, zone="+08:00", kind=kind),  # type: ignore[arg-type]
    )
    ours, theirs = canonical(kind, value), json.loads(expected, parse_float=Decimal)
    send, take = halves(plan)
    currency = (ours.currency,) if plan.needs_currency else ()
    assert send(ours, *currency) == theirs
    if not plan.sends_only and "send only" not in row[5]:
        assert take(theirs, *currency) == ours


def halves(plan: CodecPlan) -> tuple[Any, Any]:
    """What a generated module does for sending and for reading, the codec inside included."""
    pair = getattr(runtime, plan.maker)(*plan.arguments) if plan.maker is not None else None
    send, take = (half(plan, pair, name) for name in (plan.send, plan.read))
    if plan.inner is None:
        return send, take
    make, read = halves(plan.inner)
    return (lambda value, *more: send(make(value, *more))), (lambda value, *more: read(take(value), *more))


def half(plan: CodecPlan, pair: Any, name: str) -> Any:
    if not name or name == "str":
        return str if name else lambda value: value
    if pair is not None:
        return getattr(pair, name)
    function = getattr(runtime, name)
    return lambda value, *more: function(value, *more, *plan.arguments)


@pytest.mark.parametrize(
    "names",
    [
        CODECS, FUNCTIONS, LIST_FORMS, LAYERS, SENT_LAYERS, REPLY_LAYERS, SIGNERS, ENCODINGS, BLANKS, CHANGES, NESTED,
        KINDS, OUTCOMES, NEXT_STEPS, ROUNDINGS, WHERE, OPERATIONS,
    ],
    ids=lambda names: next(iter(sorted(names))),
)  # fmt: skip
def test_every_word_of_a_registry_is_explained(names):
    assert [name for name in names if not re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", TEXT)] == []


def test_every_option_of_a_layer_that_can_be_generated_is_explained():
    options = {(name, option) for name in SENT_LAYERS | REPLY_LAYERS for option in LAYERS[name]}
    assert [each for each in options if not re.search(rf"\b{each[1]}\b", TEXT)] == []


def test_every_word_that_is_not_supported_yet_is_named():
    assert [word for word in LATER_WORDS if word not in TEXT] == []


def test_every_cipher_padding_and_form_of_a_key_is_named():
    told = set(re.findall(r"[a-z0-9-]+", " ".join(" ".join(row) for row in rows_of("ciphers"))))
    assert {*CIPHERS, *KEY_FORMS, *PADS} - told == set()
