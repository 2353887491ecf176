"""Who of a copy's people is a member here, and what becomes of what the others did."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.overview.copies.layout import PROJECT, SECTIONS
from tracker.overview.copies.shape import Copy, Row
from tracker.people.models import Member
from tracker.people.rules import Actor

_MEMBERS: Final = Member.__table__
_BATCH: Final = 500
# Rows that say nothing without their member, and fields that a present one must fill.
_NOTHING_WITHOUT: Final = frozenset({"assignees", "watchers", "approvals"})
_PRESENT: Final = frozenset({("assignees", "member"), ("watchers", "member"), ("roster", "owner")})
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    section.name: tuple(one.name for one in section.fields.values() if one.kind == "member")
    for section in (*SECTIONS, PROJECT)
}
_OPTIONAL: Final = frozenset(
    (section.name, one.name)
    for section in (*SECTIONS, PROJECT)
    for one in section.fields.values()
    if one.kind == "member" and one.column.nullable
)


@dataclass(frozen=True)
class People:
    """The members that a copy names, as they are here.

    ``ids`` are theirs under those of the file. Authors of a file that is not believed are all the
    actor, who brings it.
    """

    actor: Actor
    email: str
    here: Mapping[str, UUID]
    present: frozenset[UUID]
    ids: Mapping[str, str]
    believes_authors: bool
    missing: dict[str, set[str]] = field(default_factory=dict)

    def told(self, section: str, row: Row) -> Row | None:
        """``row`` with ids of members for e-mails; None where it means nothing without its own."""
        found: Row = dict(row)
        for name in _FIELDS[section]:
            member_id = self._member(section, name, row[name])
            if member_id is None and section in _NOTHING_WITHOUT:
                return None
            found[name] = member_id
        if section == "comments":
            found["body"] = self._signed(row)
            found["mentions"] = [one for one in row["mentions"] if one in self.ids]
        return found

    def _member(self, section: str, name: str, email: str | None) -> UUID | None:
        """Who it is here; of a row that must have somebody, the actor where nobody else is."""
        if email is None:
            return None
        may_be_nobody = (section, name) in _OPTIONAL or section in _NOTHING_WITHOUT
        if not may_be_nobody and not self.believes_authors:
            return self.actor.member_id
        member_id = self.here.get(email.lower())
        if (section, name) in _PRESENT and member_id not in self.present:
            member_id = None
        if member_id is None:
            self._note(section, email)
        return member_id or (None if may_be_nobody else self.actor.member_id)

    def _note(self, section: str, email: str) -> None:
        self.missing.setdefault(email, set()).add(section)

    def _signed(self, row: Row) -> str:
        """What somebody is said to have written, where it is not certain that they have."""
        author = row["author"].lower()
        is_theirs = self.believes_authors and author in self.here
        is_told: str = row["body"] if is_theirs or author == self.email else ""
        return is_told or f"{row['author']}: {row['body']}"

    def parameters(self, parameters: Mapping[str, Any]) -> Row:
        """The project's parameters, in which only present members are named for roles."""
        named = {}
        for role, name in (parameters.get("people") or {}).items():
            here = self.ids.get(name) or self.here.get(str(name).lower())
            if here is not None and UUID(str(here)) in self.present:
                named[role] = str(here) if name in self.ids else name
            else:
                self._note("people", str(name))
        return {**parameters, "people": named}

    @property
    def unknown(self) -> Sequence[Mapping[str, Any]]:
        """Who is not here, and where the copy names them."""
        return [
            {"email": email, "named_in": sorted(sections)}
            for email, sections in sorted(self.missing.items())
        ]


def people_of(session: Session, actor: Actor, copy: Copy, *, believes_authors: bool) -> People:
    """Look the people of ``copy`` up among the members of the actor's workspace."""
    rows = list(_found(session, actor.workspace_id, {*_named(copy), *_actors(session, actor)}))
    here = {row.email: row.id for row in rows}
    ids = {
        member_id: str(here[email.lower()])
        for member_id, email in copy.members.items()
        if email.lower() in here
    }
    email = next((row.email for row in rows if row.id == actor.member_id), "")
    present = frozenset(row.id for row in rows if row.removed_at is None)
    return People(actor, email, here, present, ids, believes_authors)


def _actors(session: Session, actor: Actor) -> Iterable[str]:
    wanted = select(_MEMBERS.c.email).where(
        _MEMBERS.c.workspace_id == actor.workspace_id, _MEMBERS.c.id == actor.member_id
    )
    return core(session).execute(wanted).scalars()


def _named(copy: Copy) -> Iterator[str]:
    yield from (email.lower() for email in copy.members.values())
    yield from (str(n).lower() for n in (copy.project["parameters"].get("people") or {}).values())
    yield copy.project["created_by"].lower()
    for section in SECTIONS:
        for row in copy.sections[section.name]:
            yield from (row[name].lower() for name in _FIELDS[section.name] if row[name])


def _found(session: Session, workspace_id: UUID, emails: Iterable[str]) -> Iterator[Any]:
    wanted = sorted(emails)
    for start in range(0, len(wanted), _BATCH):
        yield from core(session).execute(
            select(_MEMBERS.c.id, _MEMBERS.c.email, _MEMBERS.c.removed_at).where(
                _MEMBERS.c.workspace_id == workspace_id,
                _MEMBERS.c.email.in_(wanted[start : start + _BATCH]),
            )
        )
