"""What a dictionary of metrics may say: every key of its YAML, and what form alone cannot see."""

from collections.abc import Iterator
from typing import Final

from tracker.playbooks.grammar import PHASES, TYPES, UNITS
from tracker.playbooks.shapes import KEY, LONG_TEXT, TEXT, Fields, ListOf, Number, OneOf, Str
from tracker.playbooks.source import Block, Problem

GOOD: Final = ("up", "down", "level")
WINDOWS: Final = ("day", "7d", "28d", "30d", "90d", "month", "quarter", "year", "total")
KINDS: Final = ("native", "derived", "input", "manual")
COUNTED: Final = ("member", "staff", "anyone")
CHAPTERS: Final = (
    "plan",
    "growth",
    "activity",
    "newcomers",
    "loyalty",
    "answers",
    "outreach",
    "value",
    "inputs",
)

_key = Str(KEY, 60)
METRIC: Final = Fields(
    {
        "key": _key,
        "version": Number(1, 10_000),
        "title": TEXT,
        "description": LONG_TEXT,
        "formula": LONG_TEXT,
        "maturity?": LONG_TEXT,
        "n?": TEXT,
        "unit": OneOf(UNITS),
        "good": OneOf(GOOD),
        "window": OneOf(WINDOWS),
        "kind": OneOf(KINDS),
        "counts": ListOf(OneOf(COUNTED)),
        "dims?": ListOf(_key),
        "also?": ListOf(_key),
        "phases?": ListOf(OneOf(PHASES)),
        "group?": _key,
        "types?": ListOf(OneOf(TYPES)),
    }
)
DICTIONARY: Final = Fields(
    {
        "dictionary": OneOf(("metrics",)),
        "version": Number(1, 10_000),
        **{f"{chapter}?": ListOf(METRIC) for chapter in CHAPTERS},
    }
)


def find_twice(document: Block) -> Iterator[Problem]:
    """Names, aliases among them, that stand for two metrics: whoever looks one up wants one."""
    first: dict[str, str] = {}
    for metric in (metric for chapter in CHAPTERS for metric in document.get(chapter, ())):
        for name in (metric["key"], *metric.get("also", ())):
            if name in first:
                message = f"“{name}” is a name of two metrics, {first[name]} and {metric['key']}"
                yield Problem(metric.path, metric.lines["key"], message)
            first.setdefault(name, metric["key"])
