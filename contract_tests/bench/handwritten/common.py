"""What the hand-written messages have in common: code tables, amounts, texts, days, members nobody reads."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

from gateway.model import Gender, IdType, Money, Party, PolicyIssueResult, Relationship
from gateway.model.outcome import UNKNOWN, Outcome, OutcomeKind
from gateway.wire.contract import Context, Reply
from gateway.wire.errors import CannotSend

ZONE = timezone(timedelta(hours=8))
GENDER = {Gender.male: "1", Gender.female: "2", Gender.unknown: "0"}
ID_TYPE = {IdType.cn_resident_id: "01", IdType.passport: "02", IdType.other: "99"}
RELATION = {
    Relationship.self: "00",
    Relationship.spouse: "01",
    Relationship.child: "02",
    Relationship.parent: "03",
    Relationship.other: "99",
}
GENDER_IN = {code: value for value, code in GENDER.items()}
ID_TYPE_IN = {code: value for value, code in ID_TYPE.items()}
RELATION_IN = {code: value for value, code in RELATION.items()}


def fit(text: str, bytes_max: int, charset: str = "utf-8") -> str:
    """The text, which must not be longer in the wire's charset."""
    if len(text.encode(charset)) > bytes_max:
        raise CannotSend(f"longer than {bytes_max} bytes")
    return text


def yuan(money: Money) -> str:
    """Yuan with two decimals."""
    if money.currency != "CNY":
        raise CannotSend("not yuan")
    whole, rest = divmod(abs(money.amount), 100)
    return f"{'-' if money.amount < 0 else ''}{whole}.{rest:02}"


def single(party: Party) -> None:
    """One document and one telephone number fit, no more."""
    if len(party.id_docs) > 1 or len(party.phones) > 1:
        raise CannotSend("only one document and one phone fit")


def text_in(value: Any) -> str | None:
    """Text, or None for what is absent or blank; anything else is not what the carrier promised."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError("not text")
    return value if value.strip() else None


def yuan_in(value: Any) -> Money | None:
    """Yuan with at most two decimals."""
    text = text_in(value)
    if text is None:
        return None
    whole, _, rest = text.partition(".")
    if len(rest) > 2 or not (whole.lstrip("-") + rest).isdigit():
        raise ValueError("no amount")
    sign = -1 if whole.startswith("-") else 1
    return Money(amount=int(whole) * 100 + sign * int(rest.ljust(2, "0") or 0), currency="CNY")


def day_in(value: Any) -> date | None:
    """A day written yyyy-MM-dd."""
    text = text_in(value)
    if text is None:
        return None
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        raise ValueError("no day")
    return date.fromisoformat(text)


def local(at: datetime) -> datetime:
    """The instant on the carrier's clock."""
    return at.astimezone(ZONE)


def items(value: Any) -> list[Any]:
    """The elements of a list; a single one stands alone in XML."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


Levels = Iterable[tuple[str, Iterable[Any]]]


def unknown_members(levels: Levels, known: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The members nobody reads, at every level."""
    found: dict[str, None] = {}
    for way, objects in levels:
        names = known[way]
        for each in objects:
            if isinstance(each, dict) and not each.keys() <= names:
                found |= {way + key: None for key in each.keys() - names}
    return tuple(found)


Result = tuple[PolicyIssueResult, tuple[str, ...]]


def replied(wire: dict[str, Any], outcome: Outcome, echo: Any, context: Context, read: Callable[[], Result]) -> Reply:
    """The reply around a result: another's reply is unknown; what cannot be read leaves it accepted and incomplete."""
    if echo != context.request_no[:30]:
        return Reply(outcome=UNKNOWN, problems=("not ours",), wire=wire)
    try:
        result, unmapped = read()
    except (ValueError, TypeError, KeyError, ArithmeticError) as error:
        yes = outcome.kind is OutcomeKind.accepted
        return Reply(outcome=outcome, incomplete=yes, problems=(str(error),), wire=wire)
    return Reply(outcome=outcome, result=result, unmapped=unmapped, wire=wire)
