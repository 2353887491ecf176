"""A project as one file: everything in it, sealed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Select, Table, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.errors import Forbidden
from tracker.kernel.keys import sign
from tracker.metrics.reading_models import Series
from tracker.overview.copies.layout import FORMAT, PROJECT, PURPOSE, SECTIONS, VERSION, Section
from tracker.people.queries import every_email
from tracker.people.rules import Actor
from tracker.projects.models import Gate, Project, Task
from tracker.roster.service import enter as enter_roster
from tracker.web.jsons import to_json

_HOLDERS: Final[Mapping[str, Table]] = {
    "task_id": Task.__table__,
    "successor_id": Task.__table__,
    "gate_id": Gate.__table__,
    "series_id": Series.__table__,
}
_ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "phases": ("position",),
    "gates": ("position",),
    "tasks": ("position", "id"),
    "steps": ("task_id", "position"),
}
Document = dict[str, Any]


def document_of(
    session: Session, project: Project, *, with_roster: bool, now: datetime
) -> Document:
    """Everything in the project as plain JSON values; the roster for those who may see it."""
    emails = every_email(session, project.workspace_id)
    row = _rows(session, PROJECT, project)[0]
    document: Document = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": now,
        "project": _written(PROJECT, row, emails),
    }
    for section in SECTIONS:
        if section.name != "roster" or with_roster:
            rows = _rows(session, section, project)
            document[section.name] = [_written(section, row, emails) for row in rows]
    plain: Document = orjson.loads(to_json(document))
    plain["members"] = list(_members(plain, emails))
    plain["seal"] = seal_of(plain)
    return plain


def may_see_roster(session: Session, actor: Actor, project_id: UUID) -> bool:
    """The roster is the project's team's own."""
    try:
        enter_roster(session, actor, project_id)
    except Forbidden:
        return False
    return True


def seal_of(document: Mapping[str, Any]) -> str:
    """The seal of a document, whatever the order and spacing of what it holds."""
    return sign(PURPOSE, sealed_part(document))


def sealed_part(document: Mapping[str, Any]) -> bytes:
    """What a seal covers: all but itself."""
    bare = {name: value for name, value in document.items() if name != "seal"}
    return orjson.dumps(bare, option=orjson.OPT_SORT_KEYS)


def _rows(session: Session, section: Section, project: Project) -> list[Any]:
    table = section.table
    wanted = select(table).where(
        table.c.workspace_id == project.workspace_id, _is_within(section, project)
    )
    order = _ORDERS.get(section.name, tuple(column.name for column in table.primary_key)[1:])
    ordered = wanted.order_by(*(table.c[name] for name in order))
    return list(core(session).execute(ordered).mappings())


def _is_within(section: Section, project: Project) -> Any:
    column = section.table.c[section.within]
    if section.within in ("id", "project_id"):
        return column == project.id
    return column.in_(_ids(_HOLDERS[section.within], project))


def _ids(table: Table, project: Project) -> Select[Any]:
    return select(table.c.id).where(
        table.c.workspace_id == project.workspace_id, table.c.project_id == project.id
    )


def _written(
    section: Section, row: Mapping[str, Any], emails: Mapping[UUID, str]
) -> dict[str, Any]:
    """A row as the file has it."""
    return {
        field.name: emails.get(row[field.column.name])
        if field.kind == "member"
        else row[field.column.name]
        for field in section.fields.values()
    }


def _members(document: Document, emails: Mapping[UUID, str]) -> Iterator[dict[str, str]]:
    """Members whose ids stand somewhere in the document, in a record or a dossier."""
    found = set(_texts(document))
    for member_id, email in emails.items():
        if str(member_id) in found:
            yield {"id": str(member_id), "email": email}


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
