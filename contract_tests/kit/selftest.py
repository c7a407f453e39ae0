"""The kit tested: every shipped mock must pass its kit, every bad carrier must be failed by the test that is named."""

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from contract_tests.kit.bad import Bad
from contract_tests.kit.build import FILE, Built, build
from contract_tests.kit.portable.coverage import coverage
from contract_tests.kit.portable.results import Result, Stopped, Tested, judged
from contract_tests.kit.stage import played
from contract_tests.personal.allowed import key_set

MOCK = "mock.yaml"
KEYS = "test-only"
SETTINGS = {"environment": "selftest"}


@dataclass(frozen=True, slots=True)
class Good:
    """A shipped mock under its own kit."""

    carrier: str
    verdict: str
    tests: int
    exchanges: int
    clauses_tested: int
    clauses: int
    printed_requests_reproduced: int
    not_passed: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether it passed."""
        return self.verdict == "PASS"


@dataclass(frozen=True, slots=True)
class Caught:
    """A bad carrier under the kit of its carrier."""

    id: str
    carrier: str
    named: str
    over: str
    because: str
    verdict: str
    failed: list[str]
    wrong: str = ""

    @property
    def is_right(self) -> bool:
        """Whether the named test noticed, and nothing contradicts how it is described."""
        return self.named in self.failed and self.verdict == "FAIL" and not self.wrong


Job = tuple[Path, Path, Bad | None]
Progress = Callable[[int, int, str], None]


def selftest(
    jobs: Iterable[Job], progress: Progress = lambda *_: None, workers: int | None = None, *, named_only: bool = False
) -> tuple[list[Good], list[Caught]]:
    """Carry out all jobs, several at a time, each in a process of its own; the order of the jobs is kept.

    `named_only` asks a bad carrier nothing but the named test: quick, and what else fails is not told.
    Raises Stopped on Ctrl-C.
    """
    wanted = list(jobs)
    found: dict[int, Good | Caught] = {}
    many = workers or 2 * max(2, os.cpu_count() or 1)
    with (
        tempfile.TemporaryDirectory(prefix="insurehub-kits-") as place,
        ProcessPoolExecutor(many, initializer=_begin, initargs=(place,)) as pool,
    ):
        try:
            running = {
                pool.submit(carry_out_job, *job, named_only=named_only): number for number, job in enumerate(wanted)
            }
            for done in as_completed(running):
                found[running[done]] = done.result()
                progress(len(found), len(wanted), _name(wanted[running[done]]))
        except KeyboardInterrupt:
            _end(pool)
            raise Stopped(len(found), len(wanted), "kits") from None
    ordered = [found[number] for number in range(len(wanted))]
    return [each for each in ordered if isinstance(each, Good)], [each for each in ordered if isinstance(each, Caught)]


def _begin(place: str) -> None:
    """A worker begins: Ctrl-C is for the process that a person started, and what is written here is tidied there."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = place


def _end(pool: ProcessPoolExecutor) -> None:
    """No more kits: neither those that wait nor those under way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who presses it twice is not answered with a traceback
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in multiprocessing.active_children():
        worker.terminate()


def _name(job: Job) -> str:
    return job[2].id if job[2] is not None else job[0].name


def carry_out_job(folder: Path, root: Path, bad: Bad | None, *, named_only: bool = False) -> Good | Caught:
    """One mock, good or bad, under its kit."""
    made = _built(folder, root)
    secrets = key_set(KEYS, folder.name, root) or {}
    text = (folder / MOCK).read_text("utf-8")
    only = _named(made, bad.fails) if named_only and bad is not None else ()
    with tempfile.TemporaryDirectory(prefix="insurehub-kit-") as place:
        mock = Path(place) / MOCK
        mock.write_text(text if bad is None else bad.edited(text), "utf-8")
        done, errors = played(made.kit, mock, secrets, SETTINGS, only)
    if errors and bad is None:
        raise RuntimeError(f"{folder.name}: its mock.yaml ran into a fault of its own: {errors[0]}")
    verdict = judged(done.tests, datetime.now(UTC).date().isoformat(), {}).value
    if bad is None:
        return _good(made, verdict, done.tests, done.exchanges)
    failed = [each.name for each in done.tests if each.result is Result.failed]
    return Caught(
        bad.id, bad.carrier, bad.fails, bad.over, bad.because, verdict, failed, _contradiction(bad, made, done.tests)
    )


def _named(made: Built, name: str) -> tuple[str, ...]:
    """The named test; for a standing check, which looks at what others do, also tests that give it something to see."""
    standing = next((each for each in made.kit.standing if each.name == name), None)
    if standing is None:
        return (name,)
    seen = [each.name for each in made.kit.tests if each.callbacks or not standing.of_callbacks]
    return (name, *seen[:3])


@lru_cache(maxsize=4)
def _built(folder: Path, root: Path) -> Built:
    return build(folder, root)


def _good(made: Built, verdict: str, tests: list[Tested], exchanges: int) -> Good:
    known = coverage(made.kit, tests)
    others = [each for each in tests if each.result is not Result.passed]
    open_ones = [f"{each.result.value} {each.name}: {each.reason}" for each in others]
    return Good(
        made.kit.carrier, verdict, len(tests), exchanges, known["tested"], known["testable"], made.proven, open_ones
    )  # fmt: skip


def _contradiction(bad: Bad, made: Built, tests: list[Tested]) -> str:
    """What speaks against the description of a bad carrier; empty when nothing does."""
    known = {each.name for each in made.kit.tests} | {each.name for each in made.kit.standing}
    if bad.fails not in known:
        return f"the kit has no test {bad.fails}"
    if bad.over == "several":
        late = {each.name for each in made.kit.tests if each.callbacks}
        late |= {each.name for each in made.kit.standing if each.of_callbacks}
        late |= {each.name for each in tests if each.exchanges > 1}
        early = [each.name for each in tests if each.result is Result.failed and each.name not in late]
        if early:
            return f"said to show only over several exchanges, and {early[0]} notices in one"
    return ""


def jobs_of(folders: Iterable[tuple[Path, Path]], bad: Iterable[Bad]) -> list[Job]:
    """Good mocks first, then the bad ones, carrier by carrier: who has built a kit uses it again."""
    kits = {folder.name: (folder, root) for folder, root in folders if (folder / FILE).is_file()}
    good: list[Job] = [(folder, root, None) for folder, root in kits.values()]
    return good + [(*kits[each.carrier], each) for each in bad if each.carrier in kits]


def told(good: list[Good], caught: list[Caught]) -> dict[str, object]:
    """The outcome as one document."""
    right = [each for each in caught if each.is_right]
    return {
        "ok": all(each.is_right for each in good) and len(right) == len(caught),
        "good": len(good),
        "good_passed": sum(each.is_right for each in good),
        "bad": len(caught),
        "bad_failed_by_the_named_test": len(right),
        "bad_over_several_exchanges": sum(each.over == "several" for each in right),
        "good_carriers": [asdict(each) for each in good],
        "bad_carriers": [{**asdict(each), "caught": each.is_right} for each in caught],
    }
