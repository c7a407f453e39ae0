"""Fields joined into the one text a signature covers: `k=v` by name, or values alone, as the carrier's document wants.

The options are those of `sorted(..)` and `values(..)` in a mapping; a generated line names only the ones it uses.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote, quote_plus

from gateway.wire.contract import Secret
from gateway.wire.errors import CannotSend
from gateway.wire.layers.charset import encoded
from gateway.wire.layers.json import json_out
from gateway.wire.limits import DEPTH_MAX, FORM_FIELDS_MAX
from gateway.wire.shown import masked

Pairs = list[tuple[str, str]]

BLANKS = ("drop", "keep", "null")
"""What becomes of an empty text: left out, kept, or kept with absent values beside it written `null`."""

CHANGES: Mapping[str, Callable[[str, str], str]] = {
    "upper": lambda text, _: text.upper(),
    "lower": lambda text, _: text.lower(),
    "trim": lambda text, _: text.strip(),
    "url": lambda text, charset: quote(_bytes(text, charset), ""),
    "form": lambda text, charset: quote_plus(_bytes(text, charset)),
}
"""What may be done to a name or a value before it is joined, the text's bytes being those of the carrier's charset;
`url` writes a space as %20, `form` as +."""

IN_CHARSET = ("url", "form")
"""Changes whose result the charset decides."""

NESTED = ("json", "json_sorted", "map", "map_sorted", "flat", "drop", "same")
"""What becomes of an object or list: its JSON text, that of a Java map (`{a=1, b=[x, y]}`), each also with sorted
keys, a field for each leaf, nothing, or the text that the whole is joined to by the same rule."""


def _bytes(text: str, charset: str) -> bytes:
    try:
        return encoded(text, charset)
    except UnicodeEncodeError as error:
        raise CannotSend(f"character {error.start + 1} of what is signed does not exist in {charset}") from None


def sorted_pairs(
    fields: Any,
    separator: str = "&",
    blanks: str = "drop",
    *,
    kv: str = "=",
    without: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    more: Mapping[str, Any] | None = None,
    names: str = "",
    values: str = "",
    nested: str = "",
    fold: bool = False,
    descending: bool = False,
    deep: bool = False,
    charset: str = "utf-8",
) -> str:
    """`sorted(query|wire;separator;..)`: name and value of every field by rising code point of the names, joined.

    `kv` stands between name and value; `without` stays out, the signature itself among it, `only` leaves out all
    others, `more` adds fields before they are sorted; `fold` compares names without regard to case. Values are taken
    before they are percent-encoded.
    """
    if nested == "same":
        how = {"kv": kv, "names": names, "values": values, "fold": fold, "descending": descending, "charset": charset}
        fields = _joined_inside(fields, separator, blanks, how)
    kept = _kept(_bare(fields) if deep else fields, blanks, without, only, more, nested)
    pairs = [(_changed(name, names, charset), _changed(value, values, charset)) for name, value in kept]
    pairs.sort(key=_folded if fold else _name, reverse=descending)
    return separator.join([f"{name}{kv}{value}" for name, value in pairs])


def _joined_inside(fields: Any, separator: str, blanks: str, how: dict[str, Any], depth: int = 0) -> Any:
    """The fields with each object among them joined as they themselves will be; a list becomes its JSON text."""
    if depth > DEPTH_MAX:
        raise CannotSend(f"the fields a signature covers nest deeper than {DEPTH_MAX}")
    if not isinstance(fields, dict):
        return fields
    texts: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, dict):
            inside = _joined_inside(value, separator, blanks, how, depth + 1)
            texts[name] = sorted_pairs(inside, separator, blanks, **how)
        else:
            texts[name] = json_out(value).decode() if isinstance(value, list) and value else value
    return texts


def _bare(value: Any, depth: int = 0) -> Any:
    """The value without what is absent or an empty text, however deep it stands; items of lists stay."""
    if depth > DEPTH_MAX:
        raise CannotSend(f"the fields a signature covers nest deeper than {DEPTH_MAX}")
    if isinstance(value, list):
        return [_bare(each, depth + 1) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _bare(each, depth + 1) for name, each in value.items() if each is not None and each != ""}


def fields_json(fields: Any, *, keys_sorted: bool = False, drop: bool = False) -> str:
    """`json(wire)`, `json_sorted(wire;drop)`: an object as its compact JSON text; `drop` leaves blanks out."""
    if not isinstance(fields, dict):
        raise CannotSend(f"a signature covers the fields of an object, not {masked(fields)}")
    return json_out(_bare(fields) if drop else fields, keys_sorted=keys_sorted).decode()


def without_field(fields: Any, *names: str) -> Any:
    """The fields without the one that stands so deep inside; what was given stays as it is."""
    name, *deeper = names
    if not isinstance(fields, dict) or name not in fields:
        return fields
    if deeper:
        return {**fields, name: without_field(fields[name], *deeper)}
    return {key: value for key, value in fields.items() if key != name}


def values_by_name(
    fields: Any,
    separator: str = "",
    blanks: str = "drop",
    *,
    without: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    more: Mapping[str, Any] | None = None,
    values: str = "",
    nested: str = "",
    fold: bool = False,
    descending: bool = False,
    deep: bool = False,
    charset: str = "utf-8",
) -> str:
    """`values(..;by_name)`: the values alone, in the order of their names."""
    pairs = _kept(_bare(fields) if deep else fields, blanks, without, only, more, nested)
    pairs.sort(key=_folded if fold else _name, reverse=descending)
    return separator.join([_changed(value, values, charset) for _, value in pairs])


def sorted_values(
    fields: Any,
    separator: str = "",
    blanks: str = "drop",
    *,
    without: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    more: Mapping[str, Any] | None = None,
    values: str = "",
    nested: str = "",
    fold: bool = False,
    descending: bool = False,
    deep: bool = False,
    charset: str = "utf-8",
) -> str:
    """`values(query|wire;separator;..)`: the values alone, sorted themselves."""
    kept = _kept(_bare(fields) if deep else fields, blanks, without, only, more, nested)
    texts = [_changed(value, values, charset) for _, value in kept]
    texts.sort(key=str.lower if fold else None, reverse=descending)
    return separator.join(texts)


def sorted_texts(separator: str, *parts: Any) -> str:
    """`sort(part;part;..)`: some parts in the order of their texts, joined with nothing between."""
    return separator.join(sorted("" if part is None else plain_text(part) for part in parts))


def plain_text(value: Any) -> str:
    """A value as the text it is signed as; raises `CannotSend` for an object or a list, which has no one text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, Secret):
        return value.reveal()
    raise CannotSend(f"{masked(value)} cannot be part of a signature")


def map_text(value: Any, *, keys_sorted: bool = False, depth: int = 0) -> str:
    """What Java's `Map.toString()` and `List.toString()` write: `{a=1, b=[x, y], c=null}`, nothing quoted."""
    if depth > DEPTH_MAX:
        raise CannotSend(f"the fields a signature covers nest deeper than {DEPTH_MAX}")
    if isinstance(value, list):
        return f"[{', '.join([map_text(each, keys_sorted=keys_sorted, depth=depth + 1) for each in value])}]"
    if not isinstance(value, dict):
        return "null" if value is None else plain_text(value)
    pairs = sorted(value.items()) if keys_sorted else value.items()
    texts = [f"{key}={map_text(each, keys_sorted=keys_sorted, depth=depth + 1)}" for key, each in pairs]
    return f"{{{', '.join(texts)}}}"


def _name(pair: tuple[str, str]) -> str:
    return pair[0]


def _folded(pair: tuple[str, str]) -> str:
    return pair[0].lower()


def _changed(text: str, change: str, charset: str) -> str:
    return CHANGES[change](text, charset) if change else text


def _kept(
    fields: Any,
    blanks: str,
    without: tuple[str, ...],
    only: tuple[str, ...],
    more: Mapping[str, Any] | None,
    nested: str,
) -> Pairs:
    if not isinstance(fields, dict):
        raise CannotSend(f"a signature covers the fields of an object, not {masked(fields)}")
    found: Pairs = []
    for name, value in {**fields, **more}.items() if more else fields.items():
        if name in without or (only and name not in only):
            continue
        if value.__class__ is str:
            if value or blanks != "drop":
                found.append((name, value))
        else:
            found += _other(name, value, blanks, nested)
    return found


def _other(name: str, value: Any, blanks: str, nested: str) -> Pairs:
    """A field that is no text: nothing, a number, or an object in one of its forms."""
    if value is None:
        return [(name, "null")] if blanks == "null" else []
    if isinstance(value, dict | list) and nested:
        return _object(name, value, blanks, nested)
    text = plain_text(value)
    return [(name, text)] if text or blanks != "drop" else []


def _object(name: str, value: Any, blanks: str, nested: str) -> Pairs:
    match nested:
        case "drop":
            return []
        case "flat":
            return _leaves(name, value, blanks)
    if not value and blanks == "drop":
        return []
    if nested.startswith("map"):
        return [(name, map_text(value, keys_sorted=nested == "map_sorted"))]
    return [(name, json_out(value, keys_sorted=nested == "json_sorted").decode())]


def _leaves(name: str, value: Any, blanks: str) -> Pairs:
    """One field for each leaf, under its dotted path; items of a list are numbered from 0."""
    found: Pairs = []
    level: list[tuple[str, Any]] = [(name, value)]
    for _ in range(DEPTH_MAX):
        deeper: list[tuple[str, Any]] = []
        for path, node in level:
            if isinstance(node, dict):
                deeper += [(f"{path}.{key}", each) for key, each in node.items()]
            elif isinstance(node, list):
                deeper += [(f"{path}.{index}", each) for index, each in enumerate(node)]
            else:
                found += _other(path, node, blanks, "") if node != "" else [(path, "")] * (blanks != "drop")
        if len(found) + len(deeper) > FORM_FIELDS_MAX:
            raise CannotSend(f"a signature covers at most {FORM_FIELDS_MAX} fields")
        if not deeper:
            return found
        level = deeper
    raise CannotSend(f"the fields a signature covers nest deeper than {DEPTH_MAX}")
