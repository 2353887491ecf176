"""What was changed there is done here, by the services that everybody uses: rules and gates hold.

What they refuse changes nothing; it is told why, and what stands there is set back.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from tracker.boards.plainly import plainly
from tracker.connectors.boards import Card
from tracker.kernel.errors import DomainError, Invalid
from tracker.kernel.texts import Language, Said, Sentence
from tracker.people.rules import Actor
from tracker.projects import queries, step_service, task_queries, task_service
from tracker.projects.custom_service import create_task
from tracker.projects.rules import CLOSED
from tracker.projects.task_queries import TaskAtHand
from tracker.projects.task_rules import WITH_REASON
from tracker.web.fields import Line

STEP: Final = "steps."
_DATES: Final = ("start_on", "due_on")
_MOST_STEPS: Final = 20  # that are taken over of one card at once
_MOVED: Final = Sentence(
    en="Set to this on the board “{board}”.", fr="Mis dans cet état sur le tableau « {board} »."
)
_GATES: Final = Sentence(
    en="Gates are decided in the tracker, not on a board.",
    fr="Les points de passage se décident dans le tracker, pas sur un tableau.",
)
_NO_DAY: Final = Sentence(
    en="A task needs a start and a due date.",
    fr="Une tâche a besoin d'une date de début et d'une échéance.",
)
_NO_TITLE: Final = Sentence(
    en="A title is one line of 1 to 200 characters.",
    fr="Un titre est une ligne de 1 à 200 caractères.",
)
_SET_BACK: Final = Sentence(en="Set back: {fields}. {why}", fr="Rétabli : {fields}. {why}")
_NAMES: Final[Mapping[str, Sentence]] = {
    "title": Sentence(en="title", fr="titre"),
    "status": Sentence(en="status", fr="état"),
    "start_on": Sentence(en="start", fr="début"),
    "due_on": Sentence(en="due date", fr="échéance"),
    "assignees": Sentence(en="people", fr="personnes"),
    "steps": Sentence(en="steps", fr="étapes"),
}


def named_field(name: str, language: Language) -> str:
    """What a field is called by people."""
    return _NAMES["steps" if name.startswith(STEP) else name].say(language)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Fields that did not become what they were made there, and why."""

    names: Sequence[str]
    why: Said

    def told(self, language: Language) -> str:
        """What is said on the card."""
        fields = ", ".join(dict.fromkeys(named_field(name, language) for name in self.names))
        return _SET_BACK.say(language, fields=fields, why=self.why)


@dataclass(frozen=True, slots=True)
class Hands:
    """As whom it is done, when, and what the board is called."""

    actor: Actor
    board: str
    now: datetime


def take_over(
    session: Session,
    hands: Hands,
    task_id: UUID,
    wanted: Mapping[str, Any],
    *,
    is_strict: bool = False,
) -> list[Refusal]:
    """Make of a task what the flat fields ``wanted`` say, part by part; what was refused.

    ``is_strict``: somebody waits for it, so the first refusal is raised.
    """
    refused = []
    at_hand = task_queries.task(session, hands.actor.workspace_id, task_id, to_change=True)
    for names, change in _parts(at_hand, wanted):
        try:
            change(session, hands)
        except DomainError as error:
            if is_strict:
                raise
            refused.append(Refusal(names, plainly(error)))
    return refused


def refuse_gate(wanted: Mapping[str, Any]) -> list[Refusal]:
    """Nothing of a gate is changed from a board."""
    return [Refusal(list(wanted), Said(_GATES, {}))] if wanted else []


Change = Callable[[Session, Hands], None]


def _parts(at_hand: TaskAtHand, wanted: Mapping[str, Any]) -> Iterator[tuple[list[str], Change]]:
    """Steps before the status that may ask for them; dates while the task is open."""
    dates = [name for name in _DATES if name in wanted]
    opens = at_hand.task.status in CLOSED
    order = [["title"], ["assignees"]]
    order += [[name] for name in wanted if name.startswith(STEP)]
    order += [["status"], dates] if opens else [dates, ["status"]]
    for names in order:
        if names and names[0] in wanted:
            yield names, _change(at_hand.task.id, {name: wanted[name] for name in names})


def _change(task_id: UUID, wanted: Mapping[str, Any]) -> Change:
    def change(session: Session, hands: Hands) -> None:
        workspace_id, now = hands.actor.workspace_id, hands.now
        moves = bool(wanted.keys() & set(_DATES))
        at_hand = task_queries.task(session, workspace_id, task_id, to_change=True, to_move=moves)
        name, value = next(iter(wanted.items()))
        if name.startswith(STEP):
            step = step_service.step_of(at_hand, name.removeprefix(STEP))
            step_service.change_step(
                session, hands.actor, at_hand, step, changes={"done": value}, now=now
            )
            return
        wish = _wish(wanted, hands)
        task_service.change_task(session, hands.actor, at_hand, wish, now=now)

    return change


def _wish(wanted: Mapping[str, Any], hands: Hands) -> dict[str, Any]:
    """As PATCH /tasks/{id} has it. Raises Invalid."""
    wish = dict(wanted)
    if "title" in wish:
        wish["title"] = _title(wish["title"])
    for name in wish.keys() & set(_DATES):
        wish[name] = day_of(wish[name])
    if wish.get("status") in WITH_REASON:
        language: Any = hands.actor.language or "en"
        wish["reason"] = _MOVED.say(language, board=hands.board)
    return wish


def _title(text: str) -> str:
    try:
        title: str = Line().deserialize(text)
    except ValidationError:
        raise Invalid({"title": [Said(_NO_TITLE, {})]}) from None
    return title


def day_of(text: str | None) -> date:
    """A day as boards tell it. Raises Invalid."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise Invalid({"due_on": [Said(_NO_DAY, {})]}) from None


def add_steps(session: Session, hands: Hands, task_id: UUID, card: Card) -> bool:
    """Take over the steps that were made there, by their titles. Whether there were any."""
    if not card.steps:
        return False
    at_hand = task_queries.task(session, hands.actor.workspace_id, task_id, to_change=True)
    known = {step.title.casefold() for step in at_hand.parts.steps}
    added = False
    for title, is_done in card.steps[:_MOST_STEPS]:
        if title.casefold() in known:
            continue
        try:
            _add_step(session, hands, task_id, (_title(title), is_done))
        except DomainError:  # no room, or not a line: it stays a step of theirs
            continue
        known.add(title.casefold())
        added = True
    return added


def _add_step(session: Session, hands: Hands, task_id: UUID, wanted: tuple[str, bool]) -> None:
    title, is_done = wanted
    scope = (session, hands.actor.workspace_id, task_id)
    at_hand = task_queries.task(*scope, to_change=True)
    step, _version = step_service.add_step(session, hands.actor, at_hand, title, now=hands.now)
    if is_done:
        at_hand = task_queries.task(*scope, to_change=True)
        step_service.change_step(
            session, hands.actor, at_hand, step, changes={"done": True}, now=hands.now
        )


def make_task(session: Session, hands: Hands, project_id: UUID, card: Card) -> UUID:
    """A task for a card that was made there, in the phase where it lies. Raises DomainError."""
    scope = (session, hands.actor.workspace_id, project_id)
    project = queries.project(*scope, to_change=True)
    keys = [phase.key for phase in queries.phases(*scope)]
    phase = card.phase if card.phase in keys else project.phase or keys[0]
    data: dict[str, Any] = {
        "title": _title(card.title),
        "phase": phase,
        "role": "project_manager",
        "description": None,
        "notes": None,
        "assignees": card.fields.get("assignees") or None,
        "priority": "normal",
        "labels": [],
        "start_on": None,
        "due_on": None,
        "pinned": False,
        "milestone": False,
        "optional": False,
        "evidence": None,
        "proof": None,
        "predecessors": [],
    }
    dated = {name: _maybe(card.fields.get(name)) for name in _DATES}
    try:
        task_id, _said = create_task(
            session, hands.actor, project, {**data, **dated}, now=hands.now
        )
    except Invalid:  # days that cannot be, or people who are not here: a task of today
        data["assignees"] = None
        task_id, _said = create_task(session, hands.actor, project, data, now=hands.now)
    return task_id


def _maybe(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
