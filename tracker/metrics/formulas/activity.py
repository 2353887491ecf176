"""How many take part, and how often. One walk along each person's active days."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracker.connectors.figures import Sample
from tracker.metrics.formulas.facts import NEVER, Facts
from tracker.metrics.formulas.growth import members_by_day
from tracker.metrics.formulas.sheet import Sheet
from tracker.metrics.formulas.spans import Tally, rolling, runs

Line = tuple[int, Sequence[int]]
"""A person, and the days on which they did something, in order."""
ESTABLISHED = 90
_SILENT = 60


def lines_of(days_by_person: Mapping[int, Iterable[int]]) -> list[Line]:
    """A line for each person, sorted once."""
    return [(index, sorted(days)) for index, days in days_by_person.items()]


def cover(
    tally: Tally, days: Sequence[int], window: int, *, first: int = 0, last: int = NEVER
) -> None:
    """Count somebody on each day that has one of ``days`` in the window that ends with it."""
    for start, end in runs(days, window):
        tally.add(max(start, first), min(end, last))


def active_within(facts: Facts, lines: Sequence[Line], window: int) -> list[float]:
    """How many did something in the days that end with each day."""
    tally = Tally(facts.length)
    for _, days in lines:
        cover(tally, days, window)
    return tally.by_day()


@dataclass(frozen=True, slots=True)
class Crowd:
    """What many figures are shares of: members at the end of each day, and active people."""

    members: Sequence[float]
    lines: Sequence[Line]
    mau: Sequence[float]

    @classmethod
    def of(cls, facts: Facts) -> "Crowd":
        """Those of a story."""
        lines = lines_of(facts.active)
        return cls(members_by_day(facts), lines, active_within(facts, lines, 30))


def activity(facts: Facts, sheet: Sheet, crowd: Crowd) -> Iterator[Sample]:
    """Active people by day, week and month, and the shares made of them."""
    daily = active_within(facts, crowd.lines, 1)
    yield from sheet.counts("dau", daily, window=1)
    yield from sheet.counts("wau", active_within(facts, crowd.lines, 7), window=7)
    yield from sheet.counts("mau", crowd.mau, window=30)
    yield from _stickiness(sheet, daily, crowd.mau)
    yield from _long_standing(facts, sheet, crowd)
    yield from _engaged(facts, sheet, crowd)
    yield from _written(facts, sheet, crowd.mau)


def sticky(dau: float, mau: float) -> float:
    """In percent, rounded up to two decimals, as Discourse does it."""
    return _hundredths(dau, mau) / 100


def _hundredths(dau: float, mau: float) -> int:
    return -(-int(dau) * 10_000 // int(mau))


def _stickiness(sheet: Sheet, dau: Sequence[float], mau: Sequence[float]) -> Iterator[Sample]:
    values = {day: (sticky(dau[day], mau[day]), int(mau[day])) for day, _ in sheet.days if mau[day]}
    yield from sheet.found("stickiness", values, window=30)
    # Whole numbers: their sums are the same wherever the first day lies.
    ratios = [_hundredths(one, all_) if all_ else 0 for one, all_ in zip(dau, mau, strict=True)]
    sums, ns = rolling(ratios, 30), rolling([float(all_ > 0) for all_ in mau], 30)
    yield from sheet.shares("stickiness_30_days", sums, ns, window=59, scale=0.01)


def _long_standing(facts: Facts, sheet: Sheet, crowd: Crowd) -> Iterator[Sample]:
    """Those of more than 90 days against newcomers, and those who come back."""
    there, active, fresh, back = (Tally(facts.length) for _ in range(4))
    for stay in facts.stays:
        there.add(stay.joined + ESTABLISHED + 1, stay.left - 1)
    for index, days in crowd.lines:
        joined, left = facts.stay(index)
        if joined == NEVER:
            continue
        since = joined + ESTABLISHED
        cover(active, days, 30, first=since + 1, last=left - 1)
        cover(fresh, days, 30, first=joined, last=min(since, left - 1))
        for earlier, here in zip((joined, *days), days, strict=False):
            back.add(max(here, earlier + 30 + _SILENT, since), here + 29)
    yield from sheet.shares("established_activity_rate", active.by_day(), there.by_day(), window=30)
    yield from sheet.counts("newcomers_active", fresh.by_day(), window=30)
    yield from sheet.shares("resurrection", back.by_day(), crowd.mau, window=30 + _SILENT)


def _engaged(facts: Facts, sheet: Sheet, crowd: Crowd) -> Iterator[Sample]:
    weekly, monthly, contributing = (Tally(facts.length) for _ in range(3))
    for index, days in lines_of(facts.engaged):
        joined, left = facts.stay(index)
        cover(weekly, days, 7, first=joined, last=left - 1)
        cover(monthly, days, 30)
    for index, days in lines_of(facts.contributed):
        joined, left = facts.stay(index)
        cover(contributing, days, 30, first=joined, last=left - 1)
    yield from sheet.shares("engagement_rate", weekly.by_day(), crowd.members, window=7)
    yield from sheet.shares("engagement_rate_of_active", monthly.by_day(), crowd.mau, window=30)
    yield from sheet.shares("contribution_rate", contributing.by_day(), crowd.members, window=30)


def _written(facts: Facts, sheet: Sheet, mau: Sequence[float]) -> Iterator[Sample]:
    """What was written and liked, by members and by animators."""
    posts, replies, reactions = (facts.daily[name] for name in ("posts", "replies", "reactions"))
    messages = [one + two for one, two in zip(posts, replies, strict=True)]
    deeds = [one + two for one, two in zip(messages, reactions, strict=True)]
    for metric, daily in (("posts", posts), ("replies", replies), ("reactions", reactions)):
        yield from sheet.counts(metric, daily, window=1)
    yield from sheet.counts("messages", messages, window=1)
    yield from sheet.counts("interactions", rolling(deeds, 7), window=7)
    begun = rolling(facts.daily["begun_by_staff"], 7)
    yield from sheet.counts("animator_posts_per_week", begun, window=7)
    yield from sheet.shares("activity", rolling(deeds, 30), mau, window=30, scale=1)
    yield from sheet.shares("posts_per_active", rolling(posts, 30), mau, window=30, scale=1)
    ours, theirs = rolling(messages, 30), rolling(facts.daily["written_by_staff"], 30)
    both = [one + two for one, two in zip(ours, theirs, strict=True)]
    yield from sheet.shares("member_content_share", ours, both, window=30)
    yield from sheet.shares("member_to_animator_content_ratio", ours, theirs, window=30, scale=1)
