"""Access tokens: what a reply must hold, and that a token is a secret from the moment it is read."""

import pytest

from gateway.wire import (
    CannotSend,
    Secret,
    Unreadable,
    WireReply,
    basic_credentials,
    basic_pair,
    client_credentials_body,
    json_in,
    oauth_token,
    token_of,
)


def reply(body: bytes, status: int = 200) -> WireReply:
    return WireReply(status=status, body=body)


def test_a_token_reply_gives_the_token_and_its_lifetime():
    token = oauth_token(reply(b'{"access_token":"abc","token_type":"Bearer","expires_in":3600}'))
    assert token.value.reveal() == "abc"
    assert token.expires_in_s == 3600
    assert "abc" not in repr(token)


def test_a_lifetime_may_be_left_out_or_be_a_text():
    assert oauth_token(reply(b'{"access_token":"a","token_type":"bearer"}')).expires_in_s is None
    assert oauth_token(reply(b'{"access_token":"a","token_type":"bearer","expires_in":"60"}')).expires_in_s == 60


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"access_token":"abc","token_type":"bearer"}', 401),
        (b'{"error":"invalid_client"}', 200),
        (b'{"access_token":"abc","token_type":"mac"}', 200),
        (b'{"access_token":"","token_type":"bearer"}', 200),
        (b'{"access_token":"a b","token_type":"bearer"}', 200),
        (b'{"access_token":"a\\r\\nX: y","token_type":"bearer"}', 200),
        (b'{"access_token":5,"token_type":"bearer"}', 200),
        (b'{"access_token":"' + b"a" * 9000 + b'","token_type":"bearer"}', 200),
        (b'{"access_token":"a","token_type":"bearer","expires_in":"soon"}', 200),
        (b"<html/>", 200),
    ],
)
def test_a_reply_without_a_usable_token_is_unreadable_and_not_quoted(body, status):
    with pytest.raises(Unreadable) as caught:
        oauth_token(reply(body, status))
    assert "abc" not in str(caught.value)


def test_a_login_reply_keeps_its_token_where_the_carrier_puts_it():
    tree = json_in('{"head":{"resultCode":"0000"},"body":{"accessToken":"LT-7f3a","expiresIn":86400}}')
    token = token_of(tree, ("body", "accessToken"), ("body", "expiresIn"))
    assert (token.value.reveal(), token.expires_in_s) == ("LT-7f3a", 86400)
    with pytest.raises(Unreadable, match=r"no token at 'body.token'"):
        token_of(tree, ("body", "token"))


def test_credentials_are_percent_encoded_before_base64():
    assert basic_credentials("a:b", Secret("p w%")) == "Basic YSUzQWI6cCt3JTI1"
    assert basic_credentials(Secret("id"), Secret("s")) == "Basic aWQ6cw=="


def test_the_form_of_a_token_request_reveals_secrets_only_on_the_wire():
    body = client_credentials_body({"scope": "policy.write", "client_secret": Secret("s&"), "audience": None})
    assert body == b"grant_type=client_credentials&scope=policy.write&client_secret=s%26"


def test_basic_credentials_are_those_of_rfc_7617():
    assert basic_pair("Aladdin", "open sesame") == "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    assert basic_pair("test", "123£") == "dGVzdDoxMjPCow=="
    with pytest.raises(CannotSend, match="colon"):
        basic_pair("a:b", "c")
