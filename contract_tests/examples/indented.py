"""A message as documents print it, without what was put between its parts for the eye.

Documents show messages with line breaks and indentation that nobody sends. What is meant is the same message without
them: the order of everything, the digits of numbers and all texts stay as they are printed.
"""

import re

_XML = re.compile(r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
_IN_TAG = re.compile(r"(\"[^\"]*\"|'[^']*')|\s+")
_JSON = re.compile(r"(\"(?:[^\"\\]|\\.)*\")|\s+", re.DOTALL)


def without_layout(text: str) -> str:
    """The message of an indented XML or JSON text; raises ValueError for anything else."""
    bare = text.strip("\ufeff \t\r\n")
    if bare[:1] == "<":
        return _xml(bare)
    if bare[:1] in ("{", "["):
        return _JSON.sub(lambda found: found[1] or "", bare)
    raise ValueError("it begins neither as XML nor as JSON")


def _xml(text: str) -> str:
    """Comments and the blanks between elements go; a text keeps its own, CDATA everything."""
    pieces, at = [], 0
    for tag in _XML.finditer(text):
        between = text[at : tag.start()]
        pieces += [between if between.strip() else "", _tag(tag.group())]
        at = tag.end()
    return "".join(pieces) + text[at:]


def _tag(tag: str) -> str:
    if tag.startswith("<!--"):
        return ""
    if tag.startswith("<![CDATA["):
        return tag
    one_blank = _IN_TAG.sub(lambda found: found[1] or " ", tag)
    return re.sub(r"\s+(/?>)$", r"\1", one_blank)
