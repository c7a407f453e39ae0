"""How existing business is served: by which connection to its own insurer; now, later, or from what is known.

A pure function, as the choice for new business is. Connections are channels of one insurer over one carrier: what one
of them issued the others can be asked for. Another insurer never can.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from msgspec import Struct

from gateway.routing.gate import out_of_health
from gateway.routing.score import TOLERANCE, latency, slow_start, steadiness
from gateway.routing.types import Candidate, Ruled, Standing

Mode = Literal["sync", "queue", "degrade"]
"""Ask now; keep the request and ask later; answer with what is known."""


class Connection(NamedTuple):
    """One way to the insurer, how it stands, and why it is out whatever it stands like."""

    channel: str
    standing: Standing
    closed: Ruled | None = None


class Serving(Struct, frozen=True, kw_only=True):
    """Whom to ask, in this order, when the mode is `sync`; every connection with its reason; all in one sentence."""

    mode: Mode
    channels: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    sentence: str


def serve(connections: Sequence[Connection], otherwise: Mode) -> Serving:
    """Ask the steadiest connection that may be asked, else do what is done `otherwise`.

    The first connection is the one the business belongs to: it goes before its equals, and it is the one that is tried
    out when its breaker's time is over.
    """
    home = connections[0].channel
    candidates = [_candidate(each) for each in connections]
    able = sorted((each for each in candidates if not each.ruled_out), key=lambda each: _rank(each, home))
    channels = tuple(each.channel for each in able)
    mode = "sync" if channels else otherwise
    return Serving(mode=mode, channels=channels, candidates=tuple(candidates), sentence=_sentence(mode, candidates))


def _candidate(connection: Connection) -> Candidate:
    standing = connection.standing
    why = connection.closed or out_of_health(standing)
    if why is not None:
        return Candidate(channel=connection.channel, ruled_out=why.code, why=why.text, standing=standing)
    score = steadiness(standing, TOLERANCE["default"]) * latency(standing) * slow_start(standing)
    return Candidate(channel=connection.channel, score=score, standing=standing)


def _rank(candidate: Candidate, home: str) -> tuple[int, float, bool, str]:
    is_home, tried_out = candidate.channel == home, candidate.standing.breaker == "half_open"
    turn = (0 if is_home else 2) if tried_out else 1
    return turn, -candidate.score, not is_home, candidate.channel


_SAID = {"sync": "is asked", "queue": "is asked later", "degrade": "is not asked: what is known is told"}


def _sentence(mode: Mode, candidates: Sequence[Candidate]) -> str:
    out = ", ".join(f"{each.channel} ({each.why})" for each in candidates if each.ruled_out)
    return f"the insurer {_SAID[mode]}{f'; not asked: {out}' if out else ''}"
