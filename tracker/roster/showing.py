"""A roster as plain values, for who is on the team."""

from collections.abc import Iterable, Mapping
from typing import Any

from tracker.kernel.errors import FieldErrors
from tracker.kernel.texts import Language
from tracker.roster.counting import MILESTONES, Counts
from tracker.roster.importing import Planned, tally
from tracker.roster.rules import ROLES, STAGES


def summary_out(counted: Counts, target: int) -> dict[str, Any]:
    """The numbers of a roster, and how far its milestones have come."""
    return {
        "people": counted.of(),
        "stages": {stage: counted.of(stages=(stage,)) for stage in STAGES},
        "roles": {
            role: {stage: counted.of(role=role, stages=(stage,)) for stage in STAGES}
            for role in ROLES
        },
        "milestones": {key: milestone_out(counted, key, target) for key in MILESTONES},
    }


def milestone_out(counted: Counts, key: str, target: int) -> dict[str, Any]:
    """How many seeds a milestone counts, beside how many are wanted."""
    value = counted.reached(key) or 0
    return {"value": value, "target": target, "reached": value >= target}


def import_out(plan: Iterable[Planned], language: Language, *, dry_run: bool) -> dict[str, Any]:
    """What becomes of each row."""
    plan = list(plan)
    rows = [
        {
            "line": row.line,
            "action": row.action,
            "name": row.name,
            "fields": sorted(row.values) if row.action == "change" else [],
            "errors": _spoken(row.errors, language),
        }
        for row in plan
    ]
    return {"dry_run": dry_run, **tally(plan), "rows": rows}


def _spoken(errors: FieldErrors, language: Language) -> Mapping[str, Any]:
    return {
        name: [fault.say(language) for fault in faults]
        if isinstance(faults, list)
        else _spoken(faults, language)
        for name, faults in errors.items()
    }
