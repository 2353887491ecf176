"""Who may change which task, and what a project, a gate or another task forbids. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tracker.kernel.errors import Conflict, Forbidden
from tracker.kernel.texts import Said, Sentence
from tracker.people.rules import Actor, Permission

STATUSES: Final = ("todo", "in_progress", "blocked", "done", "not_applicable")
CLOSED: Final = ("done", "not_applicable")
STATES: Final = ("active", "paused", "cancelled", "archived", "done")
READ_ONLY: Final = ("cancelled", "archived")
_OPEN_GATES: Final = ("passed", "conditional")
_FINISH_FIRST: Final = ("FS", "FF")

_NOT_YOURS: Final = Sentence(
    en="A contributor changes tasks of their own only; this one is assigned to others. A manager "
    "can assign it to you.",
    fr="Un contributor ne modifie que ses propres tâches ; celle-ci est confiée à d'autres. Un "
    "manager peut vous la confier.",
)
_CANCELLED: Final = Sentence(
    en="This project was cancelled: it can be read, and archived, but nothing in it changes.",
    fr="Ce projet a été annulé : il peut être lu et archivé, mais rien n'y change plus.",
)
_ARCHIVED: Final = Sentence(
    en="This project is archived: it can be read, but nothing in it changes.",
    fr="Ce projet est archivé : il peut être lu, mais rien n'y change plus.",
)
_CLOSED_GATE: Final = Sentence(
    en="The gate “{gate}” is not open: nothing behind it is started, ticked or done before. GET "
    "/api/v1/gates/{gate_id} tells what it waits for.",
    fr="Le point de passage « {gate} » n'est pas ouvert : rien de ce qui est derrière ne commence, "
    "ne se coche ni ne se termine avant. GET /api/v1/gates/{gate_id} dit ce qu'il attend.",
)
_OPEN_PREDECESSORS: Final = Sentence(
    en="Other tasks must be finished first: {titles}. Finish them, or mark them not applicable.",
    fr="D'autres tâches doivent être finies d'abord : {titles}. Les finir, ou les déclarer sans "
    "objet.",
)
_DONE_BEFORE: Final = Sentence(
    en="Done although other tasks were to be finished first: {titles}.",
    fr="Terminée alors que d'autres tâches devaient être finies d'abord : {titles}.",
)
_QUOTED: Final = Sentence(en="“{title}”", fr="« {title} »")


@dataclass(frozen=True, slots=True)
class GateState:
    """What a gate says to the tasks behind it."""

    id: UUID
    key: str
    title: str
    state: str
    waived_until: datetime | None


@dataclass(frozen=True, slots=True)
class Predecessor:
    """A task that another waits for."""

    id: UUID
    key: str
    title: str
    type: str
    status: str


class ClosedGate(Conflict):
    """The phase has not been entered."""

    type = "closed-gate"
    extensions = ("gate",)

    def __init__(self, gate: GateState) -> None:
        self.gate = {"id": gate.id, "key": gate.key, "title": gate.title, "state": gate.state}
        super().__init__(_CLOSED_GATE, gate=gate.title, gate_id=gate.id)


class OpenPredecessors(Conflict):
    """What must be finished first is still open."""

    type = "open-predecessors"
    extensions = ("predecessors",)

    def __init__(self, waited_for: Sequence[Predecessor]) -> None:
        self.predecessors = [
            {"task_id": task.id, "task": task.key, "title": task.title, "status": task.status}
            for task in waited_for
        ]
        super().__init__(_OPEN_PREDECESSORS, titles=_titles(waited_for))


class ProjectClosed(Conflict):
    """Nothing changes in a project that was cancelled or archived."""

    type = "project-closed"
    extensions = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(_CANCELLED if state == "cancelled" else _ARCHIVED)


def check_takes_changes(state: str) -> None:
    """Raise ProjectClosed where a project in this state can only be read."""
    if state in READ_ONLY:
        raise ProjectClosed(state)


def check_may_change(actor: Actor, assignees: Collection[UUID]) -> None:
    """Raise Forbidden unless the task is the actor's own, or they manage projects."""
    actor.must(Permission.CHANGE_OWN_TASKS)
    if not actor.may(Permission.MANAGE_PROJECTS) and actor.member_id not in assignees:
        raise Forbidden(_NOT_YOURS)


def is_open(state: str, waived_until: datetime | None, now: datetime) -> bool:
    """Whether a gate in this state lets through what is behind it; a waiver ends by itself."""
    if state == "waived":
        return waived_until is not None and waived_until > now
    return state in _OPEN_GATES


def closed_gate(gates: Iterable[GateState], now: datetime) -> GateState | None:
    """The first of the gates before a phase that is closed; None where the phase is open."""
    return next((gate for gate in gates if not is_open(gate.state, gate.waived_until, now)), None)


def check_gates(gates: Iterable[GateState], *, is_early: bool, now: datetime) -> None:
    """Raise ClosedGate where nothing of a task may be started, ticked or done yet.

    ``gates`` are those before the task's phase. What is early does not wait for them.
    """
    closed = None if is_early else closed_gate(gates, now)
    if closed is not None:
        raise ClosedGate(closed)


def waited_for(predecessors: Iterable[Predecessor]) -> list[Predecessor]:
    """Those that must be finished before the task is done, and are not; each once."""
    found = {
        task.id: task
        for task in predecessors
        if task.type in _FINISH_FIRST and task.status not in CLOSED
    }
    return list(found.values())


def check_predecessors(predecessors: Iterable[Predecessor], policy: str) -> list[Said]:
    """Judge a task that is to be done: raise OpenPredecessors, or warn where the policy says so."""
    still_open = waited_for(predecessors)
    if not still_open:
        return []
    if policy != "warn":
        raise OpenPredecessors(still_open)
    return [Said(_DONE_BEFORE, {"titles": _titles(still_open)})]


def _titles(tasks: Iterable[Predecessor]) -> Sentence:
    titles = [Said(_QUOTED, {"title": task.title}) for task in tasks]
    return Sentence(
        en=", ".join(title.say("en") for title in titles),
        fr=", ".join(title.say("fr") for title in titles),
    )
