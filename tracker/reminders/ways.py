"""On which ways a message may go to its reader now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, bindparam, select, tuple_
from sqlalchemy.orm import Session

from tracker.channels.routes import Route, routes_of, routes_to_confirm
from tracker.connectors.letter import Outcome
from tracker.kernel.db import core
from tracker.reminders.models import Attempt, Reminder
from tracker.reminders.sending_rules import MOST_TRIES, Ending
from tracker.reminders.standing import Key
from tracker.reminders.words import Reason, Rule, State

_R, _A = Reminder.__table__, Attempt.__table__
_REFUSED: Final = (
    select(_A.c.reminder_id, _A.c.channel, _A.c.channel_id)
    .join(_R, (_R.c.workspace_id == _A.c.workspace_id) & (_R.c.id == _A.c.reminder_id))
    .where(
        tuple_(_A.c.workspace_id, _A.c.reminder_id).in_(bindparam("keys", expanding=True)),
        _A.c.outcome.in_((Outcome.REFUSED, Outcome.GONE)),
        _A.c.number > _R.c.most_tries - MOST_TRIES,  # a replay asks all of them again
    )
)
_NO_CHANNEL: Final = Ending(State.FAILED, Reason.NO_CHANNEL)
_CONFIRMED: Final = Ending(State.CANCELLED, Reason.DONE)
_REFUSED_BY_ALL: Final = Ending(State.FAILED, Reason.REFUSED)


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways to several people, and those that have refused."""

    routes: Mapping[Key, Sequence[Route]]
    to_confirm: Mapping[Key, Route]  # by what is to be confirmed
    refused: Mapping[UUID, set[tuple[str, UUID | None]]]  # by reminder

    def of(self, row: Row[Any]) -> list[Route] | Ending:
        """Those for a reminder, the wanted one first; or what becomes of it without any."""
        if row.rule == Rule.CONFIRM:
            only = self.to_confirm.get((row.workspace_id, row.subject_id))
            return [only] if only else _CONFIRMED
        known = self.routes.get((row.workspace_id, row.member_id), ())
        refused = self.refused.get(row.id, set())
        willing = [route for route in known if (route.kind, route.channel_id) not in refused]
        return willing or (_REFUSED_BY_ALL if known else _NO_CHANNEL)


def ways_of(session: Session, rows: Sequence[Row[Any]]) -> Ways:
    """The ways to all readers of ``rows``."""
    refused: dict[UUID, set[tuple[str, UUID | None]]] = defaultdict(set)
    if tried := [(row.workspace_id, row.id) for row in rows if row.tries]:
        for row in core(session).execute(_REFUSED, {"keys": tried}):
            refused[row.reminder_id].add((row.channel, row.channel_id))
    to_confirm: Mapping[Key, Route] = {}
    if asking := [row for row in rows if row.rule == Rule.CONFIRM]:
        channels, members = (
            {(row.workspace_id, row.subject_id) for row in asking if row.subject == kind}
            for kind in ("channel", "member")
        )
        to_confirm = routes_to_confirm(session, channels=channels, members=members)
    readers = {(row.workspace_id, row.member_id) for row in rows if row.rule != Rule.CONFIRM}
    return Ways(routes_of(session, readers) if readers else {}, to_confirm, refused)
