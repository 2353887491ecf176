"""What a community costs and brings, by month: each line by itself, and what they come to."""

from collections.abc import Iterator, Mapping
from datetime import date
from math import fsum

from tracker.metrics.formulas.books import Books

Lines = Mapping[str, float]
_VALUES = {
    "revenue": "value_revenue",
    "research": "value_research",
    "hiring": "value_hiring",
    "other": "value_other",
}


def value_of(books: Books, month: int, end: date) -> Lines:
    """The lines of value that are told of a month, by the assumptions in force at its end."""
    return dict(_value_lines(books, month, end))


def _value_lines(books: Books, month: int, end: date) -> Iterator[tuple[str, float]]:
    share, cost = books.as_of("ticket_probability", end), books.as_of("ticket_cost", end)
    if share is not None and cost is not None:
        for line, metric in (
            ("deflection", "peer_answers"),
            ("deflection_indirect", "answer_views"),
        ):
            if (times := books.sum_of(metric, month)) is not None:
                yield line, times * share * cost
    for line, metric in _VALUES.items():
        if (value := books.sum_of(metric, month)) is not None:
            yield line, value


def cost_of(books: Books, month: int, end: date) -> Lines | None:
    """The lines of cost of a month; None where hours were worked of which nobody said the cost."""
    lines = {}
    for line, spend, hours in (
        ("", "animation_spend", "animation_hours_spent"),
        ("recruitment_", "recruitment_spend", "recruitment_hours"),
    ):
        if (money := books.sum_of(spend, month)) is not None:
            lines[f"{line}spend"] = money
        if (worked := books.sum_of(hours, month)) is not None:
            hour = books.as_of("hour_cost", end)
            if hour is None and worked:
                return None
            lines[f"{line}hours"] = worked * (hour or 0)
    return lines


def total(lines: Lines | None, prefix: str | None = None) -> float | None:
    """What lines come to, or those of animation or recruitment; None where there is none."""
    if lines is None:
        return None
    some = [value for line, value in lines.items() if prefix is None or _is_of(line, prefix)]
    return fsum(some) if some else None


def _is_of(line: str, prefix: str) -> bool:
    return line.startswith("recruitment") == (prefix == "recruitment")
