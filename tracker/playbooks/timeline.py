"""A plan as plain values, in one language: the shape that commands, API and exports share."""

from typing import Any

from tracker.kernel.texts import Language, Text
from tracker.playbooks.grammar import LINK_TYPES
from tracker.playbooks.model import Recurrence, StepSpec
from tracker.playbooks.planned import Plan, PlannedGate, PlannedPhase, PlannedTask
from tracker.playbooks.why import explain


def timeline(plan: Plan, language: Language) -> dict[str, Any]:
    """The plan for readers of ``language``."""
    titles = {task.spec.key: task.spec.title[language] for task in plan.tasks}
    return {
        "project": {
            "launch_on": plan.days.launch.isoformat(),
            "start_on": plan.days.start.isoformat(),
            "end_on": plan.days.end.isoformat(),
            "playbook": plan.playbook.slug,
            "version": plan.playbook.version,
            "parameters": plan.parameters.as_json(),
        },
        "warnings": [warning.say(language) for warning in plan.warnings],
        "phases": [phase_row(phase, language) for phase in plan.phases],
        "tasks": [
            {
                **task_row(task, language),
                "why": explain(task.facts, titles, plan.calendar, language),
            }
            for task in plan.tasks
        ],
        "gates": [gate_row(gate, language) for gate in plan.gates],
        "left_out": [
            {"key": key, "reason": reason.say(language)} for key, reason in plan.left_out.items()
        ],
    }


def phase_row(phase: PlannedPhase, language: Language) -> dict[str, Any]:
    """One phase."""
    return {
        "key": phase.key,
        "title": phase.title[language],
        "start_on": phase.start_on.isoformat(),
        "end_on": phase.end_on.isoformat(),
    }


def task_row(task: PlannedTask, language: Language) -> dict[str, Any]:
    """One task, without the sentence that explains its dates."""
    spec = task.spec
    return {
        "key": spec.key,
        "phase": spec.phase,
        "checklist": spec.checklist,
        "title": spec.title[language],
        "description": _said(spec.description, language),
        "role": spec.role,
        "start_on": task.start_on.isoformat(),
        "due_on": task.due_on.isoformat(),
        "deadline_on": task.deadline_on and task.deadline_on.isoformat(),
        "duration_days": task.days,
        "float_days": task.float_days,
        "critical": task.is_critical,
        "milestone": spec.is_milestone,
        "early": spec.early,
        "optional": spec.optional,
        "recurring": recurring_row(task, spec.recurring),
        "evidence": spec.evidence,
        "proof": _said(spec.proof, language),
        "pillar": spec.pillar,
        "after": [
            {"task": link.task, "type": link.type, "lag_days": link.lag} for link in task.after
        ],
        "steps": [step_row(step, language) for step in spec.steps],
    }


def recurring_row(task: PlannedTask, rule: Recurrence | None) -> dict[str, Any] | None:
    """How a ritual comes back, and until when.

    ``first_on`` is the day from which it counts: where that one is closed, the task starts later.
    """
    if rule is None or task.repeats_until is None:
        return None
    told = task.facts["rule"] not in ("network", *LINK_TYPES)
    return {
        "rrule": rule.rrule,
        "until": task.repeats_until.isoformat(),
        "each": rule.each,
        "on_closed": rule.on_closed,
        "first_on": task.facts["from_on"] if told else task.start_on.isoformat(),
    }


def step_row(step: StepSpec, language: Language) -> dict[str, Any]:
    """One checklist point."""
    return {"key": step.key, "title": step.title[language]}


def gate_row(gate: PlannedGate, language: Language) -> dict[str, Any]:
    """One gate with its criteria, whose titles are put into ``language``."""
    spec = gate.spec
    return {
        "key": spec.key,
        "title": spec.title[language],
        "description": _said(spec.description, language),
        "after_phase": spec.after_phase,
        "before_phase": spec.before_phase,
        "on": gate.on.isoformat(),
        "criteria": [
            {"blocks": True, **criterion, "title": criterion["title"][language]}
            for criterion in spec.criteria
        ],
    }


def _said(text: Text | None, language: Language) -> str | None:
    return text[language] if text else None
