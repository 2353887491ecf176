"""Figures to readings: each in the series it can be compared within, and nothing ever lost.

The same value again is nothing; another one is the next revision, and the old one stays. The number
of statements does not depend on that of the samples.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, partial
from math import isfinite
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import bindparam, insert, literal, select, update
from sqlalchemy.orm import Session

from tracker.connectors.figures import Sample
from tracker.kernel.db import core
from tracker.metrics.days import is_settled, tells_up_to
from tracker.metrics.placing import Origin, key_of, series_of
from tracker.metrics.reading_models import Reading
from tracker.projects.models import Project
from tracker.projects.owed import at_once

MOST: Final = 1_000  # samples at once
_MOST_COUNTED: Final = 2**31 - 1
_READINGS, _PROJECTS = Reading.__table__, Project.__table__
_CURRENT: Final = select(
    _READINGS.c.series_id,
    _READINGS.c.day,
    _READINGS.c.revision,
    _READINGS.c.value,
    _READINGS.c.count.label("counted"),  # a row has a count of its own
    _READINGS.c.at,
    _READINGS.c.is_final,
).where(
    _READINGS.c.workspace_id == bindparam("workspace_id"),
    _READINGS.c.series_id.in_(bindparam("series", expanding=True)),
    _READINGS.c.day >= bindparam("first"),
    _READINGS.c.day <= bindparam("last"),
    _READINGS.c.superseded_at.is_(None),
)
_MINE: Final = tuple(
    column == bindparam(f"of_{column.name}") for column in _READINGS.primary_key.columns
)
_SUPERSEDE: Final = update(_READINGS).where(*_MINE).values(superseded_at=bindparam("now"))
_CONFIRM: Final = (
    update(_READINGS).where(*_MINE).values(at=bindparam("up_to"), is_final=bindparam("final"))
)
_KEEP: Final = insert(_READINGS)

Outcome = Literal["new", "changed", "same"]
Noted = tuple[Sample, str | None]
"""A figure, and what somebody has to say about it."""
_Place = tuple[UUID, date]
_Known = Any  # a row of what is current


@dataclass(frozen=True, slots=True)
class Kept:
    """How many readings are new, differ from what was known, or say the same again."""

    new: int
    changed: int
    same: int


def keep_samples(
    session: Session,
    origin: Origin,
    samples: Sequence[Sample],
    *,
    now: datetime,
    by: UUID | None = None,
    is_final: Callable[[date], bool] | None = None,
    note: str | None = None,
) -> Kept:
    """Keep up to a thousand ``samples``; where two tell of the same day, the later one holds.

    ``is_final`` says of a day whether its figure will not change any more; by default, three days
    after it.
    """
    noted = [(sample, note) for sample in samples]
    found = keep_each(session, origin, noted, now=now, by=by, is_final=is_final)
    return Kept(found.count("new"), found.count("changed"), found.count("same"))


def keep_each(
    session: Session,
    origin: Origin,
    noted: Sequence[Noted],
    *,
    now: datetime,
    by: UUID | None = None,
    is_final: Callable[[date], bool] | None = None,
    replaces: bool = True,
) -> list[Outcome]:
    """The same, telling what has become of each; what is known stays unless this ``replaces``."""
    assert len(noted) <= MOST, "one statement must not become endless"
    keys = [key_of(sample) for sample, _ in noted]
    kinds = {key: sample for key, (sample, _) in zip(keys, noted, strict=True)}
    ids = series_of(session, origin, kinds, now) if kinds else {}
    places = [(ids[key], sample.day) for key, (sample, _) in zip(keys, noted, strict=True)]
    wanted = {
        place: (sample, note)
        for place, (sample, note) in zip(places, noted, strict=True)
        if isfinite(sample.value)
    }
    if not wanted:
        return ["same" for _ in noted]
    settled = cache(is_final or partial(is_settled, zone=origin.zone, now=now))
    up_to = cache(partial(tells_up_to, zone=origin.zone, now=now))
    books = _Books(origin=origin, now=now, by=by, settled=settled, up_to=up_to)
    known = _current(session, origin, wanted)
    for place, (sample, note) in wanted.items():
        if replaces or place not in known:
            books.enter(place, sample, note, known.get(place))
    books.write(session)
    last = {place: number for number, place in enumerate(places)}
    return [
        books.outcomes.get(place, "same") if last[place] == number else "same"
        for number, place in enumerate(places)
    ]


@dataclass(slots=True, kw_only=True)
class _Books:
    """What is to be written of each figure."""

    origin: Origin
    now: datetime
    by: UUID | None
    settled: Callable[[date], bool]
    up_to: Callable[[date], datetime]
    outcomes: dict[_Place, Outcome] = field(default_factory=dict)
    kept: list[dict[str, Any]] = field(default_factory=list)
    superseded: list[dict[str, Any]] = field(default_factory=list)
    confirmed: list[dict[str, Any]] = field(default_factory=list)

    def enter(self, place: _Place, sample: Sample, note: str | None, known: _Known | None) -> None:
        """Compare one figure with what is known of its day."""
        if known is not None and _is_same(sample, known):
            self.outcomes[place] = "same"
            self._confirm(known)
            return
        self.outcomes[place] = "new" if known is None else "changed"
        if known is not None:
            self.superseded.append({**self._named(known), "now": self.now})
        series_id, day = place
        self.kept.append(
            {
                "workspace_id": self.origin.workspace_id,
                "series_id": series_id,
                "day": day,
                "revision": 1 if known is None else known.revision + 1,
                "value": float(sample.value),
                "count": None if sample.count is None else min(sample.count, _MOST_COUNTED),
                "at": self.up_to(day),
                "is_final": self.settled(day),
                "note": note,
                "recorded_at": self.now,
                "recorded_by": self.by,
                "superseded_at": None,
            }
        )

    def _confirm(self, known: _Known) -> None:
        """The same again tells no less, and may be the last word by now."""
        up_to = max(known.at, self.up_to(known.day))
        final = known.is_final or self.settled(known.day)
        if (up_to, final) != (known.at, known.is_final):
            self.confirmed.append({**self._named(known), "up_to": up_to, "final": final})

    def _named(self, known: _Known) -> dict[str, Any]:
        return {
            "of_workspace_id": self.origin.workspace_id,
            "of_series_id": known.series_id,
            "of_day": known.day,
            "of_revision": known.revision,
        }

    def write(self, session: Session) -> None:
        """A statement for each kind of change; gates and alerts look at what is new."""
        for statement, rows in (
            (_SUPERSEDE, self.superseded),
            (_CONFIRM, self.confirmed),
            (_KEEP, self.kept),
        ):
            if rows:
                core(session).execute(statement, rows)
        if self.kept or self.confirmed:
            look_again(session, self.origin.workspace_id, self.origin.project_id, now=self.now)


def _is_same(sample: Sample, known: _Known) -> bool:
    return known.value == sample.value and sample.count in (None, known.counted)


def look_again(session: Session, workspace_id: UUID, project_id: UUID, *, now: datetime) -> None:
    """Have the gates and the alerts of a project looked at, for its figures have changed."""
    at = at_once(_PROJECTS.c.figures_at, literal(now, _PROJECTS.c.figures_at.type))
    mine = (
        _PROJECTS.c.workspace_id == workspace_id,
        _PROJECTS.c.id == project_id,
        _PROJECTS.c.state == "active",
    )
    core(session).execute(update(_PROJECTS).where(*mine).values(watched_at=None, figures_at=at))


def _current(session: Session, origin: Origin, places: Iterable[_Place]) -> Mapping[_Place, _Known]:
    series, days = zip(*places, strict=True)
    mine = {
        "workspace_id": origin.workspace_id,
        "series": sorted(set(series)),
        "first": min(days),
        "last": max(days),
    }
    return {(row.series_id, row.day): row for row in core(session).execute(_CURRENT, mine)}
