"""The options of live runs and of expected failures, read once; wrong ones end pytest before anything runs."""

import os
import warnings
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cli.testing.live import refusal_in_builds
from contract_tests.examples.check import Run
from contract_tests.live.chain import LiveCourse
from contract_tests.live.checks import Look
from contract_tests.live.sandbox import NotAllowed, Sandbox, sandbox_at
from contract_tests.runner.expected import Expected, read_expected
from gateway.channel import ChannelSettings
from gateway.settings import SettingsInvalid, load_settings

SANDBOX = pytest.StashKey[Sandbox | None]()
EXPECTED = pytest.StashKey[Sequence[Expected]]()
TODAY = pytest.StashKey[date]()


def configure(config: pytest.Config) -> None:
    """Keep the sandbox and the expected failures. Raises UsageError."""
    config.stash[SANDBOX] = _sandbox(config)
    config.stash[EXPECTED] = _expected(config.getoption("--contract-expected"))
    config.stash[TODAY] = datetime.now(UTC).date()


def _sandbox(config: pytest.Config) -> Sandbox | None:
    url, update = config.getoption("--contract-live"), config.getoption("--contract-update")
    if url is None:
        if update:
            raise pytest.UsageError("--contract-update is about --contract-live URL")
        return None
    if update and (refusal := refusal_in_builds(dict(os.environ))) is not None:
        raise pytest.UsageError(refusal)
    settings = _settings(config.getoption("--contract-channel"))
    try:
        allowed, understood = config.getoption("--contract-allow-host"), config.getoption("contract_understood")
        return sandbox_at(url, allowed, understood=understood, settings=settings)
    except NotAllowed as reason:
        raise pytest.UsageError(str(reason).replace("--allow-host", "--contract-allow-host")) from None


def _settings(channel: str | None) -> ChannelSettings | None:
    if channel is None:
        return None
    try:
        return load_settings(Path.cwd()).channels[channel]
    except (SettingsInvalid, KeyError) as error:
        raise pytest.UsageError(f"--contract-channel {channel}: {error}") from None


def _expected(file: str | None) -> tuple[Expected, ...]:
    if file is None:
        return ()
    entries, faults = read_expected(Path(file))
    if faults:
        raise pytest.UsageError("\n".join(map(str, faults)))
    return entries


def keeper(config: pytest.Config, sandbox: Sandbox) -> Look | None:
    """What is done with a course that was as its example says: written down, where that was asked for."""
    if not config.getoption("--contract-update"):
        return None

    def keep(run: Run, course: LiveCourse) -> None:
        from cli.testing.recording import update  # noqa: PLC0415 - the writer of YAML is needed here alone

        for line in update([(run, course)], sandbox):
            warnings.warn(line, stacklevel=1)

    return keep
