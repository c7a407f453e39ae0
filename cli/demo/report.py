"""What the demo shows people: who was chosen how often and why, what became of it, and the ledgers' verdict."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from cli.demo.trade import Bought
from cli.demo.verdict import Verdict


def quotes_table(console: Console, product: str, quotes: Sequence[Mapping[str, Any]]) -> None:
    """One product's prices at every eligible channel."""
    table = Table(title=f"Quotes for {product}", title_justify="left", box=None, header_style="bold")
    for column in ("channel", "status", "premium", "binding", "reason"):
        table.add_column(column, justify="right" if column == "premium" else "left")
    for quote in quotes:
        gross = (quote.get("premium") or {}).get("gross")
        price = f"{gross['amount'] / 100:.2f} {gross['currency']}" if gross else ""
        reason = "; ".join(each.get("text") or each.get("code") or "" for each in quote.get("reasons", ()))
        table.add_row(quote.get("channel_ref_public"), quote["status"], price, quote.get("binding") or "", reason)
    console.print(table)


def channels_table(
    console: Console, bought: Sequence[Bought], decisions: Mapping[str, Mapping[str, Any]], faults: Mapping[str, str]
) -> None:
    """Per channel: how often chosen and why, what came of it, how long it took."""
    chosen, why = _chosen(decisions)
    outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    waits: defaultdict[str, list[float]] = defaultdict(list)
    for each in bought:
        channel = (each.policy or {}).get("channel") or "-"
        outcomes[channel][each.state] += 1
        outcomes[channel]["resolved"] += each.was_unknown and each.state == "succeeded"
        waits[channel].append(each.wait_s)
    table = Table(title="Channels", title_justify="left", box=None, header_style="bold")
    for column in (
        "channel",
        "fault played",
        "chosen",
        "why (latest)",
        "issued",
        "other",
        "unknown, then resolved",
        "p50",
        "p95",
    ):
        table.add_column(
            column,
            justify="right" if column in ("chosen", "issued", "other", "p50", "p95") else "left",
            overflow="fold",
        )
    for channel in sorted({*chosen, *outcomes} - {"-"}):
        count = outcomes[channel]
        other = sum(count.values()) - count["succeeded"] - count["resolved"]
        p50, p95 = (_percentile(waits[channel], share) for share in (0.5, 0.95))
        numbers = (
            str(chosen[channel]),
            why.get(channel, ""),
            str(count["succeeded"]),
            str(other),
            str(count["resolved"]),
        )
        table.add_row(channel, faults.get(channel, ""), *numbers, p50, p95)
    console.print(table)
    if outcomes["-"]:
        console.print(f"without a policy: {dict(outcomes['-'])}")


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


def verdict_table(console: Console, verdict: Verdict, ledgers: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
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
    console.print(f"Ledgers and gateway {word}: {verdict.policies} policies compared by what only each order carries")
    for name in ("doubled", "lost", "orphans", "wrong_premium", "uncancelled", "unresolved"):
        for found in getattr(verdict, name)[:10]:
            console.print(f"  [red]{name}[/]: {found}", highlight=False)
