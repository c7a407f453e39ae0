"""Texts that look like somebody's: identity numbers, telephones, bank cards, e-mail addresses, keys and tokens.

What is made up stands in ranges that belong to nobody, and is not found: identity numbers of region 999999, mobile
numbers that begin with 1380000, cards that begin with 6200000000, e-mail of the domains reserved by RFC 2606.
"""

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator

from msgspec import Struct

MADE_UP_REGION = "999999"
MADE_UP_MOBILE = "1380000"
MADE_UP_CARD = "6200000000"
MADE_UP_DOMAINS = ("example.com", "example.org", "example.net", "example", "test", "invalid", "localhost", ".zzz")
"""Reserved by RFC 2606; `.zzz` is what derived cases make of every ending, and nobody's top level."""
SECRET_LENGTH_MIN = 6
OF_THE_SETTINGS = "a secret of the settings"
HINT = (
    "write a made-up one (an identity number of region 999999, a mobile number 1380000...), "
    "or say synthetic: true in the example if it is none"
)
PRIVATE_KEY, BARE_PRIVATE_KEY, TOKEN, ACCESS_KEY = (
    "a private key", "a private key without its PEM lines", "a signed token", "an access key of a cloud or service",
)  # fmt: skip
SECRETS = frozenset({PRIVATE_KEY, BARE_PRIVATE_KEY, TOKEN, ACCESS_KEY})
"""What nobody makes up: `synthetic: true` does not allow it."""
KEY_HINT = "synthetic: true does not allow it: leave it out, test keys stand in contract_tests/keys"

_IDENTITY = re.compile(r"(?<![0-9A-Za-z])([1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[0-9Xx])(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z.])(?:(?:\+|00)?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?![0-9A-Za-z])")
_ABROAD = re.compile(r"(?<![0-9A-Za-z+])(\+(?!86)[1-9]\d{8,13})(?![0-9A-Za-z])")
_FICTION = re.compile(r"\+(?:447700900\d{3}|1\d{3}55501\d{2}|0|999)")
"""Numbers that Ofcom and the North American plan keep for fiction, and the country code that E.164 gives to nobody."""
_CARD = re.compile(r"(?<![0-9A-Za-z])((?:62|4|5[1-5]|3[47])\d{13,17})(?![0-9A-Za-z])")
_EMAIL = re.compile(r"(?<![\w.+-])([A-Za-z0-9][\w.+-]*)@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})(?![\w-])", re.ASCII)
_OLD_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z.])((?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])\d{4}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3})"
    r"(?![0-9A-Za-z])"
)
_LANDLINE = re.compile(r"(?<![0-9A-Za-z-])(0(?:10|2\d|[3-9]\d{2})-[2-9]\d{6,7})(?![0-9A-Za-z-])")
_HONG_KONG = re.compile(r"(?<![0-9A-Za-z])([A-Z]{1,2}(?!0000)\d{6}[(（][0-9A][)）])")
_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY")
_CERTIFICATE = re.compile(r"-----BEGIN [A-Z0-9 ]*CERTIFICATE")
_BARE_KEY = re.compile(r"(?<![A-Za-z0-9+/])MII[A-Za-z0-9+/]{200,}={0,2}")
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")
_ACCESS = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:AKIA|ASIA)[A-Z0-9]{16}|LTAI[A-Za-z0-9]{12,30}|AKID[A-Za-z0-9]{13,40}|gh[pousr]_[A-Za-z0-9]{36,}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}|[sr]k_live_[A-Za-z0-9]{16,}|AIza[A-Za-z0-9_-]{35})(?![A-Za-z0-9])"
)
_ACCESS_HEADS = ("AKIA", "ASIA", "LTAI", "AKID", "gh", "xox", "_live_", "AIza")
_REGION = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DIGITS = re.compile(r"\+?\d[\d -]{7,}\d[Xx]?")
"""A run that may hold a number; everything else is not looked at twice."""
_CARD_LENGTH_MIN = 15


class Finding(Struct, frozen=True):
    """What a text seems to hold, and where in it; never the text itself."""

    what: str
    start: int
    end: int


def findings(text: str, secrets: Iterable[str] = (), *, mail: bool = False) -> Iterator[Finding]:
    """Everything in a text that looks like somebody's; `secrets` are known ones, `mail` finds e-mail and more too.

    Landlines, identity numbers of 15 digits and of Hong Kong are among the more: a recording is asked for them.
    """
    if "-----BEGIN" in text:
        yield from _all(_KEY, text, PRIVATE_KEY)
        yield from _all(_CERTIFICATE, text, "a certificate")
    if "MII" in text:
        yield from (Finding(_bare(found[0]), *found.span()) for found in _BARE_KEY.finditer(text))
    if "eyJ" in text:
        yield from _all(_JWT, text, TOKEN)
    if any(head in text for head in _ACCESS_HEADS):
        yield from _all(_ACCESS, text, ACCESS_KEY)
    yield from _numbers(text)
    if mail and "@" in text:
        yield from (
            Finding("an e-mail address", *found.span())
            for found in _EMAIL.finditer(text)
            if not found[2].lower().endswith(MADE_UP_DOMAINS)
        )
    if mail:
        yield from _all(_OLD_IDENTITY, text, "an identity number of 15 digits")
        yield from _all(_LANDLINE, text, "a landline number")
        yield from _all(_HONG_KONG, text, "an identity number of Hong Kong")
    for secret in secrets:
        at = text.find(secret) if len(secret) >= SECRET_LENGTH_MIN else -1
        if at >= 0:
            yield Finding(OF_THE_SETTINGS, at, at + len(secret))


def _all(pattern: re.Pattern[str], text: str, what: str) -> Iterator[Finding]:
    return (Finding(what, *found.span()) for found in pattern.finditer(text))


def _bare(text: str) -> str:
    """A private key begins with its version, a public one and a certificate with what it is made of."""
    begins = b64decode(text[:12])
    return BARE_PRIVATE_KEY if begins[4:6] == b"\x02\x01" else "a key or certificate without its PEM lines"


def _numbers(text: str) -> Iterator[Finding]:
    for run in _DIGITS.finditer(text):
        # One character more on both sides: a number that is part of a longer word is none.
        yield from _in_run(text, run.start(), min(run.end() + 1, len(text)))


def _in_run(text: str, start: int, end: int) -> Iterator[Finding]:
    for found in _IDENTITY.finditer(text, start, end):
        if is_real_identity(found[1]):
            yield Finding("a real identity number", *found.span(1))
    for found in _CARD.finditer(text, start, end):
        if is_card(found[1]) and not found[1].startswith(MADE_UP_CARD):
            yield Finding("a bank card", *found.span(1))
    for found in _MOBILE.finditer(text, start, end):
        if not bare_digits(found[1]).startswith(MADE_UP_MOBILE):
            yield Finding("a mobile number", *found.span(1))
    for found in _ABROAD.finditer(text, start, end):
        if not _FICTION.match(found[1]):
            yield Finding("a telephone number", *found.span(1))


def bare_digits(text: str) -> str:
    """A number as its digits alone."""
    return "".join(each for each in text if each.isdigit())


def is_real_identity(number: str) -> bool:
    """Whether an identity number is of a region that gives some out, with the right check character."""
    return bool(_REGION.match(number)) and number[-1].upper() == check_character(number)


def check_character(number: str) -> str:
    """The check character of an identity number's first 17 digits (ISO 7064, MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return "10X98765432"[total % 11]


def is_card(number: str) -> bool:
    """Whether a number is as long as a bank card's and right by Luhn."""
    return len(number) >= _CARD_LENGTH_MIN and luhn_sum(number) % 10 == 0


def luhn_sum(number: str) -> int:
    """The sum that Luhn's check takes of all digits, the check digit last."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2]]
    return sum(digits[::2]) + sum(doubled)
