"""A webhook's receiver, as a client would write one from the specification alone."""

import base64
import hashlib
import hmac
import json

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def verified(key: str, headers, body: bytes) -> bool:
    """Whether one of a delivery's signatures is genuine under a key as it was shown."""
    signed = b".".join((headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body))
    for scheme, _, text in (each.partition(",") for each in headers["webhook-signature"].split(" ")):
        if scheme == "v1" and key.startswith("whsec_"):
            made = hmac.new(base64.b64decode(key[6:]), signed, hashlib.sha256).digest()
            if hmac.compare_digest(base64.b64encode(made).decode(), text):
                return True
        elif scheme == "v1a" and key.startswith("whpk_"):
            try:
                Ed25519PublicKey.from_public_bytes(base64.b64decode(key[5:])).verify(base64.b64decode(text), signed)
            except InvalidSignature:
                continue
            return True
    return False


class Receiver:
    """Answers from a script, 204 behind its end; keeps what it was sent and what it took."""

    def __init__(self, *script):
        self.script = list(script)
        self.sent: list[tuple[httpx.Headers, bytes]] = []
        self.taken: list[dict] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append((request.headers, request.content))
        line = self.script.pop(0) if self.script else 204
        if callable(line):
            line = line(request)
        if isinstance(line, BaseException):
            raise line
        status, headers = line if isinstance(line, tuple) else (line, {})
        if 200 <= status < 300:
            self.taken.append({"id": request.headers["webhook-id"], **json.loads(request.content)})
        return httpx.Response(status, headers=headers)

    @property
    def ids(self):
        return [headers["webhook-id"] for headers, _ in self.sent]

    def types(self):
        return [event["type"] for event in self.taken]
