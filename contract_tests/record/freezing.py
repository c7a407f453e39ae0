"""What must stand still for a recorded request to be built again: its clock, its nonces, its numbers."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from cli.mapping.tree import CarrierTree, Expression
from contract_tests.record.scrub import Scrubbed
from gateway.wire.functions import now_text

BACK_S_MAX = 300
_NOW = re.compile(r"""now\(\s*["'](.+?)["']\s*\)""")
_NONCE = re.compile(r"nonce\(\s*\d+\s*\)")
_NUMBERS = {
    name: re.compile(rf"(None if .* else )?{name}(\(\s*\d+\s*\))?( if .* else .*)?")
    for name in ("request_no", "attempt_no")
}
"""Also where the mapping gives the number only sometimes: where a text stands, it was given, or is as good as it."""


def frozen_of(one: Scrubbed, tree: CarrierTree) -> dict[str, Any]:
    """`freeze` of a recorded exchange: the instant that its own texts tell, else when it went by."""
    told = list(_told(one, tree))
    found: dict[str, Any] = {"now": _instant(one, tree, told).isoformat()}
    nonces = [text for source, text in told if _NONCE.fullmatch(source)]
    numbers = {
        name: text for name, form in _NUMBERS.items() for source, text in reversed(told) if form.fullmatch(source)
    }
    return found | ({"nonce": nonces} if nonces else {}) | numbers


def _told(one: Scrubbed, tree: CarrierTree) -> Iterator[tuple[str, str]]:
    """Expressions of the mapping with the text that stood in their place, in the order they are asked for."""
    if one.call is None:
        return
    yield from ((source, text) for path, source in one.call.expressions if (text := _at(one.leaves, path)) is not None)
    headers = {name.lower(): value for name, value in one.exchange.headers}
    for name, value in tree.carrier.headers:
        if isinstance(value, Expression) and name.value.lower() in headers:
            yield value.source.strip(), headers[name.value.lower()]
    for layer in reversed(one.call.inwards):
        added = layer.options.get("with")
        for path, field in added.items() if isinstance(added, Mapping) else ():
            if isinstance(field, Expression) and (text := _at(one.wrapped, path)) is not None:
                yield field.source.strip(), text


def _at(leaves: Mapping[str, str], path: str) -> str | None:
    wanted = ".".join(name.rpartition(":")[2] for name in path.split("."))
    return next((text for place, text in leaves.items() if place == wanted or place.endswith(f".{wanted}")), None)


def _instant(one: Scrubbed, tree: CarrierTree, told: list[tuple[str, str]]) -> datetime:
    zone = tree.carrier.defaults.get("timezone")
    wanted = [(found[1], text) for source, text in told if (found := _NOW.fullmatch(source))]
    at = one.exchange.at
    whole = at.replace(microsecond=0)
    for pattern, text in wanted:
        if pattern == "epoch_ms" and text.isdigit():
            return datetime.fromtimestamp(int(text) / 1000, at.tzinfo)
    for back in range(-2, BACK_S_MAX):
        instant = whole - timedelta(seconds=back)
        if wanted and all(now_text(instant, pattern, zone.value if zone else "Z") == text for pattern, text in wanted):
            return instant
    return whole
