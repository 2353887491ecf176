"""What is known of metrics now: of each, the series that speaks for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from tracker.metrics.choosing import speaks_for
from tracker.metrics.reading_queries import points
from tracker.metrics.values import Point
from tracker.projects.models import Project

WINDOW: Final = 28
"""Days that sums are told over."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The points of the series that speaks for each metric, the oldest first."""

    points: Mapping[str, Sequence[Point]]
    today: date

    def last(self, metric: str) -> float | None:
        """The newest value, None where there is none."""
        found = self.points.get(metric)
        return found[-1].value if found else None

    def summed(self, metric: str, days: int = WINDOW) -> float | None:
        """What the days before today come to, None where nobody told of any."""
        since = self.today - timedelta(days=days)
        points = self.points.get(metric, ())
        found = [one.value for one in points if since <= one.day < self.today]
        return sum(found) if found else None


def spoken(
    session: Session, project: Project, metrics: Collection[str], *, today: date, back: int
) -> Spoken:
    """What is known of ``metrics`` from ``back`` days ago until today; one statement."""
    if not metrics:
        return Spoken({}, today)
    mine = (project.workspace_id, project.id)
    found = points(session, *mine, metrics, since=today - timedelta(days=back), until=today)
    chosen = {metric: (series, speaks_for(series)) for metric, series in found.items()}
    told = {metric: series[one] for metric, (series, one) in chosen.items() if one is not None}
    return Spoken({metric: line for metric, line in told.items() if line}, today)
