"""Gates, approvals and decisions as plain values, in the reader's language."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from tracker.gates.approving import is_valid, subject_of
from tracker.gates.facts import ApprovalFact, Facts, GateFact
from tracker.gates.rules import Judged, Verdict, earlier_closed, is_open, shown_state, verdict
from tracker.kernel.texts import Language


def gate_out(facts: Facts, gate: GateFact, language: Language) -> dict[str, Any]:
    """One gate with its verdict as it is now."""
    found = verdict(facts, gate)
    earlier = earlier_closed(facts, gate)
    return {
        "id": gate.id,
        "project_id": facts.project.id,
        "key": gate.key,
        "title": gate.title,
        "description": gate.description,
        "after_phase": gate.after_phase,
        "before_phase": gate.before_phase,
        "on": gate.planned_on,
        "state": shown_state(gate, found, facts.now),
        "is_open": is_open(gate, facts.now),
        "waits_for": earlier.key if earlier else None,
        "decided_at": gate.decided_at,
        "waived_until": gate.waived_until if gate.state == "waived" else None,
        "flags": list(gate.flags),
        "flagged_at": gate.flagged_at,
        "version": gate.version,
        "verdict": verdict_out(found, language),
    }


def verdict_out(found: Verdict, language: Language) -> dict[str, Any]:
    """A verdict with its sentences spoken."""
    return {
        "is_met": found.is_met,
        "criteria": [criterion_out(one, language) for one in found.criteria],
    }


def criterion_out(one: Judged, language: Language) -> dict[str, Any]:
    """One criterion with its sentence spoken."""
    return {**one.row(), "sentence": one.found.sentence.say(language)}


def approval_out(facts: Facts, gate: GateFact, one: ApprovalFact) -> dict[str, Any]:
    """One word about an approval, and whether it still counts."""
    asked = next((c for c in gate.criteria if c["key"] == one.criterion), None)
    subject = subject_of(asked, facts.project, facts.contents) if asked else ""
    return {
        "id": one.id,
        "gate_id": one.gate_id,
        "criterion": one.criterion,
        "role": one.role,
        "action": one.kind,
        "comment": one.comment,
        "by": {"id": one.member.id, "name": one.member.name},
        "at": one.at,
        "is_valid": is_valid(one, subject),
        "void": _void(one, subject),
    }


def _void(one: ApprovalFact, subject: str) -> str | None:
    if one.voided_at is not None:
        return "rejected"
    return None if one.subject == subject else "changed"


def decision_out(row: Row[Any]) -> dict[str, Any]:
    """One decision, without its dossier."""
    ruling: dict[str, Any] = row.dossier["decision"]
    return {
        "id": row.id,
        "gate_id": row.gate_id,
        "number": row.number,
        "decision": row.decision,
        "reason": row.reason,
        "conditions": row.conditions,
        "expires_at": ruling["expires_at"],
        "alone": ruling["alone"],
        "by": {"id": UUID(ruling["by"]["id"]), "name": ruling["by"]["name"]},
        "at": row.at,
    }
