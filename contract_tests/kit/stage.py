"""A mock carrier on a thread of its own, and a kit's run against it: its clock is moved, its callbacks come in."""

import asyncio
import ssl
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from contract_tests.kit.portable.definition import Kit
from contract_tests.kit.portable.listener import Listener
from contract_tests.kit.portable.run import Done, Plan, carry_out
from contract_tests.mock import MockCarrier

START_S = 30.0


@contextmanager
def served(mock_file: Path, secrets: dict[str, str], callback_url: str) -> Iterator[MockCarrier]:
    """A mock carrier until the end of the block; it has no limit of rate, a run is faster than a gateway."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def on_loop(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(START_S)

    mock = MockCarrier.load(mock_file, secrets=secrets, callback_base=callback_url, limits=False, fsync=False)
    try:
        on_loop(mock.__aenter__())
        yield mock
        on_loop(mock.close())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(START_S)
        loop.close()


def played(
    kit: Kit, mock_file: Path, secrets: dict[str, str], settings: dict[str, Any], only: Sequence[str] = ()
) -> tuple[Done, list[str]]:
    """What a kit finds of a mock carrier, and faults of the mock itself: such a run proves nothing."""
    listener = Listener("127.0.0.1", 0)
    try:
        with served(mock_file, secrets, listener.url + "/callbacks/{callback}") as mock:
            plan = Plan(
                mock.base_url, secrets, settings, advance_url=mock.admin_url, listener=listener, tls=_tls(mock),
                only=only,
            )  # fmt: skip
            done = carry_out(kit, plan)
            return done, list(mock.errors())
    finally:
        listener.close()


def _tls(mock: MockCarrier) -> ssl.SSLContext | None:
    """What a carrier with mutual TLS wants to see of its client."""
    if mock.mutual is None:
        return None
    context = ssl.create_default_context(cadata=mock.mutual.ca)
    with tempfile.TemporaryDirectory() as folder:
        context.load_cert_chain(mock.mutual.write(Path(folder))["client"])
    return context
