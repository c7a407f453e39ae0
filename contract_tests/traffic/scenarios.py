"""The scenarios: the shipped ones, and others drawn from a seed, on which nothing was tuned."""

import math
import random
from collections.abc import Callable

from msgspec.structs import replace

from contract_tests.traffic.world import Scenario, ServerTrouble, Trouble

FAULT_START_S, FAULT_S = 240.0, 360.0
FAULT_END_S = FAULT_START_S + FAULT_S


def _one(name: str, *, is_gated: bool = True, channels: tuple[str, ...] = ("a",), **trouble: object) -> Scenario:
    struck = Trouble(channels=channels, start_s=FAULT_START_S, end_s=FAULT_END_S, **trouble)  # type: ignore[arg-type]
    return Scenario(name=name, troubles=(struck,), is_gated=is_gated)


LOST = (
    ServerTrouble(start_s=FAULT_START_S - 5.0, end_s=FAULT_START_S + 55.0, is_away=True),
    ServerTrouble(start_s=FAULT_END_S - 5.0, end_s=FAULT_END_S + 55.0, is_away=True, is_emptied=True),
)
"""A minute each when it is needed most: while a channel fails, and while it comes back; then with nothing in it."""

SCENARIOS: tuple[Scenario, ...] = (
    _one("hard_down", success=0.0, takes_s=0.05),
    _one("blackhole", success=0.0, takes_s=10.0),
    _one("brownout40", success=0.6),
    _one("brownout15", success=0.85),
    _one("slow", slower=8.0),
    _one("flapping", success=0.0, takes_s=0.05, period_s=40.0),
    _one("correlated", channels=("a", "b", "c", "d"), success=0.4),
    _one("partial", success=0.0, takes_s=0.3, only=0),
    _one("small_down", channels=("e",), success=0.0, takes_s=0.05),
    Scenario(
        name="recovery_thundering",
        troubles=(
            Trouble(channels=("a",), start_s=FAULT_START_S, end_s=420.0, success=0.0, takes_s=0.05),
            Trouble(channels=("a",), start_s=420.0, end_s=FAULT_END_S, room_per_s=2.0),
        ),
    ),
    _one("false_alarm", declines=0.3, is_gated=False),
    Scenario(
        name="retry_storm",
        troubles=(
            Trouble(channels=("a", "b"), start_s=FAULT_START_S, end_s=FAULT_END_S, success=0.3),
            Trouble(channels=tuple("abcdef"), start_s=0.0, end_s=math.inf, room_times=3.0),
        ),
        retries=3,
        judged_s=180.0,
    ),
    replace(_one("redis_loss", success=0.0, takes_s=0.05), server=LOST),
    replace(
        _one("redis_lag", success=0.0, takes_s=0.05),
        server=(ServerTrouble(start_s=0.0, end_s=math.inf, late_s=5.0, answers_s=0.1),),
    ),
    replace(_one("clock_skew", success=0.0, takes_s=0.05), skews_s=(0.0, 95.0, -310.0)),
)
LONG = ("hard_down", "brownout40", "flapping", "correlated")
"""What is run at 200 requests a second."""

HELD_NO_LONGER = {7: "the memory by calls was made after what it had told (contract_tests/traffic/README.md)"}
"""Seeds of which something was learned: their scenarios are other ones still, and prove nothing of what came after."""

Draw = Callable[[random.Random], dict[str, object]]
_DRAWS: dict[str, Draw] = {
    "down": lambda chance: {"success": 0.0, "takes_s": chance.choice((0.02, 0.5, 10.0))},
    "brownout": lambda chance: {"success": chance.uniform(0.3, 0.9)},
    "slow": lambda chance: {"slower": chance.uniform(4.0, 12.0)},
    "flapping": lambda chance: {"success": chance.uniform(0, 0.4), "takes_s": 0.1, "period_s": chance.uniform(20, 90)},
    "several": lambda chance: {"success": chance.uniform(0.2, 0.7)},
}


def held_out(seed: int) -> tuple[Scenario, ...]:
    """Scenarios drawn from a seed: which channels, how badly, from when and for how long."""
    chance = random.Random(f"held-out-{seed}")
    return tuple(_drawn(f"{name}-{seed}", draw, chance, 4 if name == "several" else 1) for name, draw in _DRAWS.items())


def _drawn(name: str, draw: Draw, chance: random.Random, channels: int) -> Scenario:
    struck = tuple(sorted(chance.sample("abcdef", chance.randint(2, channels) if channels > 1 else 1)))
    start_s = chance.uniform(180.0, 300.0)
    return Scenario(
        name=name,
        troubles=(
            Trouble(
                channels=struck,
                start_s=start_s,
                end_s=start_s + chance.uniform(240.0, 420.0),
                **draw(chance),  # type: ignore[arg-type]
            ),
        ),
    )
