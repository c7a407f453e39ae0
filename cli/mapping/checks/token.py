"""`security.token`: everything a token call needs is said, and nothing it cannot know is asked for."""

from collections.abc import Mapping

from cli.mapping.checks.expressions import check_expression, is_secret
from cli.mapping.checks.layers import check_layers, check_options, check_sent
from cli.mapping.checks.surroundings import Checking
from cli.mapping.checks.wire_paths import check_written_once
from cli.mapping.jose import WrongJose, read_assertion
from cli.mapping.named import names_in
from cli.mapping.tree import Expression, Layer, Message, Text, TokenDecl

_CLIENT_CREDENTIALS = ("url", "client_id")


def check_token(checking: Checking) -> None:
    """The token of a carrier that has one (E444)."""
    token = checking.carrier.token
    if token is None:
        return
    grant = token.options.get("grant")
    if isinstance(grant, Text) and grant.value == "client_credentials":
        _check_client_credentials(checking, token)
    else:
        _check_login(checking, token)
    check_layers(checking, token.wire or ())
    wire = token.wire if token.wire is not None else checking.carrier.wire
    check_sent(checking, wire, token.reply or ())
    for layers in token.reply or ():
        check_layers(checking, layers, reply=True)


def check_token_sent(checking: Checking) -> None:
    """A token that is fetched goes somewhere (E442); asked when everything else was looked at."""
    token = checking.carrier.token
    if token is not None and not checking.token_sent:
        hint = 'headers: { Authorization: "Bearer {token}" }, or =token wherever a value stands'
        checking.say("E442", token.mark, "the token is fetched and never sent", hint)


def _check_client_credentials(checking: Checking, token: TokenDecl) -> None:
    for word in _CLIENT_CREDENTIALS:
        if word not in token.options:
            checking.say("E444", token.mark, f"client_credentials needs {word}")
    if ("client_secret" in token.options) == (token.assertion is not None):
        hint = "client_secret: secret.name, or assertion: { algo: rsa_pss_sha256, key: secret.our_key }"
        checking.say("E444", token.mark, "client_credentials needs client_secret or assertion, and one of them", hint)
    if token.assertion is not None:
        _check_assertion(checking, token.assertion)
    secret = token.options.get("client_secret")
    if isinstance(secret, Text) and not secret.value.startswith("secret."):
        hint = "client_secret: secret.name"
        checking.say("E444", secret.mark, "client_secret is a secret of the channel", hint)


def _check_assertion(checking: Checking, assertion: Layer) -> None:
    try:
        said = read_assertion(assertion)
    except WrongJose as fault:
        checking.say("E452", fault.mark, fault.message, fault.hint)
        return
    check_options(checking, dict((*said.header, *said.claims)), None)


def _check_login(checking: Checking, token: TokenDecl) -> None:
    read = token.options.get("read")
    if token.assertion is not None:
        checking.say("E444", token.mark, "a login has no assertion", "wire: [jws: { claims: .., as: jwt }, ..]")
    if not isinstance(read, Mapping) or "token" not in read:
        hint = "read: { token: <wire path>, expires_in: <wire path> }"
        checking.say("E444", token.mark, "a login does not say where its token stands", hint)
    elif strange := set(read) - {"token", "expires_in", "expires_at"}:
        checking.say("E444", token.mark, f"read has no word '{min(strange)}'", "token, expires_in, expires_at")
    if token.request is None:
        hint = "request: {} where it sends nothing"
        checking.say("E444", token.mark, "a login needs request: what the call sends", hint)
        return
    _check_request(checking, token.request)


def _check_request(checking: Checking, request: Message) -> None:
    """A login knows settings and secrets only: there is no canonical request to map."""
    for row in request.rows:
        hint = "write it under send"
        checking.say("E444", row.mark, "a login call has no canonical request to take fields from", hint)
    for send in request.send:
        if isinstance(send.value, Expression) and "token" in names_in(send.value):
            checking.say("E444", send.mark, "the login is made before there is a token")
        elif isinstance(send.value, Expression) and not is_secret(send.value):
            check_expression(checking, send.value, None)
    check_written_once(checking, request)
