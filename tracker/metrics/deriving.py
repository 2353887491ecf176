"""Makes figures of what members did and of other figures, project by project, then judges them.

The column ``figures_at`` is the timer: whoever takes a project moves it to the end of a lease, so
that what a dead process leaves behind is due again by itself. Computing holds no transaction; what
comes of it is kept in small ones. The same again is nothing, so doing it twice does no harm.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from operator import attrgetter
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, tuple_, update
from sqlalchemy.orm import Session

from tracker.connectors.figures import Sample
from tracker.kernel.clock import is_zone, local_today
from tracker.kernel.db import core, reading, unit_of_work
from tracker.metrics import story_queries
from tracker.metrics.connection_models import Connection
from tracker.metrics.deriving_rules import MOST, next_look, wanted_days
from tracker.metrics.formulas.books import Books
from tracker.metrics.formulas.brought import NEEDED
from tracker.metrics.formulas.computing import compute
from tracker.metrics.formulas.story import Story
from tracker.metrics.formulas.survey import surveyed
from tracker.metrics.placing import Origin
from tracker.metrics.storing import MOST as MOST_SAMPLES
from tracker.metrics.storing import keep_samples
from tracker.metrics.story_queries import Account
from tracker.metrics.watching import watch_project
from tracker.projects.models import Project

LEASE: Final = timedelta(minutes=10)
PROJECT: Final = "project"
SOURCE: Final = "Community tracker"
_LOOKS_BACK: Final = timedelta(days=122)
"""Further than any window of events: the days between, and one for zones."""
_ONE: Final = timedelta(days=1)
_P, _C = Project.__table__, Connection.__table__
_FIRST: Final = (
    select(_P.c.workspace_id, _P.c.id)
    .where(
        _P.c.figures_at.is_not(None), _P.c.figures_at <= bindparam("now"), _P.c.state == "active"
    )
    .order_by(_P.c.figures_at)
    .limit(1)
)
# Materialized: a plan may ask a subquery anew for each row, and each time it locks another one.
_first = _FIRST.with_for_update(key_share=True, skip_locked=True).cte("first_due")
_TAKE: Final = (
    update(_P)
    .where(tuple_(_P.c.workspace_id, _P.c.id).in_(select(_first.c.workspace_id, _first.c.id)))
    .values(figures_at=bindparam("until"))
    .returning(_P.c.workspace_id, _P.c.id, _P.c.timezone)
)
_MINE: Final = (_P.c.workspace_id == bindparam("of_workspace"), _P.c.id == bindparam("of_project"))
_TIMER: Final = (
    select(_P.c.figures_at).where(*_MINE, _P.c.state == "active").with_for_update(key_share=True)
)
_SET_TIMER: Final = update(_P).where(*_MINE).values(figures_at=bindparam("at"))
_DERIVED: Final = (
    update(_C)
    .where(_C.c.workspace_id == bindparam("of_workspace"), _C.c.id == bindparam("of_connection"))
    .values(dirty_on=bindparam("dirty"), derived_on=bindparam("derived"))
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A project in hand. Whoever wakes it meanwhile sets its timer to something else."""

    workspace_id: UUID
    project_id: UUID
    zone: str
    until: datetime
    now: datetime

    @property
    def place(self) -> tuple[UUID, UUID]:
        """Workspace and project."""
        return self.workspace_id, self.project_id

    @property
    def key(self) -> dict[str, UUID]:
        """The project, for statements."""
        return {"of_workspace": self.workspace_id, "of_project": self.project_id}


def is_due(session: Session, *, now: datetime) -> bool:
    """Whether there is a project to look at: the only statement of most looks."""
    return core(session).execute(_FIRST, {"now": now}).first() is not None


def derive_due(*, now: datetime, is_over: Callable[[], bool] = lambda: False) -> bool:
    """Derive and judge the figures of one project that is due; whether there was any.

    Any number may look at once, anywhere: each takes another project. Where ``is_over`` says so it
    is let go in the middle, and is due again.
    """
    with unit_of_work() as session:
        turn = _take(session, now)
    if turn is None:
        return False
    with reading() as session:
        accounts = story_queries.accounts(session, *turn.place)
    made = [account for account in accounts if _derive(turn, account, is_over)]
    with unit_of_work() as session:
        _note(session, turn, made)
    _derive_from_figures(turn, is_over)
    with unit_of_work() as session:
        _end(session, turn, {account.zone for account in accounts}, is_over=is_over())
    return True


def _take(session: Session, now: datetime) -> Turn | None:
    until = now + LEASE
    row = core(session).execute(_TAKE, {"now": now, "until": until}).first()
    return None if row is None else Turn(row.workspace_id, row.id, row.timezone, until, now)


def _derive(turn: Turn, account: Account, is_over: Callable[[], bool]) -> bool:
    """Make the figures of one connection; whether they are made for all days that want it."""
    zone = ZoneInfo(account.zone if is_zone(account.zone) else "UTC")
    yesterday = local_today(account.zone, turn.now) - _ONE
    days = wanted_days(
        yesterday, account.dirty_on, account.derived_on, is_pulling=account.is_pulling
    )
    if not days:
        return False
    place = (turn.workspace_id, account.id)
    since = days[0] - _LOOKS_BACK
    with reading() as session:
        story = Story(
            members=story_queries.members(session, *place),
            events=story_queries.events(session, *place, datetime.combine(since, time(), UTC)),
            months=story_queries.months(session, *place, since.replace(day=1)),
            since=account.complete_since,
        )
        samples = compute(story, days, zone)
    origin = Origin(*turn.place, str(account.id), account.name, account.zone)
    return _keep(turn, origin, samples, is_over)


def _derive_from_figures(turn: Turn, is_over: Callable[[], bool]) -> None:
    """Make the figures that stand on others: of all days, for a correction may come late."""
    today = local_today(turn.zone, turn.now)
    first = today - MOST * _ONE
    with reading() as session:
        lines = story_queries.lines(session, *turn.place, NEEDED, since=first, until=today)
    days = [first + n * _ONE for n in range(MOST)]
    samples = compute(Story(lines=lines), days, ZoneInfo("UTC"))
    samples += surveyed(Books(lines), [today])  # a survey is whole as soon as it is told
    _keep(turn, Origin(*turn.place, PROJECT, SOURCE, turn.zone), samples, is_over)


def _keep(
    turn: Turn, origin: Origin, samples: Sequence[Sample], is_over: Callable[[], bool]
) -> bool:
    """Keep figures, the oldest first, some in each transaction; whether all are kept."""
    for some in _batches(sorted(samples, key=attrgetter("day"))):
        if is_over():
            return False
        with unit_of_work() as session:
            at = core(session).execute(_TIMER, turn.key).scalar()
            if at is None:  # paused, or gone
                return False
            keep_samples(session, origin, some, now=turn.now)
            # What is kept wakes the project: here it is awake.
            core(session).execute(_SET_TIMER, {**turn.key, "at": at})
    return True


def _batches(samples: Sequence[Sample]) -> Iterator[list[Sample]]:
    rest = iter(samples)
    while some := list(islice(rest, MOST_SAMPLES)):
        yield some


def _note(session: Session, turn: Turn, made: Sequence[Account]) -> None:
    """Say until when figures are made. Clean is what nobody has touched since it was read.

    Connections are locked before their project, as by whoever keeps what members did; that wakes
    the project, which then stays awake.
    """
    found = story_queries.accounts(session, *turn.place, is_locked=True) if made else []
    known = {account.id: account for account in found}
    is_alone = core(session).execute(_TIMER, turn.key).scalar() == turn.until
    rows = []
    for was in made:
        if (now := known.get(was.id)) is not None:
            is_clean = is_alone and not now.is_pulling and now.dirty_on == was.dirty_on
            rows.append(
                {
                    "of_workspace": turn.workspace_id,
                    "of_connection": was.id,
                    "dirty": None if is_clean else now.dirty_on,
                    "derived": local_today(was.zone, turn.now) - _ONE,
                }
            )
    if rows:
        core(session).execute(_DERIVED, rows)


def _end(session: Session, turn: Turn, zones: Collection[str], *, is_over: bool) -> None:
    """Judge the figures, and say when to look next."""
    at = core(session).execute(_TIMER, turn.key).scalar()
    if at is None:  # paused, or gone
        return
    following = next_look(turn.project_id, {turn.zone, *zones}, turn.now)
    if not is_over:
        project = session.get_one(Project, turn.place)
        watch_project(session, project, now=turn.now)
    if is_over or at == turn.until:
        core(session).execute(_SET_TIMER, {**turn.key, "at": turn.now if is_over else following})
