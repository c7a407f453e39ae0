"""Whether what is said about a person or an organisation can be true."""

import re
import unicodedata

from gateway.model.enums_party import Gender, IdType, PartyType
from gateway.model.party import Address, IdDocument, Party
from gateway.model.validate.fault import FaultCode, Findings, Path
from gateway.model.validate.identity import ends_in_its_check, is_uscc, read_resident_id

# Residence permits of Hong Kong, Macao and Taiwan residents follow the citizens' numbers, under regions of their own.
_LIKE_RESIDENT_ID = (IdType.cn_resident_id, IdType.hk_mo_tw_residence)
_USCC = IdType.uscc
_TOLD_GENDERS = (Gender.male, Gender.female)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_COUNTRY_FORM = "an ISO 3166-1 alpha-2 code is two capital letters"
# A certificate must show the name that was bought. Joiners (U+200C, U+200D) shape letters of some scripts and stay.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def check_party(party: Party, path: Path, found: Findings) -> None:
    """One party is right: its documents, its birth date, its name, and no fields of the other type of party."""
    for at, doc in enumerate(party.id_docs):
        _check_document(doc, party, at, path, found)
    if party.birth_date is not None and party.birth_date > found.today:
        found.add(FaultCode.in_the_future, "a birth date cannot lie in the future", path, "birth_date")
    if not party.name.strip():
        found.add(FaultCode.missing, "a party needs a name", path, "name")
    if not party.name.isascii():
        _check_name(party.name, path, found)
    _check_type(party, path, found)
    if party.nationality is not None and not _COUNTRY.fullmatch(party.nationality):
        found.add(FaultCode.malformed, _COUNTRY_FORM, path, "nationality")
    if party.email is not None and not _EMAIL.fullmatch(party.email):
        found.add(FaultCode.malformed, "this is no e-mail address", path, "email")


def _check_name(name: str, path: Path, found: Findings) -> None:
    if not unicodedata.is_normalized("NFC", name):
        message = "the name is not in Unicode normalisation form C: compose its characters first"
        found.add(FaultCode.not_normalised, message, path, "name")
    if _INVISIBLE.search(name):
        message = "the name holds a character that is not seen or turns the line around: copy it without"
        found.add(FaultCode.illegal_character, message, path, "name")


def check_address(address: Address, path: Path, found: Findings) -> None:
    """The country of an address has its form; nothing else of it has one that can be checked."""
    if address.country is not None and not _COUNTRY.fullmatch(address.country):
        found.add(FaultCode.malformed, _COUNTRY_FORM, path, "country")


def _check_document(doc: IdDocument, party: Party, at: int, path: Path, found: Findings) -> None:
    if not doc.number.strip():
        found.add(FaultCode.missing, "the document has no number", path, "id_docs", at, "number")
    elif doc.type in _LIKE_RESIDENT_ID:
        _check_resident(doc, party, at, path, found)
    elif doc.type is _USCC and not is_uscc(doc.number):
        message = "this is no unified social credit code: 18 characters, the last a check character (GB 32100)"
        found.add(FaultCode.checksum, message, path, "id_docs", at, "number")
    if doc.valid_to is None:
        return
    if doc.valid_from and doc.valid_to < doc.valid_from:
        found.add(FaultCode.order, "the document ends before it begins", path, "id_docs", at, "valid_to")
    if doc.long_term:
        found.add(FaultCode.incoherent, "a document without an end has no last day", path, "id_docs", at, "long_term")


def _check_resident(doc: IdDocument, party: Party, at: int, path: Path, found: Findings) -> None:
    said = read_resident_id(doc.number)
    if said is None:
        message = (
            "this is no resident identity number: 18 characters, or 15 digits, with a birth date inside (GB 11643)"
        )
        found.add(FaultCode.malformed, message, path, "id_docs", at, "number")
        return
    if not ends_in_its_check(doc.number):
        message = "the check character is wrong (GB 11643): a digit was mistyped"
        found.add(FaultCode.checksum, message, path, "id_docs", at, "number")
    if party.birth_date is not None and party.birth_date != said.birth_date:
        message = "the birth date is not the one in the identity number"
        found.add(FaultCode.incoherent, message, path, "birth_date")
    if party.gender in _TOLD_GENDERS and party.gender is not said.gender:
        found.add(FaultCode.incoherent, "the gender is not the one in the identity number", path, "gender")


def _check_type(party: Party, path: Path, found: Findings) -> None:
    """No field is given that only the other type of party has."""
    other, names = _FOREIGN[party.type]
    for name in names:
        if getattr(party, name) is not None:
            found.add(FaultCode.incoherent, f"only {other} has this: check the party's type", path, name)


_FOREIGN = {
    PartyType.person: ("an organisation", ("org",)),
    PartyType.org: ("a person", ("birth_date", "gender", "marital_status")),
}
