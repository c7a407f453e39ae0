"""The syntax of a codec: `word`, or `word(argument; argument)` where an argument is a text or again a codec.

Which codecs there are, and what they convert, is the business of `gateway.wire.codecs`.
"""

import re

from cli.mapping.grammar import SyntaxFault
from cli.mapping.tree import Codec
from gateway.catalogue.marks import Mark

CODEC_LENGTH_MAX = 300
CODEC_DEPTH_MAX = 4

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def parse_codec(text: str, mark: Mark) -> Codec:
    """The codec a text spells; raises `SyntaxFault`."""
    if len(text) > CODEC_LENGTH_MAX:
        raise SyntaxFault(f"a codec longer than {CODEC_LENGTH_MAX} characters")
    codec, end = _codec(text, 0, mark, 1)
    if end != len(text):
        hint = f"a pattern stands in a codec: date({text})" if text[0] in "yYdDM" else None
        raise SyntaxFault(f"'{text[end]}' cannot stand behind the codec {text[:end]}", end, hint)
    return codec


def print_codec(codec: Codec) -> str:
    """The codec as a mapping writes it."""
    if not codec.arguments:
        return codec.name
    return f"{codec.name}({';'.join(print_argument(argument) for argument in codec.arguments)})"


def print_argument(argument: str | Codec) -> str:
    """One argument as a mapping writes it."""
    return argument if isinstance(argument, str) else print_codec(argument)


def argument_mark(codec: Codec, index: int) -> Mark:
    """The place of an argument's first character."""
    before = sum(len(print_argument(argument)) + 1 for argument in codec.arguments[:index])
    return codec.mark.shifted(len(codec.name) + 1 + before)


def _codec(text: str, at: int, mark: Mark, depth: int) -> tuple[Codec, int]:
    if depth > CODEC_DEPTH_MAX:
        raise SyntaxFault(f"codecs inside one another more than {CODEC_DEPTH_MAX} deep", at)
    word = _WORD.match(text, at)
    if word is None:
        hint = "a text with a bracket or ';' in it is quoted: affix('/Date(';')/';datetime(epoch_ms))"
        raise SyntaxFault("a codec is a word such as upper or date(yyyyMMdd)", at, hint if at else None)
    end = word.end()
    if text[end : end + 1] != "(":
        return Codec(word.group(), mark.shifted(at)), end
    if text[end : end + 2] == "()":
        return Codec(word.group(), mark.shifted(at)), end + 2
    arguments, end = _arguments(text, end, mark, depth)
    return Codec(word.group(), mark.shifted(at), arguments), end


def _arguments(text: str, opening: int, mark: Mark, depth: int) -> tuple[tuple[str | Codec, ...], int]:
    arguments: list[str | Codec] = []
    at = opening
    while at == opening or text[at : at + 1] == ";":
        argument, at = _argument(text, at + 1, mark, depth)
        arguments.append(argument)
    if text[at : at + 1] != ")":
        raise SyntaxFault("a '(' without ')'", opening)
    return tuple(arguments), at + 1


def _end_of_argument(text: str, at: int) -> int:
    """The first `;`, `(` or `)` outside single quotes; a quote that is not closed is a character like any other."""
    while at < len(text) and text[at] not in ";()":
        closing = text.find("'", at + 1) if text[at] == "'" else -1
        at = closing + 1 if closing > 0 else at + 1
    return at


def _argument(text: str, at: int, mark: Mark, depth: int) -> tuple[str | Codec, int]:
    end = _end_of_argument(text, at)
    if text[end : end + 1] == "(":
        return _codec(text, at, mark, depth + 1)
    return text[at:end], end
