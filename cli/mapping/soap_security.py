"""`wsse` of a `soap` layer: a username token, a signature under a certificate, and how a reply must be signed.

Read once for checker and generator.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cli.mapping.tree import Expression, Layer, Option, Text
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import did_you_mean
from gateway.wire.sign.xml import ALGORITHMS, DIGESTS, PARTS

_SECRET = re.compile(r"secret\.([a-z][a-z0-9_]*)")
_LIFETIME = re.compile(r"[1-9]\d{0,3}[smh]")
_UNDERSTOOD = ("true", "false", "1", "0")
_SIGNING = ("key", "cert", "algo", "digest", "sign", "by")
_USER = ("username", "password", "type")
_SENT = (*_USER, *_SIGNING, "must_understand", "lifetime")
_REPLY = ("key", "algo", "sign")
USERNAME_TYPES = ("text", "digest")
"""How a username token proves its password."""
_WORDS = {
    "type": USERNAME_TYPES, "must_understand": _UNDERSTOOD, "algo": tuple(ALGORITHMS), "digest": tuple(DIGESTS),
    "by": ("token", "issuer"),
}  # fmt: skip
_EXAMPLES = {
    False: "wsse: { username: =config.user, password: =secret.word }, or { key: secret.ours, cert: secret.our_cert }",
    True: "wsse: { key: secret.carrier_cert, algo: rsa_sha256, sign: [Body, Timestamp] }",
}


class WrongSecurity(Exception):
    """A security block that cannot be, with the place it stands at."""

    def __init__(self, mark: Mark, message: str, hint: str | None = None) -> None:
        """Say what is wrong, where, and what to do."""
        super().__init__(message)
        self.mark, self.message, self.hint = mark, message, hint


@dataclass(frozen=True, slots=True)
class SoapSecurity:
    """What the block holds: `password` and `key`, `cert` name secrets, "" for none; `parts` are those signed.

    `must_understand` is the attribute's text, "" for none.
    """

    username: Option | None = None
    password: str = ""
    digest_password: bool = False
    must_understand: str = ""
    lifetime: str = ""
    key: str = ""
    cert: str = ""
    algo: str = "rsa_sha256"
    digest: str = "sha256"
    parts: tuple[str, ...] = ()
    by_issuer: bool = False


def read_security(layer: Layer, *, reply: bool) -> SoapSecurity | None:
    """The layer's `wsse`, or None. Raises `WrongSecurity`."""
    wsse = layer.options.get("wsse")
    if wsse is None:
        return None
    mark = layer.key_marks.get("wsse", layer.mark)
    hint = _EXAMPLES[reply]
    if not isinstance(wsse, Mapping):
        raise WrongSecurity(mark, "wsse is a map", hint)
    _check_words(wsse, mark, reply=reply)
    is_user, is_signed = ("username" in wsse or "password" in wsse), "key" in wsse
    if is_user and not {"username", "password"} <= set(wsse):
        raise WrongSecurity(mark, "a username token has a username and a password", hint)
    if not is_user and not is_signed:
        raise WrongSecurity(mark, "wsse names neither a user nor a key", hint)
    if is_signed and not reply and "cert" not in wsse:
        raise WrongSecurity(mark, "a signed message names the certificate of its key", "cert: secret.our_cert")
    lifetime = _text(wsse, "lifetime")
    return SoapSecurity(
        username=wsse.get("username"),
        password=_secret(wsse, "password", mark) if is_user else "",
        digest_password=_text(wsse, "type") == "digest",
        must_understand=_understood(wsse.get("must_understand")),
        lifetime=lifetime,
        key=_secret(wsse, "key", mark) if is_signed else "",
        cert=_secret(wsse, "cert", mark) if is_signed and not reply else "",
        algo=_text(wsse, "algo") or "rsa_sha256",
        digest=_text(wsse, "digest") or "sha256",
        parts=_parts(wsse, mark, lifetime=lifetime, reply=reply) if is_signed else (),
        by_issuer=_text(wsse, "by") == "issuer",
    )


def _check_words(wsse: Mapping[str, Option], mark: Mark, *, reply: bool) -> None:
    known = _REPLY if reply else _SENT
    for word, option in wsse.items():
        if word not in known:
            hint = did_you_mean(word, known) or _EXAMPLES[reply]
            raise WrongSecurity(mark, f"wsse {'of a reply ' if reply else ''}has no word '{word}'", hint)
        if word in _SIGNING[2:] and "key" not in wsse:
            raise WrongSecurity(mark, f"wsse: {word} is about a signature: key: secret.name is missing")
        allowed = _WORDS.get(word)
        if allowed is not None and not (isinstance(option, Text) and option.value in allowed):
            raise WrongSecurity(mark, f"wsse: {word} is one of {', '.join(allowed)}")
    lifetime = wsse.get("lifetime")
    if lifetime is not None and not (isinstance(lifetime, Text) and _LIFETIME.fullmatch(lifetime.value)):
        raise WrongSecurity(mark, "wsse: lifetime is how long a message is believed, as 5m")


def _parts(wsse: Mapping[str, Option], mark: Mark, *, lifetime: str, reply: bool) -> tuple[str, ...]:
    option = wsse.get("sign")
    if option is None:
        return ("Body", "Timestamp") if lifetime and not reply else ("Body",)
    named = tuple(part.value for part in option if isinstance(part, Text)) if isinstance(option, tuple) else ()
    if not named or len(set(named)) < len(named) or not set(named) <= set(PARTS):
        raise WrongSecurity(
            mark, f"wsse: sign lists parts of the message: {', '.join(PARTS)}", "sign: [Body, Timestamp]"
        )
    if "Body" not in named:
        raise WrongSecurity(mark, "wsse: what is signed is the Body at least", "sign: [Body]")
    if not reply and "Timestamp" in named and not lifetime:
        raise WrongSecurity(mark, "wsse: there is no Timestamp to sign", "lifetime: 5m")
    if "BinarySecurityToken" in named and _text(wsse, "by") == "issuer":
        raise WrongSecurity(mark, "wsse: by: issuer sends no BinarySecurityToken to sign")
    return named


def _secret(wsse: Mapping[str, Option], word: str, mark: Mark) -> str:
    option = wsse.get(word)
    source = option.source if isinstance(option, Expression) else option.value if isinstance(option, Text) else ""
    found = _SECRET.fullmatch(source.strip())
    if found is None:
        raise WrongSecurity(mark, f"wsse: {word} is a secret of the channel: {word}: =secret.name")
    return found[1]


def _understood(option: Option | None) -> str:
    """The text of the attribute: `true` is "1", as both versions write it; a text in quotes is itself."""
    if not isinstance(option, Text):
        return ""
    return option.value if option.quoted else {"true": "1", "false": ""}.get(option.value, option.value)


def _text(wsse: Mapping[str, Option], word: str) -> str:
    found = wsse.get(word)
    return found.value if isinstance(found, Text) else ""
