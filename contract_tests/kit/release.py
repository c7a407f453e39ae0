"""Whether a carrier may be released: what the newest verdict on exactly this mapping says, and how old it is."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from contract_tests.kit.portable.results import Verdict
from contract_tests.kit.portable.verdict import is_genuine, read_verdict

CONFORMANT = (Verdict.passed.value, Verdict.conditional.value)
FILES_MAX = 1_000


class Release(Struct, frozen=True, kw_only=True):
    """The answer: `reasons` against it, none where it may be; `file` is the verdict it stands on, None without one."""

    carrier: str
    file: str | None
    verdict: str | None
    ended_at: str | None
    reasons: tuple[str, ...]


def verdict_files(places: Iterable[Path]) -> list[Path]:
    """The verdict files: those named, and all JSON files of folders."""
    found: list[Path] = []
    for place in places:
        found += sorted(place.glob("*.json")) if place.is_dir() else [place]
    return found[:FILES_MAX]


def release(
    carrier: str,
    sha256: str,
    files: Iterable[Path],
    *,
    now: datetime,
    days: int,
    public_key: Path | None = None,
    environment: str | None = None,
) -> Release:
    """What the newest verdict on a carrier of these bytes says. Raises OSError, BadConfig, NeedsPackage.

    `now` with its zone; `days` is how old a verdict may be; with `public_key` only verdicts signed by it count, with
    `environment` only those of a run there, as its settings name it.
    """
    read = [(path, read_verdict(path)) for path in files]
    about = [(path, told) for path, told in read if told.get("carrier") == carrier]
    signed = [each for each in about if public_key is None or is_genuine(each[1], public_key)]
    there = [each for each in signed if environment is None or each[1].get("environment") == environment]
    mine = [each for each in there if _part(each[1], "kit").get("carrier_sha256") == sha256 and _ended(each[1])]
    if not mine:
        wanted = (
            f"{len(about)} on {carrier}, {len(signed)} of them genuine" if public_key else f"{len(about)} on {carrier}"
        )
        wanted += f", {len(there)} of a run at {environment}" if environment is not None else ""
        why = f"no verdict on exactly this mapping ({len(read)} read, {wanted})"
        return Release(carrier=carrier, file=None, verdict=None, ended_at=None, reasons=(why,))
    path, told = max(mine, key=lambda each: _ended(each[1]) or now)
    ended_at = _ended(told) or now
    return Release(
        carrier=carrier, file=path.as_posix(), verdict=str(told.get("verdict")), ended_at=ended_at.isoformat(),
        reasons=tuple(_against(told, ended_at, now, days)),
    )  # fmt: skip


def _against(told: Mapping[str, Any], ended_at: datetime, now: datetime, days: int) -> Iterable[str]:
    if told.get("verdict") not in CONFORMANT:
        yield f"the newest verdict is {told.get('verdict')}"
    if told.get("left_out") or told.get("only"):
        yield "tests were left out of it"
    if now - ended_at > timedelta(days=days):
        yield f"it is {(now - ended_at).days} days old, more than {days}"
    if ended_at > now + timedelta(days=1):
        yield "it ended in the future"
    declared = told.get("deviations")
    for each in declared if isinstance(declared, list) else ():
        if not isinstance(each, dict) or str(each.get("expires", "")) < f"{now:%Y-%m-%d}":
            yield f"the deviation of {each.get('test') if isinstance(each, dict) else each} has expired"


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def _ended(told: Mapping[str, Any]) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(told.get("ended_at")))
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
