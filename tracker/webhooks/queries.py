"""Looking endpoints, what is owed to them, and attempts up."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, text, union_all
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.webhooks.models import TROUBLED, Delivery, DeliveryAttempt, Webhook

_NO_WEBHOOK: Final = Sentence(
    en="There is no such webhook. GET /webhooks lists those of the workspace.",
    fr="Il n'y a pas de tel webhook. GET /webhooks liste ceux de l'espace.",
)
_NO_DELIVERY: Final = Sentence(
    en="There is no such delivery. GET /webhooks/{id}/deliveries lists those of 30 days.",
    fr="Il n'y a pas de tel envoi. GET /webhooks/{id}/deliveries liste ceux de 30 jours.",
)


def webhook(
    session: Session, workspace_id: UUID, webhook_id: UUID, *, to_change: bool = False
) -> Webhook:
    """One endpoint, locked where it is to be changed. Raises NotFound."""
    wanted = select(Webhook).where(Webhook.workspace_id == workspace_id, Webhook.id == webhook_id)
    if to_change:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(_NO_WEBHOOK)
    return found


def webhooks(
    session: Session, workspace_id: UUID, *, after: Sequence[Any] | None, limit: int
) -> Sequence[Webhook]:
    """Endpoints of a workspace, the oldest first, one more than ``limit``."""
    wanted = select(Webhook).where(Webhook.workspace_id == workspace_id)
    if after:
        wanted = wanted.where(Webhook.id > after[0])
    return session.scalars(wanted.order_by(Webhook.id).limit(limit + 1)).all()


def count(session: Session, workspace_id: UUID) -> int:
    """How many a workspace has."""
    wanted = select(func.count()).where(Webhook.workspace_id == workspace_id)
    return int(core(session).execute(wanted).scalar_one())


def waiting(
    session: Session, workspace_id: UUID, webhook_ids: Collection[UUID]
) -> Mapping[UUID, Mapping[str, int]]:
    """How many deliveries of each of these endpoints are owed, held, or have failed."""
    d = Delivery.__table__
    # By what waits: no index on endpoints is to lead through all that was ever sent there.
    whose, where = func.coalesce(d.c.webhook_id, d.c.id), func.coalesce(d.c.workspace_id, d.c.id)
    kinds: tuple[tuple[Any, ...], ...] = (
        (d.c.ready_at.is_not(None), whose.in_(webhook_ids), where == workspace_id),
        (text(TROUBLED), d.c.webhook_id.in_(webhook_ids), d.c.workspace_id == workspace_id),
    )
    counts = [
        select(d.c.webhook_id, d.c.state, func.count().label("number"))
        .where(*kind)
        .group_by(d.c.webhook_id, d.c.state)
        for kind in kinds
    ]
    found: dict[UUID, dict[str, int]] = {one: {} for one in webhook_ids}
    for row in core(session).execute(union_all(*counts)):
        found[row.webhook_id][row.state] = row.number
    return found


def deliveries(
    session: Session,
    workspace_id: UUID,
    webhook_id: UUID,
    *,
    state: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[Delivery]:
    """What is and was owed to an endpoint, the newest event first, one more than ``limit``."""
    wanted = select(Delivery).where(
        Delivery.workspace_id == workspace_id, Delivery.webhook_id == webhook_id
    )
    if state:
        wanted = wanted.where(Delivery.state == state)
    if after:
        wanted = wanted.where(Delivery.event_id < after[0])
    return session.scalars(wanted.order_by(Delivery.event_id.desc()).limit(limit + 1)).all()


def delivery(session: Session, workspace_id: UUID, delivery_id: UUID) -> Delivery:
    """One delivery. Raises NotFound."""
    wanted = select(Delivery).where(
        Delivery.workspace_id == workspace_id, Delivery.id == delivery_id
    )
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(_NO_DELIVERY)
    return found


def attempts(session: Session, workspace_id: UUID, delivery_id: UUID) -> Sequence[DeliveryAttempt]:
    """Attempts of a delivery, the first one first."""
    wanted = select(DeliveryAttempt).where(
        DeliveryAttempt.workspace_id == workspace_id, DeliveryAttempt.delivery_id == delivery_id
    )
    return session.scalars(wanted.order_by(DeliveryAttempt.number)).all()
