"""Conversions: another unit, another scale, another form of a date, none at all."""

import re
from collections.abc import Iterator
from dataclasses import replace

from cli.mapping.tree import Codec, Row
from contract_tests.mutate.mutant import Change, operator
from contract_tests.mutate.walk import Site

UNITS = {"yuan": "fen", "fen": "yuan"}
CASES = {"upper": "lower", "lower": "upper"}
_WHOLE = re.compile(r"-?\d+")
_DATES = ("date", "datetime", "until", "time", "instant")


def _other(node: Codec, at: int, argument: str) -> Change:
    arguments = (*node.arguments[:at], argument, *node.arguments[at + 1 :])
    shown = "; ".join(each if isinstance(each, str) else each.name for each in arguments)
    return Change(node.mark, f"{node.name}({shown})", replace(node, arguments=arguments))


@operator("drop-codec", Row)
def drop_codec(node: Row, _site: Site) -> Iterator[Change]:
    """A value is taken as it is, without its unit or its table."""
    if node.codec is not None:
        yield Change(node.codec.mark, f"{node.canonical.text} without {node.codec.name}", replace(node, codec=None))


@operator("unit", Codec)
def unit(node: Codec, _site: Site) -> Iterator[Change]:
    """An amount in the other unit: a hundred times too much, or too little."""
    for at, argument in enumerate(node.arguments):
        if isinstance(argument, str) and argument in UNITS:
            yield _other(node, at, UNITS[argument])


@operator("scale", Codec)
def scale(node: Codec, _site: Site) -> Iterator[Change]:
    """A number of digits one more and one less."""
    for at, argument in enumerate(node.arguments):
        if isinstance(argument, str) and _WHOLE.fullmatch(argument):
            yield _other(node, at, str(int(argument) + 1))
            if int(argument) > 0:
                yield _other(node, at, str(int(argument) - 1))


@operator("date-format", Codec)
def date_format(node: Codec, _site: Site) -> Iterator[Change]:
    """Day and month change places; minutes and seconds do."""
    for at, argument in enumerate(node.arguments):
        if isinstance(argument, str) and node.name in _DATES:
            for one, other in (("MM", "dd"), ("mm", "ss")):
                if one in argument and other in argument:
                    turned = argument.replace(one, "\0").replace(other, one).replace("\0", other)
                    yield _other(node, at, turned)


@operator("letter-case", Codec)
def letter_case(node: Codec, _site: Site) -> Iterator[Change]:
    """Small letters where capitals are written."""
    if node.name in CASES:
        yield Change(node.mark, CASES[node.name], replace(node, name=CASES[node.name]))


@operator("flag", Codec)
def flag(node: Codec, _site: Site) -> Iterator[Change]:
    """Yes for no."""
    for at, argument in enumerate(node.arguments):
        if isinstance(argument, str) and node.name == "flag" and "/" in argument:
            yes, _, no = argument.partition("/")
            yield _other(node, at, f"{no}/{yes}")


@operator("inner-codec", Codec)
def inner_codec(node: Codec, _site: Site) -> Iterator[Change]:
    """The conversion around another one is not there."""
    if len(node.arguments) == 1 and isinstance(node.arguments[0], Codec):
        inner = node.arguments[0]
        yield Change(node.mark, f"{inner.name} without {node.name}", inner)


@operator("rounding", Row)
def rounding(node: Row, _site: Site) -> Iterator[Change]:
    """Rounded as nothing is said about it."""
    if node.rounding is not None:
        yield Change(node.rounding.mark, f"{node.canonical.text} without rounding", replace(node, rounding=None))


@operator("currency", Row)
def currency(node: Row, _site: Site) -> Iterator[Change]:
    """Another currency."""
    if node.currency is not None and re.fullmatch("[A-Z]{3}", node.currency.value):
        wrong = replace(node.currency, value="USD" if node.currency.value != "USD" else "CNY")
        yield Change(wrong.mark, f"{node.canonical.text} in {wrong.value}", replace(node, currency=wrong))
