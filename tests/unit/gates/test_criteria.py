"""Each kind of criterion: met, unmet or unknown, and why, in both languages."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.unit.gates.cases import (
    NOON,
    a_content,
    a_criterion,
    a_project,
    a_task,
    an_evidence,
    facts,
    found,
    readings,
)
from tracker.gates.criteria import Found
from tracker.gates.facts import AssessmentFact, Facts
from tracker.kernel.db import new_id
from tracker.metrics.values import Reading
from tracker.playbooks.grammar import CRITERIA

DONE = a_criterion("tasks_done", phase="prepare")
SHARE = a_criterion("optional_share", phase="prepare", at_least=50)
MILESTONE = a_criterion("milestone", task="prepare.milestones.ready")
EVIDENCE = a_criterion("evidence", task="prepare.work.text")
QUIZ = a_criterion("assessment", at_least=10)
SIX_MONTHS = a_criterion("elapsed", since={"anchor": "launch", "months": 6})
FIGURE = a_criterion(
    "figure", metric="activation", op=">=", value=30, sustained_days=14, max_age_hours=48
)


def said(one: Found) -> tuple[str, str]:
    return one.sentence.say("en"), one.sentence.say("fr")


def three(one: Found) -> tuple[str, object, object]:
    return one.state, one.value, one.target


# Tasks.


def test_required_tasks_that_are_open_are_named() -> None:
    one = found(
        DONE,
        facts(
            a_task("prepare.work.a", "done"),
            a_task("prepare.work.b", "not_applicable"),
            a_task("prepare.work.c", "blocked", title="The text"),
            a_task("prepare.work.d", "in_progress", title="The picture"),
            a_task("launch.work.e"),
        ),
    )
    assert three(one) == ("unmet", 2, 4)
    assert [task.title for task in one.open_tasks] == ["The text", "The picture"]
    english, french = said(one)
    assert english == (
        "2 of 4 required tasks of the preparation are done. Open: “The text”, “The picture”."
    )
    assert "2 faites sur 4" in french
    assert "« The text », « The picture »" in french


def test_ten_open_tasks_are_named_and_the_others_counted() -> None:
    one = found(DONE, facts(*(a_task(f"prepare.work.t{n:02}") for n in range(13))))
    assert three(one) == ("unmet", 0, 13)
    assert len(one.open_tasks) == 10
    english, french = said(one)
    assert english.endswith("and 3 more.")
    assert french.endswith("et 3 de plus.")
    assert "t09" in english
    assert "t10" not in english


def test_optional_tasks_and_rituals_and_what_was_added_are_not_required() -> None:
    known = facts(
        a_task("prepare.work.a", "done"),
        a_task("prepare.work.b", is_optional=True),
        a_task("prepare.work.c", is_aside=True),
    )
    assert three(found(DONE, known)) == ("met", 1, 1)
    assert three(found(DONE, facts())) == ("met", 0, 0)


@pytest.mark.parametrize(
    ("statuses", "state", "share"),
    [
        (("done", "todo"), "met", 50),
        (("not_applicable", "todo"), "met", 50),
        (("done", "todo", "blocked"), "unmet", 33),
        (("in_progress",), "unmet", 0),
        ((), "met", 100),
    ],
)
def test_a_share_of_the_optional_tasks_is_asked_for(
    statuses: tuple[str, ...], state: str, share: int
) -> None:
    tasks = [a_task(f"prepare.work.t{n}", s, is_optional=True) for n, s in enumerate(statuses)]
    one = found(SHARE, facts(*tasks, a_task("prepare.work.required")))
    assert three(one) == (state, share, 50)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("done", "met"),
        ("todo", "unmet"),
        ("in_progress", "unmet"),
        ("blocked", "unmet"),
        ("not_applicable", "unmet"),
    ],
)
def test_a_milestone_is_reached_when_it_is_done(status: str, state: str) -> None:
    one = found(MILESTONE, facts(a_task("prepare.milestones.ready", status)))
    assert three(one) == (state, status, "done")


def test_a_milestone_tells_since_when() -> None:
    reached = a_task("prepare.milestones.ready", "done", finished_on=date(2027, 8, 3))
    english, french = said(found(MILESTONE, facts(reached)))
    assert english == "The milestone “Title of ready” was reached on 2027-08-03."
    assert french == "Le jalon « Title of ready » a été atteint le 2027-08-03."


@pytest.mark.parametrize("criterion", [MILESTONE, EVIDENCE])
def test_a_task_that_does_not_apply_asks_for_nothing_and_one_that_is_lost_is_unknown(
    criterion: dict[str, Any],
) -> None:
    reason = {"en": "For consumers only.", "fr": "Grand public seulement."}
    left_out = a_project(left_out={criterion["task"]: reason})
    retired = a_task(criterion["task"], "not_applicable")
    assert found(criterion, facts(retired, project=left_out)).state == "met"
    one = found(criterion, facts(project=left_out))
    assert one.state == "met"
    assert said(one)[0].endswith("For consumers only.")
    assert said(one)[1].endswith("Grand public seulement.")
    assert found(criterion).state == "unknown"


def test_evidence_is_there_or_not() -> None:
    task = a_task("prepare.work.text", "done", title="The text")
    missing = facts(task, contents={task.key: a_content()})
    assert three(found(EVIDENCE, missing)) == ("unmet", 0, 1)
    shown = an_evidence(kind="link", url="https://example.org/text", note=None)
    there = facts(task, contents={task.key: a_content(evidences=(an_evidence(), shown))})
    one = found(EVIDENCE, there)
    assert three(one) == ("met", 2, 1)
    assert (one.source, one.as_of) == ("link: https://example.org/text", NOON)


# The quiz, and time.


@pytest.mark.parametrize(("score", "state"), [(None, "unknown"), (9, "unmet"), (10, "met")])
def test_the_quiz_scores_enough_or_not(score: int | None, state: str) -> None:
    answered = AssessmentFact(new_id(), score, NOON) if score is not None else None
    one = found(QUIZ, facts(assessment=answered))
    assert three(one) == (state, score, 10)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2028, 2, 28), "unmet"),
        (date(2028, 2, 29), "met"),  # 31 August and six months: the end of February is kept
        (date(2028, 3, 1), "met"),
    ],
)
def test_months_since_launch_end_with_a_shorter_month(today: date, state: str) -> None:
    one = found(SIX_MONTHS, facts(today=today))
    assert three(one) == (state, today.isoformat(), "2028-02-29")


@pytest.mark.parametrize(
    ("since", "day"),
    [
        ({"anchor": "start"}, "2027-06-01"),
        ({"anchor": "launch", "calendar_days": 7}, "2027-09-07"),
        ({"anchor": "launch", "working_days": 5}, "2027-09-07"),
        ({"anchor": "launch_end"}, "2027-10-11"),
        ({"anchor": "develop", "share": 50}, "2028-08-29"),
        ({"anchor": "end", "months": -1}, "2029-01-28"),
    ],
)
def test_time_is_counted_from_the_plan_as_it_is_now(since: dict[str, Any], day: str) -> None:
    assert found(a_criterion("elapsed", since=since)).target == day


# Figures.


def figure(criterion: dict[str, Any], *known: Reading) -> Found:
    return found(criterion, facts(readings={"activation": known}))


def test_without_a_source_a_figure_is_unknown() -> None:
    one = found(FIGURE)
    assert three(one) == ("unknown", None, ">= 30")
    assert said(one) == (
        "No figure is known yet; >= 30 is asked for.",
        "Aucun chiffre n'est encore connu ; il faut >= 30.",
    )


def test_a_figure_is_met_when_it_was_kept_up_for_long_enough() -> None:
    one = figure(FIGURE, *readings(*[30] * 16))
    assert (three(one), one.source) == (("met", 30, ">= 30"), "forum")
    assert one.as_of == NOON - timedelta(hours=1)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ([30] * 10, "unknown"),  # not known for long enough
        ([10, 10, *[30] * 15], "met"),  # bad before the fourteen days
        ([*[30] * 10, 29, *[30] * 6], "unmet"),  # bad within
        ([*[30] * 16, 29], "unmet"),  # bad now
        ([float("nan")] * 16, "unknown"),
    ],
)
def test_every_reading_of_the_time_counts(values: list[float], state: str) -> None:
    assert figure(FIGURE, *readings(*values)).state == state


def test_a_stale_figure_is_unknown_however_good_it_was() -> None:
    old = [Reading(90, one.at - timedelta(hours=48), "forum") for one in readings(*[90] * 30)]
    one = figure(FIGURE, *old)
    assert one.state == "unknown"
    assert "older than 48 hours" in said(one)[0]
    assert "plus de 48 heures" in said(one)[1]


def test_a_figure_grows_stale_even_where_the_playbook_does_not_say_when() -> None:
    criterion = a_criterion("figure", metric="activation", op=">=", value=30)
    for days, state in ((34, "met"), (36, "unknown")):
        old = Reading(90, NOON - timedelta(days=days), "forum")
        assert figure(criterion, old).state == state
    assert "older than 840 hours" in said(figure(criterion, old))[0]


def test_a_hole_in_the_readings_is_unknown() -> None:
    every_day = readings(*[30] * 20)
    assert figure(FIGURE, *every_day[:8], *every_day[12:]).state == "unknown"


def test_readings_of_the_future_are_nobodys_word() -> None:
    future = Reading(99, NOON + timedelta(hours=1), "forum")
    assert figure(FIGURE, future).state == "unknown"


@pytest.mark.parametrize(
    ("op", "met", "unmet"),
    [(">=", 30, 29.9), (">", 30.1, 30), ("<=", 30, 30.1), ("<", 29.9, 30), ("==", 30, 30.1)],
)
def test_a_figure_is_compared_as_the_playbook_says(op: str, met: float, unmet: float) -> None:
    criterion = a_criterion("figure", metric="activation", op=op, value=30)
    assert figure(criterion, *readings(met)).state == "met"
    assert figure(criterion, *readings(unmet)).state == "unmet"


# All of them.


def test_every_kind_is_judged_and_speaks_both_languages() -> None:
    of_a_kind = {
        one["kind"]: one for one in (DONE, SHARE, MILESTONE, EVIDENCE, QUIZ, SIX_MONTHS, FIGURE)
    }
    of_a_kind["approval"] = a_criterion("approval", role="sponsor", count=1)
    assert of_a_kind.keys() == CRITERIA.keys()
    for criterion in of_a_kind.values():
        english, french = said(found(criterion, _nothing_done()))
        assert english != french
        assert "{" not in english + french


def _nothing_done() -> Facts:
    tasks = (a_task("prepare.milestones.ready"), a_task("prepare.work.text"))
    return facts(*tasks, contents={"prepare.work.text": a_content()})
