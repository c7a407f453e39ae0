"""Premium and how it is paid."""

from datetime import date
from decimal import Decimal

from gateway.model.base import Model
from gateway.model.enums import Collector, InstalmentStatus, PaymentMethod, PremiumFrequency
from gateway.model.money import Money
from gateway.model.party import BankAccount, Party
from gateway.model.period import Instant


class Instalment(Model, frozen=True, kw_only=True):
    """One instalment of a premium (分期)."""

    no: int
    due: date | None = None
    amount: Money
    status: InstalmentStatus | None = None


class InsuredPremium(Model, frozen=True, kw_only=True):
    """The part of a premium that one insured costs."""

    insured_ref: str
    amount: Money


class CoveragePremium(Model, frozen=True, kw_only=True):
    """The part of a premium that one coverage costs."""

    coverage: str
    amount: Money


class Premium(Model, frozen=True, kw_only=True):
    """A premium (保费): `gross` is what the payer pays, everything in it; the rest says how it is made up.

    `tax` and `stamp` are inside `gross`; `discount` has been taken off, `loading` has been added. The parts per insured
    and per coverage each add up to `gross` when they are complete.
    """

    gross: Money
    net: Money | None = None
    tax: Money | None = None
    stamp: Money | None = None
    fees: Money | None = None
    discount: Money | None = None
    loading: Money | None = None
    frequency: PremiumFrequency | None = None
    instalments: tuple[Instalment, ...] = ()
    per_insured: tuple[InsuredPremium, ...] = ()
    per_coverage: tuple[CoveragePremium, ...] = ()

    @property
    def currency(self) -> str:
        """The currency the premium is paid in."""
        return self.gross.currency


class CommissionShare(Model, frozen=True, kw_only=True):
    """The part of a commission that goes to one intermediary."""

    to: str
    rate: Decimal | None = None
    amount: Money | None = None


class Commission(Model, frozen=True, kw_only=True):
    """What the intermediary earns (佣金): `rate` of `base`, never above the rate filed with the supervisor."""

    base: Money | None = None
    rate: Decimal | None = None
    filed_cap: Decimal | None = None
    amount: Money | None = None
    split: tuple[CommissionShare, ...] = ()


class Payment(Model, frozen=True, kw_only=True):
    """How the premium is to be paid: method, frequency, the account it is drawn from, agreed instalments."""

    method: PaymentMethod | None = None
    frequency: PremiumFrequency | None = None
    account: BankAccount | None = None
    instalments: tuple[Instalment, ...] = ()


class Receipt(Model, frozen=True, kw_only=True):
    """Proof that money was taken (见费出单): how much, when, how, by whom, under which reference."""

    amount: Money
    paid_at: Instant
    method: PaymentMethod | None = None
    collected_by: Collector
    payment_ref: str | None = None
    payer: Party | None = None


class CreditTerms(Model, frozen=True, kw_only=True):
    """Cover before payment: under which agreement the premium is owed, and until when."""

    agreement: str
    due_on: date | None = None
