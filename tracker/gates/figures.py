"""Where criteria find their figures: a hook that a room above fills.

Until then there is no figure: a criterion that asks for one is unknown, and unknown is closed.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.metrics.values import Reading

Readings = Mapping[UUID, Mapping[str, Sequence[Reading]]]
"""Project → metric → its readings, the oldest first, the last one before ``since`` included."""

Source = Callable[[Session, UUID, Mapping[UUID, Collection[str]], datetime], Readings]
"""Session, workspace, metrics wanted under their projects, since when; in one statement."""


def _no_figures(*_args: object) -> Readings:
    return {}


_source: Source = _no_figures


def fill_figures(source: Source) -> None:
    """Tell this room where figures come from; only ``wiring`` calls it."""
    global _source  # noqa: PLW0603 - a hook that a lower room declares
    _source = source


def readings(
    session: Session,
    workspace_id: UUID,
    wanted: Mapping[UUID, Collection[str]],
    since: datetime,
) -> Readings:
    """What is known of the metrics that are ``wanted``; nothing is asked for nothing."""
    return _source(session, workspace_id, wanted, since) if wanted else {}
