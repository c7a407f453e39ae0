"""Small steps of generated readers and writers that would cost three lines each if they stood there in full."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from msgspec.structs import replace

from gateway.wire.contract import Wire
from gateway.wire.errors import Unreadable
from gateway.wire.limits import LIST_ITEMS_MAX
from gateway.wire.shown import masked
from gateway.wire.tables import ReadTable
from gateway.wire.trace import note
from gateway.wire.trees import Name, Selector, child, dig_exact, find, text_of, value_in

Found = TypeVar("Found")


# --- reading ---------------------------------------------------------------------------------------------------------


def message_in(tree: Any) -> Wire:
    """The decoded message, which must be an object: a bare list or text is no message of any carrier."""
    if isinstance(tree, dict):
        return tree
    raise Unreadable(f"expected an object, found {masked(tree)}")


def element_in(node: Any, name: Name, problems: list[str]) -> Wire:
    """The object under a name of a reply, empty when there is none; one of another shape is noted as a problem."""
    try:
        return child(node, name) or {}
    except Unreadable as error:
        note(problems, error)
        return {}


def chosen_in(node: Any, name: str, problems: list[str], *selectors: Selector) -> Wire:
    """The same of the first element of a list for which every selector holds."""
    try:
        found = find(node, name, *selectors)
    except Unreadable as error:
        note(problems, error)
        return {}
    return found if found.__class__ is dict else {}


def any_given(node: Wire, *names: str) -> bool:
    """Whether any of the names has a value: a flattened object is there when one of its fields is."""
    # A loop, for it costs half of what any() over a generator does.
    for name in names:  # noqa: SIM110
        if value_in(node.get(name)) is not None:
            return True
    return False


def is_filler(node: Any, blank: Mapping[str, Any]) -> bool:
    """Whether an element says no more than the record that stands for nobody: blanks, and what that record holds."""
    if not isinstance(node, dict):
        return value_in(node) is None
    return all(
        is_filler(inner, held) if isinstance(held := blank.get(name), dict) else value_in(inner) in (None, held)
        for name, inner in node.items()
    )


def attempt(read: Callable[..., Found], value: Any, *arguments: Any) -> Found | None:
    """What a codec makes of a value, None where there is none or the codec refuses: a case then does not hold."""
    if value is None:
        return None
    try:
        return read(value, *arguments)
    except Unreadable:
        return None


def code_in(table: ReadTable[Found], code: Any, raw: dict[str, str], at: str, name: str) -> Found:
    """The canonical value of a code; one the table does not list is kept as it was read, under its path."""
    if code.__class__ is str and (found := table.get(code)) is not None:
        return found
    text = text_of(code) or ""
    if text not in table:
        raw[at + name] = text
    return table[text]


def present(*items: Found | None) -> tuple[Found, ...]:
    """The items that are there."""
    return tuple([item for item in items if item is not None])


def known(fields: Mapping[str, Found | None]) -> dict[str, Found]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def complete(items: tuple[Found, ...], position: int, **fields: Any) -> tuple[Found, ...]:
    """The items with some fields of the one at a position filled in, where the wire had them."""
    given = {name: value for name, value in fields.items() if value is not None}
    if position >= len(items) or not given:
        return items
    completed: Any = replace(items[position], **given)  # type: ignore[type-var]
    return (*items[:position], completed, *items[position + 1 :])


def told_above(item: Found, **fields: Any) -> Found:
    """An item with what the element around it tells of it, where it does not say so itself."""
    given = {name: value for name, value in fields.items() if value is not None and getattr(item, name) is None}
    return replace(item, **given) if given else item  # type: ignore[type-var]


def numbered_in(node: Wire, template: str, start: int) -> list[Any]:
    """The elements whose names count (`Bnf1`, `Bnf2`, ...), up to the first that is missing."""
    found = []
    for number in range(start, start + LIST_ITEMS_MAX):
        element = node.get(template.replace("{}", str(number)))
        if element is None or element in ("", {}):
            break
        found.append(element)
    return found


def elements_of(nodes: Iterable[Any]) -> list[Any]:
    """Repeated elements that may have attributes: one that has none came as its bare text."""
    return [{"#text": node} if node.__class__ is str else node for node in nodes]


def _numbered(name: str, number: int) -> str:
    return name.replace("{n}", str(number)).replace("{n0}", str(number - 1))


def numbered_fields_in(node: Wire, *ways: tuple[str, ...]) -> list[tuple[int, Wire]]:
    """The numbers under which an element has fields of its own (`bnf1Name`, `bnf1Share`), each with the element.

    Up to the first number none of whose fields is there at all; one whose fields are all blank is nobody.
    """
    found = []
    for number in range(1, LIST_ITEMS_MAX + 1):
        values = [dig_exact(node, *(_numbered(name, number) for name in way)) for way in ways]
        if all(value is None for value in values):
            break
        if any(value_in(value) is not None for value in values):
            found.append((number, node))
    return found


# --- writing ---------------------------------------------------------------------------------------------------------


def unite(node: Wire, part: Wire) -> None:
    """Put the fields of a part beside those of an element; what both hold as objects is united, the part's wins."""
    for name, value in part.items():
        inner = node.get(name)
        if isinstance(inner, dict) and isinstance(value, dict):
            unite(inner, value)
        else:
            node[name] = value


def url_path(url: str) -> str:
    """The path of a URL as it is sent: `http.path` of a signature."""
    return urlsplit(url).path or "/"


def headers_own(headers: dict[str, str], more: Mapping[str, str | None]) -> None:
    """Put the headers that are one call's own in place of those of all calls; None takes one away."""
    for name, value in more.items():
        if value is None:
            headers.pop(name, None)
        else:
            headers[name] = value


def with_query(url: str, query: str) -> str:
    """The URL with one more piece of query behind it."""
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else url


def url_query(target: str) -> str:
    """The query of a request line's target, as it came."""
    return urlsplit(target).query


def known_texts(fields: Mapping[str, Any]) -> dict[str, str]:
    """The values a callback gives, as texts: numbers it may bear as numbers are ours as texts."""
    return {name: text for name, value in fields.items() if (text := text_of(value)) is not None}
