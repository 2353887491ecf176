"""What is known of a metric, as values: series, and the points along them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SeriesOf:
    """A series of a metric, as its table has it; equal to another of the same id.

    ``is_pinned`` says that somebody wants it to speak for its metric.
    """

    id: UUID
    metric: str = field(compare=False)
    origin: str = field(compare=False)
    method: str = field(compare=False)
    dims: Mapping[str, Any] = field(compare=False)
    definition_version: int = field(compare=False)
    source: str = field(compare=False)
    zone: str = field(compare=False)
    created_at: datetime = field(compare=False)
    is_pinned: bool = field(compare=False, default=False)


@dataclass(frozen=True, slots=True)
class Point:
    """The value of a day, as it is known now. ``at`` is up to when it tells."""

    day: date
    value: float
    count: int | None
    at: datetime
    is_final: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a figure, when it was true, and who says so."""

    value: float
    at: datetime
    source: str
