"""How often, how many and how long: the numbers of delivery, in seconds where they are times."""

from msgspec import Struct

WAITS_S = (5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""The example schedule of the Standard Webhooks specification: ten tries within three days and a half."""


class Pace(Struct, frozen=True, kw_only=True):
    """How the dispatcher works.

    `waits_s`: the wait after each failure; behind the last one a delivery is dead. `each_max` sendings to one endpoint
    and `all_max` to all are under way at once; an endpoint that gave no answer `silent_max` times in a row has one
    place until it does, so that a few that hang do not hold up the others. `rest_s`: how long an endpoint that says it
    is busy is left alone.
    """

    waits_s: tuple[float, ...] = WAITS_S
    every_s: float = 1.0
    refresh_s: float = 2.0
    deadline_s: float = 15.0
    lease_s: float = 45.0
    each_max: int = 8
    all_max: int = 64
    silent_max: int = 4
    rest_s: float = 5.0
    rest_s_max: float = 60.0
