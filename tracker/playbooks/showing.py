"""A whole playbook as plain values in one language."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tracker.kernel.texts import Language
from tracker.playbooks.catalog import in_language
from tracker.playbooks.model import Anchor, Playbook, TaskSpec, WatchSpec


def summary(playbook: Playbook, language: Language) -> dict[str, Any]:
    """What a list shows."""
    return {
        "slug": playbook.slug,
        "version": playbook.version,
        "title": playbook.title[language],
        "description": playbook.description[language] if playbook.description else None,
        "tasks": len(playbook.tasks),
        "steps": sum(len(task.steps) for task in playbook.tasks),
    }


def whole(playbook: Playbook, language: Language) -> dict[str, Any]:
    """Everything that the playbook holds."""
    return {
        **summary(playbook, language),
        "phases": [
            {
                "key": phase.key,
                "title": phase.title[language],
                "description": in_language(phase.description, language),
                "pitfalls": in_language(phase.pitfalls, language),
                "success_factors": in_language(phase.success_factors, language),
                "checklists": [
                    {"key": key, "title": title[language]}
                    for key, title in phase.checklists.items()
                ],
            }
            for phase in playbook.phases
        ],
        "tasks": [_task(task, language) for task in playbook.tasks],
        "gates": [
            {
                "key": gate.key,
                "title": gate.title[language],
                "description": in_language(gate.description, language),
                "after_phase": gate.after_phase,
                "before_phase": gate.before_phase,
                "on": _anchor(gate.on),
                "criteria": in_language(gate.criteria, language),
            }
            for gate in playbook.gates
        ],
        "quiz": in_language(playbook.quiz, language),
        "reminders": playbook.reminders,
        "targets": [asdict(target) for target in playbook.targets],
        "watches": [_watch(watch, language) for watch in playbook.watches],
        **in_language(dict(playbook.reference), language),
    }


def _watch(watch: WatchSpec, language: Language) -> dict[str, Any]:
    return {
        "key": watch.key,
        "kind": watch.kind,
        "title": watch.title[language],
        "description": in_language(watch.description, language),
        **watch.values,
        "phases": watch.phases,
        "types": watch.types,
        "cool_down_days": watch.cool_down_days,
        "corrects": watch.corrects,
    }


def _task(task: TaskSpec, language: Language) -> dict[str, Any]:
    return {
        "key": task.key,
        "phase": task.phase,
        "checklist": task.checklist,
        "title": task.title[language],
        "description": in_language(task.description, language),
        "role": task.role,
        "days": task.days,
        "after": [{"task": link.task, "type": link.type, "lag": link.lag} for link in task.after],
        "only_for": {name: list(values) for name, values in task.only_for.items()},
        "early": task.early,
        "optional": task.optional,
        "on": _anchor(task.on),
        "not_before": _anchor(task.not_before),
        "deadline": _anchor(task.deadline),
        "recurring": _recurring(task),
        "evidence": task.evidence,
        "proof": in_language(task.proof, language),
        "pillar": task.pillar,
        "steps": [{"key": step.key, "title": step.title[language]} for step in task.steps],
        "optimistic": task.optimistic,
        "pessimistic": task.pessimistic,
    }


def _recurring(task: TaskSpec) -> dict[str, Any] | None:
    rule = task.recurring
    if rule is None:
        return None
    return {
        "rrule": rule.rrule,
        "until": _anchor(rule.until),
        "each": rule.each,
        "on_closed": rule.on_closed,
    }


def _anchor(anchor: Anchor | None) -> Mapping[str, Any] | None:
    if anchor is None:
        return None
    values = asdict(anchor)
    return {
        "anchor": values.pop("name"),
        **{name: value for name, value in values.items() if value is not None},
    }
