"""Row 1: dating ten thousand tasks with dependencies and holidays, in memory."""

import random
from collections.abc import Iterator
from datetime import date
from functools import partial
from statistics import median
from typing import Final

from tests.benchmarks.measuring import PAIRS, Spread, exponent, seconds
from tests.benchmarks.report import Line, shown, spread
from tests.builders import a_playbook, a_task
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.model import Link, Playbook, TaskSpec
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan
from tracker.playbooks.planned import Plan

SIZES: Final = (1250, 2500, 5000, 10_000)
LAUNCH: Final = date(2028, 9, 6)
TODAY: Final = date(2028, 1, 4)
LAYERS: Final = 20  # tasks wait for two of the layer before theirs
KINDS: Final = ("FS", "FS", "FS", "SS", "FF")
BUDGET_SECONDS: Final = 0.5
BUDGET_EXPONENT: Final = 1.15  # n log n between 1 250 and 10 000


def lines() -> Iterator[Line]:
    """How long it takes, and how that grows."""
    works = {size: _planning(size) for size in SIZES}
    bare = partial(_bare_pass, a_large_playbook(SIZES[-1]))
    taken: dict[int, list[float]] = {size: [] for size in SIZES}
    passes = []
    for _ in range(PAIRS):
        passes.append(seconds(bare))
        for size, work in works.items():
            taken[size].append(seconds(work))
    largest = Spread.of(taken[SIZES[-1]])
    yield Line(
        work=f"schedule {SIZES[-1]} tasks, two links each",
        ours=shown(largest.median),
        theirs=shown(median(passes)),
        value=spread(Spread.of([n / m for n, m in zip(taken[SIZES[-1]], passes, strict=True)])),
        budget=f"<= {BUDGET_SECONDS} s",
        is_met=largest.median <= BUDGET_SECONDS,
        against="a bare forward pass over the same links in plain Python, without floats, windows, "
        f"stretch or reasons (ours p10-p90: {shown(largest.low)} to {shown(largest.high)})",
    )
    medians = [median(taken[size]) for size in SIZES]
    power = exponent(SIZES, medians)
    steps = ", ".join(f"{n}: {shown(m)}" for n, m in zip(SIZES, medians, strict=True))
    yield Line(
        work="growth of scheduling with the number of tasks",
        ours="",
        theirs="",
        value=f"n^{power:.2f}",
        budget=f"<= n^{BUDGET_EXPONENT}",
        is_met=power <= BUDGET_EXPONENT,
        against=f"n log n, which is n^1.12 over these sizes ({steps})",
    )


def a_large_playbook(size: int) -> Playbook:
    """Half of the tasks before launch day and half behind it, in layers; equal on every run."""
    chance = random.Random(size)
    half = size // 2
    tasks = [*_side("prepare", half, chance), *_side("recruit", size - half, chance)]
    return a_playbook(*tasks)


def _side(phase: str, count: int, chance: random.Random) -> Iterator[TaskSpec]:
    width = count // LAYERS
    for n in range(count):
        start = n // width * width
        waits_for = chance.sample(range(start - width, start), 2) if start else []
        after = [
            Link(f"{phase}.work.t{other}", chance.choice(KINDS), chance.choice((0, 0, 0, 1)))
            for other in waits_for
        ]
        yield a_task(f"{phase}.work.t{n}", days=chance.randint(0, 2), after=after)


def _planning(size: int) -> partial[Plan]:
    parameters = Parameters(launch_on=LAUNCH, prepare_months=2, country="FR")
    return partial(make_plan, a_large_playbook(size), parameters, TODAY)


def _bare_pass(playbook: Playbook) -> list[tuple[date, date]]:
    """The least that anybody can do: earliest dates from links that come in order already."""
    calendar = WorkCalendar("FR")
    first = calendar.index(LAUNCH)
    end: dict[str, int] = {}
    start: dict[str, int] = {}
    for task in playbook.tasks:
        begin = first
        for link in task.after:
            pushed = (start if link.type == "SS" else end)[link.task] + link.lag
            begin = max(begin, pushed - (task.days if link.type == "FF" else 0))
        start[task.key], end[task.key] = begin, begin + (task.days or 1)
    return [(calendar.day(start[key]), calendar.day(end[key] - 1)) for key in start]
