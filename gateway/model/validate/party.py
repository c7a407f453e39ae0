"""Whether what is said about a person or an organisation can be true."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from gateway.model.enums_party import Gender, IdType, PartyType
from gateway.model.party import Address, IdDocument, Party
from gateway.model.validate.fault import Fault, FaultCode, Faults, below
from gateway.model.validate.identity import ends_in_its_check, is_uscc, read_resident_id

# Residence permits of Hong Kong, Macao and Taiwan residents follow the citizens' numbers, under regions of their own.
_LIKE_RESIDENT_ID = (IdType.cn_resident_id, IdType.hk_mo_tw_residence)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_COUNTRY_FORM = "an ISO 3166-1 alpha-2 code is two capital letters"
# A certificate must show the name that was bought. Joiners (U+200C, U+200D) shape letters of some scripts and stay.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def party_faults(party: Party, path: str, today: date) -> Faults:
    """Faults of one party: its documents, its birth date, its name, and fields of the other type of party."""
    for at, doc in enumerate(party.id_docs):
        yield from _document_faults(doc, party, at, path)
    if party.birth_date is not None and party.birth_date > today:
        yield Fault(below(path, "birth_date"), FaultCode.in_the_future, "a birth date cannot lie in the future")
    if not party.name.strip():
        yield Fault(below(path, "name"), FaultCode.missing, "a party needs a name")
    if not party.name.isascii():
        yield from _name_faults(party.name, path)
    foreign = _FOREIGN[party.type]
    if any(foreign.of(party)):
        yield from _foreign_faults(party, path)
    if party.nationality is not None and not _COUNTRY.fullmatch(party.nationality):
        yield Fault(below(path, "nationality"), FaultCode.malformed, _COUNTRY_FORM)
    if party.email is not None and not _EMAIL.fullmatch(party.email):
        yield Fault(below(path, "email"), FaultCode.malformed, "this is no e-mail address")


def _name_faults(name: str, path: str) -> Faults:
    if not unicodedata.is_normalized("NFC", name):
        message = "the name is not in Unicode normalisation form C: compose its characters first"
        yield Fault(below(path, "name"), FaultCode.not_normalised, message)
    if _INVISIBLE.search(name):
        message = "the name holds a character that is not seen or turns the line around: copy it without"
        yield Fault(below(path, "name"), FaultCode.illegal_character, message)


def address_faults(address: Address, path: str, _now: datetime) -> Faults:
    """Faults of an address: only its country has a form that can be checked."""
    if address.country is not None and not _COUNTRY.fullmatch(address.country):
        yield Fault(below(path, "country"), FaultCode.malformed, _COUNTRY_FORM)


def _document_faults(doc: IdDocument, party: Party, at: int, party_path: str) -> Faults:
    def field(name: str) -> str:
        # Worked out for a fault only: nearly all documents are sound.
        return below(party_path, "id_docs", at, name)

    if not doc.number.strip():
        yield Fault(field("number"), FaultCode.missing, "the document has no number")
    elif doc.type in _LIKE_RESIDENT_ID:
        yield from _resident_faults(doc, party, at, party_path)
    elif doc.type is IdType.uscc and not is_uscc(doc.number):
        message = "this is no unified social credit code: 18 characters, the last a check character (GB 32100)"
        yield Fault(field("number"), FaultCode.checksum, message)
    if doc.valid_to is None:
        return
    if doc.valid_from and doc.valid_to < doc.valid_from:
        yield Fault(field("valid_to"), FaultCode.order, "the document ends before it begins")
    if doc.long_term:
        yield Fault(field("long_term"), FaultCode.incoherent, "a document without an end has no last day")


def _resident_faults(doc: IdDocument, party: Party, at: int, party_path: str) -> Faults:
    said = read_resident_id(doc.number)
    if said is None:
        message = (
            "this is no resident identity number: 18 characters, or 15 digits, with a birth date inside (GB 11643)"
        )
        yield Fault(below(party_path, "id_docs", at, "number"), FaultCode.malformed, message)
        return
    if not ends_in_its_check(doc.number):
        message = "the check character is wrong (GB 11643): a digit was mistyped"
        yield Fault(below(party_path, "id_docs", at, "number"), FaultCode.checksum, message)
    if party.birth_date is not None and party.birth_date != said.birth_date:
        message = "the birth date is not the one in the identity number"
        yield Fault(below(party_path, "birth_date"), FaultCode.incoherent, message)
    if party.gender in (Gender.male, Gender.female) and party.gender is not said.gender:
        yield Fault(
            below(party_path, "gender"), FaultCode.incoherent, "the gender is not the one in the identity number"
        )


def _foreign_faults(party: Party, path: str) -> Faults:
    """Faults of fields that only the other type of party has."""
    foreign = _FOREIGN[party.type]
    for name, value in zip(foreign.names, foreign.of(party), strict=True):
        if value is not None:
            yield Fault(
                below(path, name), FaultCode.incoherent, f"only {foreign.other} has this: check the party's type"
            )


class _Foreign(NamedTuple):
    other: str
    names: tuple[str, ...]
    of: Callable[[Party], tuple[Any, ...]]


_FOREIGN = {
    PartyType.person: _Foreign("an organisation", ("org",), lambda party: (party.org,)),
    PartyType.org: _Foreign(
        "a person", ("birth_date", "gender", "marital_status"), attrgetter("birth_date", "gender", "marital_status")
    ),
}
