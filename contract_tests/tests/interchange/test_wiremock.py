"""WireMock stub mappings: what a server that does as they say would answer is what the examples say."""

import base64
import json

import pytest

from contract_tests.interchange.wiremock import CHOOSING, stubs_of


def matches(stub, method, url, headers, body):
    """Whether a stub's request pattern holds, by the words these files use."""
    request = stub["request"]
    assert set(request) <= {"method", "url", "headers", "bodyPatterns"}
    if (request["method"], request["url"]) != (method, url):
        return False
    if any(headers.get(name.lower()) != pattern["equalTo"] for name, pattern in request.get("headers", {}).items()):
        return False
    return all(holds(pattern, body) for pattern in request.get("bodyPatterns", ()))


def holds(pattern, body):
    ((word, wanted),) = pattern.items()
    if word == "equalToJson":
        try:
            return json.loads(body) == wanted
        except ValueError:
            return False
    assert word == "binaryEqualTo"
    return base64.b64decode(wanted) == body


@pytest.mark.parametrize("carrier", ["xcover", "bamboo", "lotus"])
def test_each_example_is_answered_to_the_byte_and_one_that_sends_what_another_does_to_who_names_it(
    carrier, subject_of, plays
):
    stubs = stubs_of(subject_of(carrier), subject_of(carrier).files)
    assert len(stubs) == len(plays(carrier)) > 20
    assert len({stub["id"] for stub in stubs.values()}) == len(stubs)
    for key, one in list(plays(carrier).items())[:60]:
        wanted, reply = one.request, one.exchange.reply.reply
        headers = {name.lower(): stated.value for name, stated in wanted.headers}
        headers |= {} if one.first else {CHOOSING.lower(): key}
        body = wanted.body.value if wanted.body is not None else b""
        fitting = [
            each for each in stubs.values() if matches(each, wanted.method.value, wanted.target.value, headers, body)
        ]
        assert fitting, key
        first = min(each["priority"] for each in fitting)
        (chosen,) = [each for each in fitting if each["priority"] == first]
        assert chosen["metadata"]["insurehub"]["example"] == key
        assert chosen["response"]["status"] == reply.status
        assert base64.b64decode(chosen["response"]["base64Body"]) == reply.body
        assert {name.lower() for name in chosen["response"]["headers"]} == {name.lower() for name, _ in reply.headers}


def test_a_signature_and_an_instant_are_not_matched(subject_of):
    for stub in stubs_of(subject_of("xcover"), subject_of("xcover").files).values():
        assert not {"Date", "Authorization"} & set(stub["request"].get("headers", ()))


def test_the_same_examples_give_the_same_files(subject_of):
    subject = subject_of("tide")
    assert stubs_of(subject, subject.files) == stubs_of(subject, subject.files)
