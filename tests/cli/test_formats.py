"""The four formats of a preview: for people, programs, spreadsheets and calendars."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from tests.cli.terminal import SHOWN, a_file, a_playbook, printed, run
from tracker.cli.render.labels import until
from tracker.cli.render.strip import Scale
from tracker.kernel.cells import cell
from tracker.overview.sheet import PLANNED


def timeline(line: str = SHOWN) -> Any:
    return json.loads(printed(f"{line} --format json"))


def rows(line: str = SHOWN) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(printed(f"{line} --format csv"))))


def events(line: str = SHOWN) -> dict[str, Any]:
    calendar = Calendar.from_ical(printed(f"{line} --format ics"))
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


@pytest.mark.parametrize("output", ["table", "json", "csv", "ics"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_same_command_prints_the_same_bytes(output: str, language: str) -> None:
    line = f"{SHOWN} --language {language} --format {output}"
    assert run(line).stdout_bytes == run(line).stdout_bytes != b""


@pytest.mark.parametrize("output", ["table", "json", "csv", "ics"])
def test_programs_get_utf8_and_one_line_end_at_the_end(output: str) -> None:
    printed_bytes = run(f"{SHOWN} --language fr --format {output}").stdout_bytes
    assert "é" in printed_bytes.decode("utf-8")
    assert printed_bytes.endswith(b"\n")
    assert not printed_bytes.endswith((b"\n\n", b"\n\r\n"))


# JSON: the shape of the contract.


def test_json_has_the_shape_of_the_contract() -> None:
    plan = timeline()
    assert {"project", "warnings", "phases", "tasks", "gates", "left_out"} <= plan.keys()
    assert plan["project"]["launch_on"] == "2027-09-06"
    assert [phase["key"] for phase in plan["phases"]] == ["prepare", "launch", "recruit", "develop"]
    assert plan["gates"][0]["key"] == "go_for_preparation"
    task = next(task for task in plan["tasks"] if task["key"] == "prepare.strategy.purpose")
    assert {
        "key", "phase", "checklist", "title", "description", "role", "start_on", "due_on",
        "duration_days", "float_days", "critical", "milestone", "early", "recurring", "evidence",
        "pillar", "after", "steps", "why",
    } <= task.keys()  # fmt: skip


def test_json_is_written_in_plain_letters() -> None:
    assert "Préparer" in printed(f"{SHOWN} --language fr --format json")


# CSV: one row a task, and nothing that a spreadsheet would run.


def test_csv_has_a_header_and_one_row_for_each_task() -> None:
    tasks, found = timeline()["tasks"], rows()
    assert tuple(found[0]) == PLANNED
    assert [row["key"] for row in found] == [task["key"] for task in tasks]
    assert [row["due_on"] for row in found] == [task["due_on"] for task in tasks]


def test_csv_joins_steps_and_predecessors() -> None:
    row = next(row for row in rows() if row["key"] == "prepare.strategy.purpose")
    assert row["after"] == "prepare.milestones.decision_to_prepare FS+0"
    assert len(row["steps"].split(" | ")) == 3


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert cell(f"{start}1+1") == f"'{start}1+1"


def test_numbers_words_and_nothing_stay_as_they_are() -> None:
    assert [cell(-3), cell("a=1"), cell(None), cell(value=True)] == [-3, "a=1", None, "true"]


def test_a_formula_in_a_playbook_of_ones_own_is_disarmed(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_playbook(purpose="=cmd|' /C calc'!A0"))
    row = rows(f"plan preview --launch 2027-09-06 --today 2027-01-04 --playbook {path}")[0]
    assert row["title"] == "'=cmd|' /C calc'!A0"


# iCalendar: all-day events.


def test_every_task_and_gate_is_one_event() -> None:
    plan = timeline()
    wanted = {f"task.{task['key']}" for task in plan["tasks"]}
    wanted |= {f"gate.{gate['key']}" for gate in plan["gates"]}
    assert {uid.split("@")[0] for uid in events()} == wanted


def test_events_last_whole_days_and_end_on_the_day_after() -> None:
    found = events()
    for task in timeline()["tasks"]:
        event = found[f"task.{task['key']}@community-launch.community-tracker"]
        assert event["DTSTART"].dt == date.fromisoformat(task["start_on"])
        assert event["DTEND"].dt == date.fromisoformat(task["due_on"]) + timedelta(days=1)
        assert str(event["SUMMARY"]) == task["title"]


def test_rituals_come_back_until_their_last_day() -> None:
    found = events()
    rituals = [task for task in timeline()["tasks"] if task["recurring"]]
    assert rituals
    for task in rituals:
        rule = found[f"task.{task['key']}@community-launch.community-tracker"]["RRULE"]
        assert rule["UNTIL"] == [date.fromisoformat(task["recurring"]["until"])]
        assert f"FREQ={rule['FREQ'][0]}" in task["recurring"]["rrule"]


def test_the_calendar_invites_nobody_and_stamps_no_other_clock_than_today() -> None:
    content = run(f"{SHOWN} --format ics").stdout_bytes
    assert b"METHOD" not in content
    stamps = {event["DTSTAMP"].dt for event in events().values()}
    assert stamps == {datetime(2027, 1, 4, tzinfo=UTC)}


def test_an_event_keeps_its_uid_when_launch_day_moves() -> None:
    assert events().keys() == events(SHOWN.replace("2027-09-06", "2027-10-04")).keys()


def test_calendar_lines_end_and_fold_as_the_standard_says() -> None:
    content = run(f"{SHOWN} --language fr --format ics").stdout_bytes
    lines = content.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75


# The table's own arithmetic.


def test_a_bar_lies_where_its_days_lie() -> None:
    scale = Scale(date(2027, 1, 1), date(2027, 1, 10), width=10)
    assert scale.bar(date(2027, 1, 1), date(2027, 1, 10)) == "██████████"
    assert scale.bar(date(2027, 1, 3), date(2027, 1, 3)) == "··█·······"
    assert scale.marks([date(2026, 1, 1), date(2027, 1, 10)]) == "◆········◆"


def test_the_axis_names_the_first_month_and_each_year() -> None:
    scale = Scale(date(2027, 7, 1), date(2029, 6, 30), width=24)
    assert scale.axis("en") == "Jul 2027          2029", "2028 would begin inside the first label"
    assert scale.axis("fr") == "juil. 2027        2029"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=WEEKLY", "chaque semaine, jusqu'au 3 mars"),
        ("FREQ=MONTHLY;INTERVAL=3", "tous les 3 mois, jusqu'au 3 mars"),
        ("FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO, jusqu'au 3 mars"),
    ],
)
def test_a_ritual_says_how_it_comes_back(rule: str, said: str) -> None:
    assert until(rule, "3 mars", "fr") == said
