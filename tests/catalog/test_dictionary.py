"""The dictionary of metrics: nothing that is asked for is missing, and faults are told by line."""

from pathlib import Path
from typing import Any

import pytest

from tracker.connectors.csv_upload.presets import PRESETS
from tracker.connectors.discourse.names import COUNTERS, REPORTS
from tracker.kernel.resources import resource_dir
from tracker.kernel.texts import LANGUAGES
from tracker.playbooks.catalog import (
    RELEASED,
    checked_files,
    digest,
    editions,
    find_all_problems,
    released_digests,
)
from tracker.playbooks.dictionary import Metric, load_dictionary, read_dictionary
from tracker.playbooks.loader import BadPlaybook
from tracker.playbooks.model import Playbook

CATALOGUE = [
    *("members_total", "joins", "leaves", "net_growth", "growth_rate"),
    *("dau", "wau", "mau", "stickiness", "engagement_rate", "engagement_rate_of_active"),
    *("contribution_rate", "posts", "replies", "reactions", "posts_per_active"),
    *("activation_rate_7d", "activation_rate_7_days_with_reactions"),
    "time_to_first_contribution",
    *("retention_active_m3", "retention_active_m6", "retention_active_m12"),
    *("retention_member_m3", "retention_member_m6", "retention_member_m12"),
    *("churn_rate", "activity_churn", "resurrection", "participation_90_9_1"),
    *("contributor_absence_factor", "conversion_rate", "ttfr_median", "ttfr_p90", "ttfr_staff"),
    *("ttfr_member", "no_response_rate", "response_rate_24h", "answer_rate", "peer_answer_share"),
    *("member_content_share", "acquisition", "visitor_to_member", "email_ctr", "unsub_rate"),
    *("list_growth", "event_showup", "repeat_attendance", "nps", "nps_margin"),
    *("cost_per_member", "cost_per_activated", "community_roi"),
    *("orbit_love", "orbit_gravity", "orbit_reach"),
]
"""Every metric of the catalogue of connectors."""
BROUGHT = [
    *("recruitment_spend", "recruitment_hours", "animation_hours_planned", "animation_hours_spent"),
    *("animators_fte", "people_reached", "nps_promoters", "nps_passives", "nps_detractors"),
    *("value_revenue", "value_research", "value_hiring", "persona_fits", "persona_misfits"),
    *("hour_cost", "ticket_probability", "ticket_cost"),
]
OF_ONE = """\
dictionary: metrics
version: 1
growth:
  - key: size
    version: 1
    title: {en: Size, fr: Taille}
    description: {en: How many., fr: Combien.}
    formula: {en: Count them., fr: Les compter.}
    unit: count
    good: up
    window: day
    kind: derived
    counts: [member]
"""


def metrics() -> list[Metric]:
    return list(load_dictionary().metrics.values())


def a_dictionary(folder: Path, text: str) -> Path:
    path = folder / "metrics" / "v1.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_no_metric_of_the_inventory_is_missing(inventory: dict[str, Any]) -> None:
    asked = inventory["metrics"]
    lists = [asked[name] for name in asked if name not in ("develop", "by_type")]
    lists += [*asked["develop"].values(), *asked["by_type"].values()]
    missing = {key for names in lists for key in names} - set(load_dictionary().metrics)
    assert not missing


@pytest.mark.parametrize("names", [CATALOGUE, BROUGHT])
def test_no_metric_of_the_catalogue_of_connectors_is_missing(names: list[str]) -> None:
    assert [name for name in names if load_dictionary().find(name) is None] == []


def test_what_exports_and_platforms_tell_is_in_the_dictionary_with_its_words() -> None:
    told: list[tuple[str, set[str]]]
    told = [(metric, set()) for preset in PRESETS.values() for metric in preset.columns.values()]
    told += [
        (preset.columns[name], {"basis"}) for preset in PRESETS.values() for name in preset.seen
    ]
    told += [(one.metric, set(one.dims)) for one in (*REPORTS.values(), *dict(COUNTERS).values())]
    for name, words in told:
        metric = load_dictionary().metrics[name]
        assert words <= set(metric.dims), name


def test_a_metric_is_found_under_its_other_name() -> None:
    dictionary = load_dictionary()
    assert dictionary.find("retention_active_m3") is dictionary.metrics["retention_3_months"]
    assert dictionary.find("nothing") is None


def test_the_dictionary_says_of_the_plans_metrics_what_the_playbook_says(
    playbook: Playbook,
) -> None:
    for told in playbook.reference["metrics"]:
        metric = load_dictionary().metrics[told["key"]]
        assert metric.chapter == "plan"
        for name in ("title", "description", "unit", "good", "group"):
            assert getattr(metric, name) == told[name], told["key"]
        for name in ("phases", "types"):
            assert getattr(metric, name) == tuple(told.get(name, ())), told["key"]


def test_every_text_says_in_both_languages_something_else(subtests: pytest.Subtests) -> None:
    for metric in metrics():
        with subtests.test(metric.key):
            texts = (metric.title, metric.description, metric.formula, metric.maturity, metric.n)
            for text in filter(None, texts):
                assert set(text) == set(LANGUAGES)
                assert not any(line.endswith(" ") or "  " in line for line in text.values())
            assert metric.description["en"] != metric.description["fr"]


def test_every_title_is_that_of_one_metric() -> None:
    for language in LANGUAGES:
        titles = [metric.title[language] for metric in metrics()]
        assert sorted(set(titles)) == sorted(titles)


def test_no_share_is_told_without_what_it_is_a_share_of() -> None:
    shares = [m for m in metrics() if m.kind == "derived" and m.unit == "percent"]
    assert [m.key for m in shares if m.n is None and not m.key.startswith("measurable")] == []


def test_bots_never_count_and_animators_only_where_they_are_named() -> None:
    assert {who for metric in metrics() for who in metric.counts} == {"member", "staff", "anyone"}
    assert load_dictionary().metrics["animator_posts_per_week"].counts == ("staff",)
    assert load_dictionary().metrics["dau"].counts == ("member",)


def test_it_is_checked_with_the_playbooks_and_is_none() -> None:
    root = resource_dir("templates_catalog")
    path = root / "metrics" / "v1.yaml"
    assert path in checked_files(root)
    assert list(find_all_problems(path)) == []
    assert released_digests(root)["metrics/v1.yaml"] == digest(path)
    assert {edition.slug for edition in editions(root)} == {"community-launch", "empty-plan"}


def test_an_edited_dictionary_is_told(tmp_path: Path) -> None:
    path = a_dictionary(tmp_path, OF_ONE)
    (tmp_path / RELEASED).write_text(f"{digest(path)}  metrics/v1.yaml\n", encoding="utf-8")
    assert list(find_all_problems(tmp_path)) == []
    path.write_text(OF_ONE + "# an afterthought\n", encoding="utf-8")
    (problem,) = map(str, find_all_problems(tmp_path))
    assert problem.startswith(f"{path}:1: metrics/v1.yaml has been released")


FAULTS = {
    "a unit that there is not": ("count\n", "sacks\n", 9, "unit must be one of count, percent"),
    "a window that there is not": ("day", "3d", 11, "window must be one of day, 7d"),
    "a kind that there is not": ("derived", "guessed", 12, "kind must be one of native"),
    "who counts that nobody is": ("[member]", "[bot]", 13, "an item of counts must be one of"),
    "an unknown key": ("good: up", "good: up\n    colour: red", 11, "unknown key “colour”"),
    "an unknown chapter": ("growth", "gossip", 3, "unknown key “gossip” in the dictionary"),
    "a text in one language": (", fr: Taille", "", 6, "title has no text in the language “fr”"),
    "no formula": (
        "    formula: {en: Count them., fr: Les compter.}\n",
        "",
        4,
        "an item of growth needs a “formula”",
    ),
    "another file": ("dictionary: metrics", "playbook: mine", 1, "unknown key “playbook”"),
    "its own other name": ("day\n", "day\n    also: [size]\n", 4, "“size” is a name of two"),
    "no YAML": ("version: 1\ngrowth", "version: [\ngrowth", 4, "not readable as YAML"),
}


def test_every_fault_stands_with_its_line(subtests: pytest.Subtests, tmp_path: Path) -> None:
    for name, (old, new, line, said) in FAULTS.items():
        with subtests.test(name):
            path = a_dictionary(tmp_path, OF_ONE.replace(old, new, 1))
            problems = [str(problem) for problem in find_all_problems(path)]
            found = [told for told in problems if told.startswith(f"{path}:{line}: {said}")]
            assert found, problems
            with pytest.raises(BadPlaybook):
                read_dictionary(path)


def test_a_name_is_that_of_one_metric_whichever_chapter_it_stands_in(tmp_path: Path) -> None:
    other = OF_ONE.partition("growth:\n")[2].replace("key: size", "key: girth")
    path = a_dictionary(tmp_path, f"{OF_ONE}value:\n{other}    also: [size]\n")
    (problem,) = map(str, find_all_problems(path))
    assert problem == f"{path}:15: “size” is a name of two metrics, size and girth"
