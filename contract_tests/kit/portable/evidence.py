"""What is kept of an exchange to show it: texts cut to a length, secrets never."""

from collections.abc import Iterable, Mapping
from typing import Any

from contract_tests.kit.portable.codings import to_json
from contract_tests.kit.portable.limits import EVIDENCE_CHARACTERS_MAX
from contract_tests.kit.portable.sending import Reply

_HIDDEN_HEADERS = frozenset({"authorization", "x-access-token", "cookie", "set-cookie"})
_SECRET_LENGTH_MIN = 4


class Evidence:
    """Notes exchanges of a run; knows its secrets, to leave them out."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted({each for each in secrets if len(each) >= _SECRET_LENGTH_MIN}, key=len, reverse=True)

    def request(self, name: str, sent: Mapping[str, Any]) -> dict[str, Any]:
        """A request as it leaves; its reply is added later."""
        line = f"{sent['method']} {self.clean(sent['path'])}"
        return {
            "request": name,
            "line": line,
            "headers": self._headers(sent["headers"]),
            "body": self._text(sent["body"]),
        }

    def reply(self, noted: dict[str, Any], reply: Reply) -> None:
        """Add the reply to its request."""
        told = {"status": reply.status, "headers": self._headers(reply.headers), "body": self._text(reply.body)}
        noted["reply"] = told

    def opened(self, noted: dict[str, Any], tree: Any, said: Any) -> None:
        """Add what stood inside a sealed request and its reply."""
        noted["opened"] = [self._text(to_json(each).encode(errors="backslashreplace")) for each in (tree, said)]

    def callback(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """A callback as it came."""
        headers = self._headers(event["headers"])
        return {"callback": event["path"], "headers": headers, "body": self._text(event["body"])}

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {n: "***" if n.lower() in _HIDDEN_HEADERS else self.clean(v) for n, v in headers.items()}

    def _text(self, body: bytes) -> str:
        for charset in ("utf-8", "gb18030"):
            try:
                text = body.decode(charset)
                break
            except UnicodeDecodeError:
                continue
        else:
            text = body.hex()
        text = self.clean(text)
        cut = text[:EVIDENCE_CHARACTERS_MAX]
        return cut if cut == text else f"{cut}... ({len(body):,} bytes)"

    def clean(self, text: str) -> str:
        """A text without any secret of the run."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text
