"""C03: what of a request follows the clock, told without asking the mapping.

A moment in a request that is the one the example's clock shows was taken from the clock, unless the example itself says
it: in its canonical request, in what is known before, in an earlier reply. Under another clock it is another.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote, quote_plus

import msgspec

from contract_tests.examples.check import Run
from contract_tests.examples.flow import Played

_CHINA = timezone(timedelta(hours=8))
_FORMATS = ("%Y%m%d%H%M%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%dT%H%M%S")


def standing(run: Run, played: Played, before: bytes, after: bytes) -> Iterator[str]:
    """The moments of the clock in a request `before` that are still there `after` it moved."""
    said = _said(run)
    if any(_is_moment(text, played.context.now) for text in _leaves(said)):
        return
    told = "\n".join(_leaves(said))
    for text in _texts(played.context.now):
        if text.encode() in before and text not in told and text.encode() in after:
            yield text


def _texts(now: datetime) -> Iterator[str]:
    """A moment to the second as carriers write it: in the zone the example says it in, in China's and Greenwich's."""
    for local in dict.fromkeys(now.astimezone(zone).replace(tzinfo=None) for zone in (now.tzinfo, _CHINA, UTC)):
        for form in _FORMATS:
            text = local.strftime(form)
            yield from dict.fromkeys((text, quote(text, ""), quote_plus(text)))
    yield str(int(now.timestamp()))
    yield format_datetime(now.astimezone(UTC), usegmt=True)


def _said(run: Run) -> list[Any]:
    """All that the example says itself: a moment in it is not the clock's."""
    example, played = run.example, run.flow.played
    replies = [each.exchange.reply.reply.body.decode("utf-8", "replace") for each in played if each.exchange.reply]
    frozen = [text for each in played for text in (each.context.request_no, each.context.attempt_no)]
    told: list[Any] = [example.request, example.config, example.binding, example.refs]
    return [msgspec.to_builtins(told, enc_hook=str), replies[:-1], frozen]


def _leaves(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, list | tuple):
        for each in tree:
            yield from _leaves(each)
    else:
        yield str(tree)


def _is_moment(text: str, now: datetime) -> bool:
    try:
        return datetime.fromisoformat(text).astimezone(UTC) == now.astimezone(UTC)
    except ValueError:
        return False
