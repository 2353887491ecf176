"""Small communities for tests of formulas, and how one reads their figures."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from tracker.connectors.figures import EventKind, Role, Sample
from tracker.metrics.formulas.computing import compute
from tracker.metrics.formulas.story import Act, Line, Person, Story

D0: Final = date(2026, 6, 1)
ZONE: Final = ZoneInfo("UTC")


def on(day: int) -> date:
    return D0 + timedelta(days=day)


def at(day: float, hour: float = 10) -> datetime:
    return datetime(D0.year, D0.month, D0.day, tzinfo=UTC) + timedelta(days=day, hours=hour)


def person(
    actor: str, joined: float = 0, left: float | None = None, role: Role = "member"
) -> Person:
    return Person(actor, role, at(joined, 9), None if left is None else at(left))


def act(
    source_id: str,
    kind: EventKind,
    when: datetime,
    actor: str | None,
    *,
    root: str | None = None,
    role: Role = "member",
) -> Act:
    return Act(source_id, kind, when, actor, role, root, root)


def figures(story: Story, *days: int, zone: ZoneInfo = ZONE) -> dict[tuple[str, date], Any]:
    """The figures that stand for the whole, with what they stand on."""
    return {
        (sample.metric, sample.day): (sample.value, sample.count)
        for sample in compute(story, [on(day) for day in days], zone)
        if not sample.dims
    }


def value(story: Story, metric: str, day: int, zone: ZoneInfo = ZONE) -> float | None:
    """One figure of one day; None: it has no value."""
    told = figures(story, day, zone=zone).get((metric, on(day)))
    return None if told is None else told[0]


def split(samples: Iterable[Sample], metric: str, dim: str) -> dict[str, float]:
    """A figure by one of its words."""
    return {s.dims[dim]: s.value for s in samples if s.metric == metric and dim in s.dims}


def line(metric: str, values: Sequence[tuple[int, float]], **dims: str) -> Line:
    return Line(metric, {on(day): told for day, told in values}, dims)


def golden_members() -> list[Person]:
    """The newcomers of the golden vector, with a bot beside them."""
    return [
        *(person(actor) for actor in "abc"),
        person("d", left=20),
        person("e", joined=5),
        person("s", -60, role="staff"),
        person("robo", -60, role="bot"),
    ]


def golden_newcomers() -> Story:
    acts = [
        act("w", "post", at(-50), "s", role="staff"),
        act("b1", "reaction", at(2), "b"),
        act("a1", "reply", at(3), "a", root="w"),
        act("c1", "reply", at(9), "c", root="w"),
    ]
    return Story(golden_members(), acts)


def golden_topics() -> Story:
    """Two questions: one with own, a bot's, an animator's and a member's reply; one without."""
    acts = [
        act("t1", "post", at(0), "a"),
        act("t1", "question", at(0), "a"),
        act("t1-self", "reply", at(0, 10 + 5 / 60), "a", root="t1"),
        act("t1-bot", "reply", at(0, 10.1), "robo", root="t1", role="bot"),
        act("t1-staff", "reply", at(0, 11), "s", root="t1", role="staff"),
        act("t1-member", "reply", at(0, 12), "c", root="t1"),
        act("t1-member", "answer_accepted", at(0, 12), "c", root="t1"),
        act("t2", "post", at(0), "c"),
        act("t2", "question", at(0), "c"),
    ]
    return Story(golden_members(), acts)
