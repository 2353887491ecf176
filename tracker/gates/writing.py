"""The rows that gates write, each with its line in the history and its announcement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, update
from sqlalchemy.orm import Session

from tracker.gates import events
from tracker.gates.dossier import Ruling
from tracker.gates.facts import ApprovalFact, Facts, GateFact
from tracker.gates.models import Approval, Decision, Waiver
from tracker.gates.rules import STATE_AFTER, entered
from tracker.gates.rules import Decision as Wished
from tracker.kernel.activity import Entry, record
from tracker.kernel.db import core, new_id
from tracker.kernel.outbox import previous_of, publish
from tracker.people.rules import Actor
from tracker.projects.events import ProjectStateChanged, TaskChanged, TaskCreated, TaskReopened
from tracker.projects.models import Gate, Project
from tracker.projects.owed import at_once, cancel_owed

_GATES, _PROJECTS = Gate.__table__, Project.__table__
_CHANGE_GATE: Final = update(_GATES).where(
    _GATES.c.workspace_id == bindparam("of_workspace"), _GATES.c.id == bindparam("of_gate")
)
_CHASE: Final = _CHANGE_GATE.values(
    chase_at=at_once(_GATES.c.chase_at, bindparam("now", type_=_GATES.c.chase_at.type))
)
_CHANGE_PROJECT: Final = update(_PROJECTS).where(
    _PROJECTS.c.workspace_id == bindparam("of_workspace"),
    _PROJECTS.c.id == bindparam("of_project"),
)
_HEARD: Final = {
    "request": events.ApprovalAsked,
    "approve": events.ApprovalGiven,
    "decline": events.ApprovalRefused,
}
_SAID: Final = {"request": "asked", "approve": "approved", "decline": "declined"}


@dataclass(frozen=True, slots=True)
class Hearing:
    """A gate on the table: in which transaction, who acts, what is known.

    Without an actor it is the tracker itself, by one of its rules.
    """

    session: Session
    actor: Actor | None
    facts: Facts
    gate: GateFact

    @property
    def by(self) -> UUID:
        """The member who acts, where there is one."""
        return cast("Actor", self.actor).member_id

    def told(self, **more: Any) -> dict[str, Any]:
        """What every announcement about the gate tells, and ``more``."""
        return {
            "workspace_id": self.facts.project.workspace_id,
            "at": self.facts.now,
            "project_id": self.facts.project.id,
            "gate_id": self.gate.id,
            "gate": self.gate.key,
            **more,
        }

    def of_task(self, task_id: UUID) -> dict[str, Any]:
        """What every announcement about a task tells."""
        return {
            "workspace_id": self.facts.project.workspace_id,
            "at": self.facts.now,
            "project_id": self.facts.project.id,
            "task_id": task_id,
            "by": self.by,
        }

    def record(self, action: str, changes: Mapping[str, tuple[object, object]]) -> None:
        """A line about the gate in the project's history."""
        record(self.session, self.entry("gate", self.gate.id, action=action, changes=changes))

    def entry(
        self,
        subject: str,
        subject_id: UUID,
        *,
        action: str,
        changes: Mapping[str, tuple[object, object]],
    ) -> Entry:
        """A line of the project's history, still to be recorded."""
        return Entry(
            workspace_id=self.facts.project.workspace_id,
            project_id=self.facts.project.id,
            at=self.facts.now,
            member_id=self.actor.member_id if self.actor else None,
            door=self.actor.door if self.actor else "rule",
            subject=subject,
            subject_id=subject_id,
            action=action,
            changes=changes,
        )

    def change(self, **values: Any) -> None:
        """Write the gate, one version further."""
        self.write({**values, "version": self.gate.version + 1})

    def write(self, values: Mapping[str, Any]) -> None:
        """Write the gate; what readers do not see needs no other version."""
        mine = {"of_workspace": self.facts.project.workspace_id, "of_gate": self.gate.id}
        core(self.session).execute(_CHANGE_GATE, {**mine, **values})

    def look_again(self) -> None:
        """See at once who is to hear of the gate now."""
        mine = {"of_workspace": self.facts.project.workspace_id, "of_gate": self.gate.id}
        core(self.session).execute(_CHASE, {**mine, "now": self.facts.now})

    def take_back(self) -> None:
        """Cancel what is owed of the gate."""
        scope = self.facts.project.workspace_id
        cancel_owed(self.session, scope, [self.gate.id], reason="done")


def keep_approval(hearing: Hearing, approval: ApprovalFact) -> None:
    """One more word about an approval, told to whom it may concern; earlier ones stay."""
    row = {
        "workspace_id": hearing.facts.project.workspace_id,
        "id": approval.id,
        "gate_id": approval.gate_id,
        "criterion": approval.criterion,
        "role": approval.role,
        "kind": approval.kind,
        "comment": approval.comment,
        "subject": approval.subject,
        "member_id": approval.member.id,
        "at": approval.at,
    }
    core(hearing.session).execute(insert(Approval.__table__), row)
    said = {name: (None, row[name]) for name in ("criterion", "role", "comment")}
    hearing.look_again()
    hearing.record(_SAID[approval.kind], said)
    told = hearing.told(criterion=approval.criterion, role=approval.role, by=hearing.by)
    if approval.kind == "request":
        named = hearing.facts.people.named.get(approval.role)
        told["approver"] = named.id if named else None
    publish(hearing.session, _HEARD[approval.kind](**told))


def keep_decision(hearing: Hearing, ruling: Ruling, dossier: Mapping[str, Any]) -> None:
    """A decision with its dossier, never to be changed."""
    row = {
        "workspace_id": hearing.facts.project.workspace_id,
        "id": new_id(),
        "gate_id": hearing.gate.id,
        "number": ruling.number,
        "decision": str(ruling.decision),
        "reason": ruling.reason,
        "conditions": dossier["decision"]["conditions"],
        "dossier": dossier,
        "member_id": ruling.by.id,
        "at": hearing.facts.now,
    }
    core(hearing.session).execute(insert(Decision.__table__), row)


def keep_waiver(hearing: Hearing, missing: Sequence[str], reason: str, until: datetime) -> None:
    """A waiver of what is missing now; it opens the gate until then."""
    gate = hearing.gate
    row = {
        "workspace_id": hearing.facts.project.workspace_id,
        "id": new_id(),
        "gate_id": gate.id,
        "criteria": list(missing),
        "reason": reason,
        "member_id": hearing.by,
        "at": hearing.facts.now,
        "expires_at": until,
    }
    core(hearing.session).execute(insert(Waiver.__table__), row)
    now = hearing.facts.now
    hearing.change(
        state="waived", decided_at=now, waived_until=until, ready_at=None, approvable_at=None
    )
    hearing.take_back()
    hearing.record(
        "waived",
        {
            "state": (gate.state, "waived"),
            "waived_until": (gate.waived_until, until),
            "criteria": (None, list(missing)),
        },
    )
    told = hearing.told(criteria=list(missing), expires_at=until, by=hearing.by)
    told["previous"] = {"state": gate.state}
    publish(hearing.session, events.GateWaived(**told))


def move_gate(hearing: Hearing, wish: Wished, number: int) -> None:
    """Put the gate into the state that the decision gives it."""
    state = STATE_AFTER[wish]
    unset = dict.fromkeys(("waived_until", "flags", "flagged_at", "ready_at", "approvable_at"))
    now = hearing.facts.now
    hearing.change(state=state, decided_at=now, chase_at=now, **unset)
    hearing.take_back()
    hearing.record(
        "decided",
        {
            "state": (hearing.gate.state, state),
            "decision": (None, str(wish)),
            "number": (None, number),
        },
    )
    told = hearing.told(decision=str(wish), number=number, by=hearing.by)
    told["previous"] = {"state": hearing.gate.state}
    publish(hearing.session, events.GateDecided(**told))


def enter(hearing: Hearing, *, is_passed: bool) -> str | None:
    """Enter the phase behind an opened gate; the last gate of all ends the project.

    Nothing else writes a project's phase.
    """
    facts, gate = hearing.facts, hearing.gate
    project = facts.project
    phase = entered(project.phase, gate)
    changes: dict[str, tuple[object, object]] = {}
    if phase is not None:
        changes["phase"] = (project.phase, phase)
    if is_passed and gate.before_phase is None and gate == facts.gates[-1]:
        changes["state"] = (project.state, "done")
    if not changes:
        return None
    values = {name: after for name, (_, after) in changes.items()}
    mine = {"of_workspace": project.workspace_id, "of_project": project.id}
    change = _CHANGE_PROJECT.values(**values, version=_PROJECTS.c.version + 1)
    core(hearing.session).execute(change.values(updated_at=facts.now), mine)
    line = hearing.entry("project", project.id, action="changed", changes=changes)
    record(hearing.session, line)
    if phase is not None:
        publish(hearing.session, _phase_entered(hearing, phase))
    if "state" in changes:
        publish(hearing.session, _project_done(hearing))
    return phase


def _phase_entered(hearing: Hearing, phase: str) -> events.PhaseEntered:
    return events.PhaseEntered(
        workspace_id=hearing.facts.project.workspace_id,
        at=hearing.facts.now,
        project_id=hearing.facts.project.id,
        phase=phase,
        gate=hearing.gate.key,
        previous={"phase": hearing.facts.project.phase},
    )


def _project_done(hearing: Hearing) -> ProjectStateChanged:
    project = hearing.facts.project
    return ProjectStateChanged(
        workspace_id=project.workspace_id,
        at=hearing.facts.now,
        project_id=project.id,
        state="done",
        previous={"state": project.state},
        by=hearing.by,
    )


def announce_reopened(hearing: Hearing, tasks: Sequence[Row[Any]]) -> None:
    """Tell of milestones that a rejection has reopened."""
    changes: dict[str, tuple[object, object]] = {"status": ("done", "todo")}
    previous = previous_of(changes)
    record(
        hearing.session,
        *(hearing.entry("task", t.id, action="changed", changes=changes) for t in tasks),
    )
    publish(
        hearing.session,
        *(
            event
            for task in tasks
            for event in (
                TaskChanged(
                    **hearing.of_task(task.id), fields=["status", "finished_on"], previous=previous
                ),
                TaskReopened(**hearing.of_task(task.id), previous=previous),
            )
        ),
    )


def announce_conditions(hearing: Hearing, tasks: Sequence[Mapping[str, Any]]) -> None:
    """Tell of the tasks that conditions have become."""
    names = ("title", "start_on", "due_on", "origin")
    publish(hearing.session, *(TaskCreated(**hearing.of_task(task["id"])) for task in tasks))
    record(
        hearing.session,
        *(
            hearing.entry(
                "task",
                task["id"],
                action="created",
                changes={name: (None, task[name]) for name in names},
            )
            for task in tasks
        ),
    )
