"""C19 at level 1: what a gateway does wrong with a callback fails the check of the callback's endpoint."""

from functools import partial

import pytest
from msgspec.structs import replace

from contract_tests.runner import checks_of, endpoint, run_check
from contract_tests.runner.endpoint import request_of
from gateway.api import endpoint as api_endpoint
from gateway.api.app import Settings
from gateway.api.limits import Limits
from gateway.service.recovery import callbacks


@pytest.fixture
def failed(room):
    """Where the check of the genuine callback fails."""

    def run():
        checks = [each for file in room.subject.files for each in checks_of(file, room.subject)]
        (check,) = [each for each in checks if each.name == "callback-endpoint"]
        verdict = run_check(check, differences_max=50)
        assert verdict.crash == ""
        assert check.run.example.id == "issued"
        return {each.at for each in verdict.differences}

    return run


def test_what_the_gateway_does_with_callbacks_is_right(failed):
    assert failed() == set()


def test_a_forgery_that_is_applied_fails(failed, monkeypatch):
    async def believes(*_given):
        return False

    monkeypatch.setattr(callbacks, "_is_laid_aside", believes)
    assert {"one bit changed: status", "another charset: status"} & failed()


def test_a_callback_that_comes_early_and_is_forgotten_fails(failed, monkeypatch):
    apply = callbacks._apply

    async def forgetful(parts, use_cases, channel, callback, record, notice):
        await apply(parts, use_cases, channel, callback, record, notice)
        await callbacks._settle(parts, record, "ignored", "too early")

    monkeypatch.setattr(callbacks, "_apply", forgetful)
    assert failed() == {"after the answer: operation"}


def test_a_callback_that_changes_an_operation_a_second_time_fails(failed, monkeypatch):
    async def writes(parts, _use_cases, _channel, _callback, _notice, op):
        parts.journal._tables.operations[op.operation_id] = replace(op, text="told again")
        return ()

    monkeypatch.setattr(callbacks, "_contradiction", writes)
    assert "the callback again" in failed()


def test_an_acknowledgement_of_other_bytes_fails(failed, monkeypatch):
    page = api_endpoint.page
    monkeypatch.setattr(api_endpoint, "page", lambda body, *given, **more: page(body + b"\n", *given, **more))
    assert any(each.startswith("the callback: acknowledgement") for each in failed())


def test_a_body_of_any_length_that_is_read_whole_fails(failed, monkeypatch):
    endless = Limits(callback_bytes_max=100_000_000)
    monkeypatch.setattr(endpoint, "Settings", partial(Settings, limits=endless))
    assert failed() == {"too long: status"}


def test_a_callback_about_an_operation_without_an_example_is_told(room):
    (check,) = [
        each
        for file in room.subject.files
        for each in checks_of(file, room.subject)
        if each.name == "callback-endpoint"
    ]
    with pytest.raises(LookupError, match=r"no example of quote\.create"):
        request_of(check.run, "quote.create")


@pytest.mark.parametrize(
    ("target", "channel"),
    [("/callbacks/acme_main/issued?a=1", "acme_main"), ("/cb/issued", endpoint.CHANNEL), ("", endpoint.CHANNEL)],
)
def test_a_callback_goes_to_the_address_that_its_example_shows(target, channel):
    assert endpoint.channel_of(target) == channel


def test_the_endpoint_has_the_address_that_a_signature_may_cover(room):
    room.change(
        "examples/callbacks.yaml", "name: issued\n", "name: issued\n      target: /callbacks/acme_main/issued\n"
    )
    checks = [each for file in room.subject.files for each in checks_of(file, room.subject)]
    (check,) = [each for each in checks if each.name == "callback-endpoint"]
    assert endpoint.Endpoint(check.run, "policy.issue").channel == "acme_main"
    assert run_check(check).passed
