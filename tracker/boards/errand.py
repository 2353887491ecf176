"""Taking a board in hand: whether it can be kept in step now, and all that it takes to do so."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.boards import ours, queries
from tracker.boards.accounts import keeper_of
from tracker.boards.events import BoardStateChanged
from tracker.boards.models import Board, BoardAccount, BoardItem
from tracker.boards.ours import Ours
from tracker.boards.pacing import LONGEST_PAUSE, Standing
from tracker.boards.ports import port_of
from tracker.boards.said import SHARED
from tracker.connectors.boards import Keeper, Place, Port
from tracker.kernel.claims import Claim, Claims
from tracker.kernel.errors import NotFound
from tracker.kernel.event_log import EventHead
from tracker.kernel.outbox import publish
from tracker.kernel.secrets import Undecipherable
from tracker.people import queries as people
from tracker.people.rules import Actor, Permission, Role
from tracker.projects import queries as projects
from tracker.projects.rules import READ_ONLY

LEASE: Final = timedelta(seconds=90)  # longer than the slowest call
CLAIMS: Final = Claims(Board.__table__, in_hand={"is_syncing": True}, lease=LEASE)
NOTICES: Final = "_notices"
_MOST_CRASHES: Final = 3
_MOST_PEOPLE: Final = 1000


@dataclass(slots=True, kw_only=True)
class Errand:
    """A board in hand, opened: its secrets are plain, and are dropped with it."""

    claim: Claim
    board: Board  # as it was claimed
    own_id: str | None
    port: Port
    keeper: Keeper
    actor: Actor | None  # None of one that is disconnected

    @property
    def is_off(self) -> bool:
        """Whether it is to be left."""
        return self.board.state == queries.OFF


@dataclass(slots=True, kw_only=True)
class Sight:
    """Both sides as they were when the round began; ``head`` is where the log stood before."""

    head: int
    ours: Ours
    items: dict[UUID, BoardItem]
    people: list[tuple[str, str]]


def take_errand(session: Session, claim: Claim, *, now: datetime) -> Errand | None:
    """What is to be done about a board that was just claimed; None: nothing, as is noted."""
    board = session.get_one(Board, (claim.workspace_id, claim.id))
    account = queries.account(session, claim.workspace_id, board.account_id)
    opened = _opened(session, claim, board, account)
    if isinstance(opened, Standing):
        crashed = opened.problem == "crashed"
        let_go(session, board, opened, now=now)
        if crashed:  # once an hour is enough for what its workers die over
            board.crashes, board.ready_at = _MOST_CRASHES - 1, now + LONGEST_PAUSE
        return None
    if account.next_allowed_at is not None and account.next_allowed_at > now:
        _wait(board, account.next_allowed_at)
        return None
    return opened


def _wait(board: Board, until: datetime) -> None:
    """Another board of the account was told to wait, or has used up what they share."""
    board.is_syncing, board.crashes, board.ready_at = False, 0, until
    if board.state == "ok":
        board.state = board.problem = "throttled"
        board.problem_facts = {"detail": SHARED}


def _opened(
    session: Session, claim: Claim, board: Board, account: BoardAccount
) -> Errand | Standing:
    """What it takes, or why that cannot be had."""
    if claim.crashes > _MOST_CRASHES:
        return Standing(state="degraded", problem="crashed", facts={"tries": claim.crashes - 1})
    try:
        port, keeper = port_of(board.kind), keeper_of(account)
    except NotFound:
        return Standing(state="broken", problem="unknown_kind", facts={"detail": board.kind})
    except Undecipherable:
        return Standing(state="needs_reauth", problem="unreadable")
    actor = None
    if board.state != queries.OFF:
        project = projects.project(session, board.workspace_id, board.project_id)
        if project.state in READ_ONLY:
            return Standing()
        actor = _actor(session, board, project.language)
        if actor is None:
            return Standing(state="degraded", problem="owner_gone")
    return Errand(
        claim=claim,
        board=board,
        own_id=account.own_id,
        port=port,
        keeper=keeper,
        actor=actor,
    )


def _actor(session: Session, board: Board, language: str) -> Actor | None:
    try:
        member = people.member(session, board.workspace_id, board.owner_id)
    except NotFound:
        return None
    role = Role(member.role)
    actor = Actor(board.workspace_id, member.id, role, language=language, door="sync")
    return actor if actor.may(Permission.MANAGE_PROJECTS) else None


def look(session: Session, errand: Errand, *, now: datetime) -> Sight:
    """Both sides as they are known here, in a constant number of statements."""
    workspace_id = errand.claim.workspace_id
    head = session.scalar(
        select(EventHead.sequence).where(
            EventHead.workspace_id == workspace_id, EventHead.object_id == workspace_id
        )
    )
    mine = select(BoardItem).where(
        BoardItem.workspace_id == workspace_id, BoardItem.board_id == errand.claim.id
    )
    found = people.members(session, workspace_id, after=None, limit=_MOST_PEOPLE)
    return Sight(
        head=head or 0,
        ours=ours.load(session, workspace_id, errand.board.project_id, now=now),
        items={one.id: one for one in session.scalars(mine.order_by(BoardItem.id))},
        people=[(one.email, one.name or one.email) for one in found],
    )


def place_of(errand: Errand, sight: Sight) -> Place:
    """The board as its port is told of it."""
    board, project = errand.board, sight.ours.project
    return Place(
        keeper=replace(errand.keeper, own_id=errand.own_id),
        id=board.remote_id,
        name=board.name,
        zone=project.timezone,
        marker=str(board.id),
        settings=board.settings,
        layout={name: value for name, value in board.layout.items() if name != NOTICES},
        phases=[(phase.key, phase.title) for phase in sight.ours.phases],
        statuses=sight.ours.statuses,
        labels=sight.ours.labels,
        people=sight.people,
        assigned=sight.ours.assigned,
        parts={one.remote_id: one.remote or {} for one in sight.items.values() if one.remote_id},
        language=sight.ours.language,
    )


def let_go(session: Session, board: Board, standing: Standing, *, now: datetime) -> None:
    """Have a board stand like this; trouble that lasts is announced, and its end."""
    was = board.state
    board.is_syncing, board.crashes = False, 0
    if was != queries.OFF:
        board.state, board.problem = standing.state, standing.problem
        board.problem_facts = dict(standing.facts) if standing.facts else None
    board.failures, board.ready_at = standing.failures, standing.ready_at
    if was in (standing.state, queries.OFF) or {was, standing.state} <= {"ok", "throttled"}:
        return
    publish(
        session,
        BoardStateChanged(
            workspace_id=board.workspace_id,
            at=now,
            project_id=board.project_id,
            board_id=board.id,
            state=standing.state,
            problem=standing.problem,
            previous={"state": was},
        ),
    )
