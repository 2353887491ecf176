"""The same story on each platform comes to the same figures, as far as the platform can tell."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.connectors.rigs import RIGS, Pulled, Rig, Stage, a_stage
from tests.fakes.story import D0, Act, Story, busy, golden
from tests.personas import Persona
from tests.service.metrics.connected import KEY, connected, events_of, members_of
from tests.unit.metrics.stories import ZONE
from tracker.kernel.db import unit_of_work
from tracker.metrics.connection_models import Connection
from tracker.metrics.formulas.computing import compute
from tracker.metrics.formulas.story import Act as Told
from tracker.metrics.formulas.story import Person
from tracker.metrics.formulas.story import Story as Known
from tracker.metrics.keeping import keep_page

DAYS = [D0.date() + timedelta(days=n) for n in range(19)]
END = D0 + timedelta(days=19)  # before anybody leaves, which only Matrix dates
# Who reacted: Matrix says it; Discord says how many; Discourse tells it in its own figures only.
REACTIONS = {"matrix": "named", "discord": "counted", "discourse": "none"}


def a_busy_story() -> Story:
    return busy(members=60, messages=200)


def figures(known: Known) -> dict[tuple[Any, ...], tuple[float, int | None]]:
    """Each figure by its metric, day and words; channels have another name on each platform."""
    return {
        (one.metric, one.day, tuple(sorted(one.dims.items()))): (round(one.value, 6), one.count)
        for one in compute(known, DAYS, ZONE)
        if "channel" not in one.dims
    }


def as_it_was(story: Story, reactions: str) -> Known:
    """The story itself, without a platform in between."""
    people = [Person(p.key, p.role, p.joined_at, p.left_at) for p in story.people.values()]
    return Known(members=people, events=list(_acts(story, reactions)))


def _acts(story: Story, reactions: str) -> Iterator[Told]:
    for act in story.acts:
        if act.at > END:
            return
        if act.kind == "reaction":
            if reactions != "none":
                yield _told(story, act, "reaction", act.by if reactions == "named" else None)
            continue
        yield _told(story, act, act.kind, act.by)
        if act.is_question:
            yield _told(story, act, "question", act.by)
        if act.is_accepted:
            yield _told(story, act, "answer_accepted", act.by)


def _told(story: Story, act: Act, kind: Any, by: str | None) -> Told:
    at = story.by_key[act.answers].at if by is None and act.answers else act.at
    role = story.people[act.by].role if by else "member"
    return Told(act.key, kind, at, by, role, act.answers, story.root(act).key)


def pull_into(stage: Stage, connection: Connection, cursors: Pulled) -> None:
    """Every stream, as the engine would: each page and the place to go on."""
    for stream in filter(None, (stage.rig.members, *stage.rig.told)):
        is_last = False
        while not is_last:
            page = stage.page(stream, cursors)
            cursors.keep(stream, page)
            with unit_of_work() as session:
                keep_page(session, connection, page, now=stage.now, key=KEY)
            is_last = page.is_last


def as_pulled(stage: Stage, connection: Connection) -> Known:
    """What is in the database once all streams have been pulled into it."""
    pull_into(stage, connection, Pulled())
    people = members_of(connection).values()
    acts = [Told(*(getattr(e, n) for n in Told._fields)) for e in events_of(connection)]
    return Known([Person(*(getattr(p, n) for n in Person._fields)) for p in people], acts)


@pytest.mark.parametrize("rig", RIGS, ids=lambda rig: rig.kind)
@pytest.mark.parametrize("story", [golden, a_busy_story])
def test_a_story_comes_to_the_figures_of_the_story_itself(
    rig: Rig, story: Callable[[], Story], alice: Persona
) -> None:
    connection = connected(alice, kind=rig.kind, zone="UTC")
    with a_stage(rig, story(), END) as stage:
        told = figures(as_pulled(stage, connection))
    wanted = figures(as_it_was(story(), REACTIONS[rig.kind]))
    assert len(wanted) > 100
    assert {key: told.get(key) for key in wanted} == wanted
    assert told.keys() == wanted.keys()


def test_the_golden_story_has_the_golden_figures() -> None:
    told = figures(as_it_was(golden(), "named"))
    assert told["activation_rate_7_days", on(14), ()] == (20, 5)
    assert told["activation_rate_7_days_with_reactions", on(14), ()] == (40, 5)
    assert told["activation_rate_7_days", on(11), ()] == (25, 4)
    assert told["ttfr_median", on(17), ()] == (1, 1)
    assert told["ttfr_member", on(17), ()] == (2, 1)
    assert told["no_response_rate", on(17), ()] == (50, 2)
    assert told["answer_rate", on(17), ()] == (50, 2)


def on(day: int) -> date:
    return DAYS[day]


@pytest.mark.parametrize("rig", RIGS, ids=lambda rig: rig.kind)
def test_who_leaves_has_left_on_the_day_or_by_the_next_list(rig: Rig, alice: Persona) -> None:
    connection, cursors = connected(alice, kind=rig.kind, zone="UTC"), Pulled()
    with a_stage(rig, golden(), END) as stage:
        pull_into(stage, connection, cursors)
        assert not [one for one in members_of(connection).values() if one.left_at]
        stage.later(timedelta(days=2))
        pull_into(stage, connection, cursors)
    people = [one for one in members_of(connection).values() if one.role != "bot"]
    (left,) = [one for one in people if one.left_at]  # Discourse lists no bots
    is_told = rig.members is None
    assert left.is_left_exact == is_told
    assert left.left_at == (golden().people["dina"].left_at if is_told else stage.now)
