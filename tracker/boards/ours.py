"""What of ours stands on a board: every task and every gate of a project as a card.

A ritual stands there once, and each of its occurrences that is, or was, to be done. It takes a
constant number of statements, whatever the size of the project.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from tracker.boards.merging import flat
from tracker.connectors.boards import Wanted
from tracker.gates.words import STATUS
from tracker.kernel.own_address import own_address
from tracker.kernel.texts import Language, Sentence
from tracker.people import queries as people
from tracker.projects import queries
from tracker.projects.models import Gate, Phase, Project
from tracker.projects.queries import StepOf, TaskRow
from tracker.projects.rules import CLOSED, is_open
from tracker.projects.task_queries import TaskAtHand

GATE: Final = Sentence(en="Gate", fr="Point de passage")
_CRITICAL: Final = Sentence(en="critical", fr="critique")
_MILESTONE: Final = Sentence(en="milestone", fr="jalon")
_AFTER: Final = "after"
_DIGEST: Final = 12


@dataclass(frozen=True, slots=True)
class Thing:
    """A task or a gate as its card is to be, and when it was changed last."""

    id: UUID
    wanted: Wanted
    predecessors: Sequence[UUID]
    changed_at: datetime | None = None
    is_over: bool = False  # it need not be put there any more where it is not there yet

    def fields(self, speaks_of: Iterable[str]) -> dict[str, Any]:
        """Its fields that a platform can hold, steps one by one."""
        known = set(speaks_of)
        return flat({name: value for name, value in self.wanted.fields.items() if name in known})

    def linked(self, there: Mapping[UUID, str], speaks_of: Iterable[str]) -> "Thing":
        """With the ids that its predecessors have there, where the platform shows them."""
        if _AFTER not in set(speaks_of):
            return self
        after = [there[one] for one in self.predecessors if one in there]
        return replace(self, wanted=replace(self.wanted, after=after))

    @property
    def own(self) -> str:
        """A digest of what is ours alone."""
        one = self.wanted
        told = [one.phase, one.labels, one.steps, one.description, one.url, one.after]
        return blake2b(orjson.dumps(told), digest_size=_DIGEST).hexdigest()


@dataclass(frozen=True, slots=True)
class Ours:
    """All that stands on a board of ours, in the order of the plan, and what it takes to say it."""

    project: Project
    phases: Sequence[Phase]
    emails: Mapping[UUID, str]
    things: dict[UUID, Thing]

    @property
    def language(self) -> Language:
        """The project's."""
        return self.project.language  # type: ignore[return-value]  # it was checked on its way in

    @property
    def labels(self) -> list[str]:
        """Every label that a card of ours may have."""
        return sorted({label for one in self.things.values() for label in one.wanted.labels})

    @property
    def assigned(self) -> frozenset[str]:
        """Who has something to do, by e-mail."""
        found = (one.wanted.fields["assignees"] for one in self.things.values())
        return frozenset(email for emails in found for email in emails)

    @property
    def statuses(self) -> dict[str, str]:
        """What a status is called, by our word for it."""
        return {word: said.say(self.language).capitalize() for word, said in STATUS.items()}

    def again(self, at_hand: TaskAtHand) -> Thing:
        """A task as it is now."""
        links = [link.predecessor_id for link in at_hand.parts.links]
        return _of_task(
            at_hand.task,
            at_hand.parts.steps,
            assignees=self.named(at_hand.assignees),
            predecessors=links,
            language=self.language,
        )

    def named(self, members: Iterable[UUID]) -> list[str]:
        """Who these are, by e-mail."""
        return sorted(self.emails[one] for one in members if one in self.emails)


def load(session: Session, workspace_id: UUID, project_id: UUID, *, now: datetime) -> Ours:
    """Everything, in eight statements. Raises NotFound."""
    scope = (session, workspace_id, project_id)
    frame = Ours(
        queries.project(*scope),
        queries.phases(*scope),
        people.every_email(session, workspace_id),
        {},
    )
    steps, links = queries.steps_in(*scope), queries.links_in(*scope)
    assignees = queries.assignees_in(*scope)
    tasks = (
        _of_task(
            row,
            steps.get(row.id, ()),
            assignees=frame.named(assignees.get(row.id, ())),
            predecessors=[link.predecessor_id for link in links.get(row.id, ())],
            language=frame.language,
        )
        for row in queries.all_tasks(*scope)
    )
    gates = (_of_gate(gate, frame, now) for gate in queries.gates(*scope))
    return replace(frame, things={one.id: one for one in (*tasks, *gates)})


def _of_task(
    row: TaskRow,
    steps: Sequence[StepOf],
    *,
    assignees: list[str],
    predecessors: Sequence[UUID],
    language: Language,
) -> Thing:
    fields = {
        "title": row.title,
        "status": row.status,
        "start_on": row.start_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "assignees": assignees,
        "steps": {step.key: step.done_at is not None for step in steps},
    }
    wanted = Wanted(
        marker=str(row.id),
        kind="task",
        fields=fields,
        phase=row.phase,
        labels=[label.say(language) for label in _labels(row)] + _own_labels(row),
        steps=[(step.key, step.title) for step in steps],
        description=row.description or "",
        url=f"{own_address()}/api/v1/tasks/{row.id}",
    )
    is_past = row.ritual_id is not None and (row.is_missed or row.status in CLOSED)
    return Thing(row.id, wanted, predecessors, row.updated_at, is_over=is_past)


def _labels(row: TaskRow) -> Iterator[Sentence]:
    if row.is_milestone:
        yield _MILESTONE
    if row.float_days <= 0:
        yield _CRITICAL


def _own_labels(row: TaskRow) -> list[str]:
    return [row.pillar.replace("_", " ")] if row.pillar else []


def _of_gate(gate: Gate, frame: Ours, now: datetime) -> Thing:
    day = gate.planned_on.isoformat()
    status = "done" if is_open(gate.state, gate.waived_until, now) else "todo"
    if gate.state in ("held", "rejected"):
        status = "blocked"
    fields = {
        "title": gate.title,
        "status": status,
        "start_on": day,
        "due_on": day,
        "assignees": list[str](),
        "steps": dict[str, bool](),
    }
    wanted = Wanted(
        marker=str(gate.id),
        kind="gate",
        fields=fields,
        phase=gate.after_phase or gate.before_phase or frame.phases[0].key,
        labels=[GATE.say(frame.language)],
        description=gate.description or "",
        url=f"{own_address()}/api/v1/gates/{gate.id}",
    )
    return Thing(gate.id, wanted, ())
