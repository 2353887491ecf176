"""What moves when something of a running plan changes, case by case."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.builders import a_milestone, a_task, waits
from tests.unit.projects.running import after, but, dates, moved, running
from tracker.kernel.errors import Invalid
from tracker.playbooks.model import Anchor, Link
from tracker.playbooks.parameters import Blackout
from tracker.projects.loops import DependencyLoop
from tracker.projects.replanning.replan import replan, shift_phase
from tracker.projects.replanning.values import (
    Changes,
    Cut,
    Frozen,
    Move,
    NewLink,
    Replan,
    State,
    Strategy,
)

TODAY = date(2027, 1, 4)
MONDAY = date(2027, 8, 30)


def a_chain() -> State:
    """Draft, review and print in a row, then the milestone; flyer runs beside them."""
    return running(
        a_task("draft", days=2),
        a_task("review", days=1, after=["draft"]),
        a_task("print", days=1, after=["review"]),
        a_task("flyer", days=1),
        a_milestone("ready", after=["print", "flyer"]),
        a_task("launch.day.opening", days=1, on=Anchor("launch")),
        a_task("recruit.work.thanks", days=2),
        a_task("develop.work.awards", days=2),
    )


def asked(state: State, today: date = TODAY, **changes: Any) -> Replan:
    return replan(state, Changes(**changes), today)


def days_of(state: State, *keys: str) -> list[str]:
    found = dates(state)
    return [f"{found[key][0]:%m-%d} {found[key][1]:%m-%d}" for key in keys]


CHAIN = ("draft", "review", "print", "flyer", "ready")


def test_the_chain_stands_as_the_tests_below_expect() -> None:
    assert days_of(a_chain(), *CHAIN) == [
        "08-31 09-01",
        "09-02 09-02",
        "09-03 09-03",
        "08-31 08-31",
        "09-03 09-03",
    ]


def test_launch_day_moves_everything_by_its_own_working_days() -> None:
    state = moved(a_chain(), launch_on=date(2027, 9, 13))
    assert days_of(state, *CHAIN) == [
        "09-07 09-08",
        "09-09 09-09",
        "09-10 09-10",
        "09-07 09-07",
        "09-10 09-10",
    ]
    assert days_of(state, "launch.day.opening", "recruit.work.thanks", "develop.work.awards") == [
        "09-13 09-13",
        "09-14 09-15",
        "03-13 03-14",
    ]
    assert {phase.key: phase.start_on.isoformat() for phase in state.phases} == {
        "prepare": "2027-09-07",
        "launch": "2027-09-13",
        "recruit": "2027-09-14",
        "develop": "2028-03-13",
    }


def test_a_task_that_has_slipped_keeps_its_distance_to_the_rules() -> None:
    state = but(a_chain(), "flyer", start_on=date(2027, 9, 2), due_on=date(2027, 9, 2))
    assert days_of(moved(state, launch_on=date(2027, 9, 13)), "flyer") == ["09-09 09-09"]


def test_what_is_done_pinned_or_started_stays_when_launch_day_moves() -> None:
    day = date(2027, 8, 31)
    state = but(a_chain(), "draft", status="in_progress", started_on=day)
    state = but(state, "flyer", status="done", started_on=day, finished_on=day)
    state = but(state, "review", is_pinned=True)
    plan = asked(state, date(2027, 9, 1), parameters={"launch_on": date(2027, 9, 13)})
    assert plan.frozen == {
        "draft": Frozen.STARTED,
        "flyer": Frozen.DONE,
        "review": Frozen.PINNED,
    }
    assert days_of(after(state, plan), "draft", "review", "print", "flyer") == [
        "08-31 09-01",
        "09-02 09-02",
        "09-10 09-10",
        "08-31 08-31",
    ]


def test_why_names_a_predecessor_only_where_it_really_stands(subtests: pytest.Subtests) -> None:
    day = date(2027, 8, 31)
    launch = {"launch_on": date(2027, 9, 13)}
    done = but(a_chain(), "draft", status="done", started_on=day, finished_on=day)
    pinned = but(a_chain(), "draft", is_pinned=True)
    for state, rule in ((a_chain(), "FS"), (done, "distance"), (pinned, "distance")):
        with subtests.test(rule=rule):
            plan = asked(state, date(2027, 9, 1), parameters=launch)
            review = next(change for change in plan.tasks if change.task.key == "review")
            assert review.reason.rule == rule


def test_what_moves_with_its_anchor_is_not_listed_as_frozen() -> None:
    plan = asked(a_chain(), parameters={"launch_on": date(2027, 9, 13)})
    assert "launch.day.opening" in {change.task.key for change in plan.tasks}
    assert plan.frozen == {}


def test_keep_gap_takes_followers_along_by_the_same_days() -> None:
    state = moved(a_chain(), "draft", start_on=date(2027, 9, 2))
    assert days_of(state, *CHAIN) == [
        "09-02 09-03",
        "09-06 09-06",
        "09-07 09-07",
        "08-31 08-31",
        "09-07 09-07",
    ]


def test_close_gap_lets_a_slip_eat_the_room_behind_it_first() -> None:
    state = but(a_chain(), "print", start_on=date(2027, 9, 6), due_on=date(2027, 9, 6))
    state = moved(state, "draft", strategy=Strategy.CLOSE_GAP, start_on=date(2027, 9, 1))
    assert days_of(state, "draft", "review", "print") == [
        "09-01 09-02",
        "09-03 09-03",
        "09-06 09-06",
    ]


def test_close_gap_pulls_followers_forward_when_a_task_gets_shorter() -> None:
    state = moved(a_chain(), "draft", strategy=Strategy.CLOSE_GAP, days=1)
    assert days_of(state, "draft", "review", "print", "ready") == [
        "08-31 08-31",
        "09-01 09-01",
        "09-02 09-02",
        "09-02 09-02",
    ]


def test_without_a_strategy_only_the_named_task_moves_and_the_clash_is_told() -> None:
    state = a_chain()
    move = {"draft": Move(start_on=date(2027, 9, 2))}
    plan = asked(state, moves=move, strategy=Strategy.NONE)
    assert [change.task.key for change in plan.tasks] == ["draft"]
    assert [(c.kind, c.task, c.other, c.by_days) for c in plan.conflicts] == [
        ("link", "review", "draft", 2)
    ]


def test_a_milestone_stays_on_the_due_day_of_its_last_predecessor() -> None:
    state = moved(a_chain(), "flyer", start_on=date(2027, 9, 2))
    assert days_of(state, "ready") == ["09-03 09-03"], "print is still the last"
    state = moved(a_chain(), "flyer", start_on=date(2027, 9, 8))
    assert days_of(state, "ready") == ["09-08 09-08"]


def test_what_the_playbook_fixes_follows_its_anchor_only() -> None:
    tasks = (
        a_task("draft", days=2),
        a_task("launch.day.opening", days=1, after=["draft"], on=Anchor("launch")),
    )
    plan = asked(running(*tasks), moves={"draft": Move(start_on=date(2027, 9, 6))})
    assert [change.task.key for change in plan.tasks] == ["draft"]
    assert {(c.kind, c.task) for c in plan.conflicts} == {
        ("launch", "draft"),
        ("link", "launch.day.opening"),
    }


def test_nothing_open_stays_in_the_past_and_nobody_is_pushed_by_that() -> None:
    today = date(2027, 9, 2)
    state = a_chain()
    plan = asked(state, today)
    assert days_of(after(state, plan), *CHAIN) == [
        "09-02 09-03",
        "09-02 09-02",
        "09-03 09-03",
        "09-02 09-02",
        "09-03 09-03",
    ]
    assert ("link", "review", "draft") in {(c.kind, c.task, c.other) for c in plan.conflicts}


def test_close_gap_of_an_unchanged_plan_lays_the_rest_out_from_today() -> None:
    today = date(2027, 9, 2)
    state = a_chain()
    plan = asked(state, today, strategy=Strategy.CLOSE_GAP)
    assert days_of(after(state, plan), *CHAIN) == [
        "09-02 09-03",
        "09-06 09-06",
        "09-07 09-07",
        "09-02 09-02",
        "09-07 09-07",
    ]
    assert plan.earliest_launch_on == date(2027, 9, 8)
    assert {c.task for c in plan.conflicts if c.kind == "launch"} == {"review", "print", "ready"}
    assert plan.negative_floats["draft"] == -2


def test_a_longer_preparation_stretches_what_has_its_length_from_the_rules() -> None:
    state = but(a_chain(), "flyer", due_on=date(2027, 9, 1))
    plan = asked(state, parameters={"prepare_months": 4})
    found = {change.task.key: change for change in plan.tasks}
    assert (found["draft"].old_days, found["draft"].days) == (2, 4)
    assert found["flyer"].days == 2, "somebody has given it that length"


def test_a_new_dependency_pushes_who_has_to_wait_now() -> None:
    state = a_chain()
    plan = asked(state, links=(NewLink("flyer", Link("review")),))
    assert days_of(after(state, plan), "flyer") == ["09-03 09-03"]
    assert [(link.task, link.predecessor, link.lag) for link in plan.links] == [
        ("flyer", "review", 0)
    ]


def test_a_cut_dependency_lets_go_of_nobody_unless_gaps_are_closed() -> None:
    cuts = (Cut("print", "review"),)
    assert asked(a_chain(), cuts=cuts).tasks == ()
    plan = asked(a_chain(), cuts=cuts, strategy=Strategy.CLOSE_GAP)
    assert [(change.task.key, change.start_on) for change in plan.tasks] == [
        ("print", date(2027, 8, 31)),
        ("ready", date(2027, 8, 31)),
    ]


def test_a_loop_is_refused_with_its_path() -> None:
    with pytest.raises(DependencyLoop) as caught:
        asked(a_chain(), links=(NewLink("draft", Link("print")),))
    assert caught.value.path == ("draft", "review", "print", "draft")
    assert "“draft” (draft) → “review” (review)" in caught.value.say("en")
    assert "« draft » (draft)" in caught.value.say("fr")


def test_two_new_dependencies_may_not_close_a_loop_together() -> None:
    links = (NewLink("draft", Link("flyer")), NewLink("flyer", Link("print")))
    with pytest.raises(DependencyLoop):
        asked(a_chain(), links=links)


def test_what_does_not_apply_passes_its_links_on() -> None:
    state = but(a_chain(), "review", status="not_applicable", start_on=MONDAY, due_on=MONDAY)
    state = moved(state, "draft", start_on=date(2027, 9, 6))
    assert days_of(state, "print") == ["09-09 09-09"]


def test_values_that_make_no_sense_are_refused_by_task(subtests: pytest.Subtests) -> None:
    day = date(2027, 9, 1)
    state = but(a_chain(), "draft", status="done")
    state = but(state, "review", is_pinned=True)
    state = but(state, "print", status="in_progress", started_on=date(2027, 1, 4))
    for key, move, field in (
        ("draft", Move(start_on=day), "start_on"),
        ("review", Move(start_on=day), "start_on"),
        ("print", Move(start_on=day), "start_on"),
        ("flyer", Move(start_on=date(2027, 1, 1)), "start_on"),
        ("flyer", Move(start_on=day, due_on=date(2027, 8, 31)), "due_on"),
        ("flyer", Move(start_on=day, due_on=day, days=1), "duration_days"),
        ("flyer", Move(days=0), "duration_days"),
        ("ready", Move(days=2), "duration_days"),
        ("ready", Move(start_on=day, due_on=date(2027, 9, 2)), "due_on"),
        ("flyer", Move(start_on=date(2027, 9, 4), pinned=True), "start_on"),
    ):
        with subtests.test(key=key, field=field), pytest.raises(Invalid) as caught:
            asked(state, moves={key: move})
        faults: Any = caught.value.fields["tasks"]
        assert list(faults) == [key]
        assert list(faults[key]) == [field]
        said = faults[key][field][0]
        assert said.say("en") != said.say("fr")


def test_a_closed_day_is_moved_with_a_warning() -> None:
    plan = asked(a_chain(), moves={"flyer": Move(start_on=date(2027, 9, 4))})
    assert plan.tasks[0].start_on == date(2027, 9, 6)
    assert "2027-09-04 is not worked" in plan.warnings[0].say("en")


def test_a_launch_day_that_has_passed_does_not_move() -> None:
    state = replace(a_chain(), phase="launch")
    with pytest.raises(Invalid):
        asked(state, date(2027, 9, 7), parameters={"launch_on": date(2027, 9, 20)})


def test_a_launch_day_in_a_blackout_is_warned_about_with_the_nearest_good_days() -> None:
    window = Blackout(date(2027, 9, 9), date(2027, 9, 14), "trade fair")
    wish = {"launch_on": date(2027, 9, 13), "blackouts": (window,), "member_regions": ("BR",)}
    plan = asked(a_chain(), parameters=wish)
    said = plan.warnings[0].say("en")
    assert "2027-09-09 to 2027-09-14 (trade fair)" in said
    assert said.endswith("The nearest good days are 2027-09-08, 2027-09-15.")
    plan = asked(a_chain(), parameters={**wish, "launch_on": date(2027, 9, 7)})
    assert "Independence Day (BR)" in plan.warnings[0].say("en")


def test_a_short_preparation_is_told() -> None:
    plan = asked(a_chain())
    assert plan.preparation is not None
    assert not plan.preparation.is_within
    assert "two are the least. Launch on 2027-10-31 or later." in plan.warnings[0].say("en")
    months = str(plan.preparation.months)
    assert months in plan.warnings[0].say("en")
    assert months.replace(".", ",") in plan.warnings[0].say("fr")


def test_another_audience_adds_and_retires_tasks() -> None:
    tasks = (
        a_task("draft", days=2),
        a_task("old", days=1, after=["draft"], only_for={"audience": ("existing",)}),
        a_task("new", days=1, after=["draft"], only_for={"audience": ("from_scratch",)}),
        a_task("print", days=1, after=["old", "new"]),
    )
    state = running(*tasks, audience="existing")
    plan = asked(state, parameters={"audience": "from_scratch"})
    assert [task.spec.key for task in plan.added] == ["new"]
    assert list(plan.retired) == ["old"]
    assert [change.status for change in plan.tasks if change.task.key == "old"] == [
        "not_applicable"
    ]
    back = replan(after(state, plan), Changes(parameters={"audience": "existing"}), TODAY)
    assert back.revived == ("old",)


def test_a_late_gate_moves_the_phase_behind_it() -> None:
    state = a_chain()
    plan = shift_phase(state, "develop", 10, TODAY)
    new = after(state, plan)
    assert days_of(new, "recruit.work.thanks") == days_of(state, "recruit.work.thanks")
    assert days_of(new, "develop.work.awards") == ["03-20 03-21"]
    assert new.phases[3].start_on == date(2028, 3, 20)
    assert new.end_on > state.end_on
    back = after(new, asked(new, parameters={"launch_on": date(2027, 9, 13)}))
    assert days_of(back, "develop.work.awards") == ["03-27 03-28"], "the delay is kept"


def test_links_of_every_kind_take_along() -> None:
    state = running(
        a_task("a", days=4),
        a_task("ss", days=2, after=[waits("SS", "a")]),
        a_task("ff", days=2, after=[waits("FF", "a")]),
    )
    longer = moved(state, "a", days=6)
    assert days_of(longer, "ss") == days_of(state, "ss")
    assert days_of(longer, "ff") != days_of(state, "ff")
