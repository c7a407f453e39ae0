"""What an author waits for: `check`, `generate` of all carriers, and the import of one carrier's adapter."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from cli.mapping.workspace import shipped
from contract_tests.bench.figures import Figure

CHECK_S_MAX, GENERATE_S_MAX, IMPORT_MS_MAX = 2.0, 3.0, 30.0
ROUNDS = 3
Told = Callable[[str], None]

_IMPORT = """
import sys, time
import gateway.model, gateway.wire
from gateway.channel.registry import Adapter
began = time.perf_counter()
adapter = Adapter(sys.argv[1])
for name in adapter.carrier.operations:
    adapter.variants(name)
print(time.perf_counter() - began)
"""

_GENERATE = """
import sys
from pathlib import Path
from cli.codegen.generate import generate
from cli.mapping.workspace import list_carriers
root = Path(sys.argv[1])
report = generate(root, [each.id for each in list_carriers(root)])
assert not report.errors, report.errors
"""


def run(told: Told) -> list[Figure]:
    """Each as a process of its own on the shipped carriers, the fastest of three."""
    root = shipped()
    assert root is not None, "no mappings are shipped with this installation"
    carriers = sorted(each.name for each in (root / "mappings" / "carriers").iterdir() if each.is_dir())
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        shutil.copytree(root / "mappings", work / "mappings")
        told("check")
        check = min(_process_s(root, work, "-m", "cli", "check") for _ in range(ROUNDS))
        told("generate")
        generate = min(_generate_s(root, work) for _ in range(ROUNDS))
        told("import")
        times = {carrier: _import_s(carrier, root, work) for carrier in carriers}
    slowest = max(times, key=lambda carrier: times[carrier])
    many = f"{len(carriers)} carriers, processor time"
    return [
        Figure(name="authoring.check_s", value=round(check, 2), unit="s", limit=CHECK_S_MAX, note=many),
        Figure(name="authoring.generate_s", value=round(generate, 2), unit="s", limit=GENERATE_S_MAX, note=many),
        Figure(
            name="authoring.import_ms",
            value=round(times[slowest] * 1e3, 1),
            unit="ms",
            limit=IMPORT_MS_MAX,
            note=f"the slowest, {slowest}, all its operations",
        ),
    ]


def _generate_s(root: Path, work: Path) -> float:
    """All modules written anew, formatting included."""
    shutil.rmtree(work / "adapters", ignore_errors=True)
    return _process_s(root, work, "-c", _GENERATE, str(work))


def _import_s(carrier: str, root: Path, work: Path) -> float:
    """The fastest import; the first one of them writes the byte code."""
    return min(float(_process(root, work, "-c", _IMPORT, carrier)) for _ in range(ROUNDS))


def _process_s(root: Path, work: Path, *words: str) -> float:
    """Processor time, all threads together: on a quiet machine the clock shows no more than this."""
    before = _children_s()
    _process(root, work, *words)
    return _children_s() - before


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _process(root: Path, work: Path, *words: str) -> bytes:
    """A process of this installation; byte code is kept, but not beside the sources."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environ = {**kept, "PYTHONPATH": str(root), "PYTHONPYCACHEPREFIX": str(work / "bytecode")}
    done = subprocess.run([sys.executable, *words], cwd=root, env=environ, capture_output=True, check=False)  # noqa: S603 - our own words
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout
