"""The comparison as one HTML page: the gate, and for each scenario a table and the course of one run."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2

from contract_tests.traffic.compare import Comparison, shown_beside
from contract_tests.traffic.metrics import Point
from contract_tests.traffic.results import Result, never_in

WIDTH, HEIGHT = 640, 180
LABEL, NEVER_X = 120, 580
SHOWN = ("hub", "hub_success_first", "static", "litellm_tuned", "envoy_tuned", "resilience4j", "nginx", "oracle")
COLOURS = ("#0b6e4f", "#08a045", "#999999", "#c0392b", "#8e44ad", "#d68910", "#2471a3", "#111111")


def page(comparison: Comparison, title: str) -> str:
    """The page's text; it refers to nothing outside itself."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["never_in"] = never_in
    return environment.get_template("page.html.j2").render(
        title=title,
        comparison=comparison,
        failed=[each for each in comparison.verdicts if not each.passed],
        gated=sum(1 for each in comparison.verdicts if each.is_gated),
        shown=shown_beside(comparison.verdicts),
        cells=[_cell(name, per_s, found) for (name, per_s), found in _cells(comparison.results).items()],
        width=WIDTH,
        height=HEIGHT,
        label=LABEL,
        never_x=NEVER_X,
        legend=list(zip(SHOWN, COLOURS, strict=True)),
    )


def _cells(results: Iterable[Result]) -> dict[tuple[str, float], list[Result]]:
    cells: dict[tuple[str, float], list[Result]] = {}
    for each in results:
        cells.setdefault((each.scenario, each.per_s), []).append(each)
    return cells


def _cell(name: str, per_s: float, results: list[Result]) -> dict[str, Any]:
    by_name = {each.strategy: each for each in results}
    lines = {each.strategy: each.course for each in results}
    drawn = [(strategy, colour) for strategy, colour in zip(SHOWN, COLOURS, strict=True) if strategy in lines]
    return {
        "name": name,
        "per_s": per_s,
        "times": [
            ("ejected", _dots([(by_name[name].ejects, colour, name) for name, colour in drawn])),
            ("recovered", _dots([(by_name[name].recovers, colour, name) for name, colour in drawn])),
        ],
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


def _dots(rows: list[tuple[tuple[float | None, ...], str, str]]) -> dict[str, Any]:
    """A row for each strategy and in it a dot for each seed: by time, or behind the bar where it never came to it."""
    most_s = max([each for times, _, _ in rows for each in times if each is not None], default=0.0) or 1.0
    return {
        "most_s": most_s,
        "rows": [
            {
                "name": name,
                "colour": colour,
                "y": (number + 0.5) * HEIGHT / len(rows),
                "dots": [_dot_x(each, most_s) for each in times],
                "never": sum(each is None for each in times),
            }
            for number, (times, colour, name) in enumerate(rows)
        ],
    }


def _dot_x(time_s: float | None, most_s: float) -> float:
    return round(NEVER_X if time_s is None else LABEL + time_s / most_s * (NEVER_X - LABEL - 30), 1)
