"""The table that is printed: one line a measurement, its verdict beside its budget."""

from dataclasses import dataclass
from typing import Final

from tests.benchmarks.measuring import Comparison, Spread

WIDTHS: Final = (46, 12, 12, 22, 10)
MISSED: Final = "MISSED"


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement. ``value`` is what the budget is about; ``against`` is the yardstick."""

    work: str
    ours: str
    theirs: str
    value: str
    budget: str
    is_met: bool
    against: str

    def __str__(self) -> str:
        cells = (self.work, self.ours, self.theirs, self.value, self.budget)
        padded = (cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True))
        return f"{' '.join(padded)} {'met' if self.is_met else MISSED}\n    against: {self.against}"


def heading(title: str) -> str:
    """The title of a part, and the names of its columns."""
    names = ("work", "ours", "yardstick", "ratio (p10-p90)", "budget")
    padded = (name.ljust(width) for name, width in zip(names, WIDTHS, strict=True))
    return f"\n{title}\n{' '.join(padded)} verdict\n{'-' * (sum(WIDTHS) + 13)}"


def at_most(work: str, found: Comparison, budget: float, against: str) -> Line:
    """A line for work that may take ``budget`` times what its yardstick takes."""
    return Line(
        work=work,
        ours=shown(found.ours.median),
        theirs=shown(found.theirs.median),
        value=spread(found.ratio),
        budget=f"<= {budget} x",
        is_met=found.ratio.median <= budget,
        against=against,
    )


def counted(work: str, statements: int, budget: int, against: str) -> Line:
    """A line for a number of SQL statements."""
    return Line(
        work=work,
        ours=f"{statements} stmts",
        theirs="",
        value="",
        budget=f"<= {budget}",
        is_met=statements <= budget,
        against=against,
    )


def shown(seconds: float) -> str:
    """A duration in milliseconds."""
    return f"{seconds * 1000:.2f} ms"


def spread(found: Spread, unit: str = "x") -> str:
    """A median with what surrounds it."""
    return f"{found.median:.2f} {unit} ({found.low:.2f}-{found.high:.2f})"
