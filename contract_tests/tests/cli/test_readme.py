"""The README's tour as a trade system, followed to the letter: its own commands, in a shell, against a real gateway."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TOUR = "## Five minutes as a trade system"
NEEDED = ("bash", "curl", "python3")


@pytest.fixture(scope="module")
def blocks() -> list[str]:
    """The commands of the tour, block by block; the first one starts the gateway."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition(TOUR)[2].partition("\n## ")[0]
    return re.findall(r"```\n(.*?)```", section, re.DOTALL)


@pytest.fixture(scope="module")
def gateway() -> Iterator[dict[str, str]]:
    """What `make run` starts, on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "cli", "serve", "--with-mocks", "--quiet", "--json", "--port", str(port)]
    # As in anybody's shell: what is printed must arrive without Python being told not to buffer.
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = ""
        try:
            for line in iter(process.stdout.readline, ""):
                told += line
                if line == "}\n":
                    break
            yield json.loads(told)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


@pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason=f"the tour needs {', '.join(NEEDED)}")
@pytest.mark.timeout(120)
def test_the_tour_as_a_trade_system_does_what_it_says(blocks, gateway, tmp_path):
    assert blocks[0] == "make run\n"
    script = "\necho; echo =====\n".join(blocks[1:])
    script = script.replace("export KEY=ih_...          # as printed\n", "").replace("localhost:8400", gateway["url"])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={
            "KEY": gateway["api_key"],
            "PATH": str(Path(sys.executable).parent) + ":/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    quoting, asking, taking = (part.strip() for part in done.stdout.split("====="))
    quotes = json.loads(quoting)
    assert {quote["status"] for quote in quotes["quotes"]} == {"quoted"}
    assert len(quotes["quotes"]) > 1
    assert quotes["recommended_quote_id"] == quotes["quotes"][0]["quote_id"]
    decision, explained = _documents(asking)
    assert decision["decision_id"] == quotes["decision_id"]
    assert decision["chosen"] == quotes["quotes"][0]["channel_ref_public"]
    assert explained["chosen"]
    assert explained["sentence"]
    first, again, listed = taking.replace("\r", "").split("HTTP/1.1 ")[1], *_last_two(taking)
    assert first.startswith("201")
    assert again.startswith("201")
    assert "idempotency-replayed: true" in again
    assert _body(first) == _body(again)
    assert [policy["client_ref"] for policy in listed["policies"]] == ["order-1"]
    assert listed["policies"][0]["policy_id"] == _body(first)["policy_id"]


def _documents(text: str) -> list[dict]:
    """JSON documents that stand one behind the other."""
    found, decoder = [], json.JSONDecoder()
    while text := text.strip():
        document, end = decoder.raw_decode(text)
        found.append(document)
        text = text[end:]
    return found


def _last_two(text: str) -> tuple[str, dict]:
    """The second answer with its headers, and the list behind it."""
    again = text.replace("\r", "").split("HTTP/1.1 ")[2]
    return again, _documents(again.partition("\n\n")[2])[1]


def _body(answer: str) -> dict:
    return _documents(answer.partition("\n\n")[2])[0]
