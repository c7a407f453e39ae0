"""Every module through the pinned formatter in one call, whatever configuration stands around."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from ruff.__main__ import find_ruff_bin  # type: ignore[import-untyped]

LINE_LENGTH = 120


def formatted(sources: Mapping[str, str]) -> dict[str, str]:
    """The sources, formatted; keys are names of the caller's choice. One process for all of them.

    Raises `RuntimeError` with the formatter's own words when one of them is no Python.
    """
    with TemporaryDirectory(prefix="insurehub-") as folder:
        files = {name: Path(folder) / f"m{index}.py" for index, name in enumerate(sources)}
        for name, file in files.items():
            file.write_text(sources[name], encoding="utf-8")
        _format(Path(folder))
        return {name: file.read_text(encoding="utf-8") for name, file in files.items()}


def _format(folder: Path) -> None:
    command = [find_ruff_bin(), "format", "--isolated", "--no-cache", "--quiet"]
    command += ["--target-version", "py311", "--line-length", str(LINE_LENGTH), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    if done.returncode != 0:
        raise RuntimeError(f"ruff format failed: {done.stderr.strip()}")
