"""One issue of about ninety leaves, as the canonical request and as the benchmark carrier's reply."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from gateway.model import (
    Address,
    Coverage,
    Gender,
    IdDocument,
    IdType,
    Insured,
    Money,
    Party,
    Period,
    Phone,
    PolicyIssueRequest,
    Premium,
    Relationship,
    Term,
    TermUnit,
)
from gateway.model.validate.identity import synthetic_id
from gateway.wire.contract import Context, Secret, WireReply

WORKSPACE = Path(__file__).parent / "workspace"
NOW = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
REQUEST_NO = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def person(serial: int) -> Party:
    """A person who does not exist."""
    born, gender = date(1980 + serial, 3, 7), Gender.male if serial % 2 else Gender.female
    return Party(
        name=f"张样例{serial}",
        gender=gender,
        birth_date=born,
        id_docs=(IdDocument(type=IdType.cn_resident_id, number=synthetic_id(born, gender, serial)),),
        phones=(Phone(number=f"1380000000{serial}"),),
        email=f"sample{serial}@example.com",
        address=Address(country="CN", city="北京市", line=f"样例路{serial}号样例大厦"),
    )


def request() -> PolicyIssueRequest:
    """A group of three people and four covers."""
    start = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    covers = (
        ("DEATH", 20_000_000, 1_500),
        ("MEDICAL", 2_000_000, 600),
        ("DELAY", 50_000, 120),
        ("LUGGAGE", 300_000, 80),
    )
    return PolicyIssueRequest(
        product="group-travel@1",
        plan="standard",
        client_ref="ORDER-20260301-000001",
        period=Period(start=start, end=start + timedelta(days=10)),
        expected_premium=Money(amount=2_300, currency="CNY"),
        policyholder=person(1),
        insureds=tuple(
            Insured(ref=f"i{n}", party=person(n), relationship_to_policyholder=who)
            for n, who in ((1, Relationship.self), (2, Relationship.spouse), (3, Relationship.child))
        ),
        coverages=tuple(
            Coverage(
                code=code,
                name=f"{code.title()} cover",
                is_main=code == "DEATH",
                sum_insured=Money(amount=insured, currency="CNY"),
                premium=Premium(gross=Money(amount=premium, currency="CNY")),
                term=Term(unit=TermUnit.day, value=10),
            )
            for code, insured, premium in covers
        ),
    )


def context(base_url: str = "http://127.0.0.1:1") -> Context:
    """What an adapter knows of one attempt."""
    return Context(
        now=NOW,
        request_no=REQUEST_NO,
        attempt_no="A1",
        nonce=lambda n: "n" * n,
        config={"base_url": base_url, "partner": "P01"},
        secrets={"sign_key": Secret("benchmark-key")},
        binding={"product_code": "GT01"},
    )


def reply_body(request_body: bytes, policy_no: str = "BP0000000001") -> bytes:
    """The carrier's answer: the request's own parts with a policy number."""
    asked = msgspec.json.decode(request_body)
    body = asked["body"]
    head = {"serial": asked["head"]["serial"], "result": "0000", "message": "OK"}
    told = {key: body[key] for key in ("premium", "holder", "insureds", "covers") if key in body}
    return msgspec.json.encode({"head": head, "body": {"policyNo": policy_no, "issued": "20260301090000", **told}})


def reply(request_body: bytes) -> WireReply:
    """The same as bytes that came back."""
    return WireReply(status=200, headers=(("Content-Type", "application/json"),), body=reply_body(request_body))


def xml_reply(request_body: bytes, serial: str, policy_no: str = "BP0000000001") -> bytes:
    """The same carrier in GBK XML: the request's own parts with a policy number."""
    asked = request_body.decode("gbk")
    told = asked[asked.index("<Prem>") : asked.index("</Body>")]
    head = f'<?xml version="1.0" encoding="GBK"?><Response code="1"><Head><SerialNo>{serial}</SerialNo></Head><Body>'
    issued = f"<PolicyNo>{policy_no}</PolicyNo><SignTime>2026-03-01 09:00:00</SignTime>"
    return f"{head}{issued}{told}</Body></Response>".encode("gbk")


def soap_reply(request_body: bytes, serial: str, policy_no: str = "BP0000000001") -> bytes:
    """The same carrier in SOAP."""
    asked = request_body.decode()
    told = asked[asked.index("<b:premium") : asked.index("</b:issuePolicy>")]
    head = '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:b="urn:benchmark"><soap:Body>'
    issued = f"<b:policyNo>{policy_no}</b:policyNo><b:issuedAt>2026-03-01T09:00:00+08:00</b:issuedAt>"
    content = f"<b:issued><b:serial>{serial}</b:serial>{issued}{told}</b:issued>"
    return f"{head}{content}</soap:Body></soap:Envelope>".encode()


def leaves(value: object) -> int:
    """How many leaves a message has."""
    if isinstance(value, dict):
        return sum(map(leaves, value.values()))
    if isinstance(value, list):
        return sum(map(leaves, value))
    return 1
