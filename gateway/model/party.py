"""A party: one person or organisation, with everything a carrier may ask about it."""

from datetime import date
from typing import Annotated

from msgspec import field

from gateway.model.base import Model
from gateway.model.enums_party import (
    Gender,
    IdType,
    LegalForm,
    MaritalStatus,
    PartyType,
    PhoneKind,
    Residence,
    TaxResidence,
)
from gateway.model.money import SensitiveMoney
from gateway.model.pii import PERSONAL, HealthNumber, PersonalDate, PersonalText, SensitiveFlag, SensitiveText


class LatinName(Model, frozen=True, kw_only=True):
    """A name in Latin letters, as in the machine-readable zone of a passport."""

    family: PersonalText
    given: PersonalText | None = None


class IdDocument(Model, frozen=True, kw_only=True):
    """An identity document (证件). `long_term` (长期) means it never expires; `valid_to` is its last valid day."""

    type: IdType
    number: SensitiveText
    issuer: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    long_term: bool = False


class Phone(Model, frozen=True, kw_only=True):
    """A telephone number; the first of a party is the one to call."""

    number: PersonalText
    kind: PhoneKind = PhoneKind.mobile


class Address(Model, frozen=True, kw_only=True):
    """A postal address: `country` ISO 3166-1 alpha-2, `region` GB/T 2260 or ISO 3166-2, the rest as written."""

    country: str | None = None
    region: str | None = None
    city: str | None = None
    district: str | None = None
    line: PersonalText | None = None
    line2: PersonalText | None = None
    postcode: str | None = None


class Occupation(Model, frozen=True, kw_only=True):
    """An occupation: code in a named list, and the risk class (职业类别) the list gives it."""

    code: str | None = None
    name: str | None = None
    list: str | None = None
    class_: str | None = field(name="class", default=None)


class Industry(Model, frozen=True, kw_only=True):
    """What an organisation does: code in a named list (GB/T 4754, SIC, NACE)."""

    code: str
    list: str | None = None


class AntiMoneyLaundering(Model, frozen=True, kw_only=True):
    """Politically exposed person or not, and where their money comes from."""

    pep: bool | None = None
    source: SensitiveText | None = None


class KnowYourCustomer(Model, frozen=True, kw_only=True):
    """A check of identity somebody made: its reference, its number, whether it passed."""

    ref: str | None = None
    no: str | None = None
    verified: bool | None = None


class BankAccount(Model, frozen=True, kw_only=True):
    """A bank account; `bank` is the bank's name or code, `branch` its office."""

    holder: PersonalText | None = None
    bank: str | None = None
    branch: str | None = None
    number: SensitiveText


class OrgDetails(Model, frozen=True, kw_only=True):
    """What an organisation has beyond a name."""

    short_name: str | None = None
    trading_name: str | None = None
    legal_form: LegalForm | None = None
    kind: str | None = None
    tax_no: str | None = None
    founded_on: date | None = None
    employees: int | None = None
    industry: Industry | None = None


class ContactPerson(Model, frozen=True, kw_only=True):
    """Whom to talk to at an organisation."""

    name: PersonalText | None = None
    name_latin: LatinName | None = None
    phone: PersonalText | None = None
    email: PersonalText | None = None


class Party(Model, frozen=True, kw_only=True):
    """A person or an organisation.

    `name` stands as on the certificate, NFC-normalised; `script` is its ISO 15924 code. `nationality` and `residence`
    are ISO 3166-1 alpha-2 and domestic or abroad; heights are centimetres, weights kilograms, incomes per year.
    `org` and `contact` belong to organisations.
    """

    type: PartyType = PartyType.person
    name: PersonalText
    name_latin: LatinName | None = None
    script: str | None = None
    id_docs: tuple[IdDocument, ...] = ()
    gender: Annotated[Gender, PERSONAL] | None = None
    birth_date: PersonalDate | None = None
    nationality: PersonalText | None = None
    marital_status: Annotated[MaritalStatus, PERSONAL] | None = None
    occupation: Occupation | None = None
    employer: PersonalText | None = None
    school: PersonalText | None = None
    phones: tuple[Phone, ...] = ()
    email: PersonalText | None = None
    address: Address | None = None
    residence: Residence | None = None
    tax_residence: TaxResidence | None = None
    annual_income: SensitiveMoney | None = None
    household_income: SensitiveMoney | None = None
    height_cm: HealthNumber | None = None
    weight_kg: HealthNumber | None = None
    social_insurance: SensitiveFlag | None = None
    aml: AntiMoneyLaundering | None = None
    kyc: KnowYourCustomer | None = None
    bank_account: BankAccount | None = None
    consent_refs: tuple[str, ...] = ()
    org: OrgDetails | None = None
    contact: ContactPerson | None = None
