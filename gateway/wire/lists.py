"""Forms of a list: how the items of a `list:` row stand on the wire when they are not simply a repeated element.

Sending takes the items already mapped and gives the one wire value they become; reading gives the items back. What is
absent or blank on the wire is an empty list in every form.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from gateway.wire.contract import Wire
from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.limits import LIST_ITEMS_MAX
from gateway.wire.objects import join_in, json_text_in
from gateway.wire.plans import CodecText
from gateway.wire.shown import masked
from gateway.wire.trees import dig, each, put, text_of, value_in


def one_out(items: list[Any]) -> Any:
    """`one`: exactly one object, no list around it."""
    if len(items) != 1:
        raise CannotSend(f"this carrier takes exactly one here, the request has {len(items)}")
    return items[0]


def one_in(value: Any) -> list[Any]:
    """The one object, as a list."""
    if value.__class__ is list and len(value) != 1:
        raise Unreadable(f"expected exactly one, found {masked(value)}")
    return each(value)


def first_out(items: list[Any]) -> Any:
    """`first`: the first item only; the row says `lossy`."""
    return items[0] if items else None


def first_in(value: Any) -> list[Any]:
    """The first item, as a list."""
    return each(value)[:1]


def by_index_out(items: list[Any]) -> Wire:
    """`by_index`: an object with the keys 0, 1, ..."""
    return {str(position): item for position, item in enumerate(items)}


def by_index_in(value: Any) -> list[Any]:
    """The items in the order of their numbers; a plain list is read as well, since some carriers answer with one."""
    if value.__class__ is not dict:
        return each(value)
    if len(value) > LIST_ITEMS_MAX or not all(key.isascii() and key.isdigit() for key in value):
        raise Unreadable("expected an object with the keys 0, 1, 2")
    return [value[key] for key in sorted(value, key=int)]


def by_out(items: list[Any], *path: str) -> Wire:
    """`by(path)`: an object keyed by a value of the items, which stays in them."""
    keyed: Wire = {}
    for item in items:
        key = text_of(dig(item, *path))
        if key is None or key in keyed:
            raise CannotSend(f"this carrier keys a list by '{'.'.join(path)}', which is missing or comes twice")
        keyed[key] = item
    return keyed


def by_in(value: Any, *path: str) -> list[Any]:
    """The items of such an object, each with its key written where `path` says."""
    if value_in(value) is None:
        return []
    if value.__class__ is not dict:
        raise Unreadable(f"expected an object, found {masked(value)}")
    items: list[Any] = []
    for key, item in value.items():
        if item.__class__ is not dict:
            raise Unreadable(f"expected an object of objects, found {masked(item)}")
        items.append(item if dig(item, *path) is not None else _keyed(item, key, path))
    return items


def _keyed(item: Wire, key: str, path: tuple[str, ...]) -> Wire:
    copy = {**item}
    put(copy, key, *path)
    return copy


def by_value_out(items: list[Any], key: str, value: str) -> Wire:
    """`by(key;value)`: an object of values, each under the key of its item; a value that is absent is null."""
    keyed: Wire = {}
    for item in items:
        name = text_of(value_in(item.get(key)))
        if name is None or name in keyed:
            raise CannotSend(f"this carrier keys a list by '{key}', which is missing or comes twice")
        keyed[name] = item.get(value)
    return keyed


def by_value_in(value: Any, key: str, name: str) -> list[Any]:
    """The items of such an object, each with its key and, where there is one, its value."""
    if value_in(value) is None:
        return []
    if value.__class__ is not dict:
        raise Unreadable(f"expected an object, found {masked(value)}")
    if len(value) > LIST_ITEMS_MAX:
        raise Unreadable(f"a list holds more than {LIST_ITEMS_MAX} items")
    return [{key: one} if held is None else {key: one, name: held} for one, held in value.items()]


def beside_out(items: list[Any]) -> Wire:
    """`beside`: the fields of all items side by side in the parent, each field a column."""
    names = dict.fromkeys(name for item in items for name in item)
    # A hole would shift the column: an absent field is written empty.
    return {name: [item.get(name, "") for item in items] for name in names}


def beside_in(value: Any, *names: str) -> list[Any]:
    """The items out of the columns of the parent, only those named; columns of different lengths are unreadable."""
    if value_in(value) is None:
        return []
    if value.__class__ is not dict:
        raise Unreadable(f"expected an object, found {masked(value)}")
    columns = {name: each(column) for name, column in value.items() if not names or name in names}
    lengths = {len(column) for column in columns.values() if column}
    if len(lengths) > 1:
        raise Unreadable("the columns of a list have different lengths")
    count = lengths.pop() if lengths else 0
    return [{name: column[at] for name, column in columns.items() if column} for at in range(count)]


def positions_out(items: list[Any], *names: str) -> list[Any]:
    """`positions(a;b)`: every item an array, its values by their place; what is absent is null, at the end left out."""
    least = sum(not name.endswith("?") for name in names)
    plain = [name.removesuffix("?") for name in names]
    arrays = []
    for item in items:
        values = [item.get(name) for name in plain]
        while len(values) > least and values[-1] is None:
            values.pop()
        arrays.append(values)
    return arrays


def positions_in(value: Any, *names: str) -> list[Any]:
    """The items out of arrays; one with another number of values than it may have is unreadable."""
    least = sum(not name.endswith("?") for name in names)
    items: list[Any] = []
    for values in each(value):
        if values.__class__ is not list or not least <= len(values) <= len(names):
            raise Unreadable(f"expected an array of {len(names)} values, found {masked(values)}")
        found = zip(names, values, strict=False)
        items.append({name.removesuffix("?"): each_value for name, each_value in found if each_value is not None})
    return items


def bare_out(items: list[Any], name: str) -> list[Any]:
    """`bare(name)`: in place of every item the list that stands under its one name."""
    return [item.get(name, []) for item in items]


def bare_in(value: Any, name: str) -> list[Any]:
    """The items out of such a list of lists."""
    return [{name: inner} for inner in each(value)]


def joined_in(value: Any, separator: str) -> list[str]:
    """`join(separator)`: the texts of a list that stands in one."""
    return [] if value_in(value) is None else join_in(value, separator)


def json_list_in(value: Any, times: int = 1) -> list[Any]:
    """`json([times])`: the items of a list that stands as JSON text inside a field."""
    return [] if value_in(value) is None else each(json_text_in(value, times))


# --- the registry ----------------------------------------------------------------------------------------------------


POSITIONS_MAX = 100
"""Values of one array of `positions`."""


class ListPlan(Struct, frozen=True, kw_only=True):
    """What a generated module writes: `send(items, *arguments)` and `read(value, *arguments)`.

    `spread` says that the form has no element of its own: its fields stand in the parent. `plain` says that the items
    are texts, not messages. `lossy` asks the row for its reason.
    """

    send: str
    read: str
    arguments: tuple[str | int, ...] = ()
    spread: bool = False
    plain: bool = False
    lossy: bool = False


class ListForm(Struct, frozen=True, kw_only=True):
    """One form of a list, by name, with how its parameters read and how many it takes."""

    name: str
    parameters: str
    plan: ListPlan
    least: int = 0
    most: int = 0


_ALL = (
    ListForm(name="one", parameters="", plan=ListPlan(send="one_out", read="one_in")),
    ListForm(name="first", parameters="", plan=ListPlan(send="first_out", read="first_in", lossy=True)),
    ListForm(name="by_index", parameters="", plan=ListPlan(send="by_index_out", read="by_index_in")),
    ListForm(name="by", parameters="path[;value]", plan=ListPlan(send="by_out", read="by_in"), least=1, most=2),
    ListForm(
        name="join",
        parameters="separator",
        plan=ListPlan(send="join_out", read="joined_in", plain=True),
        least=1,
        most=1,
    ),
    ListForm(name="beside", parameters="", plan=ListPlan(send="beside_out", read="beside_in", spread=True)),
    ListForm(
        name="positions",
        parameters="name;..",
        plan=ListPlan(send="positions_out", read="positions_in"),
        least=1,
        most=POSITIONS_MAX,
    ),
    ListForm(name="bare", parameters="name", plan=ListPlan(send="bare_out", read="bare_in"), least=1, most=1),
    ListForm(name="json", parameters="[times]", plan=ListPlan(send="json_text_out", read="json_list_in"), most=1),
)

LIST_FORMS: Mapping[str, ListForm] = {form.name: form for form in _ALL}
"""Every form of a list a mapping may name after `as:`, by name."""


def plan_list(codec: CodecText) -> ListPlan:
    """The plan of a list's form as written; raises `ValueError` with one clear sentence."""
    form = LIST_FORMS.get(codec.name)
    if form is None:
        raise ValueError(f"unknown form of a list '{codec.name}'; known: {', '.join(sorted(LIST_FORMS))}")
    texts = [argument for argument in codec.arguments if isinstance(argument, str)]
    if len(texts) != len(codec.arguments) or not form.least <= len(texts) <= form.most:
        raise ValueError(f"a list is written {form.name}{f'({form.parameters})' if form.most else ''}")
    return _with(form, texts)


def _check_positions(texts: list[str]) -> None:
    named = [text.removesuffix("?") for text in texts if text]
    if len(set(named)) != len(named):
        raise ValueError("positions: a name stands twice")
    ending = [text.endswith("?") for text in texts]
    if ending != sorted(ending):
        raise ValueError("positions: what may be left out (name?) stands at the end")


def _by(texts: list[str]) -> ListPlan:
    """The key is a field of the item; what stands under it is the item, or with two names one value of it."""
    ways = [tuple(text.split(".")) for text in texts]
    if not all(name for way in ways for name in way):
        raise ValueError("by names the wire field of an item that is its key, as in by(code)")
    if len(ways) == 1:
        return ListPlan(send="by_out", read="by_in", arguments=ways[0])
    if len(ways[0]) > 1 or len(ways[1]) > 1 or ways[0] == ways[1]:
        raise ValueError("by(key;value) names two fields of the item itself, as in by(code;sum)")
    return ListPlan(send="by_value_out", read="by_value_in", arguments=(*ways[0], *ways[1]))


def _with(form: ListForm, texts: list[str]) -> ListPlan:
    arguments: tuple[str | int, ...] = tuple(texts)
    if form.name == "by":
        return _by(texts)
    if form.name == "positions":
        _check_positions(texts)
    if form.name == "json":
        if texts and texts[0] not in ("1", "2", "3"):
            raise ValueError("json: how many times must lie between 1 and 3")
        arguments = (int(texts[0]) if texts else 1,)
    plan = form.plan
    return ListPlan(
        send=plan.send, read=plan.read, arguments=arguments, spread=plan.spread, plain=plan.plain, lossy=plan.lossy
    )
