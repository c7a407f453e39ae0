"""Access tokens as the standards print them: what is asked, what is read, and where it stands in the next call."""

import pytest
from msgspec.structs import replace

from cli.mapping.security import TOKEN_AUTHS, TOKEN_GRANTS
from gateway.model import Money, Party, PolicyIssueRequest
from gateway.wire import Secret

REQ = PolicyIssueRequest(
    client_ref="o-1", product="p@1", policyholder=Party(name="张三"), expected_premium=Money(amount=1, currency="CNY")
)
CARRIER = """\
security:
  headers: { Authorization: "Bearer {token}" }
  token:
"""
OAUTH = """\
    grant: client_credentials
    url: "{config.base_url}/token"
    client_id: secret.user
    client_secret: secret.key
    auth: AUTH
"""
LOGIN = """\
    grant: login
    url: "{config.base_url}/login"
    request: { send: { user: =secret.user, password: =secret.key } }
    read: { token: access_token, expires_in: expires_in }
"""

# RFC 6749: 4.4.2 with the header, 2.3.1 with the body of its client; a login has no standard but its own two fields.
ASKED = {
    ("client_credentials", "basic"): (
        OAUTH.replace("AUTH", "basic"),
        "gX1fBAt3bV",
        b"grant_type=client_credentials",
        "Basic czZCaGRSa3F0MzpnWDFmQkF0M2JW",
    ),
    ("client_credentials", "body"): (
        OAUTH.replace("AUTH", "body"),
        "7Fjfp0ZBr1KtDRbnfVdmIw",
        b"grant_type=client_credentials&client_id=s6BhdRkqt3&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw",
        None,
    ),
    ("login", ""): (LOGIN, "7Fjfp0ZBr1KtDRbnfVdmIw", b'{"user":"s6BhdRkqt3","password":"7Fjfp0ZBr1KtDRbnfVdmIw"}', None),
}  # fmt: skip
# RFC 6750, section 4, and what section 2.1 makes of it.
ANSWER = '{"access_token":"mF_9.B5f-4.1JqM","token_type":"Bearer","expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA"}'
BEARER = "Bearer mF_9.B5f-4.1JqM"


def test_every_kind_of_token_has_a_known_answer():
    assert {grant for grant, _ in ASKED} == set(TOKEN_GRANTS)
    assert {auth for grant, auth in ASKED if grant == "client_credentials"} == set(TOKEN_AUTHS)


@pytest.mark.parametrize("kind", ASKED, ids=" ".join)
def test_a_token_is_asked_for_read_and_sent_as_the_standards_print_it(
    workshop, carrier_yaml, operation_yaml, ctx, reply_of, kind
):
    said, secret, body, header = ASKED[kind]
    files = {"carrier.yaml": carrier_yaml + CARRIER + said, "policy_issue.yaml": operation_yaml}
    made = workshop.made("tokens", files)
    ours = replace(ctx, secrets={"user": Secret("s6BhdRkqt3"), "key": Secret(secret)})
    token = made.module("carrier").CARRIER.token
    request = token.build(ours)
    assert (request.body, dict(request.headers).get("Authorization")) == (body, header)
    read = token.read(reply_of(ANSWER), ours)
    assert (read.value.reveal(), read.expires_in_s) == ("mF_9.B5f-4.1JqM", 3600.0)
    sent = made.module("policy_issue").build(REQ, replace(ours, token=read.value.reveal()))
    assert dict(sent.headers)["Authorization"] == BEARER
