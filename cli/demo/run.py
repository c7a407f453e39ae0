"""The main job end to end: start everything, trade, wait until nothing is open, compare with the ledgers."""

import asyncio
import secrets
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.build import catalogue_of
from cli.demo.orders import Plan, plans
from cli.demo.report import channels_table, quotes_table, verdict_table
from cli.demo.trade import CONCURRENCY, Bought, TradeSystem
from cli.demo.verdict import Order, Verdict, judge
from cli.out import counted
from cli.sandbox import Sandbox, start_tied, stop_all
from gateway.journal.sqlite import SqliteJournal
from gateway.ports import World
from gateway.service.gateway import add_client

READY_S = 60.0
FAULTS: dict[str, list[dict[str, Any]]] = {
    "lotus_main": [{"fault": "commit_then_rst", "operation": "policy.issue", "first": 4}],
    "aurora_main": [
        {"fault": "error_before_commit", "with": {"status": 502, "html": True}, "operation": "policy.issue", "first": 6}
    ],
    "cedar_main": [{"fault": "slow", "with": {"seconds": 0.4}, "operation": "policy.issue"}],
}
PLAYED = {
    "lotus_main": "resets after committing (4 issues)",
    "aurora_main": "502 HTML pages (6 issues)",
    "cedar_main": "slow (0.4 s each issue)",
}


class Result(Struct, frozen=True, kw_only=True):
    """What the demo found."""

    operations: int
    policies: int
    claims: int
    resolved: int
    verdict: Verdict
    wait_s: float
    ledgers: str
    unmet: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """The stories agree, nothing is open, all was done, and at least one operation was unknown and was resolved."""
        return self.verdict.agrees and self.resolved > 0 and not self.unmet

    @property
    def line(self) -> str:
        """The demo's last line."""
        verdict = self.verdict
        doubled, lost = len(verdict.doubled), len(verdict.lost) + len(verdict.orphans)
        word = "OK" if self.ok else "FAILED"
        return (
            f"DEMO {word} operations={self.operations} policies={self.policies} claims={self.claims} "
            f"doubled={doubled} lost={lost} unresolved={len(verdict.unresolved)}"
        )


async def run_demo(root: Path, console: Console, count: int) -> Result:
    """Run the demo with `count` orders; everything it starts is ended again, its ledgers stay."""
    began = time.monotonic()
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    snapshot = catalogue_of(root).snapshot
    console.print(
        f"A gateway and {counted(len(snapshot.channels), 'mock carrier')}, each a process of its own; "
        f"a trade system buys {counted(count, 'policy', 'policies')}, {CONCURRENCY} at a time, while carriers misbehave"
    )
    async with Sandbox(root, snapshot, url, faults=FAULTS) as sandbox:
        api_key = await _client(sandbox)
        log = (sandbox.state / "gateway.log").open("wb")
        words = ("serve", "--port", str(port), "--quiet")
        gateway = await start_tied("cli", *words, cwd=root, env=sandbox.environ, stdout=log, stderr=log)
        try:
            limits = httpx.Limits(max_connections=CONCURRENCY * 2)
            headers = {"Authorization": f"Bearer {api_key}", "Prefer": "wait=20"}
            async with httpx.AsyncClient(base_url=url, headers=headers, limits=limits, timeout=60) as http:
                await _ready(http, gateway, sandbox.state / "gateway.log")
                return await _trade(http, sandbox, console, count, began)
        finally:
            await stop_all([gateway])
            log.close()


async def _trade(http: httpx.AsyncClient, sandbox: Sandbox, console: Console, count: int, began: float) -> Result:
    orders = list(plans(count, secrets.token_hex(3)))
    with _progress(console) as progress:
        bars = {name: progress.add_task(name, total=None) for name in ("issue", "reads", "claims", "cancellations")}
        trade = TradeSystem(http, lambda phase: progress.advance(bars[phase]))
        await _show_quotes(trade, console, orders)
        progress.update(bars["issue"], total=count)
        bought = await asyncio.gather(*(trade.buy(plan) for plan in orders))
        insured = [each for each in bought if each.policy]
        await _service(trade, progress, bars, insured)
        await trade.settle()
    decisions = await _decisions(http, bought)
    channels_table(console, bought, decisions, PLAYED)
    ledgers = sandbox.ledgers()
    told = [each.told() for each in bought]
    asked = [Order(client_ref=p.client_ref, canaries=p.canaries, product=p.product) for p in orders]
    verdict = judge(asked, told, ledgers, trade.open_operations)
    unmet = unreached(bought, insured)
    verdict_table(console, verdict, ledgers, unmet)
    return Result(
        operations=trade.operations,
        policies=verdict.policies,
        claims=sum(each.is_claim_decided for each in bought),
        resolved=sum(each.was_unknown and each.state == "succeeded" for each in bought),
        verdict=verdict,
        wait_s=time.monotonic() - began,
        ledgers=str(sandbox.state),
        unmet=unmet,
    )


def unreached(bought: Sequence[Bought], insured: Sequence[Bought]) -> tuple[str, ...]:
    """What the trade system set out to do and did not reach, though nothing of it may be wrong."""
    reads, claims, cancels = _parts(insured)
    missed = [f"{each.plan.client_ref}: no policy ({each.problem or each.state})" for each in bought if not each.policy]
    missed += [
        f"{each.plan.client_ref}: not found by its number, or no document" for each in reads if not each.was_read
    ]
    missed += [f"{each.plan.client_ref}: its claim is not decided" for each in claims if not each.is_claim_decided]
    missed += [f"{each.plan.client_ref}: not given back ({each.problem})" for each in cancels if not each.cancelled]
    return tuple(missed)


def _parts(insured: Sequence[Bought]) -> tuple[Sequence[Bought], Sequence[Bought], Sequence[Bought]]:
    """Which policies are read, claimed upon, given back."""
    claims = [each for each in insured if each.plan.claims]
    return insured[::10], claims, [each for each in insured if each.plan.cancels and not each.plan.claims]


async def _service(trade: TradeSystem, progress: Progress, bars: dict[str, Any], insured: list[Bought]) -> None:
    reads, claims, cancels = _parts(insured)
    for name, todo in (("reads", reads), ("claims", claims), ("cancellations", cancels)):
        progress.update(bars[name], total=len(todo))
    await asyncio.gather(
        *(trade.read(each) for each in reads),
        *(trade.follow_claim(each) for each in claims),
        *(trade.cancel(each) for each in cancels),
    )


async def _show_quotes(trade: TradeSystem, console: Console, orders: list[Plan]) -> None:
    for product in sorted({order.product for order in orders}):
        order = next(each for each in orders if each.product == product)
        quotes = await trade.quote(order)
        quotes_table(console, product, quotes.get("quotes", ()))


async def _decisions(http: httpx.AsyncClient, bought: list[Bought]) -> dict[str, Any]:
    ids = {each.decision_id for each in bought if each.decision_id}
    answers = await asyncio.gather(*(http.get(f"/v1/routing/decisions/{decision_id}") for decision_id in ids))
    return {answer.json()["decision_id"]: answer.json() for answer in answers if answer.status_code == httpx.codes.OK}


async def _client(sandbox: Sandbox) -> str:
    journal = SqliteJournal(sandbox.state / "journal.db")
    await journal.start()
    try:
        return await add_client(journal, World(), "demo")
    finally:
        await journal.close()


async def _ready(http: httpx.AsyncClient, gateway: asyncio.subprocess.Process, log: Path) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and gateway.returncode is None:
        try:
            if (await http.get("/readyz")).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            await asyncio.sleep(0.1)
    words = await asyncio.to_thread(log.read_text, errors="replace")
    raise RuntimeError(f"the gateway did not start:\n{words[-3000:]}")


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description:14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True) if not console.is_terminal else console, transient=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
