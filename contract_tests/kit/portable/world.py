"""What a run knows of time and chance: a clock that waits, numbers nobody has used before, synthetic people."""

import json
import secrets
import time
import urllib.request
from datetime import datetime, timedelta, tzinfo
from typing import Any

from contract_tests.kit.portable.limits import CALL_WAIT_S

ALPHANUMERIC = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_BASE = len(ALPHANUMERIC)
_SETTLING_LOOKS_MAX, _SETTLING_PAUSE_S = 500, 0.01


class TooLong(Exception):
    """A wait that nobody agreed to."""


class Clock:
    """Real time; or, against a mock carrier, its clock, which is moved instead of waited for."""

    def __init__(self, patience_s: float = 600.0, advance_url: str = "") -> None:
        self.patience_s, self.advance_url = patience_s, advance_url
        self._ahead_s = 0.0

    def begin(self) -> None:
        """Take the mock's time, which an earlier run may have moved. Raises ValueError where no mock answers."""
        if not self.advance_url:
            return
        try:
            told = self._asked("/_mock/clock/advance", b'{"seconds": 0}')["now"]
            self._ahead_s = datetime.fromisoformat(told).timestamp() - time.time()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValueError(f"--advance {self.advance_url}: no admin API of a mock carrier: {error}") from None

    def now(self) -> float:
        """Seconds since 1970, as the carrier sees them."""
        return time.time() + self._ahead_s

    def wait(self, wait_s: float) -> None:
        """Let time go by. Raises TooLong for more than a person agreed to wait."""
        if self.advance_url:
            self._advance(wait_s)
        elif wait_s > self.patience_s:
            raise TooLong(f"needs a wait of {wait_s:.0f} s; allow it with --patience {wait_s:.0f}")
        else:
            time.sleep(wait_s)

    def _advance(self, wait_s: float) -> None:
        """Move the mock's clock; what it was about to send, or fell due on the way, is over before anybody looks."""
        self._settled()
        self._asked("/_mock/clock/advance", json.dumps({"seconds": wait_s}).encode())
        self._ahead_s += wait_s
        self._settled()

    def _settled(self) -> None:
        """Wait until no callback is on its way: each has been answered, and its repetition put on the clock."""
        for _ in range(_SETTLING_LOOKS_MAX):
            told = self._asked("/_mock/callbacks")["callbacks"]
            begun = all(each["attempts"] for each in told if each["state"] == "pending")
            if begun and all("acknowledged" in attempt for each in told for attempt in each["attempts"]):
                return
            time.sleep(_SETTLING_PAUSE_S)

    def _asked(self, path: str, body: bytes | None = None) -> Any:
        request = urllib.request.Request(self.advance_url + path, body)  # noqa: S310 - the mock's own admin API
        with _DIRECT.open(request, timeout=CALL_WAIT_S) as reply:
            return json.loads(reply.read())


# A proxy of the environment has no business between a kit and a mock on loopback.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class World:
    """What expressions act in: the carrier's zone, the clock, and numbers that are new in every run."""

    def __init__(self, zone: tzinfo, clock: Clock, tag: str = "") -> None:
        self.zone, self.clock = zone, clock
        self.tag = tag or _digits_of(int(time.time())) + self.nonce(2)
        self._count = 0

    def now(self, _: float = 0.0) -> datetime:
        """The present in the carrier's zone."""
        return datetime.fromtimestamp(self.clock.now(), self.zone)

    def nonce(self, length: int, alphabet: str = ALPHANUMERIC) -> str:
        """Random characters."""
        return "".join(secrets.choice(alphabet) for _ in range(min(length, 1_000)))

    def fresh(self, prefix: str = "", length: int = 20) -> str:
        """A number of letters and digits that no run has used: the prefix, this run's tag, a count."""
        self._count += 1
        return prefix + self.tag + str(self._count).zfill(max(length - len(prefix) - len(self.tag), 1))

    def fresh_digits(self, length: int) -> str:
        """Digits that this run has not used, and another one hardly."""
        self._count += 1
        count = str(self._count).zfill(4)
        return self.nonce(max(length - len(count), 0), "0123456789") + count

    def resident_id(self, birth_date: str, gender: str = "male") -> str:
        """A resident identity number of nobody: region 999999, the day, an order of that gender, the check digit."""
        self._count += 1
        order = 2 * (self._count % 499) + (gender == "male")
        body = "999999" + birth_date.replace("-", "") + str(order).zfill(3)
        total = sum(int(digit) * pow(2, 17 - at, 11) for at, digit in enumerate(body))
        return body + "10X98765432"[total % 11]


def _digits_of(number: int) -> str:
    found = ""
    while number:
        number, rest = divmod(number, _BASE)
        found = ALPHANUMERIC[rest] + found
    return found


def zone_of(text: str) -> tzinfo:
    """The zone of an offset such as `+08:00`. Raises ValueError."""
    found = datetime.fromisoformat(f"2000-01-01T00:00:00{text}").tzinfo
    if found is None:
        raise ValueError(f"'{text}' is no offset")
    return found


def seconds(text: Any) -> float:
    """A duration: `5s`, `10m`, `2h`, `7d`. Raises ValueError."""
    units = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
    unit = units.get(str(text)[-1:])
    if unit is None:
        raise ValueError(f"'{text}' is no duration: write 5s, 10m, 2h or 7d")
    try:
        return timedelta(**{unit: float(str(text)[:-1])}).total_seconds()
    except OverflowError:
        raise ValueError(f"'{str(text)[:20]}' is longer than any wait") from None
