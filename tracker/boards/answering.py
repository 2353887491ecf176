"""What people say to missing cards, to cards that were made there, and to conflicts."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from tracker.boards import queries
from tracker.boards.applying import Hands, take_over
from tracker.boards.models import Board, BoardConflict, BoardItem
from tracker.boards.service import begin_look
from tracker.boards.showing import ANSWERS
from tracker.kernel.errors import Conflict
from tracker.kernel.texts import Sentence
from tracker.people.rules import Actor
from tracker.projects import task_queries, task_service

_NOT_NOW: Final = Sentence(
    en="Nothing of the kind can be said to a card that is {state}. What can: {answers}.",
    fr="On ne peut pas répondre cela à une carte {state}. Ce qui est possible : {answers}.",
)
_NO_TASK: Final = Sentence(
    en="This card stands for a gate, and gates are not given up. Restore the card, or detach it.",
    fr="Cette carte représente un point de passage, qui ne s'abandonne pas. Rétablir la carte, ou "
    "la détacher.",
)
_SETTLED: Final = Sentence(
    en="This conflict is settled. Change the task itself.",
    fr="Ce conflit est réglé. Modifier la tâche elle-même.",
)
_OF_A_GATE: Final = Sentence(
    en="Gates are decided in the tracker, not on a board: what stands there cannot be chosen. "
    "Settle this with “ours”.",
    fr="Les points de passage se décident dans le tracker, pas sur un tableau : on ne peut pas "
    "choisir ce qui est là-bas. Régler ceci par « ours ».",
)
_GIVEN_UP: Final = Sentence(
    en="Its card was taken off the board “{board}”.",
    fr="Sa carte a été retirée du tableau « {board} ».",
)
_NOTHING: Final = Sentence(en="nothing", fr="rien")


class Answered(Conflict):
    """What was said does not fit what there is."""

    type = "not-to-be-answered"


def answer(session: Session, actor: Actor, item: BoardItem, word: str, *, now: datetime) -> None:
    """Say ``word`` to a locked item. Raises Answered, and what changing a task raises."""
    possible = ANSWERS.get(item.state, ())
    if word not in possible:
        shown = ", ".join(possible) or _NOTHING
        raise Answered(_NOT_NOW, state=item.state, answers=shown)
    board = queries.board(session, item.workspace_id, item.board_id, to_change=True)
    if word == "give-up":
        _give_up(session, actor, board, item, now=now)
    # Of what is made, dirty: it may be there.
    item.state, item.is_dirty = _after(item, word), word in ("restore", "accept")
    item.updated_at = now
    if word == "accept":
        item.remote = {**(item.remote or {}), TAKE_IN: True}
    begin_look(board, now=now)


TAKE_IN: Final = "_take_in"
_AFTER: Final = {
    "restore": "creating",
    "detach": "ignored",
    "give-up": "ignored",
    "accept": "foreign",
}


def _after(item: BoardItem, word: str) -> str:
    """What was made there and left alone is a stranger again."""
    return "foreign" if item.object_id is None and word == "restore" else _AFTER[word]


def _give_up(
    session: Session, actor: Actor, board: Board, item: BoardItem, *, now: datetime
) -> None:
    if item.kind != "task" or item.object_id is None:
        raise Answered(_NO_TASK)
    at_hand = task_queries.task(session, item.workspace_id, item.object_id, to_change=True)
    if at_hand.task.status == "not_applicable":
        return
    language: Any = at_hand.frame.language
    wish = {"status": "not_applicable", "reason": _GIVEN_UP.say(language, board=board.name)}
    task_service.change_task(session, actor, at_hand, wish, now=now)


def settle(
    session: Session, actor: Actor, conflict: BoardConflict, choice: str, *, now: datetime
) -> BoardItem:
    """Have a field be as one of both sides had it: here at once, there at the next look.

    Raises Answered, and what changing a task raises.
    """
    if conflict.state != "open":
        raise Answered(_SETTLED)
    item = queries.item(session, conflict.workspace_id, conflict.item_id)
    board = queries.board(session, item.workspace_id, item.board_id, to_change=True)
    if item.kind == "gate" and choice == "theirs":
        raise Answered(_OF_A_GATE)
    told = conflict.ours if choice == "ours" else conflict.theirs
    if item.kind == "task" and item.object_id is not None:
        hands = Hands(actor, board.name, now)
        wanted = {conflict.field: told["value"]}
        take_over(session, hands, item.object_id, wanted, is_strict=True)
    conflict.state, conflict.settled_by, conflict.settled_at = "settled", actor.member_id, now
    conflict.version += 1
    begin_look(board, now=now)
    return item
