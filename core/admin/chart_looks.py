"""How charts look: with a legend, units on their axes, and few lines."""

import json
from typing import Any

GREY = "#9ca3af"  # readable on light and on dark
FAINT = {"color": "rgba(156, 163, 175, 0.25)", "tickWidth": 0}
NO_GRID = {"display": False}


def _axis(title: str = "", **more: Any) -> dict[str, Any]:
    ticks = {"color": GREY, "precision": 0} | more.pop("ticks", {})
    name = {"display": bool(title), "text": title, "color": GREY}
    return {"ticks": ticks, "title": name, "border": {"width": 0}, "grid": FAINT} | more


def lines_look(unit: str, **upwards: Any) -> str:
    """Lines of `unit`, named above the chart; `upwards` is more about that axis (min, max, ticks),
    which begins at 0."""
    legend = {
        "position": "top",
        "align": "end",
        "labels": {"boxWidth": 14, "boxHeight": 2, "color": GREY},
    }
    return json.dumps({
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "interaction": {"mode": "index", "intersect": False},
        "plugins": {"legend": legend},
        "elements": {"point": {"radius": 0}, "line": {"borderWidth": 2, "tension": 0.3}},
        "scales": {
            "x": _axis(grid=NO_GRID, ticks={"maxTicksLimit": 7, "maxRotation": 0}),
            "y": _axis(unit, beginAtZero=True, **upwards),
        },
    })  # fmt: skip


def bars(found: list[tuple[str, int]], *, label: str, colour: str, longest: int) -> str:
    """The data of lying bars, a sentence beside each, cut after `longest` characters."""
    sentences = [one if len(one) <= longest else f"{one[: longest - 1]}…" for one, _ in found]
    data = {
        "label": label,
        "data": [number for _, number in found],
        "backgroundColor": colour,
        "maxBarThickness": 18,
        "borderRadius": 4,
    }
    return json.dumps({"labels": sentences, "datasets": [data]})


def bars_look(unit: str) -> str:
    """Lying bars, so that sentences beside them can be read."""
    return json.dumps({
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "indexAxis": "y",
        "plugins": {"legend": {"display": False}},
        "scales": {"x": _axis(unit, beginAtZero=True), "y": _axis(grid=NO_GRID)},
    })  # fmt: skip
