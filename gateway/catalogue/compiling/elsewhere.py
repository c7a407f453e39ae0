"""What other languages write, and what is written for it here: the hints of faults."""

import re

FUNCTIONS_ELSEWHERE = {
    "len": "length(text), count(list)", "size": "length(text), count(list)", "str": "text(x)", "string": "text(x)",
    "substring": "slice(text, from, to)", "substr": "slice(text, from, to)", "mid": "slice(text, from, to)",
    "split": "part(text, separator, i)", "concat": "a + b, join(list, value, separator)", "int": 'decode(x, "int")',
    "parseint": 'decode(x, "int")', "number": 'decode(x, "decimal")', "float": 'decode(x, "decimal")',
    "format": 'encode(value, "codec")', "dateformat": 'encode(value, "date(yyyyMMdd)")', "strip": "trim(text)",
    "guid": "uuid(attempt_no()), uuid(request_no()), nonce(32)",
    "random": "nonce(n)", "if": "a if condition else b", "iif": "a if condition else b",
    "exists": "any(list, condition)", "coalesce": "a or b", "nvl": "a or b", "isnull": "x is None",
    "filter": "first(list, condition), count(list, condition)", "map": "join(list, value, separator), or a list row",
    "contains": '"x" in text, match(text, pattern)', "startswith": "slice(text, 0, n) == ..",
    "regex": "match(text, pattern)", "touppercase": "upper(text)", "tolowercase": "lower(text)",
    "datediff": "days(from, to), months(from, to)", "dateadd": "add_days(day, n)", "abs": "x if x >= 0 else 0 - x",
}  # fmt: skip
CONSTANTS_ELSEWHERE = {
    "true": "True", "false": "False", "null": "None", "nil": "None", "undefined": "None", "none": "None",
}  # fmt: skip
NODES_ELSEWHERE = {
    "Subscript": 'part of a text is slice(text, from, to); an item wire("list.0.code") or first(list)',
    "JoinedStr": 'join texts with +: "a" + text(n)',
}
METHODS = "a function takes the text: slice(x, 0, 2), match(x, pattern), upper(x)"

_SIGNS = (
    ("&&", "write and"), ("||", "write or"), ("===", "write =="), ("!==", "write !="),
    ("?", "write a if condition else b"), ("${", "names stand as they are: wire.code"),
)  # fmt: skip


def sign_elsewhere(text: str) -> str | None:
    """What stands here for a sign of another language in something that is no expression."""
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", text)
    found = next((hint for sign, hint in _SIGNS if sign in bare), None)
    if found is not None:
        return found
    if re.search(r"!(?!=)", bare):
        return "write not"
    return "write == to compare" if re.search(r"(?<![=!<>])=(?!=)", bare) else None
