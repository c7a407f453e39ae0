"""One example of every request, about people who do not exist: for the documentation, demos and tests.

The identity numbers are valid and belong to nobody, see `validate/identity.py`.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from gateway.model.base import Model
from gateway.model.claim import Evidence, Occurrence, Place, Reporter, Requested, SettlementWish
from gateway.model.coverage import Coverage
from gateway.model.enums import Collector, DocumentKind, PaymentMethod, PeriodStartRule, PremiumFrequency, Touchpoint
from gateway.model.enums_contract import CancelKind, CancelRequestor, EndorsementKind, EvidenceSource, SettlementKind
from gateway.model.enums_party import Gender, IdType, Relationship
from gateway.model.money import Money
from gateway.model.objects import FreightObject
from gateway.model.objects_goods import Freight, OrderItem
from gateway.model.party import Address, BankAccount, IdDocument, Party, Phone
from gateway.model.period import Period
from gateway.model.premium import Payment, Receipt
from gateway.model.proposal import Proposal
from gateway.model.records import Change, Consent, Disclosure, Document, Sales
from gateway.model.requests_claim import (
    ClaimGetBody,
    ClaimModifyBody,
    ClaimReportBody,
    ClaimSubmitBody,
    ClaimSupplementBody,
    ClaimWithdrawBody,
)
from gateway.model.requests_new import (
    PolicyIssueBatchBody,
    PolicyIssueBody,
    QuoteCreateBody,
    UnderwritingGetBody,
    UnderwritingSubmitBody,
)
from gateway.model.requests_policy import (
    CancellationQuoteBody,
    CancellationSubmitBody,
    EndorsementQuoteBody,
    EndorsementSubmitBody,
    PolicyDocumentBody,
    PolicyGetBody,
    PolicyRef,
)
from gateway.model.roles import Insured, Payee
from gateway.model.validate.identity import synthetic_id

_BEIJING = timezone(timedelta(hours=8))
_ORDERED_AT = datetime(2025, 7, 2, 10, 30, tzinfo=_BEIJING)


def yuan(text: str) -> Money:
    """An amount of Chinese yuan: `yuan("25.00")`."""
    return Money.of(text, "CNY")


def example_person(serial: int = 0) -> Party:
    """A person who does not exist; another one for every serial from 0 to 499."""
    born = date(1990, 3, 7)
    number = synthetic_id(born, Gender.male, serial)
    return Party(
        name=f"张三{serial}" if serial else "张三",
        gender=Gender.male,
        birth_date=born,
        nationality="CN",
        id_docs=(IdDocument(type=IdType.cn_resident_id, number=number, long_term=True),),
        phones=(Phone(number=f"1200000{serial:04d}"),),
        email=f"zhangsan{serial}@example.com",
        address=Address(country="CN", region="110000", city="北京", line="示例路 1 号"),
    )


def example_proposal(order_no: str = "9917", serial: int = 0) -> Proposal:
    """Return freight of one order, insured from the moment of the order for thirty days."""
    person = example_person(serial)
    return Proposal(
        product="freight-return@3",
        plan="standard",
        period=Period(start=_ORDERED_AT, end=_ORDERED_AT + timedelta(days=30), rule=PeriodStartRule.instant),
        policyholder=person,
        insureds=(Insured(ref="i1", party=person, relationship_to_policyholder=Relationship.self),),
        objects=(
            FreightObject(
                ref="o1",
                client_ref=order_no,
                insured_refs=("i1",),
                freight=Freight(
                    order_no=order_no,
                    items=(OrderItem(sku="S-1", name="连衣裙", category="apparel", quantity=1, price=yuan("199.00")),),
                    ship_to=person.address,
                    amount=yuan("12.00"),
                ),
            ),
        ),
        coverages=(Coverage(code="RETURN_FREIGHT", sum_insured=yuan("25.00")),),
        payment=Payment(method=PaymentMethod.wechat_pay, frequency=PremiumFrequency.single),
        sales=Sales(touchpoint=Touchpoint.api),
        applied_at=_ORDERED_AT,
    )


def _new_business(proposal: Proposal) -> dict[str, Model]:
    terms = {name: getattr(proposal, name) for name in proposal.__struct_fields__}
    accepted = {
        "disclosures": (Disclosure(doc="terms", version="3", accepted_at=_ORDERED_AT),),
        "consents": (Consent(text_version="2", at=_ORDERED_AT),),
    }
    receipt = Receipt(
        amount=yuan("0.63"), paid_at=_ORDERED_AT, method=PaymentMethod.wechat_pay, collected_by=Collector.platform,
        payment_ref="pay-9917",
    )  # fmt: skip
    issue = PolicyIssueBody(**terms, client_ref="order-9917#o1", expected_premium=yuan("0.63"), receipt=receipt)
    return {
        "quote.create": QuoteCreateBody(**terms),
        "underwriting.submit": UnderwritingSubmitBody(**{**terms, **accepted}, client_ref="order-9917"),
        "underwriting.get": UnderwritingGetBody(application_id="application_01J1MZ6G8K"),
        "policy.issue": issue,
        "policy.issue_batch": PolicyIssueBatchBody(
            client_ref="batch-31", items=(issue, replace(issue, client_ref="order-9918#o1"))
        ),
    }


def _servicing(policy: PolicyRef, payee: Payee) -> dict[str, Model]:
    change: dict[str, Any] = {
        "policy": policy,
        "kind": EndorsementKind.contact_change,
        "effective_at": _ORDERED_AT + timedelta(days=1),
        "changes": (Change(target="policyholder", field="phones.0.number", from_="12000000000", to="12000000001"),),
    }
    cancellation: dict[str, Any] = {
        "policy": policy,
        "kind": CancelKind.pro_rata,
        "effective_at": _ORDERED_AT + timedelta(days=8),
    }
    return {
        "policy.get": PolicyGetBody(policy=policy),
        "policy.document": PolicyDocumentBody(policy=policy, kind=DocumentKind.policy, format="application/pdf"),
        "endorsement.quote": EndorsementQuoteBody(**change),
        "endorsement.submit": EndorsementSubmitBody(**change, basis_version=1),
        "cancellation.quote": CancellationQuoteBody(**cancellation),
        "cancellation.submit": CancellationSubmitBody(
            **cancellation, requestor=CancelRequestor.policyholder, reason="order cancelled", refund_to=payee
        ),
    }


def _claims(policy: PolicyRef, claimant: Party, payee: Payee) -> dict[str, Model]:
    claim_id = "claim_01J1N2B7QX"
    occurrence = Occurrence(
        at=_ORDERED_AT + timedelta(days=5), place=Place(country="CN", region="110000"), cause_code="goods_returned",
        description="退货",
    )  # fmt: skip
    waybill = Evidence(kind=DocumentKind.waybill, source=EvidenceSource.logistics, facts={"waybill": "WB000000001"},
                       url="https://files.example.com/9917/waybill.pdf")  # fmt: skip
    photo = Document(kind=DocumentKind.photo, mime="image/jpeg", url="https://files.example.com/9917/1.jpg")
    return {
        "claim.report": ClaimReportBody(
            policy=policy, insured_refs=("i1",), object_refs=("o1",), occurrence=occurrence,
            reporter=Reporter(party=claimant, relationship=Relationship.self),
            requested=Requested(amount=yuan("12.00")), evidence=(waybill,),
            settlement_wish=SettlementWish(kind=SettlementKind.cash_transfer, payee=payee),
        ),
        "claim.submit": ClaimSubmitBody(claim_id=claim_id, documents=(photo,), account=payee.account),
        "claim.supplement": ClaimSupplementBody(claim_id=claim_id, documents=(photo,)),
        "claim.modify": ClaimModifyBody(
            claim_id=claim_id, expected_version=1,
            changes=(Change(target="claim", field="requested.amount.amount", from_=1200, to=1000),),
        ),
        "claim.withdraw": ClaimWithdrawBody(claim_id=claim_id, reason="returned to the shop in person"),
        "claim.get": ClaimGetBody(claim_id=claim_id),
    }  # fmt: skip


def _examples() -> Mapping[str, Model]:
    person, policy = example_person(), PolicyRef(client_ref="order-9917#o1")
    payee = Payee(party=person, account=BankAccount(holder=person.name, bank="示例银行", number="6200000000000000000"))
    return MappingProxyType(
        {**_new_business(example_proposal()), **_servicing(policy, payee), **_claims(policy, person, payee)}
    )


EXAMPLES = _examples()
"""The example body of each operation, by its name."""
