"""What somebody wants of `insurehub test`, and which options make no sense beside each other."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from cli.out import Exit, leave
from contract_tests.live.sandbox import FLAG


class Wish(Struct, frozen=True, kw_only=True):
    """The options of one call. Those under `instead` are done in place of running checks, one at a time."""

    carriers: Sequence[str]
    level: int | None
    keyword: str
    coverage: bool
    fail_under: float | None
    mutated: bool
    update_lock: bool
    export: tuple[str, Path] | None
    report: Path | None
    expected: Path | None
    live: str | None
    understood: bool
    allow_host: Sequence[str]
    channel: str | None
    update: bool
    json: bool
    sign_proxy: str | None = None
    proxy_port: int = 0

    @property
    def instead(self) -> str:
        """The option that asks for something else than a run; empty when checks are to be run."""
        return "".join(name for name, said in self._others().items() if said)

    def must_make_sense(self) -> None:
        """End the command where two options contradict each other."""
        others = [name for name, said in self._others().items() if said]
        if len(others) > 1:
            leave(Exit.usage, f"one of {', '.join(self._others())}, not {' and '.join(others)}")
        if others:
            self._must_stand_alone(others[0])
        if not (self.live or self.sign_proxy) and (self.allow_host or self.channel or self.understood):
            leave(Exit.usage, f"--allow-host, --channel and {FLAG} are about --live URL and --sign-proxy URL")
        if self.live is None and self.update:
            leave(Exit.usage, "--update is about --live URL")
        if self.sign_proxy is None and self.proxy_port:
            leave(Exit.usage, "--proxy-port is about --sign-proxy URL")
        if self.fail_under is not None and not self.coverage:
            leave(Exit.usage, "--fail-under is about --coverage")

    def _others(self) -> dict[str, object]:
        return {
            "--coverage": self.coverage,
            "--mutate": self.mutated,
            "--update-lock": self.update_lock,
            "--export": self.export,
            "--sign-proxy": self.sign_proxy,
        }

    def _must_stand_alone(self, option: str) -> None:
        if self.report or self.expected or self.live:
            leave(Exit.usage, f"--report, --expected and --live are about checks: not beside {option}")
        gate = self.fail_under if option != "--coverage" else None
        if self.level is not None or self.keyword or gate:
            leave(Exit.usage, f"{option} takes all written examples, pure: no --level, -k or other gate beside it")
