"""Benchmark carrier (fictional) 1.0.0 all operations.

Generated from mappings/carriers/benchmark/carrier.yaml: edit that file, not this one.
The L-number after a line is the line of that file it comes from.
"""

# mapping-sha256: ddba7e9c0c95ae5b8a17fc851bfd3e9c82c664c5cc2e7b857987b95db2cebead

from adapters.benchmark.codes import GENDER_IN, GENDER_OUT, ID_TYPE_IN, ID_TYPE_OUT, RELATION_IN, RELATION_OUT
from gateway.model import Address, Coverage, IdDocument, IdType, Insured, Money, Party, Phone, Premium, Term, TermUnit
from gateway.wire import (
    CannotSend,
    Carrier,
    Context,
    ErrorTable,
    Outcome,
    OutcomeKind,
    Timeout,
    Wire,
    WireReply,
    WireRequest,
    any_given,
    attempt,
    charset_in,
    code_in,
    fen_in,
    fen_out,
    fit,
    flag_in,
    flag_out,
    hex_lower,
    hmac_sha256,
    int_in,
    json_out,
    json_text_numbers_in,
    message_in,
    no_case,
    nth_out,
    over,
    require,
    secret,
    text_given,
    text_of,
    text_required,
    upper_in,
    upper_out,
    value_in,
    ymd_in,
    ymd_out,
    yuan_in,
    yuan_out,
)

MAPPING = "mappings/carriers/benchmark/carrier.yaml"


def encoded(method: str, url: str, wire: Wire, ctx: Context) -> WireRequest:
    """The request that is sent: the message through every layer, with headers and signature."""
    headers: dict[str, str] = {}
    body = json_out(wire)  # L5
    signature = hex_lower(hmac_sha256(secret(ctx, "sign_key"), over("UTF-8", body)))  # L7
    headers["X-Sign"] = signature  # L7
    headers.setdefault("Content-Type", "application/json")
    return WireRequest(method=method, url=url, headers=tuple(headers.items()), body=body)


def decoded(reply: WireReply, ctx: Context) -> Wire:
    """The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."""
    content = charset_in(reply.body, "UTF-8")  # L9
    tree = json_text_numbers_in(content)  # L10
    return message_in(tree)


def person_out(item: Party) -> Wire:
    """Party as the carrier's `person`."""
    out: Wire = {}
    out["name"] = fit(item.name, 60, "UTF-8")  # L16
    if (gender := item.gender) is not None:  # L17
        out["sex"] = GENDER_OUT[gender]  # L17
    if (birth_date := item.birth_date) is not None:  # L18
        out["birthday"] = ymd_out(birth_date)  # L18
    id_docs = item.id_docs
    id_doc = id_docs[0] if len(id_docs) == 1 else nth_out(id_docs, 0, 1)  # L19
    if id_doc is not None:
        out["idType"] = ID_TYPE_OUT[id_doc.type]  # L19
        out["idNo"] = upper_out(id_doc.number)  # L20
    phones = item.phones
    phone = phones[0] if len(phones) == 1 else nth_out(phones, 0, 1)  # L21
    if phone is not None:  # L21
        out["mobile"] = phone.number  # L21
    if (email := item.email) is not None:  # L22
        out["email"] = email  # L22
    address = item.address
    if address is not None:
        if (country := address.country) is not None:  # L23
            out["country"] = country  # L23
        if (city := address.city) is not None:  # L24
            out["city"] = city  # L24
        if (line := address.line) is not None:  # L25
            out["address"] = fit(line, 120, "UTF-8")  # L25
    return out


def insured_out(item: Insured) -> Wire:
    """Insured as the carrier's `insured`."""
    out: Wire = {}
    if (ref := item.ref) is not None:  # L29
        out["ref"] = ref  # L29
    party = item.party
    if party is not None:  # L30
        out.update(person_out(party))  # L30
    if (relationship_to_policyholder := item.relationship_to_policyholder) is not None:  # L31
        out["relation"] = RELATION_OUT[relationship_to_policyholder]  # L31
    return out


def cover_out(item: Coverage) -> Wire:
    """Coverage as the carrier's `cover`."""
    out: Wire = {}
    out["code"] = item.code  # L35
    if (name := item.name) is not None:  # L36
        out["name"] = name  # L36
    if (is_main := item.is_main) is not None:  # L37
        out["main"] = flag_out(is_main, "Y", "N")  # L37
    if (sum_insured := item.sum_insured) is not None:  # L38
        out["sum"] = fen_out(sum_insured)  # L38
    premium = item.premium
    if premium is not None:  # L39
        out["premium"] = yuan_out(premium.gross)  # L39
    term = item.term  # L40
    if term is not None and term.unit == TermUnit.day and (value := term.value) is not None:  # L42
        out["unit"] = "D"  # L42
        out["length"] = str(value)  # L42
    elif term is not None and term.unit == TermUnit.year and (value_2 := term.value) is not None:  # L43
        out["unit"] = "Y"  # L43
        out["length"] = str(value_2)  # L43
    elif term is not None and term.unit == TermUnit.month and (value_3 := term.value) is not None:  # L44
        out["unit"] = "M"  # L44
        out["length"] = str(value_3)  # L44
    elif term is not None and term.unit == TermUnit.to_age and (value_4 := term.value) is not None:  # L45
        out["unit"] = "A"  # L45
        out["length"] = str(value_4)  # L45
    elif term is not None and term.unit == TermUnit.lifetime:  # L46
        out["unit"] = "L"  # L46
    elif term is not None:
        raise CannotSend("no case of term holds; this carrier cannot be told", path="term")  # L42
    return out


def person_in(w: Wire, raw: dict[str, str], at: str) -> Party:
    """The carrier's `person` as Party."""
    id_doc_type: IdType | None = (
        code_in(ID_TYPE_IN, v, raw, at, "id_docs.0.type") if (v := value_in(w.get("idType"))) is not None else None
    )  # L19
    id_doc_number: str | None = upper_in(v) if (v := value_in(w.get("idNo"))) is not None else None  # L20
    phone_number: str | None = text_given(w.get("mobile"))  # L21
    address_country: str | None = text_given(w.get("country"))  # L23
    address_city: str | None = text_given(w.get("city"))  # L24
    address_line: str | None = text_given(w.get("address"))  # L25
    return Party(
        name=text_required(w.get("name"), "name"),  # L16
        gender=GENDER_IN[v] if (v := value_in(w.get("sex"))) is not None else None,  # L17
        birth_date=ymd_in(v) if (v := value_in(w.get("birthday"))) is not None else None,  # L18
        id_docs=(IdDocument(type=require(id_doc_type, "idType"), number=require(id_doc_number, "idNo")),)
        if id_doc_type is not None or id_doc_number is not None
        else (),  # L19
        phones=(Phone(number=phone_number),) if phone_number is not None else (),  # L21
        email=text_given(w.get("email")),  # L22
        address=Address(country=address_country, city=address_city, line=address_line)
        if address_country is not None or address_city is not None or address_line is not None
        else None,  # L23
    )


def insured_in(w: Wire, raw: dict[str, str], at: str) -> Insured:
    """The carrier's `insured` as Insured."""
    return Insured(
        ref=text_given(w.get("ref")),  # L29
        party=person_in(w, raw, at + "party.")
        if any_given(w, "address", "birthday", "city", "country", "email", "idNo", "idType", "mobile", "name", "sex")
        else None,  # L30
        relationship_to_policyholder=RELATION_IN[v] if (v := value_in(w.get("relation"))) is not None else None,  # L31
    )


def cover_in(w: Wire) -> Coverage:
    """The carrier's `cover` as Coverage."""
    unit: str | None = text_of(value_in(w.get("unit")))  # L42
    term_unit: TermUnit | None = None
    term_value: int | None = None
    if unit == "D" and (value_read := attempt(int_in, value_in(w.get("length")))) is not None:  # L42
        term_unit = TermUnit.day  # L42
        term_value = value_read  # L42
    elif unit == "Y" and (value_read_2 := attempt(int_in, value_in(w.get("length")))) is not None:  # L43
        term_unit = TermUnit.year  # L43
        term_value = value_read_2  # L43
    elif unit == "M" and (value_read_3 := attempt(int_in, value_in(w.get("length")))) is not None:  # L44
        term_unit = TermUnit.month  # L44
        term_value = value_read_3  # L44
    elif unit == "A" and (value_read_4 := attempt(int_in, value_in(w.get("length")))) is not None:  # L45
        term_unit = TermUnit.to_age  # L45
        term_value = value_read_4  # L45
    elif unit == "L":  # L46
        term_unit = TermUnit.lifetime  # L46
    else:  # L42
        no_case(("unit", value_in(w.get("unit"))), ("length", value_in(w.get("length"))))  # L42
    premium_gross: Money | None = yuan_in(v) if (v := value_in(w.get("premium"))) is not None else None  # L39
    return Coverage(
        code=text_required(w.get("code"), "code"),  # L35
        name=text_given(w.get("name")),  # L36
        is_main=flag_in(v, "Y", "N") if (v := value_in(w.get("main"))) is not None else None,  # L37
        sum_insured=fen_in(v) if (v := value_in(w.get("sum"))) is not None else None,  # L38
        premium=Premium(gross=premium_gross) if premium_gross is not None else None,  # L39
        term=Term(value=term_value, unit=term_unit) if term_unit is not None else None,  # L42
    )


ERRORS = ErrorTable(
    {
        "E101": Outcome(kind=OutcomeKind.declined, code="underwriting.age", text="年龄"),  # L48
    },
    Outcome(kind=OutcomeKind.unknown, code="carrier.unmapped", alert=True),  # L49
)
CARRIER = Carrier(
    id="benchmark",
    name="Benchmark carrier (fictional)",
    version="1.0.0",
    mapping_sha256="ddba7e9c0c95ae5b8a17fc851bfd3e9c82c664c5cc2e7b857987b95db2cebead",
    operations={
        "policy.issue": ("policy_issue",),
    },
    timeout=Timeout(connect_s=2.0, total_s=10.0),
    config_keys=("base_url", "partner"),
    secret_keys=("sign_key",),
)
