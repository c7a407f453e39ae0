"""What the clients ask for: orders of people who do not exist, each with values that no other order carries."""

import itertools
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from cli.demo.trade import consent, receipt
from gateway.model import Gender
from gateway.model.validate.identity import synthetic_id

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静强磊军洋勇艳杰娟涛明超霞平刚桂海峰云飞燕玲建国文华志红春梅兰英东辉鹏宇"
FAMILIES = ("Archer", "Baker", "Cooper", "Draper", "Fisher", "Glover", "Hunter", "Mason", "Potter", "Weaver")
BIRTHDAYS = 11_000
ZONE = ZoneInfo("Asia/Shanghai")
DAYS = 3
BATCH_SHARE, BATCH_ORDERS_MAX = 0.6, 5
APPLICATION_SHARE, REFUSED_SHARE = 0.12, 0.1
LATER_YES, LATER_NO, NO = "7001", "7002", "7007"
"""Phone numbers' ends that carriers' documents name: decided later with a yes or a no, declined at once."""


class Offer(Struct, frozen=True, kw_only=True):
    """Where an order can go: one channel that is named, or several of one price between which the routing chooses."""

    product: str
    plan: str
    channels: tuple[str, ...]
    weight: int
    calls_back: bool = False
    cancels: str | None = None
    endorses: bool = False
    claims: bool = False
    batches: bool = False
    underwrites: bool = False
    price: int | None = None
    """In minor units, where no quote is asked for."""

    @property
    def pin(self) -> str | None:
        """The channel an order names, when it has no choice."""
        return self.channels[0] if len(self.channels) == 1 else None


FREIGHT, TRAVEL, FAMILY, PARCEL = "freight-return@3", "travel-accident@1", "family-accident@1", "parcel-return@1"
CEDARS = ("cedar_main", "cedar_second")
OFFERS = (
    Offer(
        product=FREIGHT,
        plan="standard",
        channels=CEDARS,
        weight=30,
        calls_back=True,
        cancels="pro_rata",
        claims=True,
        underwrites=True,
    ),
    Offer(
        product=FREIGHT,
        plan="standard",
        channels=("aurora_main",),
        weight=20,
        calls_back=True,
        endorses=True,
        claims=True,
    ),
    Offer(product=FREIGHT, plan="standard", channels=("lotus_main",), weight=20, calls_back=True, endorses=True),
    Offer(
        product=TRAVEL,
        plan="standard",
        channels=("lotus_main",),
        weight=8,
        calls_back=True,
        cancels="free_look",
        underwrites=True,
    ),
    Offer(
        product=TRAVEL,
        plan="standard",
        channels=("aurora_main",),
        weight=6,
        calls_back=True,
        cancels="free_look",
        underwrites=True,
    ),
    Offer(product=TRAVEL, plan="light", channels=("bamboo_main",), weight=12, cancels="free_look"),
    Offer(product=FAMILY, plan="standard", channels=("harbor_main",), weight=4),
    Offer(product=PARCEL, plan="standard", channels=("tide_main",), weight=10, batches=True, price=60),
)
CHANNELS = tuple(sorted({name for offer in OFFERS for name in offer.channels}))


class Intent(Struct, frozen=True, kw_only=True):
    """One thing a caller wants to happen once: its key, its business identity, and what only it carries.

    `amount` is the premium in minor units, of a cancellation what it must give back; `fate` what the carrier decides
    later, if it does; `policy` the carrier's number of the policy that a cancellation or endorsement is about. `items`
    are the orders of a batch, each an intent of its own.
    """

    key: str
    operation: str
    path: str
    body: Mapping[str, Any]
    biz: str
    effect: str
    channels: tuple[str, ...]
    canaries: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    amount: int | None = None
    currency: str = "CNY"
    fate: str | None = None
    policy: str | None = None
    items: "tuple[Intent, ...]" = ()


class Orders:
    """Makes orders from a seed; `prices` are those the gateway itself gives for each offer, in minor units."""

    def __init__(self, run: str, seed: int, prices: Mapping[tuple[str, str, str], int], first: int = 0) -> None:
        """`run` makes references differ from those of other runs; serials begin at `first`."""
        self._run, self._chance, self._prices = run, random.Random(seed), prices
        self._serials = itertools.count(first)

    def __iter__(self) -> Iterator[tuple[Intent, Offer]]:
        """Orders without end, spread over the offers by their weights."""
        weights = [offer.weight for offer in OFFERS]
        while True:
            (offer,) = self._chance.choices(OFFERS, weights)
            drawn = self._chance.random()
            if offer.batches and drawn < BATCH_SHARE:
                yield self.batch(offer), offer
            elif offer.underwrites and drawn < APPLICATION_SHARE:
                yield self.application(offer), offer
            else:
                yield self.order(offer), offer

    def batch(self, offer: Offer) -> Intent:
        """Several orders at an offer under one key."""
        items = tuple(self.order(offer) for _ in range(self._chance.randint(2, BATCH_ORDERS_MAX)))
        ref = f"{items[0].key}-batch"
        return Intent(
            key=ref,
            operation="policy.issue_batch",
            path="/v1/policies/batch",
            body={"client_ref": ref, "items": [each.body for each in items]},
            biz=f"batch:{ref}",
            effect="batch",
            channels=offer.channels,
            personal=tuple(value for each in items for value in each.personal),
            items=items,
        )

    def application(self, offer: Offer) -> Intent:
        """The same proposal for the insurer to underwrite, and no more; now and then one that it refuses."""
        order = self.order(offer, NO if self._chance.random() < REFUSED_SHARE else None)
        return replace(
            order,
            operation="underwriting.submit",
            path="/v1/applications",
            body={name: value for name, value in order.body.items() if name != "receipt"},
            biz=f"application:{order.key}",
            effect="underwrite",
            # An insurer's line of it bears the policyholder alone.
            canaries=(order.body["policyholder"]["id_docs"][0]["number"],),
        )

    def order(self, offer: Offer, fate: str | None = "any", start: datetime | None = None) -> Intent:
        """One order at an offer; `fate` is the end of its phone number, by chance when not said."""
        serial = next(self._serials)
        if fate == "any":
            drawn = self._chance.random()
            later = offer.calls_back and drawn < 0.12
            fate = (LATER_YES if drawn < 0.09 else LATER_NO) if later else NO if drawn > 0.97 else None
        ref = f"{self._run}-{serial:06}"
        price: dict[str, Any] = {
            "amount": self._prices[offer.product, offer.plan, offer.channels[0]],
            "currency": "CNY",
        }
        body = {**proposal(offer, serial, ref, fate, start or datetime.now(UTC)), "client_ref": ref, **consent()}
        body |= {"expected_premium": price, "receipt": receipt(price, ref)}
        holder = body["policyholder"]
        number = holder["id_docs"][0]["number"]
        orders = tuple(each["freight"]["order_no"] for each in body.get("objects", ()) if "freight" in each)
        return Intent(
            key=ref,
            operation="policy.issue",
            path="/v1/policies",
            body=body,
            biz=f"policy:{ref}",
            effect="issue",
            channels=offer.channels,
            canaries=(*orders, number),
            personal=(
                holder["name"],
                number,
                holder["phones"][0]["number"],
                holder.get("email", ""),
                holder.get("address", {}).get("line", ""),
            ),
            amount=price["amount"],
            fate=fate,
        )


def proposal(offer: Offer, serial: int, ref: str, fate: str | None, now: datetime) -> dict[str, Any]:
    """The proposal of an order in the interface's words."""
    holder = person(serial, fate)
    # One carrier numbers the insured and takes no other name for them.
    ref_of_insured = "1" if offer.product == FAMILY else "i1"
    insured = {"ref": ref_of_insured, "party": holder, "relationship_to_policyholder": "self"}
    proposed: dict[str, Any] = {
        "product": offer.product, "plan": offer.plan, "policyholder": holder, "insureds": [insured],
    }  # fmt: skip
    if offer.pin is not None:
        proposed["routing"] = {"pin": offer.pin}
    if offer.product in (FREIGHT, PARCEL):
        proposed["objects"] = [_parcel(ref)]
        proposed["payment"] = {"method": "wechat_pay", "frequency": "single"}
    if offer.product == TRAVEL:
        start = (now + timedelta(days=2)).astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        proposed["period"] = {"start": start.isoformat(), "end": (start + timedelta(days=DAYS)).isoformat()}
        proposed["objects"] = [_journey()]
        proposed["payment"] = {"method": "alipay", "frequency": "single"}
    return proposed


def person(serial: int, fate: str | None = None) -> dict[str, Any]:
    """A person who does not exist, with a name, a number, a phone and an address of their own."""
    born = date(1971, 1, 1) + timedelta(days=serial % BIRTHDAYS)
    gender = Gender.male if serial % 2 else Gender.female
    given = GIVEN[serial // 20 % len(GIVEN)] + GIVEN[serial // 20 // len(GIVEN) % len(GIVEN)]
    phone = f"139{serial % 10_000:04}{fate}" if fate else f"13{serial % 1_000_000:06}000"
    return {
        "type": "person",
        "name": f"{SURNAMES[serial % 20]}{given}",
        "name_latin": {"family": FAMILIES[serial % 10], "given": "Ada"},
        "gender": gender.value,
        "birth_date": born.isoformat(),
        "id_docs": [{"type": "cn_resident_id", "number": synthetic_id(born, gender, serial // BIRTHDAYS % 500)}],
        "phones": [{"number": phone}],
        "email": f"buyer{serial}@torture.example",
        "address": {"country": "CN", "region": "110000", "city": "北京市", "line": f"样例路{serial + 1}号"},
    }


def cancellation(intent: Intent, policy: Mapping[str, Any], kind: str) -> Intent:
    """Give back a policy that was issued, at the next full hour: some insurers end cover at hours only.

    Within the free look all of its premium comes back, whatever the insurer says.
    """
    at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    body = {
        "policy": {"policy_id": policy["policy_id"]},
        "kind": kind,
        "effective_at": at.isoformat(),
        "requestor": "policyholder",
        "reason": "changed plans",
    }
    whole = policy["premium"]["gross"]["amount"] if kind == "free_look" else None
    return replace(_on(intent, policy, "cancellation.submit", "/v1/cancellations", "cancel", body), amount=whole)


def endorsement(intent: Intent, policy: Mapping[str, Any]) -> Intent:
    """The policyholder's new phone; its last eight figures are the order's own."""
    phone = policy["policyholder"]["phones"][0]["number"]
    change = {
        "target": "policyholder", "field": "phones.0.number", "from": phone, "to": f"138{phone[3:7]}{phone[3:7]}",
    }  # fmt: skip
    body = {
        "policy": {"policy_id": policy["policy_id"]},
        "kind": "contact_change",
        "changes": [change],
        "effective_at": (datetime.now(UTC) + timedelta(minutes=5)).replace(microsecond=0).isoformat(),
        "basis_version": policy.get("version", 1),
    }
    return _on(intent, policy, "endorsement.submit", "/v1/endorsements", "endorse", body)


def claim(intent: Intent, policy: Mapping[str, Any]) -> Intent:
    """Something happened to what is insured, and its policyholder reports it."""
    body = {
        "policy": {"policy_id": policy["policy_id"]},
        "client_ref": f"{intent.key}-claim",
        "insured_refs": ["i1"],
        "object_refs": ["o1"],
        "occurrence": {
            "at": policy["period"]["start"],
            "cause_code": "no_reason",
            "description": "sample occurrence",
            "place": {"country": "CN", "region": "110000", "text": "北京"},
        },
        "reporter": {"party": intent.body["policyholder"], "relationship": "self"},
        "requested": {"amount": {"amount": 1_000, "currency": "CNY"}},
    }
    return _on(intent, policy, "claim.report", "/v1/claims", "claim_report", body)


def _on(intent: Intent, policy: Mapping[str, Any], operation: str, path: str, effect: str, body: Any) -> Intent:
    return Intent(
        key=f"{intent.key}-{effect}",
        operation=operation,
        path=path,
        body=body,
        biz=f"{effect}:{policy['policy_id']}",
        effect=effect,
        channels=(policy["channel"],),
        policy=policy_no(policy),
    )


def policy_no(policy: Mapping[str, Any]) -> str | None:
    """The carrier's number of a policy."""
    return next((each["no"] for each in policy.get("numbers", ()) if each["kind"] == "policy"), None)


def _parcel(ref: str) -> dict[str, Any]:
    item = {"sku": "S-1", "name": "棉质衬衫", "quantity": 1, "price": {"amount": 12_900, "currency": "CNY"}}
    freight = {
        "order_no": f"ORD{ref.replace('-', '')}", "items": [item], "shop": "样例小店",
        "amount": {"amount": 1_200, "currency": "CNY"},
    }  # fmt: skip
    return {"ref": "o1", "type": "freight", "insured_refs": ["i1"], "freight": freight}


def _journey() -> dict[str, Any]:
    trip = {"from": "北京", "to": "上海", "transport": "rail", "trip_no": "T1", "countries": ["CN"]}
    return {"ref": "o1", "type": "person_travel", "insured_refs": ["i1"], "person_travel": trip}
