"""Connecting boards, changing and disconnecting them. Nothing here speaks to a platform."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from tracker.boards import queries
from tracker.boards.accounts import Given, account_with, forget_unused
from tracker.boards.events import BoardAdded, BoardChanged, BoardRemoved
from tracker.boards.hook_keys import new_key
from tracker.boards.inbox import STOPPED
from tracker.boards.models import Board
from tracker.boards.ports import port_of
from tracker.boards.settings import check_settings
from tracker.connectors.boards import Port
from tracker.kernel.activity import record
from tracker.kernel.db import new_id
from tracker.kernel.errors import Conflict, Invalid, NotFound
from tracker.kernel.muting import check_may_send
from tracker.kernel.outbox import previous_of, publish
from tracker.kernel.texts import Said, Sentence
from tracker.people.queries import member, members_named
from tracker.people.rules import Actor, Permission, Role
from tracker.projects.history import Changes, entry
from tracker.projects.models import Project
from tracker.projects.rules import check_takes_changes
from tracker.projects.team import UNKNOWN_MEMBER

MOST: Final = 10
_FULL: Final = Sentence(
    en="A project has at most {most} boards. Disconnect one that is not needed.",
    fr="Un projet a au plus {most} tableaux. En déconnecter un qui ne sert plus.",
)
_TAKEN: Final = Sentence(
    en="This board is kept in step already: GET /boards/{id}. Choose another, or disconnect it "
    "there first.",
    fr="Ce tableau est déjà tenu à jour : GET /boards/{id}. En choisir un autre, ou le déconnecter "
    "d'abord là-bas.",
)
_PAUSED: Final = Sentence(
    en="This board is paused. Let it go on first: POST /boards/{id}/resume.",
    fr="Ce tableau est en pause. Le reprendre d'abord : POST /boards/{id}/resume.",
)
_NOT_AS_THEM: Final = Sentence(
    en="What comes from a board is done with its owner's rights: name a manager or an owner of the "
    "workspace.",
    fr="Ce qui vient d'un tableau est fait avec les droits de son propriétaire : nommer un manager "
    "ou un owner de l'espace.",
)
_NEEDS_REAUTH: Final = Sentence(
    en="The platform refuses its credentials. Give new ones first: PUT /boards/{id}/credentials.",
    fr="La plateforme refuse ses identifiants. En donner d'abord de nouveaux : PUT "
    "/boards/{id}/credentials.",
)


def add(
    session: Session, actor: Actor, project: Project, wish: Mapping[str, Any], *, now: datetime
) -> Board:
    """Have a board kept in step with a locked project. Raises ProjectClosed, Invalid, Conflict.

    ``wish`` has kind, credentials, base_url, remote_id (None: it is made there), name, settings.
    """
    check_takes_changes(project.state)
    if queries.count(session, project.workspace_id, project.id) >= MOST:
        raise Conflict(_FULL, most=MOST)
    port = _port(wish["kind"])
    check_settings(port, wish["settings"])
    if wish["remote_id"] is not None:
        _check_free(session, actor, port.kind, wish["remote_id"])
    given = Given(port, wish["base_url"] or port.default_url, wish["credentials"])
    account = account_with(session, actor.workspace_id, given, now=now)
    made = Board(
        workspace_id=project.workspace_id,
        id=new_id(),
        project_id=project.id,
        account_id=account.id,
        owner_id=actor.member_id,
        kind=port.kind,
        name=wish["name"] or project.name,
        remote_id=wish["remote_id"],
        settings=wish["settings"],
        layout={},
        state="ok",
        failures=0,
        ready_at=now,
        claim=0,
        crashes=0,
        is_syncing=False,
        seen=0,
        reconcile_at=now,
        hook_key=new_key(wish["kind"]),
        hook_state="none",
        created_by=actor.member_id,
        created_at=now,
        updated_at=now,
        version=1,
    )
    session.add(made)
    session.flush()
    changes: Changes = {"name": (None, made.name), "kind": (None, made.kind)}
    _tell(session, actor, made, action="created", changes=changes)
    publish(session, BoardAdded(**_event(made, actor), kind=made.kind))
    return made


def _port(kind: str) -> Port:
    try:
        return port_of(kind)
    except NotFound as error:
        raise Invalid({"kind": [error.said]}) from None


def _check_free(session: Session, actor: Actor, kind: str, remote_id: str) -> None:
    found = queries.board_there(session, actor.workspace_id, kind, remote_id)
    if found is not None:
        raise Conflict(_TAKEN, id=found.id)


def change(
    session: Session, actor: Actor, board: Board, changes: Mapping[str, Any], *, now: datetime
) -> None:
    """Change a locked board: its name, its settings, or as whom its changes are made.

    Raises Invalid. Everything is compared anew.
    """
    wanted = {**changes}
    if "settings" in wanted:
        before = board.settings if board.layout else None
        check_settings(port_of(board.kind), wanted["settings"], before)
    if "owner" in wanted:
        wanted["owner_id"] = _member(session, actor, wanted.pop("owner"))
    told = {
        name: (getattr(board, name), new)
        for name, new in wanted.items()
        if getattr(board, name) != new
    }
    if not told:
        return
    for name, (_old, new) in told.items():
        setattr(board, name, new)
    _set_right(board, {"owner_gone"})
    _begin_again(board, now)
    _tell_changed(session, actor, board, told)


def _member(session: Session, actor: Actor, named: str) -> Any:
    found = members_named(session, actor.workspace_id, [named])
    if named not in found:
        raise Invalid({"owner": [Said(UNKNOWN_MEMBER, {"value": named})]})
    role = Role(member(session, actor.workspace_id, found[named]).role)
    if not Actor(actor.workspace_id, found[named], role).may(Permission.MANAGE_PROJECTS):
        raise Invalid({"owner": [Said(_NOT_AS_THEM, {})]})
    return found[named]


def change_credentials(
    session: Session,
    actor: Actor,
    board: Board,
    credentials: Mapping[str, str],
    *,
    now: datetime,
) -> None:
    """Give a locked board other credentials, and compare everything with them. Raises Invalid."""
    base_url = queries.account(session, board.workspace_id, board.account_id).base_url
    given = Given(port_of(board.kind), base_url, credentials)
    account_before = board.account_id
    board.account_id = account_with(session, board.workspace_id, given, now=now).id
    if board.account_id != account_before:
        board.hook_id = None  # which only those before may ask about
    forget_unused(session, board.workspace_id)
    if board.state != "paused":
        _set_right(board)
    _begin_again(board, now)
    _tell_changed(session, actor, board, {"credentials": (None, None)})


def pause(session: Session, actor: Actor, board: Board, *, now: datetime) -> None:
    """Leave a locked board alone; what happens meanwhile is made up for. Twice is once."""
    if board.state == "paused":
        return
    told = {"state": (board.state, "paused")}
    board.state, board.problem, board.problem_facts = "paused", None, None
    board.ready_at, board.run = None, None
    _touch(board, now)
    _tell_changed(session, actor, board, told)


def resume(session: Session, actor: Actor, board: Board, *, now: datetime) -> None:
    """Have a locked board kept in step again, beginning with everything. Twice is once."""
    if board.state != "paused":
        return
    _set_right(board)
    _begin_again(board, now)
    _tell_changed(session, actor, board, {"state": ("paused", "ok")})


def compare(session: Session, board: Board, kind: str, *, now: datetime) -> None:
    """Have everything on a locked board compared, as soon as may be. Raises Conflict, Muted.

    ``kind`` is what it is called while it is under way: push or reconcile.
    """
    if board.state == "paused":
        raise Conflict(_PAUSED, id=board.id)
    if board.state == "needs_reauth":
        raise Conflict(_NEEDS_REAUTH, id=board.id)
    check_may_send(session)
    _set_right(board)
    _begin_again(board, now)
    board.run = {"kind": kind, "done": 0, "of": None, "calls": 0, "began_at": None}


def begin_look(board: Board, *, now: datetime) -> None:
    """Have a locked board looked at, where nobody has it in hand; whoever has it loses it."""
    if board.state not in STOPPED:
        _touch(board, now)
        board.ready_at = now


def disconnect(
    session: Session, actor: Actor, board: Board, *, archives: bool, now: datetime
) -> None:
    """Keep a locked board in step no more. Its cards stay there, or are archived there."""
    board.state, board.problem, board.problem_facts = queries.OFF, None, None
    board.run = {"kind": "leave", "archives": archives}
    board.ready_at, board.reconcile_at = now, None
    _touch(board, now)
    _tell(session, actor, board, action="deleted", changes={"name": (board.name, None)})
    publish(session, BoardRemoved(**_event(board, actor)))


def _touch(board: Board, now: datetime) -> None:
    """One version further; whoever has it in hand is refused their later writes."""
    board.updated_at, board.version = now, board.version + 1
    board.claim, board.crashes, board.is_syncing = board.claim + 1, 0, False


def _begin_again(board: Board, now: datetime) -> None:
    _touch(board, now)
    board.reconcile_at, board.failures = now, 0
    board.hook_checked_at = None  # with other credentials it may be gone
    board.ready_at = None if board.state == "paused" else now


def _set_right(board: Board, problems: set[str] | None = None) -> None:
    if problems is None or board.problem in problems:
        board.state, board.problem, board.problem_facts = "ok", None, None


def _tell_changed(session: Session, actor: Actor, board: Board, told: Changes) -> None:
    _tell(session, actor, board, action="changed", changes=told)
    previous = previous_of({name: pair for name, pair in told.items() if name != "credentials"})
    publish(session, BoardChanged(**_event(board, actor), fields=sorted(told), previous=previous))


def _tell(session: Session, actor: Actor, board: Board, *, action: str, changes: Changes) -> None:
    plain = {name: (_plain(old), _plain(new)) for name, (old, new) in changes.items()}
    subject = ("board", board.id)
    told = entry(
        actor, board.project_id, subject, action=action, changes=plain, now=board.updated_at
    )
    record(session, told)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, dict) else str(value)


def _event(board: Board, actor: Actor) -> dict[str, Any]:
    return {
        "workspace_id": board.workspace_id,
        "at": board.updated_at,
        "project_id": board.project_id,
        "board_id": board.id,
        "by": actor.member_id,
    }
