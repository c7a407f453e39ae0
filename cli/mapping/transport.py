"""`transport`: where to, how long, with which client certificate."""

from cli.mapping.layers import option_of
from cli.mapping.tree import Option, TransportDecl
from cli.mapping.words import Words

_TLS = ("cert", "key", "ca", "version")


def read_transport(words: Words) -> TransportDecl | None:
    """The transport of an operation; the carrier's `kind` stays the carrier's."""
    inner = words.map("transport")
    if inner is None:
        return None
    found = transport_of(inner)
    inner.done()
    return found


def transport_of(words: Words) -> TransportDecl:
    """The words every `transport` has; the caller reads `kind` and says that it is done."""
    connect_s = total_s = None
    timeout = words.map("timeout")
    if timeout is not None:
        connect_s, total_s = timeout.duration_s("connect"), timeout.duration_s("total")
        timeout.done()
    return TransportDecl(words.mark, words.text("url"), connect_s, total_s, _tls(words))


def _tls(words: Words) -> dict[str, Option]:
    inner = words.map("tls")
    if inner is None:
        return {}
    found = {key: option_of(node, words.faults) for key in _TLS if (node := inner.get(key)) is not None}
    inner.done()
    return found
