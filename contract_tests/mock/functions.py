"""The functions that expressions in mock.yaml may call: one table, documented in the README of this room."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from contract_tests.mock import codings, gm, rsa
from contract_tests.mock.expression import Scope
from contract_tests.mock.shape import moment_of

_ALPHANUMERIC = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def now(scope: Scope, show: str | None = None) -> Any:
    """The carrier's time: an aware datetime, or a text when a strftime pattern is given."""
    moment = scope.world.now(scope.get("skew_s", 0.0))
    return moment.strftime(show) if show else moment


def epoch(moment: datetime) -> int:
    """Seconds since 1970."""
    return int(moment.timestamp())


def at(scope: Scope, text: str, show: str) -> datetime:
    """Read an instant in the carrier's zone; a text that the pattern does not write the same way is an error."""
    return moment_of(text, show).replace(tzinfo=scope.world.zone)


def instant(scope: Scope, text: str) -> datetime:
    """Read an RFC 3339 instant into the carrier's zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"'{text}' has no offset")
    return moment.astimezone(scope.world.zone)


def zulu(moment: datetime) -> str:
    """An instant in UTC as RFC 3339 with `Z`, in whole seconds."""
    return datetime.fromtimestamp(moment.timestamp(), tz=_UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_UTC = datetime.fromisoformat("1970-01-01T00:00:00Z").tzinfo


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
    return {name: codings.NULL if holder.get(name) is None else holder[name] for name in names}


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


def serial(scope: Scope, name: str) -> int:
    """The next number of a series of this carrier (the first is 1)."""
    return int(scope.world.numbers.serial(name))


def nonce(scope: Scope, length: int, alphabet: str = _ALPHANUMERIC) -> str:
    """Random characters from the mock's seed."""
    return str(scope.world.numbers.nonce(length, alphabet))


def random_uuid(scope: Scope) -> str:
    """A random UUID from the mock's seed, or the next given text."""
    return str(scope.world.numbers.uuid())


def count(name: str, items: Iterable[Any] | None) -> int:
    """How many items are equal to a name."""
    return sum(item == name for item in items or ())


CONTEXTUAL: dict[str, Callable[..., Any]] = {
    "now": now, "at": at, "instant": instant, "serial": serial, "nonce": nonce, "uuid": random_uuid,
}  # fmt: skip
"""Functions that see the carrier's clock and numbers; they take the scope first."""

_CODINGS: dict[str, Callable[..., Any]] = {
    "form": codings.form, "form_bytes": codings.form_bytes, "to_form": codings.to_form, "json": codings.from_json,
    "to_json": codings.to_json, "member": codings.member, "xml": codings.from_xml, "to_xml": codings.to_xml,
    "base64": codings.base64_text, "octets": codings.octets, "pairs": codings.pairs, "hex": bytes.hex,
    "unbase64": codings.unbase64, "aes_ecb": codings.aes_ecb, "aes_ecb_open": codings.aes_ecb_open,
    "soap": codings.soap, "xml_or_nothing": codings.xml_or_nothing, "fits": codings.fits,
    "sm2_sign": gm.sm2_sign, "sm2_verify": gm.sm2_verify, "sm4_seal": gm.sm4_seal,
    "sm4_open": gm.sm4_open,
    "decode": lambda data, charset="utf-8": data.decode(charset),
    **{name: partial(codings.digest, name) for name in ("md5", "sha1", "sha256", "sha512", "sm3")},
    "rsa_signed": rsa.signed, "rsa_genuine": rsa.genuine, "rsa_opened": rsa.opened,
    **{f"hmac_{name}": partial(codings.mac, name) for name in ("sha1", "sha256", "sha512")},
}  # fmt: skip
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
FUNCTIONS: dict[str, Callable[..., Any]] = {**CONTEXTUAL, **_CODINGS, **_TIMES, **_NUMBERS, **_TEXTS, **_TREES}
