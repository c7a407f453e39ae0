"""How an input is made: a seed out of the shipped files, and a few edits that hypothesis chooses and shrinks."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

EDITS_MAX = 6
_WORD = re.compile(rb"[\w.$@-]{1,60}")
BYTES_MAX = 12_000_000


class Edit(NamedTuple):
    """One change at a part of the input between 0 and 999: what is done there, with which token."""

    kind: str
    at: int
    token: bytes


class Input(NamedTuple):
    """A seed by its number, and what is done to it."""

    seed: int
    edits: tuple[Edit, ...]


KINDS = ("insert", "replace", "cut", "double", "line_out", "line_twice", "end", "whole")


def words_of(sources: Iterable[bytes]) -> list[bytes]:
    """The words the seeds themselves are made of: in another place they are the likeliest slips."""
    return sorted({word for source in sources for word in _WORD.findall(source)})


def inputs(seeds: int, tokens: Sequence[bytes], words: Sequence[bytes]) -> SearchStrategy[Input]:
    """Inputs over so many seeds; tokens are the hostile words of the format, words its ordinary ones."""
    token = st.sampled_from(tokens) | st.binary(max_size=8) | st.sampled_from([token * 3 for token in tokens[:40]])
    # A whole input of one token is rare enough not to drown the others.
    kind = st.sampled_from((*KINDS[:-1] * 4, KINDS[-1]))
    hostile = st.builds(Edit, kind=kind, at=st.integers(0, 999), token=token)
    slip = st.builds(Edit, kind=st.just("word"), at=st.integers(0, 999), token=st.sampled_from(words))
    edit = hostile | slip
    edits = st.lists(edit, min_size=1, max_size=EDITS_MAX).map(tuple)
    return st.builds(Input, seed=st.integers(0, seeds - 1), edits=edits)


def applied(source: bytes, edits: Sequence[Edit]) -> bytes:
    """The input: every edit in turn, never longer than any limit could need."""
    for edit in edits:
        source = _one(source, edit)[:BYTES_MAX]
    return source


def _one(source: bytes, edit: Edit) -> bytes:
    at = len(source) * edit.at // 1000
    match edit.kind:
        case "insert":
            return source[:at] + edit.token + source[at:]
        case "replace":
            end = _word_end(source, at)
            return source[:at] + edit.token + source[end:]
        case "word":
            found = _WORD.search(source, at)
            return source if found is None else source[: found.start()] + edit.token + source[found.end() :]
        case "cut":
            return source[:at] + source[at + 1 + len(edit.token) :]
        case "double":
            end = min(len(source), at + 40)
            return source[:end] + source[at:end] + source[end:]
        case "end":
            return source[:at] + edit.token
        case "whole":
            return edit.token
    return _lines(source, edit, at)


def _word_end(source: bytes, at: int) -> int:
    while at < len(source) and source[at] not in b" \n,:{}[]\"'<>&=|":
        at += 1
    return at


def _lines(source: bytes, edit: Edit, at: int) -> bytes:
    lines = source.split(b"\n")
    number = source[:at].count(b"\n")
    if edit.kind == "line_out":
        del lines[number]
    else:
        lines.insert(number, lines[number])
    return b"\n".join(lines)
