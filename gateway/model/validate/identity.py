"""Identity numbers: GB 11643 (citizens), GB 32100 (organisations), and the check digit of a VIN.

The generators make valid numbers of nobody: no region has the code 999999, so none was ever assigned.
"""

import re
from datetime import date
from operator import mul

from msgspec import Struct

from gateway.model.enums_party import Gender

_RESIDENT_18 = re.compile(r"[0-9]{17}[0-9Xx]", re.ASCII)
_RESIDENT_15 = re.compile(r"[0-9]{15}", re.ASCII)
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS = "10X98765432"
# What seventeen digits 0 weigh as characters: numbers are weighed as their bytes, which needs no conversion.
_RESIDENT_ZEROS = ord("0") * sum(_RESIDENT_WEIGHTS)

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(f"[{_USCC_ALPHABET}]{{18}}", re.ASCII)

_VIN = re.compile(r"[0-9A-HJ-NPR-Z]{17}", re.ASCII)
_VIN_VALUES = dict(zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "012345678912345678123457923456789"), strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)

_MALE, _FEMALE = Gender.male, Gender.female

REGION_OF_NOBODY = "999999"


class ResidentId(Struct, frozen=True):
    """What a citizen's number says: where it was given, when the citizen was born, and their gender."""

    region: str
    birth_date: date
    gender: Gender

    def __repr__(self) -> str:
        return "ResidentId(***)"


def resident_check(first17: str) -> str:
    """The 18th character of a citizen's number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(map(mul, first17.encode(), _RESIDENT_WEIGHTS)) - _RESIDENT_ZEROS
    return _RESIDENT_CHECKS[total % 11]


def has_resident_check(number: str) -> bool:
    """True when an 18-character number ends in its check character, x in either case; 15 digits have none."""
    if _RESIDENT_15.fullmatch(number):
        return True
    return bool(_RESIDENT_18.fullmatch(number)) and ends_in_its_check(number)


def ends_in_its_check(number: str) -> bool:
    """The same of a number that `read_resident_id` could read."""
    return len(number) == 15 or resident_check(number[:17]) == number[17].upper()


def read_resident_id(number: str) -> ResidentId | None:
    """What a number of 18 characters, or 15 of the kind given until 1999, says; None when it is no such number."""
    if _RESIDENT_18.fullmatch(number):
        region, born, serial = number[:6], number[6:14], number[16]
    elif _RESIDENT_15.fullmatch(number):
        region, born, serial = number[:6], "19" + number[6:12], number[14]
    else:
        return None
    try:
        birth_date = date.fromisoformat(born)
    except ValueError:
        return None
    return ResidentId(region, birth_date, _MALE if serial in "13579" else _FEMALE)


def synthetic_id(birth_date: date, gender: Gender, serial: int = 0, *, region: str = REGION_OF_NOBODY) -> str:
    """A valid citizen's number of nobody; `serial` 0 to 499 tells people of one birthday and gender apart."""
    if not 0 <= serial < 500:
        raise ValueError("serial is 0 to 499")
    first17 = f"{region}{birth_date:%Y%m%d}{2 * serial + (gender is Gender.male):03d}"
    return first17 + resident_check(first17)


def uscc_check(first17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100, MOD 31-3)."""
    total = sum(_USCC_ALPHABET.index(char) * pow(3, at, 31) for at, char in enumerate(first17))
    return _USCC_ALPHABET[-total % 31]


def is_uscc(code: str) -> bool:
    """True for a unified social credit code (统一社会信用代码) with its check character."""
    return bool(_USCC.fullmatch(code)) and uscc_check(code[:17]) == code[17]


def synthetic_uscc(serial: int = 0) -> str:
    """A code of no organisation that passes the check: a company of no region."""
    first17 = f"91{REGION_OF_NOBODY}{serial:09d}"
    return first17 + uscc_check(first17)


def has_vin_check(vin: str) -> bool:
    """True when the ninth character is the check digit (GB 16735, ISO 3779 Annex).

    To be shown, never to be refused: imported vehicles need not have one.
    """
    if not _VIN.fullmatch(vin):
        return False
    total = sum(_VIN_VALUES[char] * weight for char, weight in zip(vin, _VIN_WEIGHTS, strict=True))
    return vin[8] == "0123456789X"[total % 11]
