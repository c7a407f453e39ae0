"""The bodies of orders: people who do not exist, each with an id number that no other order of the run carries."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from contract_tests.simulate.plan import Order
from gateway.model import CancellationSubmitBody, ClaimReportBody, Gender, PolicyIssueBody
from gateway.model.validate.identity import synthetic_id

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = 5
PRICES = {"lotus": 150 * DAYS, "aurora": 180 * DAYS, "harbor": 6_000}


def holder_id(serial: int) -> str:
    """The id number of an order's policyholder: its canary."""
    return synthetic_id(_born(serial), Gender.male, serial * 2 + 1)


def _born(serial: int) -> date:
    return date(1980, 1, 1) + timedelta(days=serial * 37)


def _person(order: Order) -> dict[str, Any]:
    return {
        "type": "person",
        "name": f"样例{order.serial}",
        "name_latin": {"family": "Sample", "given": f"N{order.serial}"},
        "gender": "male",
        "birth_date": _born(order.serial).isoformat(),
        "id_docs": [{"type": "cn_resident_id", "number": holder_id(order.serial)}],
        "phones": [{"number": f"1380000{order.tail}"}],
        "email": f"buyer{order.serial}@example.com",
        "address": {"country": "CN", "region": "110000", "city": "北京市", "line": "样例路1号"},
    }


def issue_body(order: Order, ref: str, now: datetime, note: str | None = None) -> PolicyIssueBody:
    """What the caller sends to have this order insured."""
    person = _person(order)
    money = {"amount": PRICES[order.carrier], "currency": "CNY"}
    body: dict[str, Any] = {
        "client_ref": ref,
        "policyholder": person,
        "insureds": [{"ref": "1", "party": person, "relationship_to_policyholder": "self"}],
        "expected_premium": money,
        "receipt": {
            "amount": money,
            "paid_at": now.isoformat(),
            "method": "wechat_pay",
            "collected_by": "platform",
            "payment_ref": f"PAY{order.serial}",
        },
        "plan": "standard",
        "product": "family-accident@1" if order.carrier == "harbor" else "travel-accident@1",
    }
    if note is not None:
        body["note"] = note
    if order.carrier != "harbor":
        body |= _journey(now)
    return msgspec.convert(body, PolicyIssueBody)


def _journey(now: datetime) -> dict[str, Any]:
    start = (now + timedelta(days=2)).astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    trip = {"from": "北京", "to": "上海", "transport": "rail", "trip_no": "T1", "countries": ["CN"]}
    return {
        "period": {"start": start.isoformat(), "end": (start + timedelta(days=DAYS)).isoformat()},
        "objects": [{"ref": "o1", "type": "person_travel", "insured_refs": ["1"], "person_travel": trip}],
    }


def cancel_body(policy_id: str, now: datetime) -> CancellationSubmitBody:
    """What the caller sends to give a policy back."""
    at = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    body = {
        "policy": {"policy_id": policy_id},
        "kind": "free_look",
        "effective_at": at.isoformat(),
        "requestor": "policyholder",
        "reason": "changed plans",
    }
    return msgspec.convert(body, CancellationSubmitBody)


def claim_body(order: Order, policy_id: str, now: datetime) -> ClaimReportBody:
    """What the caller sends when something has happened to who is insured."""
    body = {
        "policy": {"policy_id": policy_id},
        "client_ref": f"claim-{order.serial}",
        "insured_refs": ["1"],
        "occurrence": {
            "at": now.isoformat(),
            "cause_code": "other",
            "description": "sample occurrence",
            "place": {"country": "CN", "region": "110000", "text": "北京"},
        },
        "reporter": {"party": _person(order), "relationship": "self"},
        "requested": {"amount": {"amount": 1_000, "currency": "CNY"}},
    }
    return msgspec.convert(body, ClaimReportBody)
