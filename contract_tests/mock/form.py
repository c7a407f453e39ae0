"""The form of mock.yaml: what is a map, a list, a text, a number, before anybody asks what it means.

A form is a function of a node and the report. Keys nobody knows are left to the compiler, which names the near one.
"""

from collections.abc import Callable, Mapping

from contract_tests.language.places import Node, Report

Form = Callable[[Node, Report], None]


def _anything(_: Node, __: Report) -> None:
    """A tree: whatever it is, the template compiler takes it."""


def _kind(wanted: str, fits: Callable[[Node], bool]) -> Form:
    def check(node: Node, report: Report) -> None:
        if not fits(node):
            report.fault("E655", node.place, f"this is {_shown(node)}, and {wanted} is wanted")

    return check


def _shown(node: Node) -> str:
    if isinstance(node.value, dict | list):
        return "a map" if isinstance(node.value, dict) else "a list"
    return "nothing" if node.value is None else f"'{node.value}'"


def _is_text(node: Node) -> bool:
    return node.value is not None and not isinstance(node.value, dict | list)


def _is_number(node: Node) -> bool:
    return isinstance(node.value, int) and not isinstance(node.value, bool) and node.value >= 0


def _is_expression(node: Node) -> bool:
    return isinstance(node.value, str) and node.value.startswith("=")


def _is_empty(node: Node) -> bool:
    return node.value is None


TEXT = _kind("a text", _is_text)
COUNT = _kind("a whole number", _is_number)
STATUS = _kind("a status such as 200", lambda node: _is_number(node) and 100 <= node.value <= 599)
ANY: Form = _anything
_MAP = _kind("a map", lambda node: isinstance(node.value, dict))
_LIST = _kind("a list", lambda node: isinstance(node.value, list))


def many(of: Form) -> Form:
    """A list of these."""

    def check(node: Node, report: Report) -> None:
        _LIST(node, report)
        for item in node.value if isinstance(node.value, list) else ():
            of(item, report)

    return check


def named(of: Form) -> Form:
    """A map whose names are the author's."""

    def check(node: Node, report: Report) -> None:
        _MAP(node, report)
        for item in node.value.values() if isinstance(node.value, dict) else ():
            of(item, report)

    return check


def keys(forms: Mapping[str, Form], needs: tuple[str, ...] = ()) -> Form:
    """A map of known keys; `needs` must be there."""

    def check(node: Node, report: Report) -> None:
        _MAP(node, report)
        if not isinstance(node.value, dict):
            return
        for key in needs:
            if key not in node.value:
                report.fault("E652", node.place, f"'{key}' is missing")
        for key, item in node.value.items():
            forms.get(key, check_template)(item, report)

    return check


def either(is_first: Callable[[Node], bool], first: Form, other: Form) -> Form:
    """One form or the other, by the look of the node."""
    return lambda node, report: (first if is_first(node) else other)(node, report)


def _is_map(node: Node) -> bool:
    return isinstance(node.value, dict)


def _is_list(node: Node) -> bool:
    return isinstance(node.value, list)


def check_template(node: Node, report: Report) -> None:
    """A tree of values: `merge` holds a list, `each` a name, all the way down."""
    if isinstance(node.value, list):
        for item in node.value:
            check_template(item, report)
    elif isinstance(node.value, dict):
        if set(node.value) == {"merge"}:
            _LIST(node.value["merge"], report)
        if set(node.value) == {"each", "as", "give"}:
            TEXT(node.value["as"], report)
        for item in node.value.values():
            check_template(item, report)


TREE: Form = check_template
FIELDS = either(_is_expression, TREE, either(_is_map, TREE, _MAP))
"""A map of values, or an expression that gives one."""


def check_steps(node: Node, report: Report) -> None:
    """A list of steps, each with the form of its verb."""
    many(_step)(node, report)


def _step(node: Node, report: Report) -> None:
    if not isinstance(node.value, dict):
        report.fault("E655", node.place, f"this is {_shown(node)}, and a step is wanted", "- fail: SOME_CODE")
        return
    verb = next((verb for verb in _VERBS if verb in node.value), None)
    if verb is not None:
        _VERBS[verb](node, report)


STEPS: Form = either(_is_empty, ANY, check_steps)

_VERBS: Mapping[str, Form] = {
    "let": keys({"let": named(TREE), "when": TEXT}),
    "fail": keys({"fail": TEXT, "with": FIELDS, "when": TEXT}),
    "reply": keys({"reply": TREE, "status": TEXT, "headers": FIELDS, "form": TEXT, "when": TEXT}),
    "empty": keys({"empty": either(_is_empty, ANY, STATUS), "when": TEXT}),
    "find": keys({"find": TEXT, "by": FIELDS, "as": TEXT, "states": many(TEXT), "else": TEXT, "when": TEXT}),
    "create": keys({"create": TEXT, "state": TEXT, "fields": FIELDS, "as": TEXT, "when": TEXT}),
    "move": keys({"move": TEXT, "to": TEXT, "else": TEXT, "when": TEXT}, ("to",)),
    "set": keys({"set": named(FIELDS), "when": TEXT}),
    "count": keys({"count": TEXT, "key": TREE, "as": TEXT, "when": TEXT}),
    "fresh": keys({"fresh": TEXT, "key": TREE, "for": TEXT, "else": TEXT, "when": TEXT}),
    "effect": keys({"effect": TEXT, "when": TEXT}),
    "callback": keys({"callback": TEXT, "after": TEXT, "with": FIELDS, "when": TEXT}),
    "run": keys({"run": TEXT, "with": FIELDS, "when": TEXT}),
    "each": keys({"each": TREE, "as": TEXT, "do": STEPS, "when": TEXT}, ("as", "do")),
    "do": keys({"do": STEPS, "when": TEXT}),
    "invalidate": keys({"invalidate": TEXT, "to": TEXT, "when": TEXT}, ("to",)),
}

_CODES = either(_is_map, named(ANY), many(TEXT))


def _check_shape(node: Node, report: Report) -> None:
    either(_is_map, named(_check_shape), TEXT)(node, report)


_SHAPE: Form = _check_shape
_TO = many(TEXT)
_STATE = either(
    _is_map,
    keys({"to": either(_is_empty, ANY, _TO), "after": TEXT, "after_polls": COUNT, "run": TEXT, "manual": named(TEXT)}),
    either(_is_empty, ANY, _TO),
)
_RECORD = keys({"no": TREE, "index": many(TEXT), "states": named(_STATE)})
_ONCE = keys(
    dict.fromkeys(("name", "on_duplicate", "fail", "conflict", "expired", "for"), TEXT) | {"key": TREE, "same": TREE}
)
_REPLY = {
    "code": TEXT, "text": TEXT, "success": TREE, "failure": TREE, "encode": named(TREE), "body": TREE,
    "headers": FIELDS, "status": STATUS, "charset": TEXT,
}  # fmt: skip
_CODE = keys({"code": TEXT, "text": TREE, "status": STATUS, "headers": FIELDS, "form": TEXT})
_EFFECT = either(_is_map, TREE, _MAP)
_RETRY = either(_is_list, many(TEXT), keys({"every": TEXT, "times": COUNT}))
_CALLBACK = keys(
    {"let": STEPS, "message": TREE, "encode": named(TREE), "body": TREE, "headers": FIELDS, "acknowledged": TREE}
    | {"retry": _RETRY}
)
_OPERATION = keys(
    {"at": TEXT, "code": TEXT, "key": TREE, "let": STEPS, "once": either(_is_map, _ONCE, TEXT), "shape": _SHAPE}
    | {"steps": STEPS, "form": TEXT}
)

FORM = keys(
    {
        "carrier": TEXT, "tls": TEXT, "timezone": TEXT, "charset": TEXT, "lengths": TEXT, "lag": TEXT, "horizon": TEXT,
        "per_second": COUNT, "constants": named(ANY), "tables": named(_CODES), "shapes": named(_SHAPE),
        "decode": named(TREE), "code": TREE, "before": STEPS, "records": named(_RECORD),
        "procedures": named(STEPS), "reply": keys(_REPLY), "forms": named(keys(_REPLY)),
        "codes": named(either(_is_map, _CODE, TREE)), "says": named(TEXT), "callbacks": named(_CALLBACK),
        "effects": named(_EFFECT), "givens": named(STEPS), "once": named(_ONCE), "operations": named(_OPERATION),
    }
)  # fmt: skip
"""A whole mock.yaml."""
