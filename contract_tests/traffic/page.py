"""The comparison as one HTML page: the gate, and for each scenario a table and the course of one run."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2

from contract_tests.traffic.compare import Comparison, Result, shown_beside
from contract_tests.traffic.metrics import Point

WIDTH, HEIGHT = 640, 180
SHOWN = ("hub", "hub_success_first", "static", "litellm_tuned", "envoy_tuned", "resilience4j", "nginx", "oracle")
COLOURS = ("#0b6e4f", "#08a045", "#999999", "#c0392b", "#8e44ad", "#d68910", "#2471a3", "#111111")


def page(comparison: Comparison, title: str) -> str:
    """The page's text; it refers to nothing outside itself."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html.j2").render(
        title=title,
        comparison=comparison,
        failed=[each for each in comparison.verdicts if not each.passed],
        gated=sum(1 for each in comparison.verdicts if each.is_gated),
        shown=shown_beside(comparison.verdicts),
        cells=[_cell(name, per_s, found) for (name, per_s), found in _cells(comparison.results).items()],
        width=WIDTH,
        height=HEIGHT,
        legend=list(zip(SHOWN, COLOURS, strict=True)),
    )


def _cells(results: Iterable[Result]) -> dict[tuple[str, float], list[Result]]:
    cells: dict[tuple[str, float], list[Result]] = {}
    for each in results:
        cells.setdefault((each.scenario, each.per_s), []).append(each)
    return cells


def _cell(name: str, per_s: float, results: list[Result]) -> dict[str, Any]:
    lines = {each.strategy: each.course for each in results}
    drawn = [(strategy, colour) for strategy, colour in zip(SHOWN, COLOURS, strict=True) if strategy in lines]
    return {
        "name": name,
        "per_s": per_s,
        "results": sorted(results, key=lambda each: -each.first_ok),
        "share": [(colour, _line(lines[strategy], "faulty_share")) for strategy, colour in drawn],
        "ok": [(colour, _line(lines[strategy], "ok")) for strategy, colour in drawn],
    }


def _line(course: tuple[Point, ...], what: str) -> str:
    """The points of a polyline; the whole run in width, nought to one in height."""
    end_s = course[-1].at_s or 1.0
    return " ".join(
        f"{point.at_s / end_s * WIDTH:.1f},{HEIGHT - getattr(point, what) * HEIGHT:.1f}" for point in course
    )
