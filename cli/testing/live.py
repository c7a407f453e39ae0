"""What `insurehub test --live` and `insurehub drift` are told on the command line, made into a sandbox."""

from collections.abc import Sequence
from pathlib import Path

from cli.here import workspace_root
from cli.out import Exit, leave
from contract_tests.live.sandbox import NotAllowed, Sandbox, sandbox_at
from contract_tests.runner.expected import Expected, read_expected
from gateway.channel import ChannelSettings
from gateway.settings import SettingsInvalid, load_settings


def sandbox_or_leave(url: str, allowed: Sequence[str], channel: str | None, *, understood: bool) -> Sandbox:
    """The sandbox, or the end of the command with what is missing."""
    try:
        sandbox_at(url, allowed, understood=understood)
        return sandbox_at(url, allowed, understood=understood, settings=_settings(channel))
    except NotAllowed as reason:
        leave(Exit.usage, str(reason))


def _settings(channel: str | None) -> ChannelSettings | None:
    if channel is None:
        return None
    try:
        known = load_settings(workspace_root()).channels
    except SettingsInvalid as invalid:
        leave(Exit.usage, str(invalid))
    if channel not in known:
        leave(Exit.usage, f"the settings say nothing about a channel '{channel}'", f"known: {', '.join(known)}")
    return known[channel]


def expected_or_leave(path: Path | None) -> tuple[Expected, ...]:
    """The failures that are expected, or the end of the command with every fault of their file."""
    if path is None:
        return ()
    entries, faults = read_expected(path)
    if faults:
        leave(Exit.usage, "\n".join(map(str, faults)))
    return entries


def refusal_in_builds(environ: dict[str, str]) -> str | None:
    """Why nothing is recorded here: a build server keeps no file a person has looked at."""
    return "--update is for people: CI is set" if environ.get("CI") else None
