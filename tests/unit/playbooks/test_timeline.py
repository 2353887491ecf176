import json

from tests.builders import a_milestone, a_plan, a_ritual, a_task, waits
from tracker.kernel.texts import LANGUAGES
from tracker.playbooks.model import Anchor, StepSpec
from tracker.playbooks.timeline import timeline

PLAN = a_plan(
    a_task("a", days=3, steps=(StepSpec("think", {"en": "Think", "fr": "Penser"}),)),
    a_task("b", days=2, after=[waits("SS", "a", 1)], pillar="purpose", evidence="link"),
    a_milestone("launch.day.open", on=Anchor("launch")),
    a_ritual("launch.rituals.posts", until=Anchor("develop"), not_before=Anchor("launch")),
    a_task("scratch", only_for={"audience": ("existing",)}),
    audience="from_scratch",
)


def test_a_timeline_is_plain_json_in_both_languages() -> None:
    for language in LANGUAGES:
        assert json.loads(json.dumps(timeline(PLAN, language))) == timeline(PLAN, language)


def test_a_task_carries_what_the_contract_names() -> None:
    row = next(row for row in timeline(PLAN, "fr")["tasks"] if row["key"] == "b")
    assert {name: row[name] for name in row if name not in {"why", "title"}} == {
        "key": "b",
        "phase": "prepare",
        "checklist": "work",
        "description": None,
        "role": "community_manager",
        "start_on": "2027-09-02",
        "due_on": "2027-09-03",
        "deadline_on": None,
        "duration_days": 2,
        "float_days": 0,
        "critical": True,
        "milestone": False,
        "early": False,
        "optional": False,
        "recurring": None,
        "evidence": "link",
        "proof": None,
        "pillar": "purpose",
        "after": [{"task": "a", "type": "SS", "lag_days": 1}],
        "steps": [],
    }


def test_a_ritual_tells_its_rule_and_its_last_day() -> None:
    row = next(row for row in timeline(PLAN, "en")["tasks"] if row["recurring"])
    assert row["recurring"] == {
        "rrule": "FREQ=WEEKLY",
        "until": "2028-03-06",
        "each": None,
        "on_closed": "shift",
        "first_on": "2027-09-06",
    }
    assert row["start_on"] == "2027-09-06"


def test_steps_and_reasons_speak_the_language() -> None:
    shown = timeline(PLAN, "fr")
    steps = next(row["steps"] for row in shown["tasks"] if row["key"] == "a")
    assert steps == [{"key": "think", "title": "Penser"}]
    assert shown["left_out"] == [
        {
            "key": "scratch",
            "reason": "Seulement pour une audience déjà existante ; celle du projet est à bâtir de "
            "zéro.",
        }
    ]


def test_the_parameters_in_force_are_told() -> None:
    project = timeline(PLAN, "en")["project"]
    assert (project["launch_on"], project["start_on"]) == ("2027-09-06", "2027-09-01")
    assert project["parameters"]["launch_on"] == "2027-09-06"
    assert project["parameters"]["start_on"] == "2027-09-01"
    assert project["parameters"]["prepare_months"] == 2
