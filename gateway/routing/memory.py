"""How long what was seen of a channel counts: by time, and by its own calls where those are rare.

A memory by time alone fits only channels that are called often within it: of one that is called once in a minute most
would be forgotten before the next call, and it would be met as new each time. So every span has a second measure in the
channel's usual gap between calls, and the longer one holds. The gap is learned as the usual latency is: from healthy
times alone, so that who is called less because it fails does not seem to be called rarely by nature.
"""

import math

HALF_LIFE_S = 45.0
HALF_LIFE_CALLS = 3.0
"""What was seen fades by half in this time, or in the time in which the channel is usually called so many times."""

MASS_MAX = 60.0
"""A channel that is called often is judged by about its last so many calls: more would make it slow to be seen failing,
and tell little that these do not. One that is called rarely never has so many within its half-life.
"""

RAREST_S = 120.0
"""A usual gap is never taken to be longer: even who is called once a day gets another chance within minutes."""

GAP_WEIGHT = 0.1
GAP_TIMES_MAX = 4.0
"""One gap counts as at most so many usual ones: a quiet night does not make a channel rare."""


def half_life_s(every_s: float) -> float:
    """In what time evidence fades by half for a channel that is usually called every so many seconds; 0: not known."""
    return max(HALF_LIFE_S, HALF_LIFE_CALLS * every_s)


def fade(elapsed_s: float, every_s: float) -> float:
    """What is left of evidence after a time, from 1 towards 0."""
    return math.exp2(-max(0.0, elapsed_s) / half_life_s(every_s))


def evidence(good: float, bad: float) -> tuple[float, float]:
    """What was seen, with the oldest forgotten where it is more than needed."""
    kept = min(1.0, MASS_MAX / (good + bad)) if good + bad > 0 else 1.0
    return good * kept, bad * kept


def usual_gap_s(every_s: float, elapsed_s: float, calls: int) -> float:
    """The usual gap after so many more calls within a time."""
    gap_s = min(RAREST_S, elapsed_s / calls)
    if not every_s:
        return gap_s
    weight = 1 - (1 - GAP_WEIGHT) ** calls
    return every_s + weight * (min(gap_s, GAP_TIMES_MAX * every_s) - every_s)
