"""Whatever the playbook and the parameters, the plan keeps its promises."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_playbook, a_task
from tests.unit.playbooks.invariants import broken
from tests.unit.playbooks.slips import slips
from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said
from tracker.playbooks.catalog import our_playbook
from tracker.playbooks.model import Anchor, AnchorName, Link, LinkType, Playbook, TaskSpec
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan
from tracker.playbooks.planned import Plan
from tracker.playbooks.refusals import PlanDoesNotFit
from tracker.playbooks.timeline import timeline

TODAY = date(2027, 1, 4)
# The same examples in every run: what a random one finds belongs into a test of its own.
thorough = settings(deadline=None, derandomize=True, max_examples=300)
quick = settings(thorough, max_examples=60)

PLACES = (
    "prepare.a",
    "prepare.a",
    "prepare.b",
    "recruit.early",
    "launch.day",
    "launch.followup",
    "recruit.b",
    "develop.c",
)
BEFORE = PLACES[:4]
NEAR_BEFORE: tuple[AnchorName, ...] = ("start", "launch")
NEAR_AFTER: tuple[AnchorName, ...] = ("launch", "launch_end", "develop", "end")
COUNTRIES = (None, "FR", "DE", "US", "GB", "JP", "IN", "BR", "SA", "CN")


@st.composite
def anchors(draw: st.DrawFn, names: tuple[AnchorName, ...]) -> Anchor:
    name = draw(st.sampled_from(names))
    kind = draw(st.sampled_from(("working_days", "calendar_days", "months", "none")))
    if kind == "none":
        return Anchor(name)
    days = draw(
        st.integers(-15, -1) if name == "launch" and names is NEAR_BEFORE else st.integers(0, 20)
    )
    return Anchor(name, **{kind: days // 7 if kind == "months" else days})


@st.composite
def playbooks(draw: st.DrawFn, *, lags: st.SearchStrategy[int], windows: bool = True) -> Playbook:
    """One to 25 tasks before, on and after launch day; those before wait for none after."""
    size = draw(st.integers(1, 25))
    places = draw(st.lists(st.sampled_from(PLACES), min_size=size, max_size=size))
    tasks: list[TaskSpec] = []
    for place in sorted(places, key=PLACES.index):
        after = draw(links([task.key for task in tasks], lags))
        audience = draw(st.sampled_from((None, None, None, "existing", "from_scratch")))
        tasks.append(
            a_task(
                f"{place}.t{len(tasks)}",
                days=draw(st.sampled_from((0, 1, 1, 2, 3, 5, 8))),
                after=after,
                early=place == "recruit.early",
                only_for={"audience": (audience,)} if audience else {},
                **(draw(bounded(is_before=place in BEFORE)) if windows else {}),
            )
        )
    return a_playbook(*tasks)


@st.composite
def links(draw: st.DrawFn, known: list[str], lags: st.SearchStrategy[int]) -> list[Link]:
    """Up to three, rather to the last tasks than to the first: so chains grow."""
    back = draw(st.lists(st.integers(1, 6), unique=True, max_size=3))
    kinds: st.SearchStrategy[LinkType] = st.sampled_from(("FS", "FS", "SS", "FF", "SF"))
    return [Link(known[-n], draw(kinds), draw(lags)) for n in back if n <= len(known)]


@st.composite
def bounded(draw: st.DrawFn, *, is_before: bool) -> dict[str, Anchor | None]:
    """A window now and then, most of them where the task can lie."""
    name = draw(st.sampled_from(("", "", "", "", "", "", "", "not_before", "deadline", "on")))
    return {name: draw(anchors(NEAR_BEFORE if is_before else NEAR_AFTER))} if name else {}


@st.composite
def parameters(draw: st.DrawFn, /, **fixed: Any) -> Parameters:
    first = draw(st.sampled_from((*[date(2027, 6, 1)] * 4, TODAY, date(2026, 12, 1))))
    day = draw(st.dates(first, date(2029, 12, 31)))
    anchor = draw(st.sampled_from(("launch_on", "launch_on", "start_on")))
    wanted = {
        anchor: day,
        "prepare_months": draw(st.integers(2, 6)),
        "develop_months": draw(st.integers(6, 18)),
        "launch_weeks": draw(st.integers(1, 26)),
        "audience": draw(st.sampled_from(("existing", "from_scratch", "both"))),
        "country": draw(st.sampled_from(COUNTRIES)),
        "closures": tuple(draw(st.lists(st.dates(date(2027, 1, 1), date(2028, 1, 1)), max_size=9))),
        "already_launched": draw(st.sampled_from((False, False, True))),
    }
    return Parameters(**{**wanted, **fixed})


def plan_or_reason(playbook: Playbook, wanted: Parameters) -> Plan | None:
    """The plan, or None where it is refused in both languages."""
    try:
        return make_plan(playbook, wanted, TODAY)
    except PlanDoesNotFit as refused:
        chain, sentences = refused.chain, [refused.said]
    except Invalid as refused:
        found = [said for faults in refused.fields.values() for said in faults]
        chain, sentences = (), [said for said in found if isinstance(said, Said)]
    assert set(chain) <= set(playbook.by_key)
    assert sentences
    for said in sentences:
        assert said.say("en") != said.say("fr")
        assert "{" not in said.say("en") + said.say("fr")
    return None


ALL_LAGS = st.integers(-3, 5)


@thorough
@given(playbooks(lags=ALL_LAGS), parameters())
def test_every_plan_keeps_every_rule_or_says_why_there_is_none(
    playbook: Playbook, wanted: Parameters
) -> None:
    plan = plan_or_reason(playbook, wanted)
    assert plan is None or broken(plan, TODAY) == []


@quick
@given(playbooks(lags=ALL_LAGS, windows=False), parameters(already_launched=False))
def test_without_windows_every_plan_fits_from_its_earliest_launch_day(
    playbook: Playbook, wanted: Parameters
) -> None:
    earliest = earliest_launch_day(playbook, wanted)
    if earliest:
        later = replace(wanted, launch_on=earliest, start_on=None)
        assert broken(make_plan(playbook, later, TODAY), TODAY) == []


def earliest_launch_day(playbook: Playbook, wanted: Parameters) -> date | None:
    """What a refusal names; None where nothing is refused for want of time."""
    try:
        make_plan(playbook, wanted, TODAY)
    except PlanDoesNotFit as refused:
        return refused.earliest_launch_on or date.min  # where none is named the test must fail
    except Invalid:
        pass
    return None


@quick
@given(playbooks(lags=ALL_LAGS), parameters())
def test_the_same_input_gives_the_same_plan(playbook: Playbook, wanted: Parameters) -> None:
    first, second = plan_or_reason(playbook, wanted), plan_or_reason(playbook, wanted)
    assert (first is None) == (second is None)
    if first and second:
        assert timeline(first, "fr") == timeline(second, "fr")


@quick
@given(playbooks(lags=ALL_LAGS), parameters())
def test_early_dates_come_no_later_than_late_ones_however_they_are_found(
    playbook: Playbook, wanted: Parameters
) -> None:
    plan = plan_or_reason(playbook, wanted)
    if plan is None:
        return
    before = [task for task in plan.tasks if task.spec.is_before_launch]
    tried = slips(plan, [task.spec.key for task in before])
    assert {task.spec.key: task.float_days for task in before} == tried


def distances(plan: Plan) -> dict[str, tuple[int, int]]:
    """Working days before launch, of starts and due days."""
    index, launch = plan.calendar.index, plan.calendar.index(plan.days.launch)
    return {
        task.spec.key: (launch - index(task.start_on), launch - index(task.due_on))
        for task in plan.tasks
        if task.spec.is_before_launch
    }


def later_with_more_months(playbook: Playbook, **wanted: Any) -> list[str]:
    """Tasks of the preparation that some longer preparation makes later."""
    told = Parameters(launch_on=date(2029, 9, 3), **wanted)
    plans = [
        distances(make_plan(playbook, replace(told, prepare_months=months), TODAY))
        for months in range(2, 7)
    ]
    return [
        f"{key} with {months} months: {before} → {after[key]}"
        for months, (shorter, after) in enumerate(pairwise(plans), start=3)
        for key, before in shorter.items()
        if after[key][0] < before[0] or after[key][1] < before[1]
    ]


@thorough
@given(playbooks(lags=st.integers(0, 5), windows=False), st.sampled_from(COUNTRIES))
def test_a_longer_preparation_makes_no_task_later_relative_to_launch(
    playbook: Playbook, country: str | None
) -> None:
    assert later_with_more_months(playbook, country=country) == []


def test_a_longer_preparation_makes_no_task_of_ours_later_relative_to_launch() -> None:
    for audience in ("existing", "from_scratch", "both"):
        for scope in ("internal", "external"):
            wanted = {"audience": audience, "scope": scope, "public": True, "country": "FR"}
            assert later_with_more_months(our_playbook("community-launch"), **wanted) == []


@quick
@given(playbooks(lags=ALL_LAGS, windows=False), parameters(already_launched=False))
def test_start_and_launch_day_follow_from_each_other(
    playbook: Playbook, wanted: Parameters
) -> None:
    plan = plan_or_reason(playbook, wanted)
    if plan is None or plan.calendar.opened:
        return
    back = replace(wanted, launch_on=None, start_on=plan.days.start)
    assert make_plan(playbook, back, TODAY).days == plan.days
