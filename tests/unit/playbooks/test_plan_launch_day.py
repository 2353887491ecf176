from datetime import date

from tests.builders import a_milestone, a_plan, a_task, dates, due, waits
from tracker.playbooks.model import Anchor

FRIDAY, SUNDAY, MONDAY, TUESDAY = (date(2027, 9, day) for day in (3, 5, 6, 7))
LAUNCH = (
    a_task("prepare", days=2),
    a_task("launch.day.opening", on=Anchor("launch")),
    a_task("launch.day.animation", days=3, after=[waits("SS", "launch.day.opening")]),
    a_task("launch.followup.figures", days=2, after=["launch.day.opening"]),
    a_task("launch.followup.listening", after=[waits("SS", "launch.day.opening")]),
)


def test_a_closed_launch_day_is_kept_and_the_next_working_day_named() -> None:
    plan = a_plan(*LAUNCH, launch_on=SUNDAY)
    assert plan.days.launch == SUNDAY
    (warning,) = plan.warnings
    assert "2027-09-05" in warning.say("en")
    assert "weekend" in warning.say("en")
    assert "2027-09-06" in warning.say("en")
    assert "week-end" in warning.say("fr")
    assert "2027-09-06" in warning.say("fr")


def test_only_the_tasks_of_launch_day_lie_on_a_closed_launch_day() -> None:
    plan = a_plan(*LAUNCH, launch_on=SUNDAY)
    assert dates(plan) == {
        "prepare": (date(2027, 9, 2), FRIDAY),
        "launch.day.opening": (SUNDAY, SUNDAY),
        "launch.day.animation": (SUNDAY, TUESDAY),
        "launch.followup.figures": (MONDAY, TUESDAY),
        "launch.followup.listening": (MONDAY, MONDAY),
    }


def test_a_task_fixed_on_a_closed_launch_day_moves_to_the_next_working_day() -> None:
    plan = a_plan(
        a_task("launch.followup.figures", on=Anchor("launch")),
        a_task("recruit.universal.content", on=Anchor("launch")),
        launch_on=SUNDAY,
    )
    assert set(due(plan).values()) == {MONDAY}


def test_a_milestone_of_launch_day_lies_on_it_even_closed() -> None:
    plan = a_plan(
        *LAUNCH,
        a_milestone("launch.day.launched", on=Anchor("launch"), after=["launch.day.opening"]),
        launch_on=SUNDAY,
    )
    assert due(plan)["launch.day.launched"] == SUNDAY


def test_a_launch_on_a_public_holiday_names_it() -> None:
    plan = a_plan(*LAUNCH, launch_on=date(2027, 5, 6), country="FR")
    (warning,) = plan.warnings
    assert "(Ascension Day)" in warning.say("en")
    assert "(Ascension)" in warning.say("fr")


def test_a_launch_on_a_closure_says_so() -> None:
    plan = a_plan(*LAUNCH, closures=(MONDAY,))
    assert "(closure)" in plan.warnings[0].say("en")
    assert "(fermeture)" in plan.warnings[0].say("fr")


def test_an_open_launch_day_needs_no_warning() -> None:
    assert a_plan(*LAUNCH).warnings == ()


def test_recruiting_begins_the_working_day_after_a_closed_launch_day() -> None:
    plan = a_plan(*LAUNCH, launch_on=SUNDAY)
    assert next(phase.start_on for phase in plan.phases if phase.key == "recruit") == MONDAY


def test_the_fixed_points_of_a_launch_on_29_february_clamp() -> None:
    plan = a_plan(*LAUNCH, launch_on=date(2028, 2, 29), develop_months=6)
    assert plan.days.develop == date(2028, 8, 29)
    assert plan.days.end == date(2029, 2, 28)


def test_the_project_ends_on_a_working_day() -> None:
    plan = a_plan(*LAUNCH, launch_on=date(2027, 9, 8), develop_months=6)  # 8 September 2028: Friday
    assert plan.days.end == date(2028, 9, 8)
    plan = a_plan(*LAUNCH, launch_on=date(2027, 9, 10), develop_months=6)  # and a Sunday
    assert plan.days.end == date(2028, 9, 8)
