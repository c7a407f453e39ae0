"""The pytest plugin: every example beside a mapping becomes tests, in this checkout and in a workspace of one's own.

It is loaded in every pytest run of its environment, so nothing but pytest is imported before an example is found.
"""

import gc
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

EXAMPLES, VECTORS, CARRIER, LOCK = "examples", "vectors", "carrier.yaml", "contract.lock.json"
ASKED = "contract-asked"
_HEAD_BYTES_MAX = 4096
_MARKERS = (
    "contract: made from an example beside a mapping",
    "level0: a pure contract test",
    "level1: a contract test through the channel's client stack",
    "level2: a contract test against the mock carrier on a socket",
    "level4: a contract test against a sandbox",
    "carrier(name): a contract test of this carrier",
    "op(name): a contract test of this operation",
    "fault(name): a contract test of this fault",
    "provenance(kind): a contract test of an example that is spec, recorded or hand, or derived",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of contract tests."""
    group = parser.getgroup("contract", "contract tests of mappings")
    group.addoption("--contract-level", type=int, default=2, choices=(0, 1, 2), help="run them up to this level")
    group.addoption(
        "--contract-granularity",
        default="check",
        choices=("check", "example"),
        help="an item for each check, or one for all checks of an example",
    )
    group.addoption(
        "--contract-carrier", action="append", default=[], metavar="NAME", help="of this carrier only; may be repeated"
    )
    group.addoption(
        "--contract-report",
        metavar="DIR",
        help="write junit.xml, report.json, report.html and report.sarif into this folder",
    )
    group.addoption("--contract-expected", metavar="FILE", help="failures that are known: one that passes is a failure")
    live = parser.getgroup("contract-live", "contract tests against a sandbox")
    live.addoption(
        "--contract-live", metavar="URL", help="run examples that say live.safe there, and nothing else; tidy away"
    )
    live.addoption(
        "--i-understand-this-calls-a-live-system",
        dest="contract_understood",
        action="store_true",
        help="needed: quotes and policies are made there",
    )
    live.addoption(
        "--contract-allow-host", action="append", default=[], metavar="HOST", help="a host that may be called"
    )
    live.addoption("--contract-channel", metavar="NAME", help="keys of this channel of the settings; else test keys")
    live.addoption(
        "--contract-update", action="store_true", help="write what the sandbox said into the examples that passed"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers, so that --strict-markers knows them."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)
    if any(config.getoption(name) for name in ("--contract-expected", "--contract-live", "--contract-update")):
        from contract_tests.plugin.live import configure  # noqa: PLC0415 - only where it is asked for

        configure(config)
    if any(config.getoption(name) for name in ("--contract-carrier", "--contract-expected", "--contract-live")):
        from contract_tests.plugin.asked import Asked  # noqa: PLC0415 - only where something is asked for by name

        config.pluginmanager.register(Asked(config), ASKED)
    folder = config.getoption("--contract-report")
    if folder is not None:
        from contract_tests.plugin.reporting import reporting  # noqa: PLC0415 - only where a report is asked for

        config.pluginmanager.register(reporting(config, Path(folder)), "contract-report")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Have the collector of garbage look again, and not at what stays to the end."""
    was_enabled = gc.isenabled()
    try:
        return (yield)
    finally:
        if was_enabled and not gc.isenabled():
            gc.freeze()
            gc.enable()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take examples, known answers of signatures, and the carrier they belong to."""
    kind = _kind_of(file_path)
    if kind is None:
        return None
    carrier = file_path.parent.name if kind in (CARRIER, LOCK) else file_path.parent.parent.name
    asked = parent.config.pluginmanager.get_plugin(ASKED)
    if asked is not None:
        asked.sees(carrier)
    wanted = parent.config.getoption("--contract-carrier")
    if (wanted and carrier not in wanted) or (kind != EXAMPLES and parent.config.getoption("--contract-live")):
        return None
    from contract_tests.plugin.collect import collector_for  # noqa: PLC0415 - only where there are examples

    # Items by the ten thousand, and none is garbage: looking for some would be a third of collecting.
    gc.disable()
    return collector_for(kind, file_path, parent)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Hooks of others stay on this machine too, while a contract test is prepared."""
    yield from _staying_here(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """And while it runs."""
    yield from _staying_here(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """And when it is over."""
    yield from _staying_here(item)


def _staying_here(item: pytest.Item) -> Generator[None, None, None]:
    if not getattr(item, "stays_here", False):
        return (yield)
    from contract_tests.loopback import on_loopback  # noqa: PLC0415 - only where there are examples
    from contract_tests.plugin.collect import ConnectedOutside  # noqa: PLC0415 - only where there are examples

    with on_loopback() as tried:
        yield
    if tried:
        raise ConnectedOutside(item, tried)
    return None


def _kind_of(path: Path) -> str | None:
    if path.name == LOCK:
        return LOCK if _is_carrier(path.parent) else None
    if path.suffix in (".yaml", ".yml") and path.parent.name == EXAMPLES:
        # Beside a mapping everything is an example: one that is empty or begins otherwise is told, not passed over.
        is_one = (path.parent.parent / CARRIER).is_file() or _begins_with(path, "contract")
        return EXAMPLES if is_one and path.name != "defaults.yaml" else None
    if path.suffix != ".yaml":
        return None
    if path.parent.name == VECTORS:
        return VECTORS if path.name.endswith(".kat.yaml") and _begins_with(path, "contract") else None
    # One without examples is told, not passed over: all of them are missing.
    return CARRIER if path.name == CARRIER and path.parent.parent.name == "carriers" else None


def _is_carrier(folder: Path) -> bool:
    return (folder / CARRIER).is_file() or (folder / EXAMPLES).is_dir()


def _begins_with(path: Path, key: str) -> bool:
    """Whether the first key of a YAML file is this one."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES_MAX).decode("utf-8-sig", "replace")
    except OSError:
        return False
    lines = (line for line in head.splitlines() if line.strip() and not line.lstrip().startswith(("#", "---")))
    return next(lines, "").startswith(f"{key}:")
