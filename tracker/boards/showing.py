"""Boards as callers see them, with texts in their language."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tracker.boards.models import Board, BoardAccount, BoardConflict, BoardItem
from tracker.boards.ports import port_of
from tracker.boards.said import UNHEARD, said_of
from tracker.connectors.boards import Port
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Language

ANSWERS: Final[Mapping[str, Sequence[str]]] = {
    "missing": ("restore", "detach", "give-up"),
    "ignored": ("restore",),
    "foreign": ("accept", "detach"),
}


def platform_out(port: Port, language: Language) -> dict[str, Any]:
    """A platform whose boards can be kept in step."""
    return {
        "kind": port.kind,
        "title": port.title[language],
        "default_url": port.default_url,
        "fields": [
            {
                "name": field.name,
                "title": field.title[language],
                "required": field.is_required,
                "help": field.help and field.help[language],
            }
            for field in port.fields
        ],
        "speaks_of": sorted(port.speaks_of),
        "calls": port.allowance.calls,
        "window_seconds": int(port.allowance.window.total_seconds()),
    }


def board_out(
    board: Board,
    account: BoardAccount,
    counts: Mapping[str, int],
    language: Language,
    *,
    is_manager: bool,
) -> dict[str, Any]:
    """A board: how far it has come, what is wrong, and what to do about it."""
    port = _port(board.kind)
    said = said_of(port, board)
    notices = board.layout.get("_notices", ())
    return {
        "id": board.id,
        "project_id": board.project_id,
        "kind": board.kind,
        "title": port.title[language] if port else board.kind,
        "name": board.name,
        "account": account.label,
        "remote_id": board.remote_id,
        "url": board.url,
        "owner_id": board.owner_id,
        "settings": board.settings,
        "state": board.state,
        "problem": board.problem,
        "sentence": said and said.say(language),
        "notices": [one[language] for one in notices],
        "run": board.run and {"of": None, "began_at": None, "calls": 0, "done": 0, **board.run},
        "items": dict(counts),
        "hook": {
            "state": board.hook_state,
            "url": board.hook_url if is_manager else None,
            "checked_at": board.hook_checked_at,
            "sentence": UNHEARD.say(language, id=board.id) if board.hook_state == "lost" else None,
        },
        "next_look_at": None if board.is_syncing else board.ready_at,
        "reconciled_at": board.reconciled_at,
        "created_at": board.created_at,
        "updated_at": board.updated_at,
    }


def _port(kind: str) -> Port | None:
    try:
        return port_of(kind)
    except NotFound:  # its connector was taken away
        return None


def item_out(item: BoardItem) -> dict[str, Any]:
    """A card, and what can be said to it."""
    return {
        "id": item.id,
        "board_id": item.board_id,
        "kind": item.kind,
        "object_id": item.object_id,
        "title": item.title,
        "state": item.state,
        "answers": list(ANSWERS.get(item.state, ())),
        "remote_id": item.remote_id,
        "url": item.url,
        "updated_at": item.updated_at,
    }


def conflict_out(conflict: BoardConflict, item: BoardItem) -> dict[str, Any]:
    """What disagrees, and what stands meanwhile."""
    return {
        "id": conflict.id,
        "board_id": conflict.board_id,
        "item_id": conflict.item_id,
        "object_id": item.object_id,
        "title": item.title,
        "field": conflict.field,
        "agreed": conflict.agreed.get("value"),
        "ours": conflict.ours.get("value"),
        "theirs": conflict.theirs.get("value"),
        "taken": conflict.taken,
        "reason": conflict.reason,
        "state": conflict.state,
        "settled_by": conflict.settled_by,
        "settled_at": conflict.settled_at,
        "created_at": conflict.created_at,
    }
