"""What changes of a contract bring back: refunds, loadings, exclusions, transactions."""

from decimal import Decimal

from gateway.model.base import Model
from gateway.model.enums_contract import TransactionPurpose
from gateway.model.money import Money
from gateway.model.period import Instant
from gateway.model.pii import HealthText


class RefundStep(Model, frozen=True, kw_only=True):
    """One step of how a refund was worked out."""

    text: str
    amount: Money | None = None


class Refund(Model, frozen=True, kw_only=True):
    """Money given back when cover ends early: how much, on what basis, by which formula, step by step."""

    amount: Money
    basis: str | None = None
    formula: str | None = None
    steps: tuple[RefundStep, ...] = ()


class Loading(Model, frozen=True, kw_only=True):
    """More premium for more risk (加费), as a percentage or an amount."""

    coverage: str | None = None
    insured_ref: str | None = None
    percent: Decimal | None = None
    amount: Money | None = None
    text: HealthText | None = None


class Exclusion(Model, frozen=True, kw_only=True):
    """Something the carrier will not cover (除外)."""

    code: str | None = None
    coverage: str | None = None
    insured_ref: str | None = None
    text: HealthText | None = None


class Transaction(Model, frozen=True, kw_only=True):
    """One version of a policy: why it came about, when asked for, from when, by which endorsement, for how much."""

    seq: int
    purpose: TransactionPurpose
    request_at: Instant | None = None
    effective_at: Instant
    endorsement_no: str | None = None
    delta: Money | None = None
