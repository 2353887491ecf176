"""Figures from a file: looked at first, then kept whole or not at all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.connectors.csv_upload.parse import Found, parse
from tracker.connectors.csv_upload.table import read_table
from tracker.kernel.clock import local_today
from tracker.kernel.errors import Conflict, FieldErrors, Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.metrics.bringing import count_rows, first_time, keep_brought, pull_of
from tracker.metrics.connection_models import Connection, Pull
from tracker.metrics.connection_project import check_project
from tracker.metrics.definitions import by_any_name
from tracker.metrics.reading_rows import Brought, Judge
from tracker.metrics.reading_service import metrics_of
from tracker.people.rules import Actor
from tracker.playbooks.dictionary import Metric
from tracker.projects import queries

Overlap = Literal["replace", "keep"]
_SHOWN: Final = 20
_MOST_FAULTS: Final = 100  # lines that are told of one file
_MANUAL: Final = frozenset({"long", "nps"})
_NOT_HERE: Final = Sentence(
    en="Files are brought to connections of the kind csv; this one is of the kind {kind}.",
    fr="Les fichiers vont aux connexions de type csv ; celle-ci est de type {kind}.",
)


class NotForFiles(Conflict):
    """A connection of another kind."""

    type = "not-for-files"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it is understood. ``faults`` are told by line; with any, nothing is kept."""

    preset: str
    delimiter: str
    has_decimal_comma: bool
    found: Sequence[Brought]
    faults: Mapping[int, Sequence[Said]]
    digest: str

    @property
    def metrics(self) -> Mapping[str, int]:
        """How many figures of each metric."""
        return Counter(one.sample.metric for one in self.found)

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day that it tells of."""
        days = [one.sample.day for one in self.found]
        return (min(days), max(days)) if days else None


def read_sheet(
    session: Session, connection: Connection, content: bytes, preset: str | None, *, now: datetime
) -> Sheet:
    """The figures of a file, or what is wrong with it. Raises Invalid, NotForFiles."""
    if connection.kind != "csv":
        raise NotForFiles(_NOT_HERE, kind=connection.kind)
    table = read_table(content)
    parsed = parse(table, preset)
    faults: dict[int, list[Said]] = {line: list(said) for line, said in parsed.faults.items()}
    judge = Judge(known_metrics(session, connection), local_today(connection.zone, now))
    found: list[Brought] = []
    lines = [one.line for one in parsed.found]
    judged = judge.all([_row(one) for one in parsed.found], lines)
    for one, outcome in zip(parsed.found, judged, strict=True):
        if isinstance(outcome, Said):
            faults.setdefault(one.line, []).append(outcome)
        else:
            found.append(outcome)
    return Sheet(
        preset=parsed.preset,
        delimiter=table.delimiter,
        has_decimal_comma=parsed.has_decimal_comma,
        found=found,
        faults=dict(sorted(faults.items())),
        digest=sha256(content).hexdigest(),
    )


def keep_sheet(
    session: Session,
    actor: Actor,
    connection: Connection,
    sheet: Sheet,
    *,
    overlap: Overlap,
    now: datetime,
) -> tuple[Pull | None, Mapping[str, int]]:
    """Keep a file, all or nothing; the same file twice is nothing.

    The pull that tells of it, and how many figures are new, changed or the same. Raises Invalid, by
    line; ProjectClosed.
    """
    check_project(session, connection)
    if sheet.faults:
        raise Invalid(_by_line(sheet))
    # What was not to replace anything may be sent again to do so.
    digest = sheet.digest if overlap == "replace" else f"{sheet.digest} {overlap}"
    pull_id = first_time(session, connection, "upload", digest, by=actor.member_id, now=now)
    if pull_id is None:
        return pull_of(session, connection, digest), {"same": len(sheet.found)}
    outcomes = _keep(session, connection, sheet, overlap, by=actor.member_id, now=now)
    counted = Counter(outcomes)
    new = len(outcomes) - counted["same"]
    count_rows(session, connection, pull_id, rows=len(outcomes), new=new)
    connection.succeeded_at = now
    return pull_of(session, connection, digest), counted


def _keep(
    session: Session,
    connection: Connection,
    sheet: Sheet,
    overlap: Overlap,
    *,
    by: UUID,
    now: datetime,
) -> list[str]:
    return keep_brought(
        session,
        connection,
        sheet.found,
        method="manual" if sheet.preset in _MANUAL else "native",
        replaces=overlap == "replace",
        by=by,
        now=now,
    )


def shown_faults(sheet: Sheet) -> Sequence[tuple[int, Sequence[Said]]]:
    """The first lines that are wrong."""
    return list(sheet.faults.items())[:_MOST_FAULTS]


def shown_rows(sheet: Sheet) -> Sequence[Brought]:
    """The first figures."""
    return sheet.found[:_SHOWN]


def _by_line(sheet: Sheet) -> FieldErrors:
    return {f"line {line}": list(said) for line, said in shown_faults(sheet)}


def known_metrics(session: Session, connection: Connection) -> Mapping[str, Metric]:
    """The metrics of a connection's project, by key and by their other names."""
    project = queries.project(session, connection.workspace_id, connection.project_id)
    return by_any_name(metrics_of(session, project))


def _row(one: Found) -> dict[str, Any]:
    """As people bring rows elsewhere, so that the same judge reads them."""
    sample = one.sample
    return {
        "metric": sample.metric,
        "day": sample.day.isoformat(),
        "value": sample.value,
        "dims": dict(sample.dims) or None,
        "note": one.note,
    }
