"""Boards that were read, and what they are laid out in, for a launch on Monday 6 September 2027."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tracker.boards.import_dates import Frame
from tracker.boards.import_drafts import Choice, Draft, drafts_of
from tracker.boards.import_launch import frame_of
from tracker.boards.import_lists import rules_of
from tracker.boards.import_placing import placed
from tracker.boards.import_playbook import BASE
from tracker.connectors.board_copy import BoardCopy, Column, CopiedCard
from tracker.playbooks.catalog import our_playbook
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan
from tracker.playbooks.planned import Plan

TODAY, LAUNCH = date(2027, 7, 1), date(2027, 9, 6)


def a_column(title: str, **more: Any) -> Column:
    """A list whose id is its title."""
    return Column(id=title, title=title, **more)


def a_card(title: str, column: str | None = "To do", **more: Any) -> CopiedCard:
    """A card whose id is its title."""
    return CopiedCard(id=title, title=title, column=column, **more)


def a_board(*cards: CopiedCard, columns: Sequence[Column] = ()) -> BoardCopy:
    """With the lists that the cards stand in, unless others are given."""
    titles = dict.fromkeys(card.column for card in cards if card.column)
    known = tuple(columns) or tuple(map(a_column, titles))
    return BoardCopy(id="board", name="Our community", columns=known, cards=cards)


def a_plan(**wanted: Any) -> Plan:
    """The empty one."""
    return make_plan(our_playbook(BASE), Parameters(**{"launch_on": LAUNCH, **wanted}), TODAY)


def a_frame(board: BoardCopy, *, today: date | None = TODAY, **wanted: Any) -> Frame:
    """As a new project has it; without ``today`` as a playbook has it."""
    return frame_of(a_plan(**wanted), board, today)


def drafts(
    board: BoardCopy,
    *,
    today: date | None = TODAY,
    lists: dict[str, dict[str, Any]] | None = None,
    **choice: Any,
) -> dict[str, Draft]:
    """What becomes of the cards, by their titles."""
    made = Choice(rules=rules_of(board, lists or {}), **choice)
    return {draft.card.title: draft for draft in laid_out(board, made, a_frame(board, today=today))}


def laid_out(board: BoardCopy, choice: Choice, frame: Frame) -> list[Draft]:
    """What becomes of the cards, in their order."""
    found, _left_out = drafts_of(board, choice, frame)
    return placed(found, frame)


def said(draft: Draft) -> str:
    """All that is to be known of it."""
    return " ".join(one.say("en") for one in draft.said)
