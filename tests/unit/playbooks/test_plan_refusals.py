from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders import (
    MONDAY_6_SEPTEMBER,
    a_plan,
    a_playbook,
    a_task,
    a_text,
    some_parameters,
    waits,
)
from tracker.kernel.errors import Invalid
from tracker.kernel.texts import LANGUAGES
from tracker.playbooks.model import Anchor, TaskSpec
from tracker.playbooks.plan import make_plan
from tracker.playbooks.refusals import PlanDoesNotFit

TODAY = date(2027, 8, 30)
CHAIN = (
    a_task("draft", days=3, title={"en": "Draft", "fr": "Rédiger"}),
    a_task("review", days=4, after=["draft"], title={"en": "Review", "fr": "Relire"}),
    a_task("aside", title={"en": "Aside", "fr": "À côté"}),
)


def refusal(*tasks: TaskSpec, today: date = TODAY, **wanted: Any) -> PlanDoesNotFit:
    with pytest.raises(PlanDoesNotFit) as caught:
        a_plan(*tasks, today=today, **wanted)
    return caught.value


def first_fitting_day(*tasks: TaskSpec, after: date, **wanted: Any) -> date:
    """The first open launch day that fits, tried out day by day."""
    for days in range(1, 500):
        launch_on = after + timedelta(days=days)
        try:
            plan = a_plan(*tasks, today=TODAY, **{**wanted, "launch_on": launch_on})
        except PlanDoesNotFit:
            continue
        if not any("closed day" in warning.say("en") for warning in plan.warnings):
            return launch_on
    raise AssertionError("no launch day fits")


def test_a_preparation_that_would_start_before_today_is_refused_with_its_chain() -> None:
    refused = refusal(*CHAIN)  # 7 working days, from 26 August
    assert refused.chain == ("draft", "review")
    assert "“Draft” → “Review”" in refused.say("en")
    assert "« Rédiger » → « Relire »" in refused.say("fr")
    for language in LANGUAGES:
        for day in ("2027-09-06", "2027-08-26", "2027-08-30", "2027-09-08"):
            assert day in refused.say(language)


def test_the_earliest_launch_day_fits_and_the_working_day_before_it_does_not() -> None:
    earliest = refusal(*CHAIN).earliest_launch_on
    assert earliest == date(2027, 9, 8)
    assert a_plan(*CHAIN, today=TODAY, launch_on=earliest).days.start == TODAY
    assert refusal(*CHAIN, launch_on=date(2027, 9, 7)).earliest_launch_on == earliest


@pytest.mark.parametrize("country", [None, "FR", "JP"])
@pytest.mark.parametrize("months", [2, 5])
def test_the_earliest_launch_day_is_the_first_one_that_can_be_tried_out(
    months: int, country: str | None
) -> None:
    wanted: dict[str, Any] = {"prepare_months": months, "country": country}
    named = refusal(*CHAIN, **wanted).earliest_launch_on
    assert named == first_fitting_day(*CHAIN, after=MONDAY_6_SEPTEMBER, **wanted)


def test_the_earliest_launch_day_counts_the_holidays_behind_the_wanted_one() -> None:
    closures = tuple(date(2027, 9, day) for day in range(6, 11))
    refused = refusal(*CHAIN, closures=closures)
    assert refused.earliest_launch_on == date(2027, 9, 15)


def test_a_shorter_preparation_that_fits_is_offered() -> None:
    refused = refusal(a_task("draft", days=2), prepare_months=6)
    assert "prepare_months 5" in refused.say("en")
    assert "prepare_months 5" in refused.say("fr")
    assert a_plan(a_task("draft", days=2), today=TODAY, prepare_months=5).tasks


def test_a_shorter_preparation_is_offered_only_if_its_leads_fit_too() -> None:
    leads = a_task("a", days=2), a_task("b", days=3, after=[waits("FS", "a", -1)])
    refused = refusal(*leads, prepare_months=4)
    for months in (2, 3):
        fits = True
        try:
            a_plan(*leads, today=TODAY, prepare_months=months)
        except PlanDoesNotFit:
            fits = False
        assert (f"prepare_months {months}" in refused.say("en")) == fits


def test_a_shorter_preparation_that_does_not_fit_is_not_offered() -> None:
    assert "prepare_months" not in refusal(*CHAIN, prepare_months=3).say("en")


def test_braces_in_a_title_are_printed_as_they_are() -> None:
    refused = refusal(a_task("draft", days=9, title=a_text("Fill {the gaps}")))
    assert "“Fill {the gaps}”" in refused.say("en")


def test_a_long_chain_is_shortened_in_the_sentence_only() -> None:
    tasks = [a_task("t0")] + [a_task(f"t{n}", after=[f"t{n - 1}"]) for n in range(1, 20)]
    refused = refusal(*tasks)
    assert len(refused.chain) == 20
    assert "“t3” → … → “t17”" in refused.say("en")


def test_a_window_that_runs_into_launch_day_is_refused_with_the_next_day_that_fits() -> None:
    tied = a_task("tied", days=3, not_before=Anchor("launch", calendar_days=-4))
    refused = refusal(tied)  # from Thursday, two days are left before Monday
    assert refused.chain == ("tied",)
    assert refused.earliest_launch_on == first_fitting_day(tied, after=MONDAY_6_SEPTEMBER)


def test_a_window_that_never_fits_names_no_launch_day() -> None:
    tied = a_task("tied", days=9, not_before=Anchor("launch", working_days=-3))
    refused = refusal(tied, today=date(2027, 1, 4))
    assert refused.chain == ("tied",)
    assert refused.earliest_launch_on is None
    assert "2027-09-13" in refused.say("en")
    assert "2027-09-13" in refused.say("fr")


def test_work_that_reaches_beyond_a_fixed_date_is_refused() -> None:
    refused = refusal(
        a_task("launch.followup.survey", days=5),
        a_task("launch.followup.report", days=5, after=["launch.followup.survey"]),
        a_task(
            "launch.followup.audit",
            on=Anchor("launch", working_days=7),
            after=["launch.followup.report"],
        ),
    )
    assert refused.chain == ("launch.followup.survey", "launch.followup.report")
    assert "launch.followup.audit" in refused.say("en")
    assert "2027-09-15" in refused.say("en")  # fixed on
    assert "2027-09-17" in refused.say("fr")  # reached


def test_a_fixed_date_before_the_phase_of_its_predecessor_is_refused() -> None:
    refused = refusal(
        a_task("develop.growth.events"),
        a_task("launch.followup.audit", on=Anchor("launch"), after=["develop.growth.events"]),
    )
    assert refused.chain == ("develop.growth.events",)


def test_a_fixed_date_before_the_preparation_of_its_predecessor_is_refused() -> None:
    refused = refusal(
        a_task("work", days=5),
        a_task("audit", on=Anchor("launch", working_days=-6), after=["work"]),
        a_task("rest", days=9),
        today=date(2027, 1, 4),
    )
    assert refused.chain == ("work",)


def test_a_date_fixed_before_today_is_refused_with_the_first_launch_day_that_fits() -> None:
    fixed = a_task("booking", on=Anchor("launch", calendar_days=-14))
    refused = refusal(fixed)  # 23 August
    assert refused.chain == ("booking",)
    assert refused.earliest_launch_on == date(2027, 9, 13)
    for language in LANGUAGES:
        assert "2027-08-23" in refused.say(language)
        assert "2027-09-13" in refused.say(language)


def test_what_outlasts_the_project_is_told_how_many_months_it_needs() -> None:
    long = a_task("develop.growth.events", days=200)
    refused = refusal(long, develop_months=6)
    assert refused.chain == ("develop.growth.events",)
    for language in LANGUAGES:
        assert "develop_months 10" in refused.say(language)
    assert a_plan(long, today=TODAY, develop_months=10).tasks
    refusal(long, develop_months=9)


def test_months_that_do_not_help_are_not_offered() -> None:
    """A share of a longer time begins later."""
    late = a_task("develop.growth.events", days=100, not_before=Anchor("develop", share=90))
    refused = refusal(late, develop_months=6)
    assert "develop_months" not in refused.say("en")
    assert refused.earliest_launch_on is None


def test_no_launch_day_is_named_where_none_would_help() -> None:
    endless = a_task("develop.growth.events", days=900)
    assert refusal(endless, develop_months=18).earliest_launch_on is None


@pytest.mark.parametrize("phase", ["prepare", "develop"])
def test_a_plan_beyond_all_calendars_is_refused_with_a_sentence(phase: str) -> None:
    keys = [f"{phase}.a.t{n}" for n in range(60)]
    tasks = [a_task(key, days=1000, after=keys[n - 1 : n]) for n, key in enumerate(keys)]
    refused = refusal(*tasks, prepare_months=6)
    assert refused.chain[-1] == keys[-1]
    assert "a plan reaches 2600 at most" in refused.say("en")
    assert "un plan en couvre 2600 au plus" in refused.say("fr")


def faults(**wanted: Any) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as caught:
        make_plan(a_playbook(), some_parameters(**wanted), TODAY)
    return {
        name: [f"{said.say('en')} {said.say('fr')}" for said in found]
        for name, found in caught.value.fields.items()
        if isinstance(found, list)
    }


WRONG = [
    ({"prepare_months": 1}, "prepare_months", "two to six months"),
    ({"prepare_months": 7}, "prepare_months", "two to six months"),
    ({"develop_months": 5}, "develop_months", "between 6 and 18"),
    ({"develop_months": 19}, "develop_months", "between 6 and 18"),
    ({"seed_members": 9}, "seed_members", "between 10 and 50"),
    ({"first_members_target": 9}, "first_members_target", "between 10 and"),
    ({"launch_weeks": 0}, "launch_weeks", "between 1 and 26"),
    ({"launch_on": None}, "launch_on", "exactly one"),
    ({"start_on": date(2027, 9, 1), "launch_on": date(2027, 9, 6)}, "launch_on", "exactly one"),
    ({"launch_on": date(2027, 8, 27)}, "launch_on", "already_launched"),
    ({"start_on": date(2027, 8, 27)}, "start_on", "2027-08-30"),
    ({"launch_on": date(2101, 1, 1)}, "launch_on", "2000"),
    ({"launch_on": date(1999, 12, 31), "already_launched": True}, "launch_on", "2000"),
    ({"community_type": "club"}, "community_type", "advocacy"),
    ({"scope": "inside"}, "scope", "hybrid"),
    ({"audience": "none"}, "audience", "from_scratch"),
    ({"language": "de"}, "language", "fr"),
    ({"country": "XX"}, "country", "ISO 3166"),
    ({"country": "fr"}, "country", "ISO 3166"),
    ({"subdivision": "BY"}, "subdivision", "country"),
    ({"country": "FR", "subdivision": "BY"}, "subdivision", "FR"),
    ({"timezone": "Mars/Olympus"}, "timezone", "Europe/Paris"),
    ({"timezone": "../etc/passwd"}, "timezone", "Europe/Paris"),
    ({"closures": (date(2027, 9, 1),) * 1001}, "closures", "1000"),
]


@pytest.mark.parametrize(("wanted", "field", "words"), WRONG, ids=[str(row[0]) for row in WRONG])
def test_a_value_that_makes_no_sense_is_refused_by_name(
    wanted: dict[str, object], field: str, words: str
) -> None:
    found = faults(**wanted)
    assert list(found) == [field]
    assert words in found[field][0]


def test_every_wrong_value_is_named_at_once() -> None:
    assert set(faults(prepare_months=9, scope="x", country="XX", timezone="x")) == {
        "prepare_months",
        "scope",
        "country",
        "timezone",
    }
