"""Nothing that the white paper asks for is missing from the catalogue."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from tracker.kernel.texts import LANGUAGES
from tracker.playbooks.model import Playbook, TaskSpec

Inventory = dict[str, Any]
Entry = Mapping[str, Any]
RULES = {
    "launch.rituals.push_animation": "FREQ=WEEKLY",
    "launch.rituals.contributor_spotlight": "FREQ=WEEKLY",
    "launch.rituals.figures_review": "FREQ=WEEKLY",
    "recruit.rituals.figures_review": "FREQ=MONTHLY",
    "recruit.rituals.fifteen_minute_call": "FREQ=WEEKLY",
    "recruit.rituals.rules_and_goals_reminder": "FREQ=MONTHLY;INTERVAL=3",
    "develop.rituals.value_and_roi_report": "FREQ=MONTHLY",
    "develop.rituals.member_survey": "FREQ=MONTHLY;INTERVAL=3",
    "develop.rituals.annual_conference": "FREQ=YEARLY",
}
MILESTONES = {
    "prepare": {
        "decision_to_prepare",
        "plan_approved",
        "platform_ready",
        "content_ready",
        "seeds_confirmed",
    },
    "launch": {"launch_day"},
    "recruit": {"seeds_engaged", "first_members_target"},
    "develop": {"core_group_active"},
}


def keys(entries: Iterable[Entry]) -> list[str]:
    return [entry["key"] for entry in entries]


def by_key(entries: Iterable[Entry]) -> dict[str, Entry]:
    return {entry["key"]: entry for entry in entries}


def steps(task: TaskSpec) -> list[str]:
    return [step.key for step in task.steps]


def items(inventory: Inventory) -> list[Entry]:
    return [item for phase in inventory["phases"].values() for item in phase]


# Tasks and steps.


def test_the_inventory_has_51_items_and_143_steps(inventory: Inventory) -> None:
    assert len(items(inventory)) == 51
    assert sum(len(item["actions"]) for item in items(inventory)) == 143


def test_every_item_is_a_task_with_exactly_its_steps(
    inventory: Inventory, playbook: Playbook
) -> None:
    asked = {item["id"]: item["actions"] for item in items(inventory)}
    told = {key: steps(playbook.by_key[key]) for key in asked if key in playbook.by_key}
    assert told == asked


def test_what_is_asked_beside_the_checklists_is_a_task_with_exactly_its_steps(
    inventory: Inventory, playbook: Playbook
) -> None:
    asked = {item["id"]: item["actions"] for item in inventory["beside_checklists"]}
    assert len(asked) == 3
    assert {key: steps(playbook.by_key[key]) for key in asked} == asked


def test_every_item_has_the_condition_that_the_paper_sets_and_no_other(
    inventory: Inventory, playbook: Playbook
) -> None:
    for item in [*items(inventory), *inventory["beside_checklists"]]:
        asked = {name: (value,) for name, value in item.get("only_for", {}).items()}
        told = dict(playbook.by_key[item["id"]].only_for)
        scope = told.pop("scope", ("external",))  # ours: consumer tactics are for outside
        assert (told, scope) == (asked, ("external",)), item["id"]


def test_the_checklists_hold_nothing_but_the_inventory(
    inventory: Inventory, playbook: Playbook
) -> None:
    asked = {item["id"] for item in [*items(inventory), *inventory["beside_checklists"]]}
    work = [task for task in playbook.tasks if not task.is_milestone]
    ours = {"rituals", "mechanics"}
    assert {task.key for task in work if task.checklist not in ours} == asked


def test_every_task_has_a_role_a_pillar_and_evidence_where_it_is_work(playbook: Playbook) -> None:
    for task in playbook.tasks:
        if not task.is_milestone and task.checklist != "rituals":
            assert task.description, task.key
            assert task.steps, task.key
            assert task.pillar, task.key
            assert task.evidence, task.key
            assert task.proof, task.key


def test_the_milestones_of_the_contract_are_there(playbook: Playbook) -> None:
    told: dict[str, set[str]] = {}
    for task in playbook.tasks:
        if task.is_milestone:
            told.setdefault(task.phase, set()).add(task.key.split(".")[2])
    assert told == MILESTONES


def test_every_ritual_comes_back_as_often_as_it_should(
    inventory: Inventory, playbook: Playbook
) -> None:
    told = {task.key: task.recurring.rrule for task in playbook.tasks if task.recurring}
    assert told == RULES
    assert {key.split(".")[2] for key in told} == set(inventory["rituals"])


def test_the_weekly_call_is_held_for_each_strategic_member(playbook: Playbook) -> None:
    ritual = playbook.by_key["recruit.rituals.fifteen_minute_call"].recurring
    assert ritual
    assert ritual.each == "strategic_member"


# Phases and gates.


def test_pitfalls_success_factors_and_guards_stand_with_their_phase(
    inventory: Inventory, playbook: Playbook
) -> None:
    for phase in playbook.phases:
        assert keys(phase.pitfalls) == inventory["pitfalls"][phase.key]
        assert keys(phase.success_factors) == inventory["success_factors"][phase.key]
        guarded = {pitfall["key"] for pitfall in phase.pitfalls if "guard" in pitfall}
        assert guarded == set(inventory["guards"]) & set(inventory["pitfalls"][phase.key])


def test_the_five_gates_lie_between_the_phases(playbook: Playbook) -> None:
    assert [(gate.key, gate.after_phase, gate.before_phase) for gate in playbook.gates] == [
        ("go_for_preparation", None, "prepare"),
        ("ready_to_launch", "prepare", "launch"),
        ("launched", "launch", "recruit"),
        ("ready_to_develop", "recruit", "develop"),
        ("self_sustaining", "develop", None),
    ]


def test_every_milestone_but_none_else_is_asked_for_at_a_gate(playbook: Playbook) -> None:
    asked = {
        c["task"] for gate in playbook.gates for c in gate.criteria if c["kind"] == "milestone"
    }
    assert asked == {task.key for task in playbook.tasks if task.is_milestone}


# Community types.


def test_the_seven_types_have_their_objectives_and_mechanics(
    inventory: Inventory, playbook: Playbook
) -> None:
    asked = [
        (kind["key"], kind["objectives"], kind["mechanics"])
        for kind in inventory["community_types"]
    ]
    told = [
        (kind["key"], keys(kind["objectives"]), keys(kind["mechanics"]))
        for kind in playbook.reference["community_types"]
    ]
    assert len(asked) == 7
    assert told == asked


def test_every_mechanic_adds_tasks_of_its_own_type(playbook: Playbook) -> None:
    for kind in playbook.reference["community_types"]:
        for mechanic in kind["mechanics"]:
            assert mechanic["tasks"], mechanic["key"]
            for key in mechanic["tasks"]:
                assert playbook.by_key[key].only_for["type"] == (kind["key"],)


def test_every_task_of_a_mechanic_is_named_by_it(playbook: Playbook) -> None:
    named = {
        key
        for kind in playbook.reference["community_types"]
        for mechanic in kind["mechanics"]
        for key in mechanic["tasks"]
    }
    assert {task.key for task in playbook.tasks if task.checklist == "mechanics"} == named


# The compass.


def test_the_pillars_have_their_criteria(inventory: Inventory, playbook: Playbook) -> None:
    told = [(pillar["key"], keys(pillar["criteria"])) for pillar in playbook.reference["pillars"]]
    assert told == [(pillar["key"], pillar["criteria"]) for pillar in inventory["pillars"]]


def test_the_criteria_have_their_details(inventory: Inventory, playbook: Playbook) -> None:
    asked = {
        (pillar, name): details
        for pillar, criteria in inventory["pillar_details"].items()
        for name, details in criteria.items()
    }
    asked |= {
        ("steering", name): inventory["metrics"][f"steering_{name.removesuffix('_metrics')}"]
        for name in ("qualitative_metrics", "quantitative_metrics", "roi")
    }
    told = {
        (pillar["key"], criterion["key"].removesuffix("_digital_and_physical")): keys(details)
        for pillar in playbook.reference["pillars"]
        for criterion in pillar["criteria"]
        if (details := criterion.get("details"))
    }
    assert told == asked


def test_the_pillars_feed_each_other_in_a_ring(inventory: Inventory, playbook: Playbook) -> None:
    told = [f"{link['from']} -> {link['to']}" for link in playbook.reference["pillar_ring"]]
    assert told == inventory["pillar_ring"]


def test_the_bonus_levers_have_their_points(inventory: Inventory, playbook: Playbook) -> None:
    told = {lever["key"]: keys(lever["points"]) for lever in playbook.reference["bonus_levers"]}
    assert told == inventory["bonus_levers"]


# Figures.


def asked_metrics(inventory: Inventory) -> dict[str, str]:
    """Group of each metric."""
    asked = inventory["metrics"]
    groups: dict[str, list[str]] = {"launch": asked["launch"], "recruit": asked["recruit"]}
    groups |= asked["develop"]
    groups |= {name: asked[name] for name in asked if name.startswith("steering_")}
    groups["by_type"] = [key for names in asked["by_type"].values() for key in names]
    return {key: group for group, names in groups.items() for key in names}


def test_every_metric_stands_once_in_its_group(inventory: Inventory, playbook: Playbook) -> None:
    told = [(metric["key"], metric["group"]) for metric in playbook.reference["metrics"]]
    assert sorted(told) == sorted(asked_metrics(inventory).items())


def test_every_metric_group_has_a_title(inventory: Inventory, playbook: Playbook) -> None:
    groups = keys(playbook.reference["metric_groups"])
    assert set(groups) == set(asked_metrics(inventory).values())


def test_the_types_have_their_metrics(inventory: Inventory, playbook: Playbook) -> None:
    asked = inventory["metrics"]["by_type"]
    kinds = playbook.reference["community_types"]
    assert {kind["key"]: list(kind["metrics"]) for kind in kinds} == asked
    metrics = by_key(playbook.reference["metrics"])
    for kind, names in asked.items():
        for name in names:
            assert kind in metrics[name]["types"]


# What stands beside.

LISTS = ["alerts", "project_inputs", "success_alignment", "business_objectives"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_holds_exactly_what_is_asked_for(
    name: str, inventory: Inventory, playbook: Playbook
) -> None:
    assert keys(playbook.reference[name]) == list(inventory[name])


def test_every_module_can_be_carried_out(inventory: Inventory, playbook: Playbook) -> None:
    of_the_paper = [module for module in playbook.modules if not module.is_corrective]
    assert [module.key for module in of_the_paper] == inventory["modules"]
    for module in of_the_paper:
        assert 4 <= len(module.tasks) <= 8, module.key
        assert module.anchor in {task.key for task in module.tasks}
        for task in module.tasks:
            assert task.description, task.key
            assert task.evidence, task.key
            assert task.proof, task.key
            assert task.pillar, task.key
            assert task.steps, task.key


def test_the_parts_of_a_challenge_are_those_that_the_inventory_names(playbook: Playbook) -> None:
    challenge = next(m for m in playbook.modules if m.key.startswith("creation_challenge"))
    parts = ("call", "submissions", "jury", "finalists")
    assert {*parts} <= {task.key.rsplit(".", maxsplit=1)[-1] for task in challenge.tasks}


def test_every_type_is_offered_modules_that_carry_out_its_mechanics(playbook: Playbook) -> None:
    for kind in playbook.reference["community_types"]:
        mechanics = set(keys(kind["mechanics"]))
        offered = [m for m in playbook.modules if not m.types or kind["key"] in m.types]
        assert any(mechanics & set(module.mechanics) for module in offered), kind["key"]


NESTED = [
    ("sector_hints", "hints", "sector_hints"),
    ("option_lists", "options", "option_lists"),
    ("business_objectives", "levers", "objective_levers"),
]


@pytest.mark.parametrize(("name", "inner", "asked"), NESTED)
def test_a_list_of_lists_holds_exactly_what_is_asked_for(
    name: str, inner: str, asked: str, *, inventory: Inventory, playbook: Playbook
) -> None:
    told = {entry["key"]: keys(entry[inner]) for entry in playbook.reference[name]}
    assert told == inventory[asked]


def test_the_durations_are_those_of_the_paper(inventory: Inventory, playbook: Playbook) -> None:
    asked = {
        name: {key: value for key, value in told.items() if key != "note"}
        if isinstance(told, dict)
        else told
        for name, told in inventory["durations"].items()
    }
    assert playbook.reference["durations"] == asked


def test_the_cases_stand_under_their_type(inventory: Inventory, playbook: Playbook) -> None:
    told = [(case["type"], case["key"]) for case in playbook.reference["cases"]]
    assert told == [(kind, key) for kind, cases in inventory["cases"].items() for key in cases]


# The quiz.


def quiz(playbook: Playbook) -> Entry:
    assert playbook.quiz is not None
    return playbook.quiz


def test_the_quiz_asks_ten_questions_with_four_answers_each(
    inventory: Inventory, playbook: Playbook
) -> None:
    asked = inventory["readiness_quiz"]
    questions = quiz(playbook)["questions"]
    assert len(questions) == asked["questions"] == 10
    assert keys(questions) == asked["topics"]
    assert {
        question["key"]: [question["answers"][letter]["key"] for letter in "ABCD"]
        for question in questions
    } == asked["answers_by_topic"]
    assert quiz(playbook)["points"] == asked["answers"]


def test_the_quiz_has_four_bands_with_their_advice(
    inventory: Inventory, playbook: Playbook
) -> None:
    asked = inventory["readiness_quiz"]
    bands = quiz(playbook)["bands"]
    assert [
        {
            "min": band["min"],
            "max": band["max"],
            "verdict": band["key"],
            "advice": band["advice"]["key"],
        }
        for band in bands
    ] == asked["bands"]
    sides = asked["advice_differs_for"]
    told = {band["key"]: {side: band[side]["key"] for side in sides} for band in bands}
    assert told == asked["band_advice"]


def test_a_low_score_says_when_to_ask_again(inventory: Inventory, playbook: Playbook) -> None:
    told = {
        band["key"]: band["reassess_months"]
        for band in quiz(playbook)["bands"]
        if band.get("reassess_months")
    }
    assert told == inventory["readiness_quiz"]["reassess_months"]


def test_a_pilot_or_a_light_test_is_proposed_where_the_band_says_so(playbook: Playbook) -> None:
    assert {band["key"]: band.get("trial") for band in quiz(playbook)["bands"]} == {
        "essential": None,
        "relevant": "pilot",
        "possible_but_conditional": "light_test",
        "not_a_priority_now": None,
    }


# Both languages.


def texts(value: object, path: str) -> Iterable[tuple[str, Mapping[str, str]]]:
    """Every text below ``value``, with the way to it."""
    if isinstance(value, Mapping) and {"en", "fr"} & set(value):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from texts(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for n, inner in enumerate(value):
            yield from texts(inner, f"{path}[{n}]")


def all_texts(playbook: Playbook) -> Iterable[tuple[str, Mapping[str, str]]]:
    yield from texts([playbook.title, playbook.description], "playbook")
    for task in playbook.tasks:
        told = [task.title, task.description, task.proof, [step.title for step in task.steps]]
        yield from texts(told, task.key)
    for phase in playbook.phases:
        beside: list[object] = [phase.pitfalls, phase.success_factors, dict(phase.checklists)]
        yield from texts([phase.title, phase.description, *beside], phase.key)
    for gate in playbook.gates:
        yield from texts([gate.title, gate.description, gate.criteria], gate.key)
    yield from texts([playbook.quiz, playbook.reference], "reference")


def test_every_text_is_there_in_both_languages(playbook: Playbook) -> None:
    found = list(all_texts(playbook))
    assert len(found) > 700
    for path, text in found:
        assert set(text) == set(LANGUAGES), path
        for language in LANGUAGES:
            assert text[language].strip() == text[language] != "", path


def test_every_description_is_written_twice_and_not_repeated(playbook: Playbook) -> None:
    for path, text in all_texts(playbook):
        if len(text["en"]) > 60:
            assert text["en"] != text["fr"], path
