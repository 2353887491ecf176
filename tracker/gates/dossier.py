"""A decision with everything that it stood on, frozen when it is made.

A dossier holds plain values only, both languages side by side, and people by the names that they
had: it reads the same for ever. ``FORMAT`` grows when its keys change; old ones stay readable.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from tracker.gates.approving import is_valid, subject_of
from tracker.gates.facts import ApprovalFact, Facts, GateFact, MemberFact
from tracker.gates.rules import Judged, Verdict
from tracker.kernel.texts import LANGUAGES, Said

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was decided: pass, conditional, hold, reject or waive."""

    decision: str
    reason: str | None
    by: MemberFact
    conditions: Sequence[Mapping[str, Any]] = ()
    expires_at: datetime | None = None
    number: int = 0


def make_dossier(
    facts: Facts, gate: GateFact, found: Verdict, *, ruling: Ruling, waivers: Iterable[Row[Any]]
) -> dict[str, Any]:
    """The dossier of a decision that is being made."""
    return {
        "format": FORMAT,
        "project": _project(facts),
        "gate": _gate(gate),
        "decision": {
            "number": ruling.number,
            "decision": str(ruling.decision),
            "reason": ruling.reason,
            "conditions": [_plain(condition) for condition in ruling.conditions],
            "expires_at": _plain(ruling.expires_at),
            "at": _plain(facts.now),
            "by": _person(ruling.by),
            "alone": list(found.alone),
        },
        "is_met": found.is_met,
        "criteria": [_criterion(one, facts.now) for one in found.criteria],
        "approvals": [_approval(facts, gate, one) for one in facts.approvals],
        "waivers": [_waiver(row) for row in waivers],
    }


def _project(facts: Facts) -> dict[str, Any]:
    project = facts.project
    return {
        "id": str(project.id),
        "name": project.name,
        "playbook": project.playbook,
        "phase": project.phase,
        "launch_on": project.launch_on.isoformat(),
    }


def _gate(gate: GateFact) -> dict[str, Any]:
    return {
        "id": str(gate.id),
        "key": gate.key,
        "title": gate.title,
        "after_phase": gate.after_phase,
        "before_phase": gate.before_phase,
        "on": gate.planned_on.isoformat(),
        "state_before": gate.state,
    }


def _criterion(one: Judged, now: datetime) -> dict[str, Any]:
    row = one.row()
    row["as_of"] = row["as_of"] or now
    sentence: Said = row.pop("sentence")
    return {
        **{name: _plain(value) for name, value in row.items()},
        "sentence": {language: sentence.say(language) for language in LANGUAGES},
    }


def _approval(facts: Facts, gate: GateFact, one: ApprovalFact) -> dict[str, Any]:
    criterion = next((c for c in gate.criteria if c["key"] == one.criterion), None)
    subject = subject_of(criterion, facts.project, facts.contents) if criterion else ""
    return {
        "criterion": one.criterion,
        "role": one.role,
        "kind": one.kind,
        "comment": one.comment,
        "by": _person(one.member),
        "at": _plain(one.at),
        "is_valid": is_valid(one, subject),
    }


def _waiver(row: Row[Any]) -> dict[str, Any]:
    return {
        "criteria": list(row.criteria),
        "reason": row.reason,
        "by": _person(MemberFact(row.member_id, row.name, row.email, row.rank)),
        "at": _plain(row.at),
        "expires_at": _plain(row.expires_at),
    }


def _person(member: MemberFact) -> dict[str, str]:
    return {
        "id": str(member.id),
        "name": member.name,
        "email": member.email,
        "role": str(member.role),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
