"""What a task's status may become, and what that demands. Pure."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final, Protocol

from tracker.kernel.errors import Conflict, Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.people.rules import Actor, Permission
from tracker.projects.rules import CLOSED

PRIORITIES: Final = ("low", "normal", "high", "urgent")
EVIDENCE: Final = ("link", "note", "figure")
WITH_REASON: Final = ("blocked", "not_applicable")
BEHIND_GATES: Final = ("in_progress", "done")
_NEXT: Final[Mapping[str, tuple[str, ...]]] = {
    "todo": ("in_progress", "blocked", "done", "not_applicable"),
    "in_progress": ("todo", "blocked", "done", "not_applicable"),
    "blocked": ("todo", "in_progress", "not_applicable"),
    "done": ("todo", "in_progress", "not_applicable"),
    "not_applicable": ("todo", "in_progress"),
}
_NO_WAY: Final = Sentence(
    en="A task that is {old} does not become {new}. Set it to one of these first: {next}.",
    fr="Une tâche ne passe pas de « {old} » à « {new} ». La mettre d'abord dans un de ces états : "
    "{next}.",
)
_WHY: Final = Sentence(
    en="Say why the task is {status}: send “reason” with it.",
    fr="Dire pourquoi la tâche passe à « {status} » : envoyer « reason » avec.",
)
_A_RITUAL: Final = Sentence(
    en="This is a ritual: its occurrences are done one by one, each a task of its own.",
    fr="C'est un rituel : ses occurrences se font une par une, chacune étant une tâche.",
)
_MISSING: Final = Sentence(
    en="Before this task is done, show it: POST /api/v1/tasks/{task_id}/evidence with the kind "
    "{kind}. What is asked for: {proof}",
    fr="Avant de terminer cette tâche, en apporter la preuve : POST "
    "/api/v1/tasks/{task_id}/evidence avec le type {kind}. Ce qui est demandé : {proof}",
)


class Standing(Protocol):
    """What the rules look at of a task, as it stands in its table."""

    id: Any
    status: str
    reason: str | None
    recurring: Any
    ritual_id: Any
    is_optional: bool
    evidence: str | None
    proof: str | None
    started_on: date | None


class WrongStatus(Conflict):
    """The status does not become this one."""

    type = "wrong-status"
    extensions = ("allowed",)

    def __init__(self, old: str, new: str) -> None:
        self.allowed = list(_NEXT[old])
        super().__init__(_NO_WAY, old=old, new=new, next=", ".join(_NEXT[old]))


class IsRitual(Conflict):
    """A ritual itself is never started or done: its occurrences are."""

    type = "ritual"

    def __init__(self) -> None:
        super().__init__(_A_RITUAL)


class EvidenceMissing(Conflict):
    """The playbook asks to see something before the task is done."""

    type = "evidence-missing"
    extensions = ("evidence",)

    def __init__(self, task: Standing) -> None:
        self.evidence = {"kind": task.evidence, "proof": task.proof}
        proof = task.proof or task.evidence
        super().__init__(_MISSING, task_id=task.id, kind=task.evidence, proof=proof)


def check_step(old: str, new: str) -> None:
    """Raise WrongStatus where ``new`` does not follow ``old``."""
    if new not in _NEXT[old]:
        raise WrongStatus(old, new)


def check_given_up(actor: Actor, task: Standing) -> None:
    """Raise Forbidden: a gate may count on a required task, so only a manager gives one up."""
    if not task.is_optional:
        actor.must(Permission.MANAGE_PROJECTS)


def check_no_ritual(task: Standing) -> None:
    """Raise IsRitual for the row that occurrences are made from."""
    if task.recurring is not None and task.ritual_id is None:
        raise IsRitual


def check_evidence(task: Standing, shown: Collection[str]) -> None:
    """Raise EvidenceMissing unless the kind that is asked for is among those ``shown``."""
    if task.evidence is not None and task.evidence not in shown:
        raise EvidenceMissing(task)


def reason_after(task: Standing, wish: Mapping[str, Any]) -> str | None:
    """Why the task has its status, after ``wish``. Raises Invalid where that must be said."""
    status = wish.get("status", task.status)
    kept = task.reason if status == task.status else None
    reason: str | None = wish.get("reason", kept)
    if reason is None and status in WITH_REASON and ("reason" in wish or status != task.status):
        raise Invalid({"reason": [Said(_WHY, {"status": status})]})
    return reason


def days_after(task: Standing, status: str, today: date) -> dict[str, date | None]:
    """When work began and when it ended, once the status is ``status``; today is the project's."""
    begun = task.started_on
    if begun is None and status in BEHIND_GATES:
        begun = today
    return {"started_on": begun, "finished_on": today if status == "done" else None}


def is_closed(status: str) -> bool:
    """Whether nobody has anything to do any more."""
    return status in CLOSED
