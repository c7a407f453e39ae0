"""Walking a decoded message, and building one: the helpers behind a mapping's wire paths.

A path is split when code is generated: every helper takes its names one by one. A number among them is a position from
0 in a list; one object where a list may stand counts as a list of one, because XML cannot tell the two apart.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NoReturn

from gateway.wire.contract import Wire
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.limits import LIST_ITEMS_MAX
from gateway.wire.shown import masked, shown_code

Name = str | int
Selector = tuple[tuple[Name, ...], str]
"""`(key=value)` of a path: the candidate's element under the key must have that text."""


# --- reading ---------------------------------------------------------------------------------------------------------


def step(node: Any, name: Name) -> Any:
    """What stands under one name; None when there is nothing, or when the node is of another shape."""
    if node.__class__ is dict:
        if name.__class__ is str:
            return node.get(name)
        return node.get(str(name), node if name == 0 and node else None)
    if node.__class__ is list and name.__class__ is int:
        return node[name] if name < len(node) else None
    return node if name == 0 and node else None


def dig_exact(node: Any, *path: Name) -> Any:
    """What stands at a path, blank text included; None when some part of the path is missing or of another shape."""
    for name in path:
        node = node.get(name) if node.__class__ is dict and name.__class__ is str else step(node, name)
        if node is None:
            return None
    return leaf(node) if node.__class__ is dict else node


def dig(node: Any, *path: Name) -> Any:
    """What stands at a path; blank text is missing (`blank_is_missing`).

    Never raises: an outcome row that looks into an error page must be false, not fail.
    """
    found = dig_exact(node, *path)
    if found.__class__ is str and not found.strip():
        return None
    return found


def leaf(node: Any) -> Any:
    """The value of an element: its text, where it has attributes as well; everything else as it is."""
    if node.__class__ is dict and "#text" in node:
        return node["#text"]
    return node


def value_in(node: Any) -> Any:
    """One row's wire value: like `leaf`, with blank text, and an element that has attributes only, as None."""
    if node.__class__ is str:
        return node if node and not node.isspace() else None
    if node.__class__ is dict and node and all(name[:1] in ("@", "#") for name in node):
        text = node.get("#text")
        return text if text and not text.isspace() else None
    return node


def text_given(node: Any) -> str | None:
    """The text of a row, None where there is none: `value_in` and the codec `text` in one step."""
    if node.__class__ is str:
        return node if node and not node.isspace() else None
    if node is None:
        return None
    value = value_in(node)
    return value if value is None or value.__class__ is str else _no_text(value)


def text_required(node: Any, path: str) -> str:
    """The same where it must be there: without it the result is incomplete."""
    text = text_given(node)
    return text if text is not None else str(require(text, path))


def _no_text(value: Any) -> NoReturn:
    raise Unreadable(f"expected a text, found {masked(value)}")


def child(node: Any, name: Name) -> Wire | None:
    """The object under a name, or None; an empty text or list stands for "no object", as some languages send it.

    Raises `Unreadable` for anything else that is no object: several where one was promised included.
    """
    found = step(node, name)
    if found.__class__ is dict:
        return found or None
    if found is None or found == [] or (found.__class__ is str and not found.strip()):
        return None
    raise Unreadable(f"expected an object, found {masked(found)}", path=str(name))


def each(node: Any) -> list[Any]:
    """The items of a repeated element: a list as it is, one object as a list of one, nothing as an empty list."""
    if node.__class__ is list:
        if len(node) > LIST_ITEMS_MAX:
            raise Unreadable(f"a list holds more than {LIST_ITEMS_MAX} items")
        return node
    if node is None or (node.__class__ is str and not node.strip()):
        return []
    return [node]


def selected(nodes: Sequence[Any], *selectors: Selector) -> list[Any]:
    """The candidates for which every selector holds, compared as text."""
    return [node for node in nodes if all(text_of(dig(node, *key)) == wanted for key, wanted in selectors)]


def find(node: Any, name: Name, *selectors: Selector) -> Any:
    """`name(key=value)` when reading: the first element of that name for which every selector holds, or None."""
    found = selected(each(step(node, name)), *selectors)
    return found[0] if found else None


def text_of(value: Any) -> str | None:
    """A wire value as the text it is compared by: a JSON 1 equals a mapping's "1"."""
    if value.__class__ is str or value is None:
        return value
    if value is True or value is False:
        return "true" if value else "false"
    return format(value, "f") if value.__class__ is Decimal else str(value)


def no_case(*found: tuple[str, Any], filler: str | None = None) -> None:
    """A table of cases none of which holds: that makes the result incomplete, unless its fields say nothing."""
    there = [f"{path} = {shown_code(value)}" for path, value in found if value is not None and value != filler]
    if there:
        raise Unreadable(f"no case holds for {', '.join(there)}")


def require(value: Any, path: str) -> Any:
    """The value, which must be there: a missing one makes the result incomplete."""
    if value is None:
        raise Unreadable(f"missing wire field '{path}'", path=path)
    return value


# --- building --------------------------------------------------------------------------------------------------------


def need(value: Any, path: str) -> Any:
    """The canonical value, which must be there (`missing: error`): without it nothing is sent."""
    if value is None:
        raise CannotSend(f"this carrier needs '{path}'", path=path)
    return value


def nest(node: Wire, *path: str) -> Wire:
    """The object at a path of the message being built, made on the way where it is missing."""
    for name in path:
        inner = node.get(name)
        if inner.__class__ is not dict:
            # A text that came first becomes the element's own text beside what is put into it now.
            inner = node[name] = {} if inner is None else {"#text": inner}
        node = inner
    return node


def put(node: Wire, value: Any, *path: str) -> None:
    """Write a value at a path of the message being built."""
    nest(node, *path[:-1])[path[-1]] = value


def end_of(items: list[Any]) -> None:
    """Take off the places at the end of a list that were kept free and never written."""
    while items and items[-1] is None:
        items.pop()


def find_or_add(node: Wire, name: str, *selectors: Selector) -> Wire:
    """`name(key=value)` when sending: that element of the list, added with those values when it is not there yet."""
    items: list[Wire] = node.setdefault(name, [])
    found: list[Wire] = selected(items, *selectors)
    if found:
        return found[0]
    added: Wire = {}
    for key, wanted in selectors:
        put(added, wanted, *(str(part) for part in key))
    items.append(added)
    return added


def pruned(tree: Any) -> Any:
    """The tree without absent values and without the objects and lists that are empty for lack of them."""
    if isinstance(tree, dict):
        kept = {name: inner for name, value in tree.items() if (inner := pruned(value)) is not None}
        return kept or None
    if isinstance(tree, list):
        return [inner for value in tree if (inner := pruned(value)) is not None] or None
    return tree


# --- the canonical side ----------------------------------------------------------------------------------------------


def nth_out(items: Sequence[Any], position: int, most: int | None) -> Any:
    """The item at a position, or None; more than `most` items are refused, since the wire has no place for them."""
    if most is not None and len(items) > most:
        raise CannotSend(f"this carrier takes at most {most} here, the request has {len(items)}")
    return items[position] if position < len(items) else None


def only_out(items: Sequence[Any]) -> Any:
    """The one item a selector found, or None; several are refused, since the wire has one place."""
    if len(items) > 1:
        raise CannotSend(f"this carrier takes one here, the request has {len(items)}")
    return items[0] if items else None
