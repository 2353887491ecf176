"""A project from a copy: under fresh ids, with the members that are here, whole or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tracker.kernel.activity import Entry, record
from tracker.kernel.db import core, new_id
from tracker.kernel.errors import Invalid, NotFound
from tracker.kernel.keys import is_signed
from tracker.kernel.outbox import publish
from tracker.kernel.texts import DEFAULT_LANGUAGE, Said, Sentence, language_of
from tracker.library.queries import playbook as find_playbook
from tracker.overview.copies.layout import PROJECT, PURPOSE, SECTIONS, Field, Section
from tracker.overview.copies.meaning import check, completed
from tracker.overview.copies.people import People, people_of
from tracker.overview.copies.shape import Copy, Row, read
from tracker.overview.copies.trust import closed, unsealed
from tracker.overview.copies.writing import Document, sealed_part
from tracker.people.queries import is_id
from tracker.people.rules import Actor, Permission
from tracker.playbooks.model import Playbook
from tracker.projects.events import ProjectCreated

_NO_PLAYBOOK: Final = Sentence(
    en="The playbook {slug} v{version} is not in this workspace. Bring it first: POST /playbooks.",
    fr="Le modèle {slug} v{version} n'est pas dans cet espace. L'apporter d'abord : POST "
    "/playbooks.",
)
_NOT_SEALED: Final = Sentence(
    en="This installation has not sealed the copy: gates are those of the playbook and pending, "
    "nothing behind them is done, figures count as entered by hand, comments say who is said to "
    "have written them, and the history begins anew.",
    fr="Cette installation n'a pas scellé la copie : les points de passage sont ceux du modèle, en "
    "attente, rien n'est fait derrière eux, les chiffres comptent comme saisis à la main, les "
    "commentaires disent à qui ils sont prêtés, et l'historique repart de zéro.",
)
_NO_OWNER: Final = Sentence(
    en="Only an owner restores decisions: gates are pending, and nothing behind them is done.",
    fr="Seul un owner restaure les décisions : les points de passage sont en attente, et rien "
    "n'est fait derrière eux.",
)
_UNKNOWN: Final = Sentence(
    en="Some people of the copy are not members here; what was theirs to do is assigned to nobody.",
    fr="Des personnes de la copie ne sont pas membres ici ; ce qu'elles avaient à faire n'est "
    "confié à personne.",
)

_TIMERS: Final = frozenset({"chase_at", "figures_at"})


@dataclass(frozen=True, slots=True)
class Restored:
    """What has become of a copy."""

    project_id: UUID
    is_sealed: bool
    has_decisions: bool
    unknown_members: Sequence[Mapping[str, Any]]
    counts: Mapping[str, int]

    @property
    def notes(self) -> Iterator[Said]:
        """What its reader should know."""
        if not self.is_sealed:
            yield Said(_NOT_SEALED, {})
        elif not self.has_decisions:
            yield Said(_NO_OWNER, {})
        if self.unknown_members:
            yield Said(_UNKNOWN, {})


def restore(session: Session, actor: Actor, document: Document, *, now: datetime) -> Restored:
    """Make a project from ``document``. Raises Invalid, and then nothing is there."""
    actor.must(Permission.MANAGE_PROJECTS)
    copy = read(document)
    check(copy)
    is_sealed = is_signed(PURPOSE, sealed_part(document), document.get("seal", ""))
    playbook = _playbook(session, actor, copy)
    if not is_sealed:
        language = language_of(copy.project["language"]) or DEFAULT_LANGUAGE
        copy = unsealed(copy, playbook, language)
    has_decisions = is_sealed and actor.may(Permission.ADMINISTER)
    if not has_decisions:
        copy = closed(copy)
    people = people_of(session, actor, copy, believes_authors=is_sealed)
    writing = _Writing(actor.workspace_id, copy, people, now)
    writing.insert(session)
    _tell(session, actor, copy.project["name"], writing.project_id, now=now)
    return Restored(
        writing.project_id,
        is_sealed,
        has_decisions,
        people.unknown,
        {name: len(rows) for name, rows in writing.rows.items()},
    )


def _playbook(session: Session, actor: Actor, copy: Copy) -> Playbook:
    slug, version = copy.project["playbook"], copy.project["playbook_version"]
    try:
        return find_playbook(session, actor.workspace_id, slug, version)
    except NotFound:
        fault = Said(_NO_PLAYBOOK, {"slug": slug, "version": version})
        raise Invalid({"project": {"playbook": [fault]}}) from None


def _tell(session: Session, actor: Actor, name: str, project_id: UUID, *, now: datetime) -> None:
    record(
        session,
        Entry(
            workspace_id=actor.workspace_id,
            project_id=project_id,
            at=now,
            member_id=actor.member_id,
            door="import",
            subject="project",
            subject_id=project_id,
            action="imported",
            changes={},
        ),
    )
    publish(
        session,
        ProjectCreated(
            workspace_id=actor.workspace_id,
            at=now,
            project_id=project_id,
            name=name,
            by=actor.member_id,
        ),
    )


class _Writing:
    """The rows of a copy under fresh ids. No id of the file is ever written."""

    def __init__(self, workspace_id: UUID, copy: Copy, people: People, now: datetime) -> None:
        self._workspace_id, self._copy, self._people = workspace_id, copy, people
        self._now = now
        self._ids: dict[str, str] = {}
        self.project_id = self._fresh(copy.project["id"])
        for section in SECTIONS:
            if section.has_ids:
                for row in copy.sections[section.name]:
                    self._fresh(row["id"])
        for row in copy.sections["baselines"]:
            for task in row["tasks"]:
                self._fresh(task["id"])  # a task that is gone has one, too
        for row in copy.sections["series"]:
            if is_id(row["origin"]):
                self._fresh(row["origin"])  # a connection, which is not in the copy
        self._known = {**self._ids, **people.ids}
        self.rows = {section.name: list(self._written(section)) for section in SECTIONS}

    def _fresh(self, old: object) -> UUID:
        return UUID(self._ids.setdefault(str(old), str(new_id())))

    def insert(self, session: Session) -> None:
        """One statement a table."""
        core(session).execute(insert(PROJECT.table), [self._project()])
        for section in SECTIONS:
            if rows := self.rows[section.name]:
                core(session).execute(insert(section.table), rows)

    def _project(self) -> Row:
        told = self._people.told(PROJECT.name, self._copy.project)
        assert told is not None, "a project says something without the member who made it"
        parameters = self._people.parameters(completed(self._copy.project["parameters"]))
        return self._row(PROJECT, {**told, "parameters": parameters})

    def _written(self, section: Section) -> Iterator[Row]:
        rows = self._copy.sections[section.name]
        if section.name == "tasks":
            rows = sorted(rows, key=lambda row: row["ritual_id"] is not None)  # rituals first
        for row in rows:
            told = self._people.told(section.name, row)
            if told is not None:
                yield self._row(section, told)

    def _row(self, section: Section, row: Row) -> Row:
        written = {
            field.column.name: self._value(field, row[field.name])
            for field in section.fields.values()
        }
        scope: Row = {"workspace_id": self._workspace_id}
        if "project_id" in section.table.c:
            scope["project_id"] = self.project_id
        for name in _TIMERS.intersection(section.table.c.keys()):
            scope[name] = self._now
        return {**written, **scope}

    def _value(self, field: Field, value: Any) -> Any:
        if field.kind == "id" and value is not None:
            return self._fresh(value)
        return self._renamed(value) if field.kind == "json" or field.name == "origin" else value

    def _renamed(self, value: Any) -> Any:
        """Ids inside of records and dossiers are those of the same things here."""
        if isinstance(value, str):
            return self._known.get(value, value)
        if isinstance(value, dict):
            return {name: self._renamed(inner) for name, inner in value.items()}
        return [self._renamed(inner) for inner in value] if isinstance(value, list) else value
