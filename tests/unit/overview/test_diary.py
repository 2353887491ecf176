"""Calendars: what goes in as text comes out as the same text, through a real parser."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from tracker.overview.diary import Plain, diary, plain
from tracker.overview.entries import Entry, gate_entry, task_entry

NOON = datetime(2027, 8, 11, 12, tzinfo=UTC)
DAY = date(2027, 9, 6)
# What is text to every reader of calendars: no controls, no line ends but our own.
texts = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"],
        exclude_characters="\u2028\u2029",
        include_characters="\n\t",
    )
)
NASTY = (
    "x\r\nBEGIN:VALARM\r\nTRIGGER:-PT1M\r\nEND:VALARM",
    "x\nEND:VEVENT\nEND:VCALENDAR\nBEGIN:VCALENDAR",
    'a;b,c:d"e\\f\\ng\\Nh\\,i\\;j\\\\',
    "C:\\New, then; \\nothing\\",
    "é" * 200,
    "🧑‍🚀" * 40,
    "\u2028\u2029\x85BEGIN:VEVENT",
)


def an_entry(**given: Any) -> Entry:
    usual = {
        "uid": "task.1@community-tracker",
        "title": "Say why",
        "text": "",
        "first": DAY,
        "last": DAY,
        "changed_at": NOON,
    }
    return Entry(**{**usual, **given})


def read(*entries: Entry, name: str = "Our plan") -> Any:
    return Calendar.from_ical(diary(name, entries))


def event_of(entry: Entry) -> Any:
    (event,) = read(entry).walk("VEVENT")
    return event


@given(texts, texts, texts, texts)
@example(NASTY[2], NASTY[3], NASTY[4], NASTY[5])
def test_a_parser_reads_back_what_was_written(
    title: str, text: str, category: str, name: str
) -> None:
    entry = an_entry(title=title, text=text, categories=(category, "B,C"))
    calendar = read(entry, name=name)
    (event,) = calendar.walk("VEVENT")
    assert str(event["SUMMARY"]) == title
    # The library knows no NAME (RFC 7986), so it leaves it as it is written.
    assert str(calendar["NAME"]) == Plain(name).to_ical().decode()
    assert str(event["DESCRIPTION"]) == text
    assert [str(found) for found in event["CATEGORIES"].cats] == [category, "B,C"]


@given(st.text())
@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_that_people_write_adds_a_line(nasty: str, more: str) -> None:
    hostile = nasty + more
    content = diary(hostile, [an_entry(title=hostile, text=hostile, categories=(hostile,))])
    lines = re.sub(rb"\r\n[ \t]", b"", content).decode().splitlines()
    assert [re.split("[:;]", line)[0] for line in lines] == [
        *("BEGIN", "VERSION", "PRODID", "CALSCALE", "NAME", "X-WR-CALNAME"),
        *("BEGIN", "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "CATEGORIES"),
        *("DESCRIPTION", "LAST-MODIFIED", "STATUS", "TRANSP", "END", "END"),
    ]
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_every_folded_line_is_whole_letters() -> None:
    content = diary("é" * 300, [an_entry(title="日本語" * 60, text="🎉" * 90)])
    for line in content.split(b"\r\n"):
        line.decode()


def test_controls_are_shown_as_what_they_are_not() -> None:
    assert plain("a\x00b\ud800\tc\r\nd\re") == "a\ufffdb\ufffd\tc\nd\ne"


def test_an_event_says_when_it_became_what_it_is() -> None:
    event = event_of(an_entry(sequence=7, last=DAY + timedelta(days=2)))
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == NOON
    assert event["SEQUENCE"] == 7
    assert event["DTEND"].dt == DAY + timedelta(days=3)
    assert event["TRANSP"] == "TRANSPARENT"


def test_the_same_entries_are_the_same_bytes() -> None:
    assert diary("a", [an_entry()]) == diary("a", [an_entry()])


def test_a_feed_asks_to_be_asked_again_and_invites_nobody() -> None:
    content = diary("a", [an_entry()], refreshes=True)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in content
    assert b"X-PUBLISHED-TTL:PT1H\r\n" in content
    assert b"METHOD" not in content


def a_task(**given: Any) -> dict[str, Any]:
    return {
        "title": "Say why",
        "description": "A page.",
        "steps": [{"title": "Write", "done_at": "x"}, {"title": "Ask", "done_at": None}],
        "start_on": DAY,
        "due_on": DAY,
        "recurring": None,
        "version": 3,
        **given,
    }


def entry_of(task: dict[str, Any]) -> Entry:
    return task_entry(task, uid="1", categories=("Prepare",), changed_at=NOON, url="http://x/1")


def test_a_task_shows_how_it_stands() -> None:
    assert entry_of(a_task()).text == "A page.\n\n✓ Write\n• Ask"
    assert entry_of(a_task()).url == "http://x/1", "programs find the task by it"
    assert entry_of(a_task()).sequence == 2
    shown = {
        status: (entry_of(a_task(status=status)).title, entry_of(a_task(status=status)).status)
        for status in ("todo", "in_progress", "done", "blocked", "not_applicable")
    }
    assert shown == {
        "todo": ("Say why", "CONFIRMED"),
        "in_progress": ("Say why", "CONFIRMED"),
        "done": ("✓ Say why", "CONFIRMED"),
        "blocked": ("⚠ Say why", "TENTATIVE"),
        "not_applicable": ("Say why", "CANCELLED"),
    }


def test_a_ritual_comes_back_until_its_last_day() -> None:
    rule = {"rrule": "FREQ=WEEKLY;BYDAY=MO", "until": "2028-03-06"}
    recurring = event_of(entry_of(a_task(recurring=rule)))["RRULE"]
    assert recurring["FREQ"] == ["WEEKLY"]
    assert recurring["UNTIL"] == [date(2028, 3, 6)]


@pytest.mark.parametrize(
    ("state", "title", "status"),
    [
        ("pending", "◆ Ready", "TENTATIVE"),
        ("waived", "✓ ◆ Ready", "CONFIRMED"),
        ("passed", "✓ ◆ Ready", "CONFIRMED"),
    ],
)
def test_a_gate_shows_whether_it_is_open(state: str, title: str, status: str) -> None:
    gate = {"title": "Ready", "description": None, "on": DAY, "state": state, "version": 2}
    criteria = [{"title": "All done"}]
    entry = gate_entry({**gate, "criteria": criteria}, uid="1", categories=(), changed_at=NOON)
    assert (entry.title, entry.status, entry.text) == (title, status, "• All done")
