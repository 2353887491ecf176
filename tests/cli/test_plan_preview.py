"""``tracker plan preview``: the plan as a table, its refusals, and what it does without."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.terminal import SHOWN, a_file, a_playbook, misused, printed, refused, run
from tracker.cli import COMMANDS, days

LAUNCH = "plan preview --launch 2027-09-06 --today 2027-01-04"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_table_fits_into_a_hundred_columns(language: str) -> None:
    lines = printed(f"{SHOWN} --language {language}").splitlines()
    assert [line for line in lines if len(line) > 100] == []
    assert [line for line in lines if line != line.rstrip()] == []


def test_the_table_dates_phases_gates_and_tasks_as_people_write_days() -> None:
    table = printed(f"{SHOWN} --language fr")
    assert "Lancement     lun. 6 sept. 2027" in table
    assert "Prêt à lancer (Préparer → Lancer)" in table
    assert "Chemin critique jusqu'au lancement" in table
    assert "Mon 6 Sep 2027" in printed(SHOWN)


def test_the_critical_path_is_a_chain_that_ends_before_launch_day() -> None:
    table = printed(SHOWN)
    chain = table.split("── Critical path to launch day")[1].split("\n\n")[0].splitlines()[2:]
    rows = [line for line in chain if line.startswith(("  ●", "  ◆"))]
    assert len(rows) > 3
    assert "Fri 3 Sep 2027" in rows[-1]
    assert all(f"{0:>6}  " in row for row in rows)


def test_the_table_has_no_colours_where_it_is_piped() -> None:
    assert "\x1b" not in printed(SHOWN)


def test_a_closed_launch_day_is_planned_with_a_warning() -> None:
    table = printed("plan preview --launch 2027-12-25 --today 2027-01-04 --country FR")
    assert "! Launch day 2027-12-25 is a closed day" in table


def test_a_start_leads_to_a_launch_day() -> None:
    assert "Launch day   " in printed("plan preview --start 2027-06-01 --today 2027-01-04")


def test_own_closures_move_the_start_of_the_preparation() -> None:
    free = printed(f"{LAUNCH} --format json")
    closed = printed(f"{LAUNCH} --closure 2027-07-01 --closure 2027-07-02 --format json")
    assert start_of(closed) < start_of(free)


def start_of(timeline: str) -> str:
    """The first day of the preparation, as JSON shows it."""
    return timeline.split('"start_on": "')[1][:10]


def test_every_parameter_reaches_the_plan() -> None:
    shown = printed(
        f"{LAUNCH} --prepare-months 4 --develop-months 18 --launch-weeks 8 --scope hybrid --public "
        "--seed-members 30 --first-members-target 250 --country DE --subdivision BY "
        "--timezone Europe/Berlin --format json"
    )
    for wanted in (
        '"prepare_months": 4',
        '"develop_months": 18',
        '"launch_weeks": 8',
        '"scope": "hybrid"',
        '"public": true',
        '"seed_members": 30',
        '"first_members_target": 250',
        '"subdivision": "BY"',
        '"timezone": "Europe/Berlin"',
    ):
        assert wanted in shown


def test_a_running_community_is_taken_over() -> None:
    past = "plan preview --launch 2026-09-07 --today 2027-01-04"
    assert "lies in the past" in refused(past)
    assert "Launch day   Mon 7 Sep 2026" in printed(f"{past} --already-launched")


def test_today_is_the_real_day_of_the_projects_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "utcnow", lambda: datetime(2027, 1, 4, 23, 30, tzinfo=UTC))
    past = "plan preview --launch 2026-01-05"
    assert "from 2027-01-04 on" in refused(past)
    assert "from 2027-01-05 on" in refused(f"{past} --timezone Europe/Paris")
    assert "Moon/Base" in refused(f"{past} --timezone Moon/Base")


def test_a_playbook_of_ones_own_is_planned_from_its_path(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_playbook("My launch"))
    assert printed(LAUNCH, "--playbook", str(path)).startswith("My launch (my-launch v1)")


def test_the_faults_of_a_playbook_are_told_with_their_lines(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_playbook(more="\n            colour: red"))
    said = refused(LAUNCH, "--playbook", str(path))
    assert said.startswith("The playbook has faults; correct them first:")
    assert f"{path}:15: unknown key “colour”" in said


@pytest.mark.parametrize(
    ("playbook", "sentence"),
    [
        ("nope", "There is no playbook “nope”."),
        ("./nope.yaml", "nope.yaml:1: cannot be opened"),
        ("/", "/:1: cannot be opened"),
    ],
)
def test_a_playbook_that_is_not_there_is_refused(playbook: str, sentence: str) -> None:
    assert sentence in refused(LAUNCH, "--playbook", playbook)


def test_every_wrong_value_is_named_with_its_sentence() -> None:
    said = refused(f"{LAUNCH} --prepare-months 7 --country XX --timezone Moon/Base").splitlines()
    assert [line.split(":")[0] for line in said] == ["prepare_months", "country", "timezone"]


def test_a_plan_that_does_not_fit_names_the_earliest_launch_day() -> None:
    said = refused("plan preview --launch 2027-02-01 --today 2027-01-04")
    assert "The earliest launch day that fits is 2027-" in said
    assert len(said.splitlines()) == 1


def test_refusals_speak_the_language_that_was_asked_for_and_else_that_of_the_environment() -> None:
    line = "plan preview --launch 2026-01-05 --today 2027-01-04"
    assert "est dans le passé" in refused(f"{line} --language fr")
    assert "est dans le passé" in refused(line, lang="fr_CA.UTF-8")
    assert "lies in the past" in refused(f"{line} --language en", lang="fr_FR")
    assert "lies in the past" in refused(line, lang="C")


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2027-02-29", "29 February 2027 does not exist."),
        ("2027-04-31", "31 April 2027 does not exist."),
        ("2027-13-01", "there is no month 13"),
        ("1999-01-01", "dates lie between 2000 and 2100"),
        ("9999-12-31", "dates lie between 2000 and 2100"),
        ("0000-00-00", "dates lie between 2000 and 2100"),
        ("tomorrow", "“tomorrow” is not a date"),
        ("20270906", "“20270906” is not a date"),
        ("2027-9-6", "Write year-month-day"),
        ("٢٠٢٧-٠٩-٠٦", "Write year-month-day"),
    ],
)
@pytest.mark.parametrize("option", ["--launch", "--start", "--today", "--closure"])
def test_a_wrong_date_is_told_in_words(option: str, day: str, sentence: str) -> None:
    assert sentence in misused(f"plan preview {option}", day)


def test_a_wrong_date_is_told_in_french_wherever_the_language_stands() -> None:
    for line in ("--launch 2027-02-29 --language fr", "--language fr --launch 2027-02-29"):
        assert "Le 29 février 2027 n'existe pas." in misused(f"plan preview {line}")


@pytest.mark.parametrize("anchors", ["", "--launch 2027-09-06 --start 2027-06-01"])
def test_exactly_one_of_launch_and_start_is_wanted(anchors: str) -> None:
    assert "exactly one of --launch and --start" in misused(f"plan preview {anchors}")


def test_an_unknown_type_is_a_usage_error_that_names_the_known_ones() -> None:
    assert "'advocacy'" in misused(f"{LAUNCH} --type party")


def test_the_help_lists_every_command() -> None:
    listing = printed("--help")
    assert [name for name in COMMANDS if f"\n  {name} " not in listing] == []


@pytest.mark.parametrize("name", ["catalog", "plan", "quiz"])
def test_the_summary_of_a_command_is_its_own_first_line(name: str) -> None:
    assert COMMANDS[name].load().help == COMMANDS[name].summary


def test_the_version_is_printed() -> None:
    assert printed("--version").startswith("tracker, version ")


def test_an_unknown_command_is_a_usage_error() -> None:
    assert "No such command 'plam'" in misused("plam")


def test_neither_the_planner_nor_a_preview_imports_flask_or_sqlalchemy() -> None:
    program = f"""
import sys
import tracker.playbooks.plan
heavy = {{"flask", "sqlalchemy", "celery", "requests", "marshmallow"}}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
from tracker.cli import main
main(["--help"], standalone_mode=False)
for output in ("table", "json", "csv", "ics"):
    main([*{SHOWN.split()!r}, "--format", output], standalone_mode=False)
    assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_preview_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(SHOWN).exit_code == 0
    assert list(tmp_path.iterdir()) == []
