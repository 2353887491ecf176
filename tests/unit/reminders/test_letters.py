"""Letters, rule by rule: what their reader learns, and in which words."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from tracker.connectors.letter import Item, Letter
from tracker.kernel.texts import LANGUAGES, Language
from tracker.reminders.composing.facts import Facts, Gathered, Reader
from tracker.reminders.composing.letters import letter
from tracker.reminders.links import Purpose

MONDAY: Final = date(2027, 3, 1)
LINKS: Final[Mapping[str, str]] = {
    purpose.value: f"https://tracker.example.org/a/{purpose.value}" for purpose in Purpose
}
GATE: Final[Mapping[str, Any]] = {
    "subject": "gate",
    "title": "Ready to launch",
    "due_on": date(2027, 3, 5),
    "due_in": 4,
    "since": date(2027, 2, 26),
}
LATE: Final[Mapping[str, Any]] = {"due_on": date(2027, 2, 25), "due_in": -2}


def a_fact(rule: str, **given: Any) -> Facts:
    usual: dict[str, Any] = {
        "id": uuid4(),
        "subject": "task",
        "subject_id": uuid4(),
        "title": "Say why",
        "project": "Makers' café",
        "start_on": MONDAY,
        "due_on": date(2027, 3, 4),
        "starts_in": 0,
        "due_in": 3,
        "role": "sponsor",
        "status": "todo",
    }
    return Facts(rule=rule, **{**usual, **given})


def read(facts: Facts, language: Language = "en", found: Gathered | None = None) -> Letter:
    reader = Reader(name="Bob", language=language, today=MONDAY)
    return letter(facts, reader, lambda _: LINKS, found or Gathered(told=(), count=0))


def only_item(told: Letter) -> Item:
    ((item,),) = (section.items for section in told.sections)
    return item


def answers(told: Letter | Item) -> list[str]:
    return [action.url.rpartition("/")[2] for action in told.actions]


SAID: Final = [
    (a_fact("before_start"), "“Say why” starts today", "« Say why » commence aujourd'hui"),
    (
        a_fact("before_start", start_on=date(2027, 3, 3), starts_in=2, is_freed=True),
        "“Say why” can start now",
        "« Say why » peut commencer",
    ),
    (
        a_fact("before_due"),
        "“Say why” is due on Thursday 4 March",
        "« Say why » : échéance le jeudi 4 mars",
    ),
    (
        a_fact("before_due", due_on=MONDAY, due_in=0),
        "“Say why” is due today",
        "« Say why » : échéance aujourd'hui",
    ),
    (
        a_fact("overdue", due_on=date(2027, 2, 28), due_in=0),
        "“Say why” was due yesterday",
        "« Say why » : l'échéance était hier",
    ),
    (
        a_fact("escalation", step="sponsor+10", **LATE),
        "“Say why” may need help: it was due on Thursday 25 February",
        "« Say why » a peut-être besoin d'aide : l'échéance était le jeudi 25 février",
    ),
    (
        a_fact("blocked", since=date(2027, 2, 1)),
        "“Say why” has been blocked since Monday 1 February",
        "« Say why » : bloqué depuis le lundi 1er février",
    ),
    (
        a_fact("unassigned", start_on=date(2027, 3, 2), starts_in=1),
        "Who will take on “Say why”? It starts tomorrow",
        "Qui se charge de « Say why » ? Début demain",
    ),
    (
        a_fact("gate_ready", **GATE),
        "“Ready to launch” is ready for your decision",
        "« Ready to launch » : tout est réuni, à vous de décider",
    ),
    (
        a_fact("approval_waiting", by="Mona", criterion="The budget", **GATE),
        "Your approval is awaited for “Ready to launch”",
        "Votre accord est attendu pour « Ready to launch »",
    ),
    (
        a_fact("quiet", subject="project", title="", due_on=None, since=date(2026, 12, 20)),
        "Nothing new in “Makers' café” since Sunday 20 December 2026",
        "Rien de nouveau dans « Makers' café » depuis le dimanche 20 décembre 2026",
    ),
    (
        a_fact("asked", by="Mona", note="Before the board meets, please"),
        "Mona asks you to look at “Say why”",
        "Mona vous demande de penser à « Say why »",
    ),
    (
        a_fact("asked"),
        "Your team asks you to look at “Say why”",
        "Votre équipe vous demande de penser à « Say why »",
    ),
    (
        a_fact("overdue", for_whom="Ines", **LATE),
        "For Ines: “Say why” was due on Thursday 25 February",
        "Pour Ines : « Say why » : l'échéance était le jeudi 25 février",
    ),
    (
        a_fact("confirm", subject="channel", title="Slack", project="Acme"),
        "Is this the right place to write to you?",
        "Est-ce bien ici qu'il faut vous écrire ?",
    ),
    (
        a_fact("channel_off", subject="channel", title="Slack", reason="gone"),
        "Reminders do not arrive by Slack any more",
        "Les rappels n'arrivent plus par Slack",
    ),
    (
        a_fact("channel_off", subject="channel", title="Slack", reason="?", for_whom="Ines"),
        "Ines does not get reminders by Slack any more",
        "Ines ne reçoit plus de rappels par Slack",
    ),
    (
        a_fact("webhook_off", subject="webhook", title="Billing", reason="failing"),
        "The webhook “Billing” is told nothing any more",
        "Le webhook « Billing » ne reçoit plus rien",
    ),
]


@pytest.mark.parametrize(("facts", "english", "french"), SAID)
def test_a_subject_says_what_it_is_about_and_when(facts: Facts, english: str, french: str) -> None:
    assert read(facts, "en").subject == english
    assert read(facts, "fr").subject == french


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("facts", [case[0] for case in SAID])
def test_a_letter_is_whole_in_both_languages(facts: Facts, language: Language) -> None:
    told = read(facts, language)
    texts = [told.subject, told.greeting, told.opening, *told.closing]
    texts += [
        detail for section in told.sections for one in section.items for detail in one.details
    ]
    assert all(texts)
    assert not [text for text in texts if "{" in text or "None" in text or "  " in text]
    assert told.closing
    is_about_the_way = facts.rule in ("confirm", "channel_off", "webhook_off")
    assert (told.unsubscribe_url is None) is is_about_the_way


def test_a_reminder_tells_what_is_left_and_what_waits() -> None:
    facts = a_fact(
        "before_due",
        steps=["Mission", "Values"],
        behind=["Set objectives", *(f"Task {number}" for number in range(6))],
    )
    assert read(facts).opening == "“Say why” is due on Thursday 4 March, in 3 working days."
    assert only_item(read(facts)).details == (
        "Project: Makers' café",
        "Due: Thursday 4 March, in 3 working days",
        "Still open: Mission; Values",
        "7 tasks wait for it: Set objectives; Task 0; Task 1; Task 2; Task 3 and 2 more",
    )
    assert only_item(read(facts, "fr")).details == (
        "Projet : Makers' café",
        "Échéance : jeudi 4 mars, dans 3 jours ouvrés",
        "Reste à faire : Mission ; Values",
        "7 tâches attendent : Set objectives ; Task 0 ; Task 1 ; Task 2 ; Task 3 et 2 de plus",
    )


PLANNED_ON: Final = (
    (date(2027, 3, 3), 2, "can start now; its planned start is on Wednesday 3 March, in 2"),
    (date(2027, 2, 25), -2, "can start now; its planned start was on Thursday 25 February, 2"),
    (MONDAY, 0, "starts today, Monday 1 March."),
)
PREVU_LE: Final = (
    "peut commencer dès maintenant ; début prévu le mercredi 3 mars, dans 2 jours ouvrés.",
    "peut commencer maintenant ; le début était prévu le jeudi 25 février, il y a 2 jours ouvrés.",
    "commence aujourd'hui, lundi 1er mars.",
)


def test_what_can_be_started_now_says_when_it_was_planned_and_what_is_over() -> None:
    for (day, distance, english), french in zip(PLANNED_ON, PREVU_LE, strict=True):
        given: dict[str, Any] = {"start_on": day, "starts_in": distance, "is_freed": True}
        done = a_fact("before_start", waited_for=["Decide", "Plan"], given_up=["Ask"], **given)
        assert english in read(done).opening
        assert read(done).opening.endswith(" What it waited for is done: Decide; Plan.")
        assert french in read(done, "fr").opening
        assert read(done, "fr").opening.endswith(
            " Ce qu'il fallait attendre est fait : Decide ; Plan."
        )
        given_up = a_fact("before_start", given_up=["Ask"], **given)
        assert read(given_up).opening.endswith(" does not apply any more: Ask.")
        assert read(given_up, "fr").opening.endswith(" est devenu sans objet : Ask.")
        assert french in read(a_fact("before_start", **given), "fr").opening
        digest = read(a_fact("digest"), found=Gathered(told=[done], count=1))
        assert only_item(digest).details[0].startswith("Can start now; planned start: ")


def test_what_cannot_be_started_yet_says_what_it_waits_for() -> None:
    waiting = a_fact("before_due", waits_for=["Decide", "Budget"])
    assert "To be finished first: Decide; Budget" in only_item(read(waiting)).details
    french = only_item(read(waiting, "fr")).details
    assert "À terminer d'abord : Decide ; Budget" in french


def test_an_escalation_names_who_has_it_and_since_when_and_blames_nobody() -> None:
    whom = {"heard_as": "project_manager", "assignees": ["Bob", "Ines"]}
    told = read(a_fact("escalation", **whom, **LATE))
    assert only_item(told).details[1:] == (
        "Due: Thursday 25 February, 2 working days ago",
        "Assigned to: Bob; Ines",
    )
    assert "to ask what would help is often enough" in told.opening
    assert told.closing[0].startswith("You get this as project manager of the project, or")
    milestone = read(a_fact("overdue", **whom, **LATE))
    assert answers(milestone)[:2] == ["done", "started"]
    assert "not_me" not in answers(milestone)
    assert only_item(milestone).details[-1] == "Assigned to: Bob; Ines"
    nobody = read(a_fact("escalation", step="sponsor+10", **LATE), "fr")
    assert only_item(nobody).details[-1] == "Confié à personne pour le moment"


def test_who_wants_no_more_mails_need_not_be_told_that_none_arrive() -> None:
    unwanted = {"subject": "member", "title": "i…@example.org", "for_whom": "Ines"}
    told = read(a_fact("channel_off", reason="unsubscribed", **unwanted))
    assert told.opening.startswith("Ines wants no more mails at i…@example.org.")
    french = read(a_fact("channel_off", reason="unsubscribed", **unwanted), "fr")
    assert french.opening.startswith("Ines ne souhaite plus de mails")
    assert "Tell them" in read(a_fact("channel_off", reason="gone", **unwanted)).opening


def test_a_stand_in_reads_for_whom_and_until_when() -> None:
    facts = a_fact("before_due", for_whom="Ines", until=date(2027, 3, 10))
    assert read(facts).opening.startswith(
        "You stand in for Ines, who is away until Wednesday 10 March. “Say why” is due"
    )
    assert read(facts, "fr").opening.startswith(
        "Vous remplacez Ines pendant son absence, jusqu'au mercredi 10 mars. L'échéance"
    )
    assert Purpose.NOT_ME not in answers(read(facts))


def test_each_rule_has_the_answers_that_fit() -> None:
    to_wait = ["snooze_1d", "snooze_3d", "snooze_week"]
    assert answers(read(a_fact("overdue"))) == ["done", "started", *to_wait, "not_me"]
    assert answers(read(a_fact("overdue", status="in_progress"))) == ["done", *to_wait, "not_me"]
    for rule in ("escalation", "blocked", "unassigned"):
        assert answers(read(a_fact(rule))) == to_wait
    confirm = letter(
        a_fact("confirm", subject="member"),
        Reader(name="Bob", language="en", today=MONDAY),
        lambda _: {"confirm_address": "https://tracker.example.org/a/x"},
    )
    assert [action.label for action in confirm.actions] == ["Yes, write to me here"]


def test_a_day_ahead_comes_with_an_appointment() -> None:
    due = read(a_fact("before_due", version=4, subject_id=UUID(int=5))).due
    assert due is not None
    assert (due.uid, due.on, due.sequence) == (
        f"due.{UUID(int=5)}@community-tracker",
        date(2027, 3, 4),
        3,
    )
    assert read(a_fact("overdue", **LATE)).due is None
    assert read(a_fact("gate_ready", **GATE)).due is None


def test_long_names_leave_the_subject_readable() -> None:
    assert len(read(a_fact("escalation", title="long " * 200, **LATE)).subject) < 150


# Digests.


def a_digest(*told: Facts, rule: str = "digest", **more: Any) -> Letter:
    facts = a_fact(rule, subject="member", title="", due_on=None)
    return read(facts, more.pop("language", "en"), Gathered(told=told, count=len(told), **more))


def shape(told: Letter) -> dict[str | None, list[str]]:
    return {section.heading: [item.title for item in section.items] for section in told.sections}


def test_a_digest_puts_what_is_overdue_first() -> None:
    told = a_digest(
        a_fact("gate_ready", **GATE),
        a_fact("before_due", title="later", due_on=date(2027, 3, 8), due_in=5),
        a_fact("before_due", title="on Friday", due_on=date(2027, 3, 5), due_in=4),
        a_fact("before_start", title="begins"),
        a_fact("overdue", title="late", **LATE),
        a_fact("escalation", title="very late", due_on=date(2027, 2, 10), due_in=-13),
        a_fact("quiet", subject="project", title="", due_on=None),
    )
    assert shape(told) == {
        "Overdue": ["very late", "late"],
        "Today": ["begins"],
        "This week": ["on Friday"],
        "Later": ["later"],
        "Gates and approvals": ["Ready to launch"],
        "Projects": ["Makers' café"],
    }
    assert told.subject == (
        "Your reminders: 2 overdue, 1 today, 1 this week, 1 later, 1 to decide, 1 about projects"
    )
    late = told.sections[0].items[1]
    assert late.is_urgent
    assert answers(late) == ["done", "snooze_1d"]
    assert answers(told.sections[0].items[0]) == ["snooze_1d"]


def test_a_thing_is_told_once_however_many_reminders_there_are() -> None:
    one = a_fact("before_start")
    told = a_digest(one, replace(one, id=uuid4(), rule="blocked"), replace(one, rule="before_due"))
    assert shape(told) == {"This week": ["Say why"]}
    assert told.sections[0].items[0].details[0].startswith("Blocked since")


def test_on_mondays_the_week_follows() -> None:
    known = a_fact("before_due")
    row = {"project": "Makers' café", "due_on": date(2027, 3, 3), "waits_for": None}
    week = {
        "overdue": [],
        "due": [
            {"id": known.subject_id, "title": "Say why", **row},
            {"id": uuid4(), "title": "Write", **row},
        ],
        "starting": [
            {"id": uuid4(), "title": "Test", **row, "waits_for": {"title": "Ready to launch"}}
        ],
    }
    told = a_digest(known, week=week, language="fr")
    assert told.subject == "Ma semaine : 1 cette semaine"
    assert shape(told)["Aussi dans ma semaine"] == ["Write", "Test"]
    assert told.sections[-1].items[1].details == (
        "Projet : Makers' café",
        "Échéance : mercredi 3 mars",
        "En attente de « Ready to launch »",
    )


def test_what_came_together_is_one_message_of_bounded_length() -> None:
    many = [
        a_fact("before_due", title=f"Task {number}", due_on=MONDAY + timedelta(days=number))
        for number in range(60)
    ]
    told = a_digest(*reversed(many), rule="catch_up")
    assert told.subject.startswith("60 reminders in one message: 1 today, 6 this week, 53 later")
    assert sum(len(section.items) for section in told.sections) == 40
    assert told.sections[0].items[0].title == "Task 0"
    assert told.closing[0] == "And 20 more, which the tracker lists under your week."
