"""All figures of a community of 5 000 over 24 months, from what its members did, in memory."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from tests.benchmarks.measuring import Spread, seconds
from tests.benchmarks.report import Line, shown, spread
from tracker.metrics.formulas.computing import compute
from tracker.metrics.formulas.story import Act, Person, Story

MEMBERS: Final = 5_000
DAYS: Final = 730
MESSAGES: Final = 100_000
REACTIONS: Final = 60_000
FIRST: Final = date(2024, 9, 2)
ZONE: Final = ZoneInfo("Europe/Paris")
BUDGET_SECONDS: Final = 2.0
TIMES: Final = 7


def lines() -> Iterator[Line]:
    """How long it takes, beside one pass that only counts who was active on each day."""
    story = a_busy_community()
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    work = partial(compute, story, days, ZONE)
    samples = len(work())
    taken, bare = [], []
    for _ in range(TIMES):
        bare.append(seconds(partial(_bare_pass, story)))
        taken.append(seconds(work))
    found = Spread.of(taken)
    yield Line(
        work=f"all figures, {DAYS} days, {MEMBERS} members",
        ours=shown(found.median),
        theirs=shown(median(bare)),
        value=spread(Spread.of([n / m for n, m in zip(taken, bare, strict=True)])),
        budget=f"<= {BUDGET_SECONDS:.0f} s",
        is_met=found.median <= BUDGET_SECONDS,
        against=f"a bare pass that puts {MESSAGES + REACTIONS} events into sets of people by local "
        f"day; ours makes {samples} samples of them",
    )


def a_busy_community() -> Story:
    """Few do much and many little; questions, answers, departures; equal on every run."""
    chance = random.Random(MEMBERS)
    start = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)
    members = [_person(f"m{n}", start, chance) for n in range(MEMBERS)]
    members += [Person(f"s{n}", "staff", start) for n in range(5)]
    return Story(members, sorted(_acts(members, start, chance), key=lambda act: act.at))


def _person(actor: str, start: datetime, chance: random.Random) -> Person:
    joined = start + timedelta(days=chance.triangular(0, DAYS, 0))
    leaves = joined + timedelta(days=chance.uniform(20, 900))
    channel = chance.choice((None, "search", "email", "referral"))
    left = leaves if leaves < start + timedelta(days=DAYS) else None
    return Person(actor, "member", joined, left, acquisition=channel)


def _acts(members: list[Person], start: datetime, chance: random.Random) -> Iterator[Act]:
    topics: list[str] = []
    for n in range(MESSAGES):
        who = members[min(int(chance.paretovariate(0.6)) - 1, len(members) - 1)]
        at = start + timedelta(days=DAYS * n / MESSAGES, seconds=chance.randint(0, 600))
        name = f"p{n}"
        if topics and n % 4:
            root = chance.choice(topics[-50:])
            yield Act(name, "reply", at, who.actor, who.role, root, root)
            if n % 16 == 1:
                yield Act(name, "answer_accepted", at, who.actor, who.role, root, root)
        else:
            topics.append(name)
            yield Act(name, "post", at, who.actor, who.role, root=name)
            if n % 8:
                yield Act(name, "question", at, who.actor, who.role, root=name)
    for n in range(REACTIONS):
        who = chance.choice(members)
        at = start + timedelta(days=DAYS * n / REACTIONS)
        yield Act(f"r{n}", "reaction", at, who.actor, who.role)


def _bare_pass(story: Story) -> dict[date, set[str | None]]:
    by_day: dict[date, set[str | None]] = defaultdict(set)
    for act in story.events:
        by_day[act.at.astimezone(ZONE).date()].add(act.actor)
    return by_day
