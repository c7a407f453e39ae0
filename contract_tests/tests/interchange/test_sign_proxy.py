"""A verifier's requests signed again: by Pact's own verifier, through the proxy, against the mock with other keys."""

import asyncio
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from contract_tests.interchange.pact import pact_of
from contract_tests.interchange.shown import put
from contract_tests.interchange.sign_proxy import SignProxy
from contract_tests.live.sandbox import FLAG, sandbox_at
from contract_tests.mock.carrier import KEYS_FILE, read_keys
from contract_tests.runner.run import Unprepared
from contract_tests.tests.live.conftest import Served
from gateway.channel import ChannelSettings
from gateway.ports import FrozenWorld
from gateway.wire.contract import Secret

os.environ["PACT_DO_NOT_TRACK"] = "true"
pact = pytest.importorskip("pact", reason="pact-python is not installed: the proxy was not tried by Pact itself")

ROOT = Path(__file__).parents[3]
XCOVER = ROOT / "mappings" / "carriers" / "xcover"
THEN = datetime.fromisoformat("2026-03-01T09:40:00+00:00")
"""Past what the carrier allows a signed clock to be off, from when the example was written."""
OTHERS = {**read_keys(KEYS_FILE, "xcover"), "secret": "another-secret-of-this-sandbox"}
ASKED = "quote.create/event"


@pytest.fixture
def sandbox():
    """The carrier as a sandbox: its clock is another day's, its keys are not the examples'."""
    with Served(XCOVER, secrets=OTHERS, time=THEN.timestamp) as served:
        yield served


def settings_of(subject, secrets):
    config = next(each.config for file in subject.files for each in file.examples if each.config)
    return ChannelSettings(config=dict(config), secrets={name: Secret(text) for name, text in secrets.items()})


@pytest.fixture
def proxy(sandbox, subject_of):
    """The proxy in a thread of its own, with the sandbox's keys."""
    subject = subject_of("xcover")
    allowed = sandbox_at(sandbox.url, ["127.0.0.1"], understood=True, settings=settings_of(subject, OTHERS))
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    def do(work):
        return asyncio.run_coroutine_threadsafe(work, loop).result(20)

    found = SignProxy(subject, replace(allowed, world=FrozenWorld(THEN)))
    do(found.__aenter__())
    yield found
    do(found.__aexit__())
    loop.call_soon_threadsafe(loop.stop)


@pytest.fixture
def verify(subject_of, tmp_path):
    def against(url, chosen=ASKED):
        """Pact's word on what the carrier at an address says; raises RuntimeError where it says no."""
        subject = subject_of("xcover")
        document = pact_of(subject, subject.files)
        interactions = [each for each in document["interactions"] if each["key"] == chosen]
        assert len(interactions) == 1
        (file,) = put(tmp_path, {"pact.json": {**document, "interactions": interactions}})
        verifier = pact.Verifier("xcover", host="127.0.0.1").add_transport(url=url).add_source(str(file))
        verifier.state_handler(lambda state, action, parameters: None, teardown=False)
        verifier.verify()

    return against


def ask(url, method, target, body=b""):
    host = urlsplit(url)
    connection = http.client.HTTPConnection(host.hostname, host.port, timeout=10)
    connection.request(method, target, body)
    reply = connection.getresponse()
    return reply.status, reply.read().decode()


def requests(sandbox):
    return [noted.raw for noted in sandbox.mock.requests]


def test_pact_verifies_a_signed_carrier_through_the_proxy_and_not_without_it(proxy, verify, sandbox):
    with pytest.raises(RuntimeError):
        verify(sandbox.url)
    (stale,) = requests(sandbox)
    verify(proxy.url)
    _, fresh = requests(sandbox)
    assert proxy.sent == 1
    assert b"Date: Sun, 01 Mar 2026 09:00:00 GMT" in stale or b"date: Sun, 01 Mar 2026 09:00:00 GMT" in stale
    assert b"Date: Sun, 01 Mar 2026 09:40:00 GMT" in fresh
    assert json.loads(fresh.partition(b"\r\n\r\n")[2]) == json.loads(stale.partition(b"\r\n\r\n")[2])


def test_a_sandbox_that_says_otherwise_is_found_out_through_the_proxy_too(verify, proxy, sandbox):
    sandbox.do(sandbox.mock.plan({"fault": "error_before_commit", "with": {"status": 500}}))
    with pytest.raises(RuntimeError):
        verify(proxy.url)
    assert proxy.sent == 1


def test_what_no_example_sends_is_not_sent(proxy, sandbox):
    status, said = ask(proxy.url, "POST", "/xcover/partners/TESTP/quotes/", b'{"request":[]}')
    assert (status, "no example of xcover sends this POST /xcover/partners/TESTP/quotes/" in said) == (404, True)
    assert requests(sandbox) == []


def test_an_example_nobody_called_safe_is_not_sent(proxy, sandbox):
    written = next(each for each in proxy.known if each.run.example.id == "booked-and-confirmed")
    body = written.request.body.value
    status, said = ask(proxy.url, written.request.method.value, written.request.target.value, body)
    assert (status, "does not say live: { safe: true }" in said) == (403, True)
    assert requests(sandbox) == []


def test_a_host_that_is_not_on_the_list_is_not_called_whatever_a_setting_says(proxy, sandbox, subject_of):
    written = next(each for each in proxy.known if each.run.example.id == "event")
    elsewhere = replace(proxy.sandbox, hosts=frozenset({"uat.xcover.example"}))

    async def go():
        async with SignProxy(subject_of("xcover"), elsewhere) as other:
            reply = await asyncio.to_thread(
                ask, other.url, "POST", written.request.target.value, written.request.body.value
            )
            return reply, other.sent

    (status, said), _ = asyncio.run(go())
    assert (status, "127.0.0.1, which is not on the list" in said) == (502, True), said
    assert requests(sandbox) == []


def test_a_carrier_without_a_safe_example_has_no_proxy(subject_of, proxy):
    with pytest.raises(Unprepared, match="nothing may be sent"):
        SignProxy(subject_of("bamboo"), proxy.sandbox)


def command(*words):
    return [sys.executable, "-m", "cli", "test", *words]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("xcover", "--sign-proxy", "https://uat.xcover.example"), FLAG),
        (("xcover", "--sign-proxy", "https://uat.xcover.example", FLAG), "--allow-host uat.xcover.example"),
        (("xcover", "--sign-proxy", "http://uat.xcover.example", FLAG, "--allow-host", "uat.xcover.example"), "https only"),
        (("--sign-proxy", "http://127.0.0.1:9", FLAG, "--allow-host", "127.0.0.1"), "name one carrier"),
        (("xcover", "--sign-proxy", "http://127.0.0.1:9", "--coverage"), "one of"),
        (("xcover", "--proxy-port", "9000"), "--proxy-port is about --sign-proxy URL"),
    ],
)  # fmt: skip
def test_what_nobody_allowed_is_wrong_use(words, said):
    done = subprocess.run(command(*words), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, said in done.stdout + done.stderr) == (2, True), done.stderr


def test_the_command_serves_until_it_is_ended(sandbox):
    words = ("xcover", "--json", "--sign-proxy", sandbox.url, "--allow-host", "127.0.0.1", FLAG)
    with subprocess.Popen(command(*words), cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            told = json.loads(running.stdout.readline())
            assert told["target"] == sandbox.url
            assert ask(told["proxy_url"], "GET", "/nothing")[0] == 404
        finally:
            running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0
