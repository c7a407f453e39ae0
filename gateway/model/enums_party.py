"""Code lists about people and organisations, and their parts in a contract."""

from gateway.model.code import Code


class PartyType(Code):
    """A natural person, or any organisation."""

    person = "person"
    org = "org"


class IdType(Code):
    """Kind of identity document (证件类型)."""

    cn_resident_id = "cn_resident_id"
    cn_household_register = "cn_household_register"
    cn_birth_certificate = "cn_birth_certificate"
    passport = "passport"
    cn_foreign_permanent_resident = "cn_foreign_permanent_resident"
    in_pan = "in_pan"
    in_aadhaar = "in_aadhaar"
    in_voter_id = "in_voter_id"
    hk_mo_permit = "hk_mo_permit"
    tw_permit = "tw_permit"
    hk_mo_tw_residence = "hk_mo_tw_residence"
    military_officer = "military_officer"
    soldier = "soldier"
    driving_licence = "driving_licence"
    uscc = "uscc"
    org_code = "org_code"
    business_licence = "business_licence"
    tax_no = "tax_no"
    other = "other"


class Gender(Code):
    """Gender as the identity document states it."""

    male = "male"
    female = "female"
    unknown = "unknown"


class MaritalStatus(Code):
    """Marital status."""

    single = "single"
    married = "married"
    divorced = "divorced"
    widowed = "widowed"
    other = "other"


class Relationship(Code):
    """What someone is *to* the one the field is named after: `child` in relationship_to_policyholder is their child."""

    self = "self"
    spouse = "spouse"
    child = "child"
    parent = "parent"
    sibling = "sibling"
    grandparent = "grandparent"
    grandchild = "grandchild"
    guardian = "guardian"
    ward = "ward"
    other_relative = "other_relative"
    employer = "employer"
    employee = "employee"
    creditor = "creditor"
    other = "other"


class PhoneKind(Code):
    """What kind of line a number is."""

    mobile = "mobile"
    home = "home"
    work = "work"


class Residence(Code):
    """Whether a person lives in the country of the policy."""

    domestic = "domestic"
    abroad = "abroad"


class TaxResidence(Code):
    """Where a person pays tax, as the common reporting standard (CRS) asks."""

    domestic = "domestic"
    abroad = "abroad"
    both = "both"


class LegalForm(Code):
    """Legal form of an organisation."""

    corporation = "corporation"
    llc = "llc"
    partnership = "partnership"
    limited_partnership = "limited_partnership"
    sole_proprietor = "sole_proprietor"
    association = "association"
    public_body = "public_body"
    other = "other"


class InsuredRole(Code):
    """Part of an insured on a site policy."""

    owner = "owner"
    contractor = "contractor"
    other_party = "other_party"


class MemberOutcome(Code):
    """What became of one of many: an insured of a group, an item of a batch.

    `failed` was certainly not executed; `unknown` may have been, and is asked after before anything else.
    """

    accepted = "accepted"
    declined = "declined"
    pending = "pending"
    failed = "failed"
    unknown = "unknown"


class BeneficiaryClass(Code):
    """Which benefit a beneficiary (受益人) takes: on the insured's death, or while they live."""

    death = "death"
    survival = "survival"


class BeneficiaryKind(Code):
    """A named beneficiary, or the heirs the law names (法定)."""

    named = "named"
    statutory = "statutory"
