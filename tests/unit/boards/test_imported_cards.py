"""Cards of a board as tasks: what their lists mean, and on which days they lie."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.unit.boards.brought import (
    LAUNCH,
    TODAY,
    a_board,
    a_card,
    a_column,
    a_frame,
    a_plan,
    drafts,
    laid_out,
    said,
)
from tracker.boards.import_dates import launch_card
from tracker.boards.import_drafts import Choice
from tracker.boards.import_launch import launch_of
from tracker.boards.import_lists import rules_of
from tracker.boards.import_words import is_milestone, role_behind
from tracker.kernel.errors import Invalid
from tracker.playbooks.parameters import Parameters

MONDAY = date(2027, 8, 2)


@pytest.mark.parametrize(
    ("title", "phase", "status"),
    [
        ("Prepare", "prepare", None),
        ("1. Préparation", "prepare", None),
        ("Before launch", "prepare", None),
        ("LANCEMENT 🚀", "launch", None),
        ("Après le lancement", "develop", None),
        ("Recruit", "recruit", None),
        ("To do", None, "todo"),
        ("À faire", None, "todo"),
        ("Doing", None, "in_progress"),
        ("✅ Done this week", None, "done"),
        ("En attente", None, "blocked"),
        ("Launch: done", "launch", "done"),
        ("Marketing", None, None),
        ("待办", None, None),
        ("", None, None),
    ],
)
def test_a_list_is_taken_for_what_its_title_says(
    title: str, phase: str | None, status: str | None
) -> None:
    board = a_board(columns=[a_column(title)])
    rule = rules_of(board, {})[title]
    assert (rule.phase, rule.status) == (phase, status)
    assert rule.is_guessed


def test_a_manager_says_it_better_by_title_or_id() -> None:
    board = a_board(columns=[a_column("To do"), a_column("Ideas")])
    named: dict[str, dict[str, Any]] = {
        "to DO": {"phase": "launch"},
        "Ideas": {"leave_out": True},
    }
    rules = rules_of(board, named)
    todo, ideas = rules["To do"], rules["Ideas"]
    assert (todo.phase, todo.status, todo.is_guessed) == ("launch", None, False)
    assert ideas.is_left_out
    with pytest.raises(Invalid) as refused:
        rules_of(board, {"Nowhere": {}})
    assert "To do, Ideas" in str(refused.value.fields)


def test_the_phase_is_that_of_the_list_or_the_label_or_the_day() -> None:
    found = drafts(
        a_board(
            a_card("by list", "Recruit", due=MONDAY, labels=("Launch",)),
            a_card("by label", labels=("Launch",), due=MONDAY),
            a_card("before", due=MONDAY),
            a_card("on the day", due=LAUNCH),
            a_card("later", due=date(2027, 11, 1)),
            a_card("much later", due=date(2028, 6, 1)),
            a_card("beyond the end", due=date(2031, 6, 2)),
            a_card("of today"),
        )
    )
    assert {title: draft.phase for title, draft in found.items()} == {
        "by list": "recruit",
        "by label": "launch",
        "before": "prepare",
        "on the day": "launch",
        "later": "recruit",
        "much later": "develop",
        "beyond the end": "develop",
        "of today": "prepare",
    }


def test_the_status_is_that_of_the_card_or_the_list_or_the_archive() -> None:
    board = a_board(
        a_card("ticked", is_done=True),
        a_card("in done", "Done"),
        a_card("waiting", "Blocked"),
        a_card("archived", is_archived=True),
        a_card("archived and done", is_done=True, is_archived=True),
        a_card("in an old list", "Old"),
        a_card("said by itself", "Marketing", status="in_progress"),
        columns=[
            *map(a_column, ("To do", "Done", "Blocked", "Marketing")),
            a_column("Old", is_archived=True),
        ],
    )
    found = drafts(board)
    assert {title: draft.status for title, draft in found.items()} == {
        "ticked": "done",
        "in done": "done",
        "waiting": "blocked",
        "archived": "not_applicable",
        "archived and done": "done",
        "in an old list": "not_applicable",
        "said by itself": "in_progress",
    }
    assert found["waiting"].reason is not None
    assert found["waiting"].reason.say("fr") == "Elle était dans « Blocked » sur le tableau."
    assert found["said by itself"].labels == ("Marketing",)
    kept = drafts(board, keeps_archived=False)
    assert {"archived", "archived and done", "in an old list"}.isdisjoint(kept)
    assert {"archived", "in an old list"}.isdisjoint(drafts(board, is_template=True))


def test_nothing_has_begun_behind_a_closed_gate() -> None:
    found = drafts(a_board(a_card("done", is_done=True, due=MONDAY)), gated=["prepare"])["done"]
    assert found.status == "todo"
    assert "a gate before its phase is closed" in said(found)


def test_days_are_those_of_the_board_on_working_days_of_the_project() -> None:
    found = drafts(
        a_board(
            a_card("both", starts=MONDAY, due=date(2027, 8, 6)),
            a_card("only due", due=datetime(2027, 8, 3, 23, 30, tzinfo=UTC)),
            a_card("only starts", starts=MONDAY),
            a_card("weekend", due=date(2027, 8, 7)),
            a_card("backwards", starts=date(2027, 8, 9), due=MONDAY),
            a_card("overdue", due=date(2027, 6, 1)),
            a_card("over", due=date(2027, 6, 1), is_done=True),
            a_card("far", due=date(2525, 1, 1)),
            a_card("a milestone", starts=MONDAY, due=date(2027, 8, 6), labels=("Jalon",)),
        )
    )
    days = {title: (draft.start_on, draft.due_on) for title, draft in found.items()}
    assert days["both"] == (MONDAY, date(2027, 8, 6))
    assert days["only due"] == (date(2027, 8, 3), date(2027, 8, 3))
    assert days["only starts"] == (MONDAY, MONDAY)
    assert days["weekend"] == (date(2027, 8, 9), date(2027, 8, 9))
    assert days["backwards"] == (MONDAY, MONDAY)
    assert days["overdue"] == (date(2027, 6, 1), date(2027, 6, 1))
    assert days["a milestone"] == (date(2027, 8, 6), date(2027, 8, 6))
    assert "is not worked" in said(found["weekend"])
    assert "after it is due" in said(found["backwards"])
    assert "comes as overdue" in said(found["overdue"])
    assert said(found["over"]) == ""
    assert "out of reach" in said(found["far"])
    assert "by its place in the list" in said(found["far"])


def test_a_closed_launch_day_is_for_the_launch_alone() -> None:
    saturday = date(2027, 9, 4)
    board = a_board(a_card("open", due=saturday), a_card("tidy", "Prepare", due=saturday))
    frame = a_frame(board, launch_on=saturday)
    found = laid_out(board, Choice(rules=rules_of(board, {})), frame)
    assert [draft.due_on for draft in found] == [saturday, date(2027, 9, 6)]


def test_cards_without_a_day_lie_evenly_over_their_phase_in_their_order() -> None:
    cards = [a_card(f"c{n}") for n in range(5)]
    touched = datetime(2027, 6, 28, 8, tzinfo=UTC)
    over = a_card("over", is_done=True, edited_at=touched)
    found = drafts(a_board(*cards, over, a_card("later", "Develop")))
    days = [found[card.title].due_on for card in cards]
    assert days == sorted(days)
    assert (days[0], days[-1]) == (TODAY, date(2027, 9, 3))
    assert len(set(days)) == 5
    assert found["over"].due_on == date(2027, 6, 28)
    assert found["later"].due_on == date(2028, 3, 6)
    assert all("no date" in said(draft) for draft in found.values())


def test_cards_without_a_day_lie_between_their_neighbours_that_have_one() -> None:
    dated = [
        a_card(f"d{n}", due=day) for n, day in enumerate((date(2027, 7, 12), date(2027, 8, 9)))
    ]
    first, between, last = (a_card(name) for name in ("first", "between", "last"))
    elsewhere = a_card("elsewhere", "Site")
    found = drafts(a_board(first, dated[0], between, dated[1], last, elsewhere))
    days = [found[title].due_on for title in ("first", "d0", "between", "d1", "last")]
    assert days == sorted(days)
    assert found["elsewhere"].due_on == TODAY, "each list begins by itself"
    mixed = drafts(a_board(dated[1], between, dated[0], last))
    assert mixed["between"].due_on == TODAY, "an order that is not one of days says nothing"


def test_a_hundred_cards_fit_into_a_phase_that_begins_today() -> None:
    board = a_board(*(a_card(f"c{n}") for n in range(100)))
    frame = a_frame(board, launch_on=TODAY)
    found = laid_out(board, Choice(rules=rules_of(board, {})), frame)
    days = [draft.due_on for draft in found]
    assert (days[0], days[-1], days) == (TODAY, date(2027, 8, 11), sorted(days))


@pytest.mark.parametrize(
    ("titles", "guessed"),
    [
        (["Go live"], "Go live"),
        (["Jour du lancement !"], "Jour du lancement !"),
        (["Launch", "Launch the newsletter"], "Launch"),
        (["Launch day party", "Prepare the launch"], "Launch day party"),
        (["Prepare the launch"], None),
        (["Launch", "Go live"], None),  # on two days
    ],
)
def test_the_launch_is_told_by_one_card_or_by_nobody(
    titles: list[str], guessed: str | None
) -> None:
    cards = [a_card(title, due=date(2027, 9, 6 + n)) for n, title in enumerate(titles)]
    found = launch_card(a_board(*cards), "UTC")
    assert (found[0].title if found else None) == guessed


def test_a_launch_day_is_needed_for_a_project_and_counted_for_a_playbook() -> None:
    silent = a_board(a_card("Write", due=MONDAY))
    with pytest.raises(Invalid, match="cannot be accepted"):
        launch_of(silent, {}, Parameters(), TODAY, is_template=False)
    counted = launch_of(silent, {}, Parameters(), TODAY, is_template=True)
    assert counted.parameters.launch_on == date(2027, 8, 3)
    past = a_board(a_card("Go live", due=date(2027, 3, 1)))
    running = launch_of(past, {}, Parameters(), TODAY, is_template=False)
    assert running.parameters.already_launched
    assert len(running.said) == 2


def test_who_waits_for_whom_is_kept_without_loops() -> None:
    found = drafts(
        a_board(
            a_card("a", after=("c",)),
            a_card("b", after=("a", "a", "b", "nowhere")),
            a_card("c", after=("b",)),
        )
    )
    links = {title: draft.after for title, draft in found.items()}
    assert sum(map(len, links.values())) == 2
    told = " ".join(map(said, found.values()))
    assert "waits for 1 card that is not brought" in told
    assert "closes the loop" in told


def test_a_chain_as_long_as_a_board_is_walked() -> None:
    cards = [a_card(f"c{n}", after=(f"c{n + 1}",)) for n in range(5000)]
    found = drafts(a_board(*cards, a_card("c5000", after=("c0",))))
    assert sum(len(draft.after) for draft in found.values()) == 5000


def test_labels_tell_roles_and_milestones() -> None:
    assert role_behind(["Urgent", "Contenu"]) == "content"
    assert role_behind(["IT"]) == "it"
    assert role_behind(["It is urgent"]) == "it"  # a guess, and no more
    assert role_behind([]) == "project_manager"
    assert is_milestone(["milestone"])
    assert not is_milestone(["Milestone of the year"])


def test_the_empty_plan_has_every_phase_and_no_task() -> None:
    plan = a_plan()
    assert [phase.key for phase in plan.phases] == ["prepare", "launch", "recruit", "develop"]
    assert (plan.tasks, plan.gates) == ((), ())
