"""Done, started and not me: what is said of a task, with the rights of the member who says it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from tracker.kernel.errors import Conflict
from tracker.kernel.texts import Said, Sentence
from tracker.people.models import Member
from tracker.people.rules import Actor, Role
from tracker.projects import task_queries
from tracker.projects.judgement import judge
from tracker.projects.proof_service import add_evidence
from tracker.projects.rules import CLOSED, ClosedGate
from tracker.projects.task_queries import TaskAtHand
from tracker.projects.task_service import change_task, circumstances
from tracker.reminders.answers.handing_back import tell_manager
from tracker.reminders.answers.proofs import Question, evidence
from tracker.reminders.answers.reply import Card
from tracker.reminders.links import Link, Purpose

_TASK: Final = Sentence(en="Task", fr="Tâche")
_IS_DONE: Final = Sentence(
    en="This task is done already. Nothing is left to do.",
    fr="Cette tâche est déjà faite. Il n'y a plus rien à faire.",
)
_GIVEN_UP: Final = Sentence(
    en="This task does not apply any more. Nothing is left to do.",
    fr="Cette tâche est devenue sans objet. Il n'y a plus rien à faire.",
)
_IS_STARTED: Final = Sentence(
    en="This task has been started already.", fr="Cette tâche est déjà commencée."
)
_NOT_YOURS: Final = Sentence(
    en="You are not among those who have this task. Nothing needs to be changed.",
    fr="Vous n'êtes pas parmi les responsables de cette tâche. Il n'y a rien à modifier.",
)
_CLOSED_GATE: Final = Sentence(
    en="It is too early: the gate “{gate}” is not open, and nothing behind it is started or done "
    "before. You need not do anything; you hear of this task again once the gate is open.",
    fr="C'est trop tôt : le point de passage « {gate} » n'est pas ouvert, et rien de ce qui est "
    "derrière ne commence ni ne se termine avant. Il n'y a rien à faire ; un rappel viendra une "
    "fois le passage ouvert.",
)
_BLOCKED: Final = Sentence(
    en="This task is marked as blocked. If it is not any more, say first that you have started: "
    "the link for it is in the same message.",
    fr="Cette tâche est marquée comme bloquée. Si elle ne l'est plus, dire d'abord qu'elle est "
    "commencée : le lien se trouve dans le même message.",
)


@dataclass(frozen=True, slots=True)
class Words:
    """What is said before and after."""

    before: Sentence
    after: Sentence


_WORDS: Final[Mapping[Purpose, Words]] = {
    Purpose.DONE: Words(
        Sentence(
            en="This marks the task as done, in your name ({name}).",
            fr="La tâche sera marquée comme faite, en votre nom ({name}).",
        ),
        Sentence(en="The task is done. Thank you!", fr="La tâche est faite. Merci !"),
    ),
    Purpose.STARTED: Words(
        Sentence(
            en="This marks the task as in progress, in your name ({name}).",
            fr="La tâche sera marquée comme en cours, en votre nom ({name}).",
        ),
        Sentence(
            en="The task is in progress. Good luck with it!",
            fr="La tâche est en cours. Bon travail !",
        ),
    ),
    Purpose.NOT_ME: Words(
        Sentence(
            en="This takes you ({name}) off the task. If nobody else has it, the project manager "
            "is told.",
            fr="La tâche sera retirée à {name} : c'est vous. Si personne d'autre ne l'a, le chef "
            "de projet en sera averti.",
        ),
        Sentence(
            en="The task is not yours any more. Thank you for saying so.",
            fr="La tâche n'est plus la vôtre. Merci de l'avoir dit.",
        ),
    ),
}


class NotYet(Conflict):
    """The task must wait for something first; said without the API's words."""

    type = "not-yet"


@dataclass(frozen=True, slots=True)
class TaskReply:
    """One of the three answers, to a task as it stands now."""

    link: Link
    member: Member
    at_hand: TaskAtHand
    project: str

    @property
    def card(self) -> Card:
        """The task, its project and its due day."""
        task = self.at_hand.task
        return Card(kind=_TASK, title=task.title, project=self.project, due_on=task.due_on)

    def settled(self) -> Said | None:
        """A link that is followed twice finds its work done, and must not open it again."""
        status = self.at_hand.task.status
        if status in CLOSED:
            return over(status)
        if self.link.purpose == Purpose.STARTED and status == "in_progress":
            return Said(_IS_STARTED, {})
        if self.link.purpose == Purpose.NOT_ME and self.member.id not in self.at_hand.assignees:
            return Said(_NOT_YOURS, {})
        return None

    @property
    def asks(self) -> Question | None:
        """What the playbook wants to see before the task is done, unless it is there."""
        task = self.at_hand.task
        shown = {one.kind for one in self.at_hand.parts.evidences}
        if self.link.purpose != Purpose.DONE or task.evidence is None or task.evidence in shown:
            return None
        return Question(task.evidence, task.proof)

    def foresee(self, now: datetime) -> Said:
        """Ask the one judgement on tasks, as if what is to be shown were there."""
        around = circumstances(self.at_hand, now)
        if self.asks is not None:
            around = replace(around, shown={*around.shown, self.asks.kind})
        with self._in_plain_words():
            judge(self._actor(), self.at_hand.task, self._wish(), around)
        return Said(_WORDS[self.link.purpose].before, {"name": self.member.name})

    def act(self, session: Session, typed: str, now: datetime) -> Said:
        """Change the task in the way that everybody does; the message is answered by that."""
        at_hand = self._shown(session, self.asks, typed, now)
        with self._in_plain_words():
            change_task(session, self._actor(), at_hand, self._wish(), now=now)
        if self._leaves_it_to_nobody:
            tell_manager(session, self.at_hand.task, by=self.member.id, now=now)
        return Said(_WORDS[self.link.purpose].after, {})

    def way_back(self, now: datetime) -> Link | None:
        """None: what was said of a task is changed in the tracker."""
        return None

    def _shown(
        self, session: Session, question: Question | None, typed: str, now: datetime
    ) -> TaskAtHand:
        """The task with what is to be shown, as it was typed. Raises Unfit."""
        task = self.at_hand.task
        if question is None:
            return self.at_hand
        self.foresee(now)  # nobody types in vain
        data = evidence(question, typed)
        add_evidence(session, self._actor(), self.at_hand, data, now=now)
        session.flush()  # what is looked up next does not go through the session
        found = task_queries.task(session, task.workspace_id, task.id, to_change=True)
        return replace(found, assignees=self.at_hand.assignees)

    @property
    def _leaves_it_to_nobody(self) -> bool:
        is_mine = self.link.purpose == Purpose.NOT_ME
        return is_mine and self.at_hand.assignees == [self.member.id]

    def _actor(self) -> Actor:
        member = self.member
        role = Role(member.role)
        return Actor(member.workspace_id, member.id, role, language=member.language, door="link")

    def _wish(self) -> Mapping[str, Any]:
        if self.link.purpose == Purpose.NOT_ME:
            others = (one for one in self.at_hand.assignees if one != self.member.id)
            return {"assignees": [str(one) for one in others]}
        return {"status": "done" if self.link.purpose == Purpose.DONE else "in_progress"}

    @contextmanager
    def _in_plain_words(self) -> Iterator[None]:
        """Refusals that speak of the API, for those who have nothing but a message."""
        is_blocked = self.at_hand.task.status == "blocked"
        if is_blocked and self.link.purpose == Purpose.DONE:
            raise NotYet(_BLOCKED)
        try:
            yield
        except ClosedGate as closed:
            raise NotYet(_CLOSED_GATE, gate=closed.gate["title"]) from closed


def over(status: str) -> Said | None:
    """Why nobody has to do anything about a task any more; None while somebody has."""
    if status not in CLOSED:
        return None
    return Said(_IS_DONE if status == "done" else _GIVEN_UP, {})
