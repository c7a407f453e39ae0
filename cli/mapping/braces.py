"""Expressions in braces inside a text: `POST /policies/{step.price.offer}`.

Braces within the quotes of an expression are characters of a text.
"""

import re

from cli.mapping.tree import Text

_INSIDE = r"""(?:[^{}'"]|'[^']*'|"[^"]*")*"""
BRACES = re.compile(rf"\{{({_INSIDE})\}}")
CALL = re.compile(rf"([A-Z]+) ([/?](?:[^\s{{}}]|\{{{_INSIDE}\}})*)")


def pieces_of(source: str) -> list[str]:
    """Text and expressions by turns, text first; a brace that is left over stands in a text."""
    return BRACES.split(source)


def expressions_of(text: Text) -> list[str]:
    """The sources of the expressions."""
    return BRACES.findall(text.value)
