"""What the database tells at the end of events, and of the deliveries that were owed of them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Engine, select

from tests.chaos.judging import Row, Try
from tests.chaos.judging_events import ENDPOINT, Logged
from tracker.kernel.outbox import OutboxMessage
from tracker.webhooks.models import Delivery, DeliveryAttempt, Webhook

_O: Final = OutboxMessage.__table__
_D: Final = Delivery.__table__
# Without an answer in time nobody knows either; on a machine that is not busy there is none.
_WORDS: Final = {"delivered": "accepted", "no_answer": "unknown"}


def log_of(engine: Engine, types: Sequence[str]) -> list[Logged]:
    """The events of the endpoint's workspace: of these types, or all where none is named."""
    wanted = select(_O.c.id, _O.c.topic, _O.c.object_id, _O.c.sequence, _O.c.occurred_at)
    wanted = wanted.where(_O.c.workspace_id.in_(select(Webhook.workspace_id)))
    with engine.connect() as connection:
        return [
            Logged(
                id=f"evt_{row.id}",
                object_id=str(row.object_id),
                sequence=row.sequence,
                at=row.occurred_at,
            )
            for row in connection.execute(wanted.where(_O.c.position.is_not(None)))
            if not types or {row.topic, f"{row.topic.split('.')[0]}.*"} & {*types}
        ]


def deliveries_of(engine: Engine) -> Iterator[Row]:
    """All that was owed to the endpoint, with the attempts to deliver it."""
    tries: dict[Any, list[Try]] = defaultdict(list)
    owed = select(_D, _O.c.object_id, _O.c.sequence).join(_O, _O.c.id == _D.c.event_id)
    with engine.connect() as connection:
        for one in connection.execute(select(DeliveryAttempt.__table__)):
            outcome = _WORDS.get(one.outcome, one.outcome)
            tries[one.delivery_id].append(Try(number=one.number, outcome=outcome))
        rows = connection.execute(owed).all()
    return (_row(row, tries[row.id]) for row in rows)


def _row(row: Any, tries: Sequence[Try]) -> Row:
    return Row(
        id=f"evt_{row.event_id}",
        effect=f"{row.object_id} {row.sequence}",
        recipient=ENDPOINT,
        state=row.state,
        reason=row.reason,
        is_ready=row.ready_at is not None,
        tries=tries,
        announced=1,  # nothing is announced of deliveries
    )
