"""Percent signs as different libraries write them: which signs stay as they are, and what becomes of a space."""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote


class Escapes(NamedTuple):
    """`plain`: the signs that stay beside letters and digits; `plus`: a space is `+`; `lower`: `%e5` for `%E5`."""

    plain: str = "-._~"
    plus: bool = False
    lower: bool = False


ESCAPES: Mapping[str, Escapes] = {
    "rfc3986": Escapes(),
    "form": Escapes(plus=True),
    "java": Escapes("-._*", plus=True),
    "php": Escapes("-._", plus=True),
    "js": Escapes("-._~!'()*"),
    "dotnet": Escapes("-._!*()", plus=True, lower=True),
}
"""By the name a mapping gives them: RFC 3986; the same with `+`; `URLEncoder` of Java and the forms of browsers;
`urlencode` of PHP; `encodeURIComponent` of JavaScript; `HttpUtility.UrlEncode` of .NET."""

_HEX = re.compile("%[0-9A-F]{2}")


def escaped(data: bytes, way: Escapes) -> str:
    """Bytes with a percent sign for everything that is not plain."""
    text = quote(data, way.plain + " " if way.plus else way.plain)
    if way.plus:
        text = text.replace(" ", "+")
    if "~" not in way.plain:  # which Python never escapes
        text = text.replace("~", "%7E")
    return _HEX.sub(lambda found: found[0].lower(), text) if way.lower else text


__all__ = ["ESCAPES", "Escapes", "escaped"]
