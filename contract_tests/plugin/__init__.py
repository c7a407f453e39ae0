"""The pytest plugin: every example beside a mapping becomes tests, in this checkout and in a workspace of one's own.

It is loaded in every pytest run of its environment, so nothing but pytest is imported before an example is found.
"""

from pathlib import Path

import pytest

EXAMPLES, VECTORS, CARRIER, LOCK = "examples", "vectors", "carrier.yaml", "contract.lock.json"
_HEAD_BYTES_MAX = 4096
_MARKERS = (
    "contract: made from an example beside a mapping",
    "level0: a pure contract test",
    "level1: a contract test through the channel's client stack",
    "level2: a contract test against the mock carrier on a socket",
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


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers, so that --strict-markers knows them."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)
    folder = config.getoption("--contract-report")
    if folder is not None:
        from contract_tests.plugin.reporting import reporting  # noqa: PLC0415 - only where a report is asked for

        config.pluginmanager.register(reporting(config, Path(folder)), "contract-report")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take examples, known answers of signatures, and the carrier they belong to."""
    kind = _kind_of(file_path)
    if kind is None:
        return None
    carrier = file_path.parent.name if kind in (CARRIER, LOCK) else file_path.parent.parent.name
    wanted = parent.config.getoption("--contract-carrier")
    if wanted and carrier not in wanted:
        return None
    from contract_tests.plugin.collect import collector_for  # noqa: PLC0415 - only where there are examples

    return collector_for(kind, file_path, parent)


def _kind_of(path: Path) -> str | None:
    if path.name == LOCK:
        return LOCK if (path.parent / EXAMPLES).is_dir() else None
    if path.suffix != ".yaml":
        return None
    if path.parent.name == EXAMPLES:
        return EXAMPLES if path.name != "defaults.yaml" and _begins_with(path, "contract") else None
    if path.parent.name == VECTORS:
        return VECTORS if path.name.endswith(".kat.yaml") and _begins_with(path, "contract") else None
    if path.name == CARRIER and path.parent.parent.name == "carriers":
        return CARRIER if (path.parent / EXAMPLES).is_dir() else None
    return None


def _begins_with(path: Path, key: str) -> bool:
    """Whether the first key of a YAML file is this one."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES_MAX).decode("utf-8-sig", "replace")
    except OSError:
        return False
    lines = (line for line in head.splitlines() if line.strip() and not line.lstrip().startswith(("#", "---")))
    return next(lines, "").startswith(f"{key}:")
