"""What the demo shows people: who was chosen how often and why, what became of it, and the ledgers' verdict."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from cli.demo.trade import Bought
from cli.demo.verdict import TERMINAL, Verdict
from cli.out import counted
from gateway.model import Money


def quotes_table(console: Console, product: str, quotes: Sequence[Mapping[str, Any]]) -> None:
    """One product's prices at every eligible channel."""
    table = Table(title=f"Quotes for {product}", title_justify="left", box=None, header_style="bold")
    for column in ("channel", "status", "premium", "binding", "reason"):
        table.add_column(column, justify="right" if column == "premium" else "left")
    for quote in quotes:
        gross = (quote.get("premium") or {}).get("gross")
        price = f"{Money(**gross).decimal()} {gross['currency']}" if gross else ""
        reason = "; ".join(each.get("text") or each.get("code") or "" for each in quote.get("reasons", ()))
        table.add_row(quote.get("channel_ref_public"), quote["status"], price, quote.get("binding") or "", reason)
    console.print(table)


COLUMNS = {
    "channel": "left", "fault played": "left", "chosen": "right", "why (latest)": "left", "accepted": "right",
    "declined": "right", "not over": "right", "unknown, then resolved": "right", "p50": "right", "p95": "right",
}  # fmt: skip


CAPTION = (
    "chosen: how often the routing picked the channel. unknown, then resolved: the answer was lost, and what really "
    "happened was found out by asking. p50, p95: from the quote to the policy, finding out included"
)


def channels_table(
    console: Console, bought: Sequence[Bought], decisions: Mapping[str, Mapping[str, Any]], faults: Mapping[str, str]
) -> None:
    """Per channel: how often chosen and why, what came of it, how long an order took from quote to policy."""
    chosen, why = _chosen(decisions)
    orders: defaultdict[str, list[Bought]] = defaultdict(list)
    for each in bought:
        decision = decisions.get(each.decision_id or "", {})
        orders[(each.policy or {}).get("channel") or decision.get("chosen") or "-"].append(each)
    table = Table(title="Channels", title_justify="left", box=None, header_style="bold", caption=CAPTION)
    table.caption_justify = "left"
    for column, justify in COLUMNS.items():
        table.add_column(column, justify="right" if justify == "right" else "left", overflow="fold")
    for channel in sorted({*chosen, *orders} - {"-"}):
        of = orders[channel]
        accepted, declined = (sum(each.state == state for each in of) for state in ("succeeded", "declined"))
        resolved = sum(each.was_unknown and each.state in TERMINAL for each in of)
        counts = (accepted, declined, sum(each.state not in TERMINAL for each in of), resolved)
        waits = [each.wait_s for each in of]
        table.add_row(
            channel,
            faults.get(channel, ""),
            str(chosen[channel]),
            why.get(channel, ""),
            *map(str, counts),
            _percentile(waits, 0.5),
            _percentile(waits, 0.95),
        )
    console.print(table)
    if orders["-"]:
        console.print(f"{counted(len(orders['-']), 'order')} found no channel at all")


def _chosen(decisions: Mapping[str, Mapping[str, Any]]) -> tuple[Counter[str], dict[str, str]]:
    chosen: Counter[str] = Counter()
    why: dict[str, str] = {}
    for decision in decisions.values():
        channel = decision.get("chosen")
        if channel is None:
            continue
        chosen[channel] += 1
        terms = next(c for c in decision["candidates"] if c["channel"] == channel).get("terms", ())
        why[channel] = " x ".join(f"{term['name']} {term['value']:.2g}" for term in terms)
    return chosen, why


def _percentile(values: list[float], share: float) -> str:
    if not values:
        return ""
    ordered = sorted(values)
    return f"{ordered[min(len(ordered) - 1, int(share * len(ordered)))]:.2f} s"


def verdict_table(
    console: Console, verdict: Verdict, ledgers: Mapping[str, Sequence[Mapping[str, Any]]], unmet: Sequence[str] = ()
) -> None:
    """What each carrier wrote down, and whether it agrees with what the API says."""
    effects = sorted({line["effect"] for lines in ledgers.values() for line in lines})
    table = Table(title="The carriers' own ledgers", title_justify="left", box=None, header_style="bold")
    table.add_column("channel")
    for effect in effects:
        table.add_column(effect, justify="right")
    for channel, lines in sorted(ledgers.items()):
        counts = Counter(line["effect"] for line in lines)
        table.add_row(channel, *(str(counts[effect] or "") for effect in effects))
    console.print(table)
    word = "[green]agree[/]" if verdict.agrees else "[bold red]DISAGREE[/]"
    console.print(
        f"Ledgers and gateway {word}: {counted(verdict.policies, 'policy', 'policies')} compared "
        "by what only each order carries"
    )
    for missed in unmet[:10]:
        console.print(f"  [red]not reached[/]: {missed}", highlight=False)
    for name in ("doubled", "lost", "orphans", "wrong_premium", "uncancelled", "unresolved"):
        for found in getattr(verdict, name)[:10]:
            console.print(f"  [red]{name}[/]: {found}", highlight=False)
