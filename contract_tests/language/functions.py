"""The functions that need neither a carrier nor a library: times, numbers, texts and trees; one table."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from contract_tests.language.template import NULL


@lru_cache(maxsize=4096)
def moment_of(text: str, pattern: str) -> datetime:
    """Read a date or time written exactly as a strftime pattern writes it; strptime alone forgives too much."""
    moment = datetime.strptime(text, pattern)  # noqa: DTZ007 the caller knows the zone
    if moment.strftime(pattern) != text:
        raise ValueError(f"'{text}' is not written as {pattern}")
    return moment


def epoch(moment: datetime) -> int:
    """Seconds since 1970."""
    return int(moment.timestamp())


def zulu(moment: datetime) -> str:
    """An instant in UTC as RFC 3339 with `Z`, in whole seconds."""
    return datetime.fromtimestamp(moment.timestamp(), tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(text: str, show: str = "%Y-%m-%d") -> date:
    """Read a date."""
    return moment_of(text, show).date()


def age(born: date, on: datetime | date) -> int:
    """Completed years on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def whole_days(start: datetime, end: datetime) -> int:
    """Whole periods of 24 hours between two instants."""
    return (end - start) // timedelta(days=1)


def days_begun(start: datetime, end: datetime) -> int:
    """Periods of 24 hours between two instants, a started one counted as one."""
    return -((start - end) // timedelta(days=1))


def shift(moment: datetime, **by: int) -> datetime:
    """An instant moved by days, hours, minutes or seconds."""
    return moment + timedelta(**by)


def shifted_years(moment: datetime, years: int) -> datetime:
    """The same day some years later; 29 February becomes 28 February."""
    leap = moment.month == 2 and moment.day == 29
    return moment.replace(year=moment.year + years, day=28 if leap else moment.day)


def rounded(value: Any, places: int = 0) -> Any:
    """Half up; without places an integer."""
    found = Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return int(found) if places == 0 else found


def truncated(value: Any, places: int = 0) -> Any:
    """Cut off; without places an integer."""
    found = Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_DOWN)
    return int(found) if places == 0 else found


def fixed(value: Any, places: int = 2) -> str:
    """A number as text with exactly that many decimals."""
    return f"{Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"


def minor(value: Any, places: int = 2) -> int:
    """An amount in its smallest units; one with more decimals is an error."""
    found = Decimal(value).scaleb(places)
    if found != found.to_integral_value():
        raise ValueError("the amount has too many decimals")
    return int(found)


def pad(value: Any, width: int) -> str:
    """A number or text padded with zeros on the left."""
    return str(value).zfill(width)


def tail(text: str | None, length: int) -> str:
    """The last characters of a text."""
    return text[-length:] if text else ""


def matches(text: str | None, pattern: str) -> bool:
    """Whether a regular expression fits the whole text."""
    return text is not None and re.fullmatch(pattern, text) is not None


def split(text: str | None, by: str) -> list[str]:
    """The parts of a text."""
    return text.split(by) if text else []


def join(parts: Iterable[Any] | None, by: str) -> str:
    """Texts as one, with a separator between them; nothing is an empty text."""
    return by.join("" if part is None else str(part) for part in parts or ())


def named(texts: list[str], names: list[str]) -> dict[str, str]:
    """The fields of a record under their names, in order; another number of fields is an error."""
    if len(texts) != len(names):
        raise ValueError(f"the record has {len(texts)} fields, expected {len(names)}")
    return dict(zip(names, texts, strict=True))


def merge(*maps: dict[str, Any] | None) -> dict[str, Any]:
    """One map of several; later ones win, nothing is an empty map."""
    return {key: value for one in maps if one for key, value in one.items()}


def pick(holder: dict[str, Any] | None, *names: str) -> dict[str, Any]:
    """The named entries of a map that are there, in this order."""
    return {name: holder[name] for name in names if holder and name in holder}


def full(holder: dict[str, Any], *names: str) -> dict[str, Any]:
    """The named entries in this order, null where there is nothing."""
    return {name: NULL if holder.get(name) is None else holder[name] for name in names}


def short(value: Any) -> Decimal:
    """A number written with as few decimals as it needs, and at least one."""
    found = Decimal(value).normalize()
    return found if found.as_tuple().exponent < 0 else found.quantize(Decimal("0.1"))  # type: ignore[operator]


def without(holder: dict[str, Any] | None, *names: str) -> dict[str, Any]:
    """A map without the named entries."""
    return {key: value for key, value in (holder or {}).items() if key not in names}


def where(items: Iterable[Any] | None, name: str, value: Any) -> Any:
    """The first map of a list whose entry equals the value, or nothing."""
    return next((item for item in items or () if item.get(name) == value), None)


def indexed(items: Iterable[Any] | None) -> list[dict[str, Any]]:
    """A list as `{index, item}` maps, the index counting from 1."""
    return [{"index": index, "item": item} for index, item in enumerate(items or (), 1)]


def many(value: Any) -> list[Any]:
    """A list as it is, one value as a list of it, nothing as an empty one."""
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def values(holder: Any) -> list[Any]:
    """The values of a map in order; a list stays."""
    return list(holder.values()) if isinstance(holder, dict) else list(holder or ())


def look(holder: Any, path: str) -> Any:
    """The value at a dotted path, a number counting items of a list; nothing when a part of it is absent."""
    for name in path.split("."):
        if isinstance(holder, list):
            holder = holder[int(name)] if name.isdigit() and int(name) < len(holder) else None
        else:
            holder = holder.get(name) if isinstance(holder, dict) else None
    return holder


def put(holder: Any, path: str, value: Any) -> Any:
    """A copy of a tree with another value at a dotted path; maps that are missing on the way are made."""
    name, _, rest = path.partition(".")
    if isinstance(holder, list):
        changed = {int(name): put(look(holder, name), rest, value) if rest else value}
        return [changed.get(index, item) for index, item in enumerate(holder)]
    return {**(holder or {}), name: put((holder or {}).get(name), rest, value) if rest else value}


def count(name: str, items: Iterable[Any] | None) -> int:
    """How many items are equal to a name."""
    return sum(item == name for item in items or ())


_TIMES: dict[str, Callable[..., Any]] = {
    "epoch": epoch, "zulu": zulu, "day": day, "age": age, "whole_days": whole_days, "days_begun": days_begun,
    "shift": shift, "shifted_years": shifted_years, "show": lambda moment, pattern: moment.strftime(pattern),
}  # fmt: skip
_NUMBERS: dict[str, Callable[..., Any]] = {
    "round": rounded, "truncate": truncated, "fixed": fixed, "short": short, "minor": minor, "decimal": Decimal,
    "int": int, "abs": abs, "min": min, "max": max, "sum": lambda items: sum(items, 0),
}  # fmt: skip
_TEXTS: dict[str, Callable[..., Any]] = {
    "text": str, "upper": str.upper, "lower": str.lower, "strip": str.strip, "pad": pad, "tail": tail, "split": split,
    "join": join, "named": named,
    "matches": matches, "starts": lambda text, start: bool(text) and text.startswith(start),
}  # fmt: skip
_TREES: dict[str, Callable[..., Any]] = {
    "merge": merge, "pick": pick, "without": without, "full": full, "look": look, "put": put, "where": where,
    "indexed": indexed, "values": values, "many": many, "count": count, "all": all, "any": any,
    "len": lambda value: len(value or ()), "keys": lambda holder: list(holder or ()),
    "is_text": lambda value: isinstance(value, str), "is_map": lambda value: isinstance(value, dict),
    "is_list": lambda value: isinstance(value, list),
}  # fmt: skip
PURE: dict[str, Callable[..., Any]] = {**_TIMES, **_NUMBERS, **_TEXTS, **_TREES}
