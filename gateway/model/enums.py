"""The code lists of the canonical vocabulary: words of the field, never a carrier's numbers.

A mapping names a list in snake case (`of: id_type`), here it is a class in camel case (`IdType`).
"""

from gateway.model.code import Code


class Lob(Code):
    """Line of business (险种)."""

    freight_return = "freight_return"
    shipping_delay = "shipping_delay"
    goods_damage = "goods_damage"
    price_protection = "price_protection"
    order_cancellation = "order_cancellation"
    extended_warranty = "extended_warranty"
    food_safety = "food_safety"
    motor_compulsory = "motor_compulsory"
    motor_commercial = "motor_commercial"
    travel = "travel"
    accident = "accident"
    health_short = "health_short"
    health_long = "health_long"
    life = "life"
    annuity = "annuity"
    event_ticket = "event_ticket"
    liability_general = "liability_general"
    liability_employer = "liability_employer"
    liability_courier = "liability_courier"
    property_home = "property_home"
    property_commercial = "property_commercial"
    cargo = "cargo"
    surety = "surety"
    credit = "credit"
    account_security = "account_security"
    pet = "pet"
    cyber = "cyber"
    agri = "agri"


class NumberKind(Code):
    """What a carrier's number names: the same contract bears several in its life."""

    quote = "quote"
    application = "application"
    order = "order"
    policy = "policy"
    compulsory_policy = "compulsory_policy"
    endorsement = "endorsement"
    report = "report"
    claim = "claim"
    payment = "payment"


class PremiumFrequency(Code):
    """How often a premium falls due (缴费频率)."""

    single = "single"
    daily = "daily"
    weekly = "weekly"
    monthly = "monthly"
    bimonthly = "bimonthly"
    quarterly = "quarterly"
    semiannual = "semiannual"
    annual = "annual"
    usage = "usage"
    sporadic = "sporadic"
    waived = "waived"


class PaymentMethod(Code):
    """How a premium was or will be paid."""

    alipay = "alipay"
    wechat_pay = "wechat_pay"
    union_pay = "union_pay"
    allinpay = "allinpay"
    bill99 = "bill99"
    bestpay = "bestpay"
    baofoo = "baofoo"
    bank_card = "bank_card"
    bank_transfer = "bank_transfer"
    coupon = "coupon"
    points = "points"
    credit = "credit"
    cash = "cash"
    offline = "offline"
    other = "other"


class Collector(Code):
    """Who took the money: it decides whether the premium still has to travel to the insurer."""

    insurer = "insurer"
    platform = "platform"
    intermediary = "intermediary"


class InstalmentStatus(Code):
    """Where one instalment of a premium stands."""

    due = "due"
    paid = "paid"
    overdue = "overdue"
    waived = "waived"
    cancelled = "cancelled"


class Touchpoint(Code):
    """Where the sale took place."""

    counter = "counter"
    web = "web"
    mobile = "mobile"
    terminal = "terminal"
    phone = "phone"
    api = "api"


class PeriodStartRule(Code):
    """What the start of cover is counted from."""

    instant = "instant"
    next_day_zero = "next_day_zero"
    fixed_date = "fixed_date"
    event = "event"
    issue_plus_n = "issue_plus_n"


class TermUnit(Code):
    """Unit of how long a coverage lasts."""

    day = "day"
    month = "month"
    year = "year"
    to_age = "to_age"
    lifetime = "lifetime"


class PayTermUnit(Code):
    """Unit of how long a premium is paid."""

    single = "single"
    month = "month"
    year = "year"
    to_age = "to_age"
    lifetime = "lifetime"


class LimitKind(Code):
    """What a limit is counted over."""

    per_event = "per_event"
    per_person = "per_person"
    per_accident = "per_accident"
    aggregate = "aggregate"
    disease_policy = "disease_policy"
    disease_employee = "disease_employee"


class CoverageBasis(Code):
    """How a coverage measures what it pays."""

    per_event = "per_event"
    aggregate = "aggregate"
    daily = "daily"
    benefit = "benefit"
    in_kind = "in_kind"


class DeductibleType(Code):
    """How the part the insured bears (免赔) is measured: a franchise is borne only below its amount."""

    amount = "amount"
    percent = "percent"
    amount_or_percent = "amount_or_percent"
    days = "days"
    franchise = "franchise"


class DocumentKind(Code):
    """What a document is."""

    policy = "policy"
    certificate = "certificate"
    endorsement = "endorsement"
    proposal = "proposal"
    terms = "terms"
    invoice = "invoice"
    receipt = "receipt"
    identity = "identity"
    claim_form = "claim_form"
    loss_proof = "loss_proof"
    medical_record = "medical_record"
    police_report = "police_report"
    waybill = "waybill"
    photo = "photo"
    bank_card = "bank_card"
    decision_notice = "decision_notice"
    other = "other"


class DocumentStatus(Code):
    """Whether a document can be fetched now."""

    ready = "ready"
    not_ready = "not_ready"


class ReasonSource(Code):
    """Who gave a reason."""

    carrier = "carrier"
    gateway = "gateway"
