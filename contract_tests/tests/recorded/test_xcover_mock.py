"""The mock of xcover against exchanges recorded from the real interface: the same statuses, members and values.

The recordings are not part of this repository: set INSUREHUB_RECORDED to the folder that holds them. Everybody in them
is replaced before they are sent to the mock, and they are signed with the test keys.
"""

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from cli.mapping.load import load_carrier
from contract_tests.examples.proof import Proof
from contract_tests.mock import MockCarrier
from contract_tests.personal.allowed import key_set
from contract_tests.personal.scan import slipped
from contract_tests.personal.standins import StandIns
from contract_tests.record.exchange import Exchange
from contract_tests.record.layers import Keys
from contract_tests.record.plain import printed_in
from contract_tests.record.scrub import Scrubbed, Scrubber
from contract_tests.runner.checks_recorded import Own, compare
from gateway.catalogue.marks import Mark

ROOT = Path(__file__).parents[3]
CARRIER = ROOT / "mappings" / "carriers" / "xcover"
FOLDER = Path(os.environ.get("INSUREHUB_RECORDED") or ROOT.parent / "shared" / "recorded" / "xcover")

if not FOLDER.is_dir():
    pytest.skip(f"no recorded exchanges at {FOLDER}: set INSUREHUB_RECORDED", allow_module_level=True)

PRINTED = printed_in(CARRIER)
SEEN = Mark("recorded", 1)
# What the mock makes up: the staging system's prices, product and texts, the time down to the microsecond, its host.
OWN = (
    "message", "errors.*", "created_at", "updated_at", "quotes.*.created_at", "quotes.*.updated_at",
    "quotes.*.confirmed_at", "pds_url", "quotes.*.pds_url", "account_url", "coi", "total_price", "total_price_formatted",
    "total_premium", "total_premium_formatted", "bundle_price", "bundle_price_formatted", "quotes.*.price",
    "quotes.*.price_formatted", "quotes.*.cover_amount", "quotes.*.cover_amount_formatted",
    "quotes.*.tax.total_amount_without_tax", "quotes.*.tax.total_amount_without_tax_formatted",
    "quotes.*.policy.policy_name", "quotes.*.policy.policy_code", "quotes.*.policy.policy_version",
    "quotes.*.policy.content", "quotes.*.policy.underwriter", "quotes.*.policy.claim_selector_id",
    "quotes.*.benefits", "quotes.*.commission", "quotes.*.discount_price", "quotes.*.discount_price_formatted",
    "quotes.*.discount_amount", "quotes.*.discount_amount_formatted", "quotes.*.surcharge", "quotes.*.instalment_plans",
    "quotes.*.is_pricebeat_enabled",
)  # fmt: skip
REPLAYED = ("test_quote_422", "test_call", "test_quote", "test_confirm_booking")


def recorded(name: str) -> list[Exchange]:
    """The exchanges of a file with the headers that are not in it."""
    found = []
    for each in json.loads((FOLDER / f"{name}.json").read_text("utf-8")):
        where = urlsplit(each["uri"])
        moment = moment_of(each["response"])
        headers = {
            "Date": moment.strftime("%a, %d %b %Y %H:%M:%S GMT"),
            "Authorization": 'Signature keyId="RECORDED",algorithm="hmac-sha512",headers="date",signature="masked"',
            "Content-Type": "application/json",
        }
        body = b"" if each["request"] is None else json.dumps(each["request"]).encode()
        found.append(
            Exchange(
                at=moment, host=where.netloc, method=each["method"], target=where.path, headers=tuple(headers.items()),
                body=body, status=each["status"], reply_headers=(("Content-Type", "application/json"),),
                reply_body=json.dumps(each["response"]).encode(),
            )
        )  # fmt: skip
    return found


def moment_of(response: Any) -> datetime:
    """When it was answered, as the reply tells."""
    told = (response.get("updated_at") or response.get("created_at")) if isinstance(response, dict) else None
    return datetime.fromisoformat(told).replace(microsecond=0) if told else datetime(2021, 10, 1, tzinfo=UTC)


def scrubbed(name: str) -> list[Scrubbed]:
    tree, keys = load_carrier(CARRIER, ROOT)[0], key_set("test-only", "xcover", ROOT) or {}
    assert tree is not None
    return Scrubber(tree, Keys({}, keys), StandIns(date(2021, 11, 1)), config=keys, printed=PRINTED).scrubbed(
        recorded(name)
    )


def numbers(made: list[Scrubbed]) -> list[str]:
    """The random parts of the first package, in the order the mock asks for them."""
    told = json.loads(made[0].exchange.reply_body)
    if "quotes" not in told:
        return []
    quotes = told["quotes"]
    quote = quotes["0"]["id"] if isinstance(quotes, dict) else quotes[0]["id"]
    return [quote, *told["security_token"].split("-"), *told["id"].split("-")[:2]]


async def played(name: str, own: Own) -> Proof:
    proof, made = Proof(), scrubbed(name)
    async with MockCarrier.load(CARRIER) as mock, httpx.AsyncClient(trust_env=False) as client:
        world = mock.world()
        world.numbers.give({}, numbers(made))
        for each in made:
            exchange = each.exchange
            world.timers.freeze(exchange.at.timestamp())
            if each.call is not None and each.call.operation == "cancellation.quote":
                world.numbers.give({}, json.loads(exchange.reply_body)["cancellation_id"].split("-")[:3])
            url, sent = mock.base_url + exchange.target, dict(exchange.headers)
            got = await client.request(exchange.method, url, content=exchange.body, headers=sent)
            trees = (json.loads(exchange.reply_body), json.loads(got.content))
            compare(proof, SEEN, (exchange.status, got.status_code), trees, own)
        assert mock.errors() == []
    return proof


async def test_the_mock_answers_recorded_requests_as_recorded_but_for_what_it_says_it_makes_up():
    own = Own(OWN)
    for name in REPLAYED:
        proof = await played(name, own)
        told = [f"{each.at}: {each.expected} is {each.actual}" for each in proof.differences]
        assert told == [], name
        assert proof.compared >= 2
    left = Proof()
    own.must_be_needed(left, SEEN)
    assert [each.at for each in left.differences] == []


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.json")))
def test_nobody_who_was_recorded_is_in_what_is_left_of_a_recording(name):
    people = {text for each in recorded(name) for text in personal(json.loads(each.body or b"{}"))}
    left = "\n".join(
        f"{each.exchange.target}\n{each.exchange.body}\n{each.exchange.reply_body}" for each in scrubbed(name)
    )
    assert slipped(left, originals=tuple(people)) == []


def personal(body: Any) -> list[str]:
    """The texts of a recorded policyholder that are hers alone."""
    holder = (body.get("policyholder") if isinstance(body, dict) else None) or {}
    return [holder[name] for name in ("first_name", "last_name", "email", "company") if holder.get(name)]
