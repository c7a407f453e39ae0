"""What the generator can write today; everything else of the language is refused with a place, never dropped.

The checker reads the same lists, so that `check` and `generate` say the same thing.
"""

import re
from collections.abc import Mapping, Sequence

SENT_LAYERS = frozenset(
    (
        *("json", "xml", "soap", "form", "query", "multipart"),
        *("pipe", "fixed"),
        *("json_text", "charset", "sign", "http_signature", "xml_signature", "jws", "jwe", "encrypt"),
        *("base64", "hex", "url_encode", "gzip", "frame"),
    )
)
"""Layers that `wire` may list."""

REPLY_LAYERS = frozenset(
    (
        *("json", "xml", "soap", "form", "query", "multipart", "binary"),
        *("pipe", "fixed", "text"),
        *(
            "json_text",
            "charset",
            "verify",
            "http_signature",
            "xml_signature",
            "jws",
            "jwe",
            "encrypt",
            "base64",
            "hex",
            "url_encode",
            "gzip",
            "mtom",
            "headers",
            "frame",
        ),
    )
)
"""Layers that `reply` (and a callback's `wire`) may list."""

CALL_METHODS = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE"))
"""Methods `call` may name; with a `soap` layer it names the operation element."""

NUMBER = re.compile(r"numbers\(kind=([a-z_]+)\)\.no")
"""How a callback names one of the carrier's numbers, to find the operation that was given it."""

LATER_WORDS: Mapping[str, str] = {}
"""Words that load and are refused by the generator."""


def refusal(layer: str, *, reply: bool) -> str | None:
    """Why a layer cannot be generated, or None when it can."""
    if layer in (REPLY_LAYERS if reply else SENT_LAYERS):
        return None
    return f"'{layer}' does not stand in {'reply' if reply else 'wire'}"


def is_statement_wire(names: Sequence[str]) -> bool:
    """Whether a statement in these layers can be read line by line."""
    return list(names[-2:]) in (["charset", "pipe"], ["charset", "fixed"]) and list(names[:-2]) in ([], ["gzip"])
