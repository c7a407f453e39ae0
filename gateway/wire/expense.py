"""What a mapping's regular expression may cost: patterns that could run away on a hostile text are refused.

Matching by backtracking tries, at worst, every combination of how often each repetition is taken and which alternative
is chosen, and does so anew from every place of the text. That number is worked out from the parsed pattern, for the
longest text it is ever shown, and bounded.
"""

import re
from re import _parser  # type: ignore[attr-defined]  # the parser of `re` itself: one reading of a pattern, not two
from typing import Any

from gateway.wire.limits import MATCH_TEXT_MAX, PATTERN_LENGTH_MAX, PATTERN_WAYS_MAX

_REFUSED = {"GROUPREF": "a back reference", "GROUPREF_EXISTS": "a back reference"}
_REFUSED |= {"ASSERT": "a look-around", "ASSERT_NOT": "a look-around"}
_FIRST_PLACE = ("AT_BEGINNING", "AT_BEGINNING_STRING")
_PLACES_AT_ONCE = 32
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


def check_pattern(pattern: Any) -> None:
    """Refuse a regular expression that is not one, is too long, or could run away on a hostile text."""
    if not isinstance(pattern, str) or len(pattern) > PATTERN_LENGTH_MAX:
        raise ValueError(f"match takes a constant pattern of at most {PATTERN_LENGTH_MAX} characters")
    try:
        re.compile(pattern)
        tree = _parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"match: {error} in '{pattern}'") from None
    if _ways_of_search(tree) > PATTERN_WAYS_MAX:
        raise ValueError(
            "match: too many ways to try, it could run away: at most two open-ended repetitions (* or +), "
            "none of them around another, and few other parts that may be absent unless it begins with ^"
        )


def _ways_of_search(tree: Any) -> int:
    """How many ways there are from all places together: the nearer the end, the fewer characters are left to repeat."""
    if _begins_the_text(tree):
        return _ways(tree, MATCH_TEXT_MAX)
    lengths = range(_PLACES_AT_ONCE, MATCH_TEXT_MAX + 1, _PLACES_AT_ONCE)
    return sum(_PLACES_AT_ONCE * _ways(tree, left) for left in lengths)


def _begins_the_text(tree: Any) -> bool:
    """Whether a pattern is tried from the first place alone; with (?m) every line has a beginning."""
    operator, argument = next(iter(tree), ("", ""))
    return str(operator) == "AT" and str(argument) in _FIRST_PLACE and not tree.state.flags & re.MULTILINE


def _ways(tree: Any, left: int) -> int:
    """How many ways a sequence can match so many characters from one place, never far beyond the bound."""
    ways = 1
    for operator, argument in tree:
        ways *= _ways_of(str(operator), argument, left)
        if ways > PATTERN_WAYS_MAX:
            return PATTERN_WAYS_MAX + 1
    return ways


def _ways_of(operator: str, argument: Any, left: int) -> int:
    if operator in _REFUSED:
        raise ValueError(f"match: {_REFUSED[operator]} could run away")
    if operator == "SUBPATTERN":
        return _ways(argument[-1], left)
    if operator == "ATOMIC_GROUP":
        return _ways(argument, left)
    if operator == "BRANCH":
        return sum(_ways(each, left) for each in argument[1])
    if operator in _REPEATS:
        least, most, inner = argument
        return _repeated(least, most, inner, left)
    return 1


def _repeated(least: int, most: int, inner: Any, left: int) -> int:
    most, each = min(int(most), left), _ways(inner, left)
    counts = max(most - int(least), 0) + 1
    if each == 1:
        return counts
    # A repetition around a choice multiplies with every turn.
    turned: int = each ** min(most, 64)
    return counts * min(turned, PATTERN_WAYS_MAX + 1)
