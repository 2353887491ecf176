"""Pulling a community of 5 000 with 100 000 messages: beside a bare loop over the same pages."""

from collections.abc import Iterator, Sequence
from typing import Final

from tests.benchmarks.crowd import a_served_crowd
from tests.benchmarks.measuring import Comparison, Spread
from tests.benchmarks.puller import Puller, Taken, a_puller
from tests.benchmarks.report import Line, spread

MEMBERS: Final = 5_000
MESSAGES: Final = 100_000
FEW_MESSAGES: Final = 10_000
PULLS: Final = 15
BUDGET: Final = 1.5
MEMORY_BUDGET: Final = 1.2


def lines(urls: Sequence[str]) -> Iterator[Line]:
    """How long it takes, and what it takes of memory for a hundred pages and for a thousand."""
    small, large = urls
    with a_served_crowd(MEMBERS, MESSAGES) as port, a_puller(large, port) as puller:
        first = _warm(puller, MESSAGES)
        yield _beside_bare(puller, first)
    with a_served_crowd(MEMBERS, FEW_MESSAGES) as port, a_puller(small, port) as puller:
        yield _flat(_warm(puller, FEW_MESSAGES), first)


def _warm(puller: Puller, messages: int) -> Taken:
    """A first pull, after which the platform knows all of its answers."""
    taken = puller.does("pull")
    assert taken.rows == messages + MEMBERS
    return taken


def _beside_bare(puller: Puller, first: Taken) -> Line:
    puller.does("bare")
    measured = []
    for n in range(PULLS):
        taken = {work: puller.does(work) for work in (("pull", "bare"), ("bare", "pull"))[n % 2]}
        assert taken["pull"].pages == taken["bare"].pages
        measured.append((taken["pull"].seconds, taken["bare"].seconds))
    found = Comparison(
        Spread.of([ours for ours, _ in measured]),
        Spread.of([theirs for _, theirs in measured]),
        Spread.of([ours / theirs for ours, theirs in measured]),
    )
    return Line(
        work=f"pull {MEMBERS} members, {MESSAGES} messages",
        ours=f"{found.ours.median:.2f} s",
        theirs=f"{found.theirs.median:.2f} s",
        value=spread(found.ratio),
        budget=f"<= {BUDGET} x",
        is_met=found.ratio.median <= BUDGET,
        against=f"a bare requests.Session loop that fetches and decodes the same {first.pages} "
        f"pages, {PULLS} pairs; ours keeps {first.rows} rows of them, and a worker is one process",
    )


def _flat(few: Taken, many: Taken) -> Line:
    ratio = many.peak_mb / few.peak_mb
    return Line(
        work=f"memory of a pull of {many.pages} pages",
        ours=f"{many.peak_mb:.0f} MB",
        theirs=f"{few.peak_mb:.0f} MB",
        value=f"{ratio:.2f} x",
        budget=f"<= {MEMORY_BUDGET} x",
        is_met=ratio <= MEMORY_BUDGET,
        against=f"a pull of {few.pages} pages; the peak of a process that pulled once; meanwhile "
        "SQLite has filled its cache of 16 MB",
    )
