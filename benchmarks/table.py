"""Results, and the table they are shown in."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Result:
    """One figure beside its baseline. `ratio` = ours / baseline, `bound` what was promised."""

    name: str
    ours: float
    baseline: float
    baseline_name: str
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def ratio(self) -> float:
        """Ours for each one of the baseline's."""
        return self.ours / self.baseline

    @property
    def kept(self) -> bool:
        """Whether the promise holds in this run."""
        if self.at_least is not None and self.ratio < self.at_least:
            return False
        return self.at_most is None or self.ratio <= self.at_most

    @property
    def promise(self) -> str:
        """The bound in words."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return "" if self.at_most is None else f"≤ {self.at_most:g}"


def show(results: list[Result]) -> None:
    """Print all of them."""
    table = Table(title="Tradewind, measured against baselines of the same run")
    for heading in ("what", "ours", "baseline", "unit", "ratio", "promise", "kept"):
        table.add_column(heading, justify="left" if heading in {"what", "unit"} else "right")
    for result in results:
        table.add_row(
            result.name,
            f"{result.ours:,.1f}",
            f"{result.baseline:,.1f} ({result.baseline_name})",
            result.unit,
            f"{result.ratio:.2f}",
            result.promise,
            "yes" if result.kept else "NO",
        )
    Console(width=140).print(table)
