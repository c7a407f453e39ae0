"""Pact files of the shipped carriers, read and verified by Pact's own verifier."""

import json
import os

import pytest

from contract_tests.interchange.pact import names_read, pact_of
from contract_tests.interchange.shown import put

os.environ["PACT_DO_NOT_TRACK"] = "true"
pact = pytest.importorskip("pact", reason="pact-python is not installed: Pact files were not verified by Pact itself")

EACH_MAX = 14
HOW_WRITTEN = {"bamboo": "base64", "lotus": "base64", "xcover": False}


@pytest.fixture
def document_of(subject_of):
    def of(carrier, chosen=lambda _: True, most=EACH_MAX):
        document = pact_of(subject_of(carrier), subject_of(carrier).files)
        return {**document, "interactions": [each for each in document["interactions"] if chosen(each)][:most]}

    return of


@pytest.fixture
def verified(player, plays, tmp_path):
    def verify(document):
        """Pact's word on a document while the player plays it; raises RuntimeError where it says no."""
        (file,) = put(tmp_path, {"pact.json": document})
        played = plays(document["provider"]["name"])

        def play(state, **_):
            # A verifier that has no state to bring about names none.
            if state:
                player.now = played[state]

        verifier = (
            pact.Verifier(document["provider"]["name"], host="127.0.0.1")
            .add_transport(url=player.url)
            .add_source(str(file))
        )
        verifier.state_handler(lambda state, action, parameters: play(state), teardown=False)
        verifier.verify()

    return verify


@pytest.mark.parametrize("carrier", sorted(HOW_WRITTEN))
def test_every_interaction_is_sent_as_the_example_says_and_its_reply_is_recognised(
    carrier, document_of, verified, plays, player
):
    document = document_of(carrier)
    verified(document)
    assert len(player.seen) == len(document["interactions"]) > 10
    compared = 0
    for key, method, target, headers, body in player.seen:
        wanted = plays(carrier)[key].request
        assert (method, target) == (wanted.method.value, wanted.target.value)
        sent = {name.lower(): value for name, value in headers.items()}
        assert [(name, sent[name.lower()]) for name, _ in wanted.headers] == [
            (n, each.value) for n, each in wanted.headers
        ]
        if wanted.body is not None and wanted.body.value:
            same = (
                (body, wanted.body.value) if HOW_WRITTEN[carrier] else (json.loads(body), json.loads(wanted.body.value))
            )
            assert same[0] == same[1]  # signed, or in GBK: to the byte
            compared += 1
    assert compared > 5


def test_a_member_that_the_mapping_reads_must_be_as_it_was_and_one_that_nobody_reads_of_its_type(
    document_of, verified, plays, player
):
    document = document_of(
        "xcover",
        lambda each: b'"CONFIRMED"' in plays("xcover")[each["providerStates"][0]["name"]].exchange.reply.reply.body,
        most=1,
    )
    assert document["interactions"]
    player.spoilt = lambda body: body.replace(b'"pricing"', b'"p"').replace(
        b'"policy_name":"Event', b'"policy_name":"Other'
    )
    verified(document)
    player.spoilt = lambda body: body.replace(b'"policy_name":"Event Ticket Cover"', b'"policy_name":7')
    with pytest.raises(RuntimeError):
        verified(document)
    player.spoilt = lambda body: body.replace(b'"status":"CONFIRMED"', b'"status":"CANCELLED"')
    with pytest.raises(RuntimeError):
        verified(document)


def _booked(each):
    return each["key"].startswith("policy.issue/booked-and-confirmed/confirm")


def test_rules_of_an_example_are_matching_rules_and_what_may_be_absent_is_a_second_interaction(document_of):
    without, whole = document_of("xcover", _booked)["interactions"]
    assert "pdf" not in without["response"]["body"]["content"]["coi"]
    assert "pdf" in whole["response"]["body"]["content"]["coi"]
    assert whole["key"] == f"{without['key']}, with quotes.0.can_be_cancelled, coi.pdf"
    assert whole["providerStates"][0]["params"]["with"] == ["quotes.0.can_be_cancelled", "coi.pdf"]
    rules = whole["response"]["matchingRules"]["body"]
    assert rules["$.id"] == {
        "combine": "AND",
        "matchers": [{"match": "regex", "regex": "^[0-9A-Z]{5}-[0-9A-Z]{5}-INS$"}],
    }
    assert rules["$.status"]["matchers"] == [{"match": "regex", "regex": "^(?:CONFIRMED)$"}]
    assert rules["$.partner_transaction_id"]["combine"] == "OR"
    assert rules["$.partner_transaction_id"]["matchers"][1] == {"match": "null"}


@pytest.mark.parametrize(
    ("old", "new", "right"),
    [
        (b'"id":"QT7KM-2WXYZ-INS"', b'"id":"AAAAA-BBBBB-INS"', True),
        (b'"id":"QT7KM-2WXYZ-INS"', b'"id":"AAAAA-BBBBB"', False),
        (b'"partner_transaction_id":null', b'"partner_transaction_id":"TX-1"', True),
        (b'"total_price":2.2', b'"total_price":3', True),
        (b'"total_price":2.2', b'"total_price":"2.2"', False),
    ],
)
def test_pact_itself_takes_another_value_that_keeps_the_rule_and_no_other(
    document_of, verified, plays, player, old, new, right
):
    document = document_of("xcover", _booked)
    assert old in plays("xcover")["policy.issue/booked-and-confirmed/confirm"].exchange.reply.reply.body
    player.spoilt = lambda body: body.replace(old, new, 1)
    if right:
        verified(document)
    else:
        with pytest.raises(RuntimeError):
            verified(document)


def test_pact_itself_takes_a_reply_without_what_may_be_absent_where_none_is_asked_for(document_of, verified, player):
    document = document_of("xcover", _booked)
    player.spoilt = lambda body: body.replace(b'"pdf":', b'"other":', 1)
    with pytest.raises(RuntimeError):
        verified(document)
    verified({**document, "interactions": document["interactions"][:1]})


def test_a_rule_about_bytes_that_are_signed_is_told_in_words(document_of):
    (issue,) = document_of("lotus", lambda each: each["key"] == "policy.issue/travel-two")["interactions"]
    assert any("match response.body.body.policyNo" in text for text in issue["comments"]["text"])
    assert "matchingRules" not in issue["response"]


def test_one_byte_of_a_signed_reply_changed_is_noticed(document_of, verified, player):
    player.spoilt = lambda body: body.replace(b'"sign":"', b'"sign":"0', 1)
    with pytest.raises(RuntimeError):
        verified(document_of("lotus", most=1))


def test_no_key_of_a_carrier_is_in_its_pact_and_each_interaction_says_where_it_is_from(subject_of):
    for carrier in ("lotus", "bamboo", "xcover", "aurora"):
        subject = subject_of(carrier)
        document = pact_of(subject, subject.files)
        text = json.dumps(document, ensure_ascii=False)
        secrets = next(each.secrets for file in subject.files for each in file.examples if each.secrets)
        hidden = [name for name in ("sign_key", "secret", "hmac_key", "client_secret", "app_secret") if name in secrets]
        assert hidden
        assert not [name for name in hidden if secrets[name] in text]
        assert all(each["comments"]["text"][0].startswith("provenance: ") for each in document["interactions"])
        assert len({each["description"] for each in document["interactions"]}) == len(document["interactions"])
    assert {"status", "total_price", "id"} <= names_read(subject_of("xcover"))
    assert "policy_name" not in names_read(subject_of("xcover"))
