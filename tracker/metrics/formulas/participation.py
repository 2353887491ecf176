"""How evenly contributions are spread: the contributions of each, ranked anew from day to day."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from tracker.connectors.figures import Sample
from tracker.metrics.formulas.facts import Facts
from tracker.metrics.formulas.sheet import Sheet

BANDS = ("lurkers", "intermittent", "heavy")
Ranks = list[tuple[int, int]]
"""How many contributions, and how many people have made so many; the most first."""


class _Window:
    """Contributions of members over a number of days, while they are members."""

    def __init__(self, facts: Facts, days: int) -> None:
        self._changes: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for index, by_day in facts.contributed.items():
            joined, left = facts.stay(index)
            for day, count in by_day.items():
                first, end = max(day, joined), min(day + days, left)
                if first < end:
                    self._changes[first].append((index, count))
                    self._changes[end].append((index, -count))
        self._counts: dict[int, int] = defaultdict(int)
        self._people: dict[int, int] = defaultdict(int)

    def by_day(self, length: int) -> Iterator[Ranks]:
        for day in range(length):
            for index, change in self._changes.get(day, ()):
                count = self._counts[index]
                self._people[count] -= 1
                self._counts[index] = count + change
                self._people[count + change] += 1
            yield sorted(
                ((count, n) for count, n in self._people.items() if count > 0 < n), reverse=True
            )


def participation(facts: Facts, sheet: Sheet, members: Sequence[float]) -> Iterator[Sample]:
    """90-9-1, and on how few people half of it rests."""
    wanted = {day for day, _ in sheet.days}
    bands: dict[tuple[str, str], dict[int, tuple[float, int]]] = defaultdict(dict)
    for day, ranks in enumerate(_Window(facts, 30).by_day(facts.length)):
        if day in wanted and members[day] > 0:
            for place, value in _shares(ranks, int(members[day])).items():
                bands[place][day] = value
    for (band, share), values in sorted(bands.items()):
        dims = {"band": band, "share": share}
        yield from sheet.found("participation_90_9_1", values, window=30, dims=dims)
    factors = {
        day: absence_factor(ranks)
        for day, ranks in enumerate(_Window(facts, 90).by_day(facts.length))
        if day in wanted and ranks
    }
    yield from sheet.found("contributor_absence_factor", factors, window=90)


def _shares(ranks: Ranks, members: int) -> Mapping[tuple[str, str], tuple[float, int]]:
    """In percent of the members, and of what they contributed."""
    contributors = sum(people for _, people in ranks)
    content = sum(count * people for count, people in ranks)
    most = min(-(-members // 100), contributors)
    heavy = _sum_of_first(ranks, most)
    by_members = (members - contributors, contributors - most, most)
    by_content = (0, content - heavy, heavy)
    found = {
        (band, "members"): (n * 100 / members, members)
        for band, n in zip(BANDS, by_members, strict=True)
    }
    if content:
        found |= {
            (band, "content"): (n * 100 / content, content)
            for band, n in zip(BANDS, by_content, strict=True)
        }
    return found


def _sum_of_first(ranks: Ranks, people: int) -> int:
    total = 0
    for count, n in ranks:
        taken = min(n, people)
        total, people = total + count * taken, people - taken
    return total


def absence_factor(ranks: Ranks) -> tuple[float, int]:
    """The fewest who make half of all contributions, and how many contributions there are."""
    content = sum(count * people for count, people in ranks)
    left, found = -(-content // 2), 0
    for count, people in ranks:
        taken = min(people, -(-left // count))
        left, found = left - count * taken, found + taken
        if left <= 0:
            break
    return float(found), content
