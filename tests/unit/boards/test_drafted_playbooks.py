"""A board as a playbook: valid by our own loader, planned from, and laid out as it lay there."""

from datetime import date, timedelta
from random import Random

import pytest

from tests.unit.boards.brought import LAUNCH, a_board, a_card, a_frame, drafts
from tracker.boards.import_network import network_of
from tracker.boards.import_playbook import Named, PlaybookDraft, draft_playbook, slug_of
from tracker.connectors.board_copy import BoardCopy
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.grammar import PHASES
from tracker.playbooks.loader import load_bytes
from tracker.playbooks.model import Playbook
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan

WORKDAYS = WorkCalendar()
LONGEST = Parameters(launch_on=LAUNCH, prepare_months=2, develop_months=18)


def day(before_launch: int) -> date:
    """So many working days before launch day, or after it."""
    return WORKDAYS.day(WORKDAYS.index(LAUNCH) - before_launch)


def drafted(board: BoardCopy, launch: str | None = None) -> tuple[PlaybookDraft, Playbook]:
    found = drafts(board, today=None, is_template=True, launch_card=launch)
    named = Named("Our community", "our-community", 1)
    made = draft_playbook(named, list(found.values()), a_frame(board, today=None), launch)
    return made, load_bytes(made.source.encode(), "draft.yaml")


def test_what_lay_before_launch_day_lies_there_again() -> None:
    board = a_board(
        a_card("Strategy", "Team", starts=day(30), due=day(26)),
        a_card("Hire", "Team", starts=day(25), due=day(21)),
        a_card("Design", "Site", starts=day(28), due=day(11)),
        a_card("Build", "Site", starts=day(20), due=day(4)),
        a_card("Ready", "Site", due=day(1), labels=("Milestone",)),
    )
    _made, playbook = drafted(board)
    plan = make_plan(playbook, Parameters(launch_on=LAUNCH, prepare_months=2), date(2027, 1, 4))
    found = {task.spec.title["en"]: (task.start_on, task.due_on) for task in plan.tasks}
    assert found == {
        "Strategy": (day(30), day(26)),
        "Hire": (day(25), day(21)),
        "Design": (day(28), day(11)),
        "Build": (day(20), day(4)),
        "Ready": (day(1), day(1)),
    }


def test_a_long_preparation_is_written_for_two_months_and_stretches_back() -> None:
    board = a_board(
        a_card("Long", "Team", starts=day(120), due=day(61)),
        a_card("Longer", "Team", starts=day(60), due=day(1)),
    )
    made, playbook = drafted(board)
    assert [task.days for task in playbook.tasks] == [20, 20]
    assert "took 120 working days" in " ".join(one.say("en") for one in made.warnings)
    plan = make_plan(playbook, Parameters(launch_on=LAUNCH, prepare_months=6), date(2027, 1, 4))
    assert [(task.start_on, task.due_on) for task in plan.tasks] == [
        (day(120), day(61)),
        (day(60), day(1)),
    ]


def test_after_launch_day_tasks_count_from_it() -> None:
    board = a_board(
        a_card("Go live", due=LAUNCH),
        a_card("Post", "Recruit", starts=day(-10), due=day(-11)),
        a_card("Thank", "Recruit", due=day(-12), after=("Post",)),
        a_card("Late", "Develop", due=date(2033, 1, 3)),
    )
    made, playbook = drafted(board, "Go live")
    assert made.keys["Go live"] == "launch.day.go_live"
    plan = make_plan(playbook, Parameters(launch_on=LAUNCH), date(2027, 1, 4))
    found = {task.spec.title["en"]: task for task in plan.tasks}
    assert found["Go live"].start_on == LAUNCH
    assert (found["Post"].start_on, found["Post"].due_on) == (day(-10), day(-11))
    assert [link.task for link in found["Thank"].after] == [made.keys["Post"]]
    assert "drawn nearer" in " ".join(one.say("en") for one in made.warnings)


def test_relations_become_links_and_lists_checklists() -> None:
    board = a_board(
        a_card("Draft", "Charter", starts=day(20), due=day(16)),
        a_card("Publish", "Site", starts=day(13), due=day(10), after=("Draft",)),
        a_card("Alone", "To do", due=day(5)),
        a_card("Odd", "Site", due=day(18), after=("Publish", "Afterwards")),
        a_card("Afterwards", "Launch", due=day(-3)),
    )
    made, playbook = drafted(board)
    assert made.keys["Draft"] == "prepare.charter.draft"
    assert made.keys["Alone"] == "prepare.tasks.alone"
    publish = playbook.by_key[made.keys["Publish"]]
    assert [(link.task, link.type, link.lag) for link in publish.after] == [
        (made.keys["Draft"], "FS", 2)
    ]
    odd = playbook.by_key[made.keys["Odd"]]
    assert [link.task for link in odd.after] == [made.keys["Publish"]]
    assert "waited for some after it" in " ".join(one.say("en") for one in made.warnings)


def test_keys_are_made_of_any_title_and_each_is_there_once() -> None:
    titles = ["Écrire", "ecrire", "écrire !", "待办", "🚀", "1st", "Day", "x" * 200, "on", "null"]
    cards = [a_card(title, f"Liste {title}"[:200], steps=((title, True),) * 3) for title in titles]
    board = a_board(*cards, a_card("In day", "Day"), a_card("Launched", "day", due=LAUNCH))
    made, playbook = drafted(board)
    assert len(set(made.keys.values())) == len(titles) + 2
    assert not any(key.startswith("launch.day.") for key in made.keys.values())
    assert {task.title["fr"] for task in playbook.tasks} >= set(titles[:-3])


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Notre communauté", "notre-communaute"),
        ("2027 launch", "launch"),
        ("待办", "board"),
        ("x" * 90, "x" * 50),
    ],
)
def test_a_name_becomes_a_slug(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    "text",
    [
        "*a &b !c",
        "{en: x}",
        "- a\n- b",
        "a: b # c",
        "'\"",
        "\tx",
        "=1+1",
        "@",
        "%",
        "|\n x ",
        "---",
    ],
)
def test_no_text_means_anything_to_the_file(text: str) -> None:
    _made, playbook = drafted(a_board(a_card("Card", notes=text, steps=((text, False),))))
    (task,) = playbook.tasks
    assert task.description is not None
    assert task.description["fr"] == text
    assert task.steps[0].title["en"] == text


def test_any_board_becomes_a_playbook_that_can_be_planned_from() -> None:
    for seed in range(60):
        random = Random(seed)
        lists = ["Prepare", "Launch", "Recruit", "Develop", "To do", "Done", "Site", "Équipe"]
        names = [f"card {n}" for n in range(random.randint(1, 20))]
        cards = [
            a_card(
                name,
                random.choice(lists),
                starts=start,
                due=random.choice([None, start and start + timedelta(days=random.randint(-3, 10))]),
                after=tuple(random.sample(names, k=min(len(names), random.randint(0, 3)))),
                labels=random.choice([(), ("Milestone",), ("Content",)]),
                is_done=random.random() < 0.3,
            )
            for name in names
            for start in [random.choice([None, LAUNCH + timedelta(random.randint(-200, 300))])]
        ]
        board = a_board(*cards)
        _made, playbook = drafted(board)
        assert len(playbook.tasks) == len(names)
        assert {task.phase for task in playbook.tasks} <= set(PHASES)
        plan = make_plan(playbook, LONGEST, date(2025, 1, 6))
        assert len(plan.tasks) == len(names), seed


def test_nothing_before_launch_day_needs_no_network() -> None:
    board = a_board(a_card("Later", "Develop"))
    found = list(drafts(board, today=None).values())
    assert network_of(found, a_frame(board, today=None)).scale == 1
