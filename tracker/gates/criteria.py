"""One criterion held against the facts: met, unmet or unknown, with a sentence that says why. Pure.

What is not known is not met. Nothing here reads a clock or a database.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from tracker.gates import said
from tracker.gates.approving import Tally, tally
from tracker.gates.facts import Facts, GateFact, MemberFact, TaskFact
from tracker.gates.sustaining import judge_figure
from tracker.gates.words import PHASE, ROLE, STATUS, names_of, quoted
from tracker.kernel.texts import Said, Sentence
from tracker.playbooks.model import Anchor
from tracker.projects.rules import CLOSED

Criterion = Mapping[str, Any]
MET, UNMET, UNKNOWN = "met", "unmet", "unknown"


@dataclass(frozen=True, slots=True)
class Found:
    """What a criterion has come to.

    ``source`` says whose word it is, ``as_of`` of when; None is of the present moment.
    """

    state: str
    value: object
    target: object
    sentence: Said
    source: str
    as_of: datetime | None = None
    open_tasks: tuple[TaskFact, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A criterion of a gate, the facts, and who decides, if anybody does just now."""

    criterion: Criterion
    gate: GateFact
    facts: Facts
    decider: MemberFact | None = None


def judge(case: Case) -> Found:
    """What the criterion has come to."""
    return _JUDGES[case.criterion["kind"]](case)


def _tasks_done(case: Case) -> Found:
    phase = case.criterion["phase"]
    required = [task for task in _of_phase(case) if not task.is_optional]
    still_open = [task for task in required if task.status not in CLOSED]
    values: dict[str, object] = {
        "done": len(required) - len(still_open),
        "total": len(required),
        "phase": PHASE[phase],
        "titles": quoted([task.title for task in still_open]),
    }
    sentence = said.TASKS_OPEN if still_open else said.TASKS_DONE if required else said.NO_TASKS
    return Found(
        state=UNMET if still_open else MET,
        value=values["done"],
        target=len(required),
        sentence=Said(sentence, values),
        source="tasks",
        open_tasks=tuple(still_open[: said.MOST_NAMED]),
    )


def _of_phase(case: Case) -> list[TaskFact]:
    phase = case.criterion["phase"]
    return [t for t in case.facts.tasks.values() if t.phase == phase and not t.is_aside]


def _optional_share(case: Case) -> Found:
    optional = [task for task in _of_phase(case) if task.is_optional]
    done = sum(task.status in CLOSED for task in optional)
    target: int = case.criterion["at_least"]
    share = done * 100 // len(optional) if optional else 100
    values = {
        "done": done,
        "total": len(optional),
        "share": share,
        "target": target,
        "phase": PHASE[case.criterion["phase"]],
    }
    return Found(
        state=MET if share >= target else UNMET,
        value=share,
        target=target,
        sentence=Said(said.SHARE if optional else said.NO_OPTIONAL, values),
        source="tasks",
    )


def _milestone(case: Case) -> Found:
    task = _task(case)
    if task is None:
        return _without_task(case, "done")
    values: dict[str, object] = {"task": task.title, "status": STATUS[task.status]}
    if task.status != "done":
        return Found(
            UNMET,
            task.status,
            "done",
            Said(said.MILESTONE_OPEN, values),
            "tasks",
            open_tasks=(task,),
        )
    reached_on = task.finished_on.isoformat() if task.finished_on else None
    sentence = said.MILESTONE_REACHED if reached_on is None else said.MILESTONE_REACHED_ON
    return Found(MET, "done", "done", Said(sentence, {**values, "on": reached_on}), "tasks")


def _task(case: Case) -> TaskFact | None:
    """The task that is named; one that a change of plan has retired is as good as left out."""
    task = case.facts.tasks.get(case.criterion["task"])
    is_left_out = case.criterion["task"] in case.facts.project.left_out
    return None if task and task.status == "not_applicable" and is_left_out else task


def _without_task(case: Case, target: object) -> Found:
    """A task that does not apply asks for nothing; one that is nowhere leaves the gate closed."""
    key = case.criterion["task"]
    reason = case.facts.project.left_out.get(key)
    if reason is None:
        return Found(UNKNOWN, None, target, Said(said.NO_SUCH_TASK, {"task": key}), "tasks")
    values = {"task": key, "reason": reason}
    return Found(MET, None, target, Said(said.LEFT_OUT, values), "tasks")


def _evidence(case: Case) -> Found:
    task = _task(case)
    content = case.facts.contents.get(case.criterion["task"])
    if task is None or content is None:
        return _without_task(case, 1)
    values: dict[str, object] = {"task": task.title, "count": len(content.evidences)}
    if not content.evidences:
        sentence = Said(said.NO_EVIDENCE, values)
        return Found(UNMET, 0, 1, sentence, "evidence", open_tasks=(task,))
    last = content.evidences[-1]
    shown = last.url or last.note or last.figure
    sentence = Said(said.EVIDENCE, {**values, "on": last.at.date().isoformat()})
    return Found(MET, len(content.evidences), 1, sentence, f"{last.kind}: {shown}", last.at)


def _approval(case: Case) -> Found:
    count = tally(case.facts, case.gate, case.criterion, case.decider)
    return Found(
        state=MET if count.is_reached or count.may_be_alone else UNMET,
        value=len(count.approved),
        target=case.criterion["count"],
        sentence=_told(case, count),
        source="approvals",
        as_of=count.last.at if count.last else None,
        alone=count.alone or (count.named is None and count.is_reached),
    )


def _told(case: Case, count: Tally) -> Said:
    values: dict[str, object] = {
        "role": ROLE[case.criterion["role"]],
        "named": count.named.name if count.named else "",
        "names": names_of(count.approved),
        "decliners": names_of(one.member for one in count.declined),
        "have": len(count.approved),
        "target": case.criterion["count"],
    }
    if count.named is None:
        return Said(_told_alone(case, count), values)
    if count.is_reached:
        return Said(said.DECIDED_BY_NAMED if count.alone else said.APPROVED, values)
    if count.declined:
        return Said(said.DECLINED, values)
    return Said(said.LACKS_OWNERS if count.named in count.approved else said.LACKS_NAMED, values)


def _told_alone(case: Case, count: Tally) -> Sentence:
    if count.approved:
        decider = case.decider
        decides = count.alone and decider is not None and decider in count.approved
        return said.DECIDES_ALONE if decides else said.APPROVED_ALONE
    if count.declined:
        return said.DECLINED
    return said.MAY_BE_ALONE if count.may_be_alone else said.NEEDS_OWNER


def _assessment(case: Case) -> Found:
    target: int = case.criterion["at_least"]
    found = case.facts.assessment
    if found is None:
        return Found(UNKNOWN, None, target, Said(said.NO_ASSESSMENT, {}), "assessment")
    on = found.at.date().isoformat()
    values = {"score": found.score, "target": target, "on": on}
    state = MET if found.score >= target else UNMET
    return Found(
        state,
        found.score,
        target,
        Said(said.SCORED if state == MET else said.SCORED_LESS, values),
        f"assessment {found.id}",
        found.at,
    )


def _elapsed(case: Case) -> Found:
    wanted: date = day_of(case.criterion["since"], case.facts)
    today = case.facts.today
    values = {"on": wanted.isoformat(), "days": (wanted - today).days}
    is_over = today >= wanted
    return Found(
        MET if is_over else UNMET,
        today.isoformat(),
        wanted.isoformat(),
        Said(said.DAY_HAS_COME if is_over else said.DAY_TO_COME, values),
        "calendar",
    )


def day_of(since: Mapping[str, Any], facts: Facts) -> date:
    """The day that an anchor tells on the dates that the project has now."""
    offsets = {name: value for name, value in since.items() if name != "anchor"}
    return facts.days.of(Anchor(since["anchor"], **offsets), facts.calendar)


def _figure(case: Case) -> Found:
    readings = case.facts.readings.get(case.criterion["metric"], ())
    found = judge_figure(case.criterion, readings, case.facts.now)
    source = found.reading.source if found.reading else "none"
    return Found(
        found.state,
        found.reading.value if found.reading else None,
        f"{case.criterion['op']} {case.criterion['value']:g}",
        found.sentence,
        source,
        found.reading.at if found.reading else None,
    )


_JUDGES: Final[Mapping[str, Callable[[Case], Found]]] = {
    "tasks_done": _tasks_done,
    "optional_share": _optional_share,
    "milestone": _milestone,
    "evidence": _evidence,
    "approval": _approval,
    "assessment": _assessment,
    "elapsed": _elapsed,
    "figure": _figure,
}
