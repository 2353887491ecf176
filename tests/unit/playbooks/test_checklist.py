"""A checklist or a module around a day of its own."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import (
    a_milestone,
    a_playbook,
    a_ritual,
    a_task,
    a_text,
    some_parameters,
    waits,
)
from tracker.kernel.errors import NotFound
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.checklist import (
    Bundle,
    DoesNotFit,
    Frame,
    Layout,
    applicable,
    find_bundle,
    lay_out,
)
from tracker.playbooks.model import Anchor, LinkType, ModuleSpec, TaskSpec
from tracker.playbooks.why import explain

MONDAY = date(2027, 9, 6)
END = date(2029, 3, 5)


def a_frame(*closures: date, today: date = date(2027, 1, 4)) -> Frame:
    return Frame(WorkCalendar(closures=closures), today, END, lambda _anchor: END)


def a_bundle(*tasks: TaskSpec, anchor: str | None = None) -> Bundle:
    return Bundle("prepare.work", a_text("Work"), "prepare", "work", anchor, tasks)


def dates(layout: Layout) -> dict[str, tuple[date, date]]:
    return {task.spec.key: (task.start_on, task.due_on) for task in layout.tasks}


EVENT = (
    a_task("venue", days=10),
    a_task("invite", days=5, after=["venue"]),
    a_task("event", days=2, after=["invite"]),
    a_task("report", days=3, after=["event"]),
    a_milestone("reported", after=["report"]),
)


def test_the_first_task_of_a_checklist_starts_on_its_day() -> None:
    layout = lay_out(a_bundle(*EVENT[:2]), MONDAY, a_frame())
    assert dates(layout) == {
        "venue": (MONDAY, date(2027, 9, 17)),
        "invite": (date(2027, 9, 20), date(2027, 9, 24)),
    }


def test_the_anchor_of_a_module_falls_on_its_day_and_the_rest_before_and_after() -> None:
    layout = lay_out(a_bundle(*EVENT, anchor="event"), MONDAY, a_frame())
    assert dates(layout) == {
        "venue": (date(2027, 8, 16), date(2027, 8, 27)),
        "invite": (date(2027, 8, 30), date(2027, 9, 3)),
        "event": (MONDAY, date(2027, 9, 7)),
        "report": (date(2027, 9, 8), date(2027, 9, 10)),
        "reported": (date(2027, 9, 10), date(2027, 9, 10)),
    }


def test_a_closed_anchor_day_becomes_the_next_working_day() -> None:
    layout = lay_out(a_bundle(*EVENT, anchor="event"), date(2027, 9, 4), a_frame(MONDAY))
    assert layout.anchor_on == date(2027, 9, 7)
    assert dates(layout)["event"] == (date(2027, 9, 7), date(2027, 9, 8))


def test_what_would_lie_before_today_is_refused_with_the_first_day_that_works() -> None:
    frame, bundle = a_frame(today=MONDAY), a_bundle(*EVENT, anchor="event")
    with pytest.raises(DoesNotFit) as caught:
        lay_out(bundle, date(2027, 9, 20), frame)
    earliest = caught.value.earliest_anchor_on
    assert earliest == date(2027, 9, 27)
    assert "“venue” would have had to start on 2027-08-30" in caught.value.say("en")
    assert "Le premier jour possible est le 2027-09-27." in caught.value.say("fr")
    assert dates(lay_out(bundle, earliest, frame))["venue"][0] == MONDAY
    with pytest.raises(DoesNotFit):
        lay_out(bundle, earliest - timedelta(days=3), frame)


def test_a_day_that_is_past_is_refused_however_long_ago() -> None:
    for anchor_on in (date(2026, 12, 31), date.min):
        with pytest.raises(DoesNotFit, match="before today") as caught:
            lay_out(a_bundle(*EVENT, anchor="event"), anchor_on, a_frame(today=MONDAY))
        assert caught.value.earliest_anchor_on == date(2027, 9, 27)


def test_every_date_says_why() -> None:
    frame = a_frame()
    layout = lay_out(a_bundle(*EVENT, anchor="event"), MONDAY, frame)
    told = {
        task.spec.key: explain(task.facts, {"event": "Meet"}, frame.calendar, "en")
        for task in layout.tasks
    }
    assert told["venue"].startswith("Starts with what was added, on 2027-08-16. Lasts 10")
    assert told["event"].startswith("Stands on the day chosen for what was added, 2027-09-06.")
    assert told["report"] == "Follows “Meet”, due on 2027-09-07. Lasts 3 working days."


def test_float_is_what_may_slip_before_the_project_ends() -> None:
    frame = replace(a_frame(), end_on=date(2027, 9, 15))
    layout = lay_out(a_bundle(*EVENT, anchor="event"), MONDAY, frame)
    assert {task.float_days for task in layout.tasks} == {3}


# What is found, and what applies.


def test_a_module_is_found_by_its_key_and_a_checklist_by_phase_and_key() -> None:
    module = ModuleSpec(
        "event", a_text("Event"), None, "prepare", (), (), "prepare.event.a", (a_task("a"),)
    )
    playbook = replace(a_playbook(a_task("b")), modules=(module,))
    playbook = replace(
        playbook,
        phases=tuple(replace(phase, checklists={"work": a_text("Work")}) for phase in
                     playbook.phases),
    )  # fmt: skip
    assert find_bundle(playbook, "event").anchor == "prepare.event.a"
    assert [task.key for task in find_bundle(playbook, "prepare.work").tasks] == ["b"]
    for unknown in ("work", "prepare", "prepare.play", "grow.work", "prepare.work.b", ""):
        with pytest.raises(NotFound, match="no checklist or module"):
            find_bundle(playbook, unknown)


def test_links_reach_through_what_was_left_out_and_no_further_than_the_checklist() -> None:
    outside = a_task("prepare.other.x", after=["prepare.work.a"])
    playbook = a_playbook(
        a_task("prepare.other.y"),
        a_task("prepare.work.a", after=["prepare.other.y"]),
        a_task("prepare.work.b", after=["prepare.work.a"], only_for={"public": (True,)}),
        a_task("prepare.work.c", after=["prepare.work.b"]),
        outside,
        a_task("prepare.work.d", after=["prepare.other.x"]),
    )
    bundle = a_bundle(*(t for t in playbook.tasks if t.checklist == "work"))
    kept, left_out = applicable(bundle, playbook, some_parameters(public=False))
    assert {task.key: [link.task for link in task.after] for task in kept.tasks} == {
        "prepare.work.a": [],
        "prepare.work.c": ["prepare.work.a"],
        "prepare.work.d": ["prepare.work.a"],
    }
    assert "consumers" in left_out["prepare.work.b"].say("en")


def test_a_ritual_that_would_begin_after_its_end_is_left_out() -> None:
    ritual = a_ritual("call", until=Anchor("launch"))
    frame = replace(a_frame(), day_of=lambda _anchor: MONDAY)
    late = lay_out(a_bundle(ritual, *EVENT), date(2027, 9, 7), frame)
    assert "2027-09-06" in late.left_out["call"].say("fr")
    assert "call" not in dates(late)
    assert dates(lay_out(a_bundle(ritual), MONDAY, frame)) == {"call": (MONDAY, MONDAY)}


def test_a_checklist_of_which_nothing_applies_is_refused() -> None:
    with pytest.raises(DoesNotFit, match="Nothing of “Work” applies"):
        lay_out(a_bundle(), MONDAY, a_frame())


@st.composite
def networks(draw: st.DrawFn) -> tuple[TaskSpec, ...]:
    """Tasks that wait for earlier ones in any way."""
    tasks: list[TaskSpec] = []
    for n in range(draw(st.integers(1, 7))):
        kinds: st.SearchStrategy[LinkType] = st.sampled_from(["FS", "SS", "FF", "SF"])
        earlier = draw(st.sets(st.integers(0, n - 1), max_size=2)) if n else set()
        links = [waits(draw(kinds), str(m), draw(st.integers(-2, 4))) for m in sorted(earlier)]
        tasks.append(a_task(str(n), days=draw(st.integers(0, 8)), after=links))
    return tuple(tasks)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(networks(), st.dates(date(2027, 3, 1), date(2028, 3, 1)), st.data())
def test_whatever_the_links_the_anchor_holds_and_all_lies_on_working_days(
    tasks: tuple[TaskSpec, ...], anchor_on: date, data: st.DataObject
) -> None:
    anchor = data.draw(st.sampled_from([None, *(task.key for task in tasks)]))
    frame = a_frame(today=date(2026, 1, 5))
    layout = lay_out(a_bundle(*tasks, anchor=anchor), anchor_on, frame)
    told = dates(layout)
    start = told[anchor][0] if anchor else min(start for start, _due in told.values())
    assert start == layout.anchor_on == frame.calendar.on_or_after(anchor_on)
    for task in layout.tasks:
        assert frame.calendar.is_open(task.start_on)
        assert frame.calendar.is_open(task.due_on)
        lasts = frame.calendar.index(task.due_on) - frame.calendar.index(task.start_on) + 1
        assert lasts == max(task.days, 1)
