"""Bars on a common time scale."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from tracker.kernel.texts import Language


@dataclass(frozen=True, slots=True)
class Scale:
    """The days from ``first`` to ``last`` in ``width`` columns."""

    first: date
    last: date
    width: int

    def column(self, day: date) -> int:
        """Where ``day`` stands; days beyond either end stand at that end."""
        days = (self.last - self.first).days + 1
        column = (day - self.first).days * self.width // days
        return min(max(column, 0), self.width - 1)

    def bar(self, first: date, last: date) -> str:
        """A bar from ``first`` to ``last``, at least one column long."""
        start, end = self.column(first), self.column(last)
        return ("·" * start + "█" * (end - start + 1)).ljust(self.width, "·")

    def marks(self, days: Iterable[date], mark: str = "◆") -> str:
        """One mark for each day; days of the same column share one."""
        columns = {self.column(day) for day in days}
        return "".join(mark if n in columns else "·" for n in range(self.width))

    def axis(self, language: Language) -> str:
        """The first month, then each year where it begins, as far as there is room."""
        line = format_date(self.first, "MMM y", locale=language)
        for year in range(self.first.year + 1, self.last.year + 1):
            column = self.column(date(year, 1, 1))
            if len(line) < column <= self.width - len(str(year)):
                line = f"{line:<{column}}{year}"
        return line[: self.width]
