"""What a torture found: one JSON document, and one page that stands by itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from msgspec import Struct

PASSED, BROKEN, NOT_EXAMINED = "passed", "broken", "not examined"
SHOWN_MAX = 1_000
PROMISES = {
    "S1": "at most one effect per business identity",
    "S2": "every effect was asked for, with what the request said",
    "S3": "who was told of a policy has it, with its own values",
    "S4": "who was told no has no effect, ever",
    "S5": "every acknowledged key is in the journal after every restart",
    "S6": "one key, one final answer; another body changes nothing",
    "S7": "states form a path, terminal ones stay",
    "S8": "every write on the wire has an older attempt row",
    "S9": "no second attempt while the first may have happened",
    "S10": "the end depends on the set of genuine callbacks only",
    "S11": "what is stored for a key is that key's",
    "S12": "premiums and refunds agree with the ledgers",
    "S13": "an operation speaks with one version of an adapter",
    "S14": "no personal value and no secret is shown",
    "V1": "everything is over, or waits for a person for a reason",
    "V2": "every event is delivered",
    "V3": "one sick carrier does not slow the others",
    "V4": "recovering again changes nothing",
}


class Judged(Struct, frozen=True, kw_only=True):
    """One promise: the verdict, what was examined and how much of it, and what broke it."""

    promise: str
    verdict: str
    examined: int
    of: str
    violations: tuple[str, ...] = ()


class Report(Struct, frozen=True, kw_only=True):
    """A run.

    `lost`: acknowledged, and not in the journal, without its effect or, issued, without its policy. `doubled`: a
    business identity with more than one effect. `stuck`: not over, though it could be. `stored_unacknowledged`: in the
    journal when the last caller had heard nothing. `unforeseen`: answers with status 500. `missed`: faults and crash
    points that a run of this length should have hit, and promises of which it should have examined something.
    """

    db: str
    seed: int
    keys: int
    acknowledged: int
    lost: int
    doubled: int
    stuck: int
    stored_unacknowledged: int
    unforeseen: int
    kills: int
    kills_in_flight: int
    needs_review: int
    nemeses: Mapping[str, int]
    crash_points: Mapping[str, int]
    faults: Mapping[str, int]
    missed: tuple[str, ...]
    invariants: Mapping[str, Judged]
    wait_s: float
    evidence: str

    @property
    def ok(self) -> bool:
        """Whether nothing was broken and nothing was missed."""
        return not (self.missed or self.unforeseen) and all(each.verdict != BROKEN for each in self.invariants.values())

    @property
    def hits(self) -> tuple[tuple[str, Mapping[str, int]], ...]:
        """What was met how often, by kind."""
        return ("Crash points", self.crash_points), ("Nemeses", self.nemeses), ("Faults", self.faults)


def judged(name: str, examined: int, of: str, violations: list[str]) -> Judged:
    """The verdict of one promise: without anything examined it is none."""
    verdict = BROKEN if violations else PASSED if examined else NOT_EXAMINED
    return Judged(
        promise=PROMISES[name], verdict=verdict, examined=examined, of=of, violations=tuple(violations[:SHOWN_MAX])
    )


def summed(reports: list[Report]) -> dict[str, Any]:
    """Several runs added up."""
    names = ("keys", "acknowledged", "lost", "doubled", "stuck", "stored_unacknowledged", "kills", "kills_in_flight")
    return {"runs": len(reports), **{name: sum(getattr(each, name) for each in reports) for name in names}}


def write_page(reports: list[Report], file: Path) -> None:
    """The page: no script, no other file."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = environment.from_string(_PAGE).render(reports=reports, total=summed(reports))
    file.write_text(page, encoding="utf-8")


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>insurehub torture</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; color: #1c2430; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #dde2ea; vertical-align: top; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
.passed { color: #176b3a; } .broken { color: #b3261e; font-weight: 600; } .not { color: #8a6100; }
@media (prefers-color-scheme: dark) { body { background: #12161c; color: #e3e8ef; } th, td { border-color: #2c3440; }
.passed { color: #6fd49a; } .broken { color: #ff8a80; } .not { color: #f0c060; } }
</style></head><body>
<h1>Torture</h1>
<table><tr>{% for name in total %}<th>{{ name }}</th>{% endfor %}</tr>
<tr>{% for value in total.values() %}<td class="n">{{ value }}</td>{% endfor %}</tr></table>
{% for report in reports %}
<h2>{{ report.db }}, seed {{ report.seed }}: <span class="{{ 'passed' if report.ok else 'broken' }}">
{{ 'all promises held' if report.ok else 'not all promises held' }}</span></h2>
<p>{{ report.kills }} kills ({{ report.kills_in_flight }} of a gateway that was at an order), {{ report.keys }} keys,
{{ report.acknowledged }} acknowledged, {{ report.lost }} lost, {{ report.doubled }} doubled, {{ report.stuck }} stuck,
{{ report.stored_unacknowledged }} stored and not acknowledged, {{ report.needs_review }} waiting for a person,
{{ '%.0f'|format(report.wait_s) }} s. Evidence: <code>{{ report.evidence }}</code></p>
<table><tr><th>promise</th><th></th><th>verdict</th><th>examined</th><th></th></tr>
{% for name, each in report.invariants.items() %}
<tr><td>{{ name }}</td>
<td>{{ each.promise }}{% for text in each.violations %}<br><code>{{ text }}</code>{% endfor %}</td>
<td class="{{ each.verdict.split()[0] }}">{{ each.verdict }}</td>
<td class="n">{{ each.examined }}</td><td>{{ each.of }}</td></tr>
{% endfor %}</table>
{% for title, counts in report.hits %}
<h3>{{ title }}</h3><table>
{% for name, count in counts.items() %}<tr><td>{{ name }}</td><td class="n">{{ count }}</td></tr>
{% endfor %}</table>
{% endfor %}
{% if report.missed %}<p class="broken">Never hit: {{ report.missed|join(', ') }}</p>{% endif %}
{% endfor %}
<p>SIGKILL ends processes, not machines: nothing here says what survives a loss of power.</p>
</body></html>
"""
