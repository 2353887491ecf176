"""Many people put on a roster at once, all or nothing, with a word on each row."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.kernel.errors import Conflict, FieldErrors, Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.people.queries import members_named
from tracker.people.rules import Actor
from tracker.projects.models import Project
from tracker.projects.rules import check_takes_changes
from tracker.roster import queries, service
from tracker.roster.calls import make_calls
from tracker.roster.models import RosterContact
from tracker.roster.rules import new_values
from tracker.roster.sheet import ReadRow

_TWICE: Final = Sentence(
    en="The same e-mail stands in line {line} already.",
    fr="Le même e-mail figure déjà à la ligne {line}.",
)
_NO_NAME: Final = Sentence(en="A name is needed.", fr="Il faut un nom.")
_UNKNOWN_OWNER: Final = Sentence(
    en="“{value}” is not a member of this workspace; give an e-mail or an id of one.",
    fr="« {value} » n'est pas membre de cet espace ; donner l'e-mail ou l'identifiant d'un membre.",
)
_FULL: Final = Sentence(
    en="A roster holds at most {most} people.", fr="Un carnet contient au plus {most} personnes."
)
_BAD_ROWS: Final = Sentence(
    en="{count} {count:row|rows} cannot be taken, so nothing was imported; see “rows”, line by "
    "line.",
    fr="{count} {count:ligne ne convient|lignes ne conviennent} pas, rien n'a donc été importé ; "
    "voir « rows », ligne par ligne.",
)
_USUAL: Final[Mapping[str, Any]] = {
    "role": "seed",
    "stage": "candidate",
    "why": None,
    "email": None,
    "contact": None,
    "owner_id": None,
    "is_strategic": False,
    "consent": "unknown",
    "notes": None,
    "next_contact_on": None,
}


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of one row: ``values`` are those of somebody new, or those that change."""

    line: int
    action: Literal["add", "change", "leave", "refuse"]
    name: str | None
    contact: RosterContact | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, list[Said] | FieldErrors] = field(default_factory=dict)


class BadRows(Invalid):
    """Rows of a file that cannot be taken. ``rows`` tells which, and why."""

    extensions = ("rows",)

    def __init__(self, plan: Sequence[Planned]) -> None:
        bad = [row for row in plan if row.errors]
        self.rows = [{"line": row.line, "errors": row.errors} for row in bad]
        self.summary = Said(_BAD_ROWS, {"count": len(bad)})
        super().__init__({"csv": [self.summary]})


def plan_import(
    session: Session, project: Project, rows: Sequence[ReadRow], *, now: datetime
) -> list[Planned]:
    """What an import would do, row by row; nothing is written. Raises ProjectClosed, Conflict.

    Somebody whose e-mail is known is changed; cells that were left empty change nothing.
    """
    check_takes_changes(project.state)
    known = queries.known_emails(session, project.workspace_id, project.id)
    names = sorted({row.wish["owner"] for row in rows if row.wish.get("owner")})
    owners = members_named(session, project.workspace_id, names)
    first = _first_lines(rows)
    planned = [_judged(project, row, known, owners=owners, first=first, now=now) for row in rows]
    added = sum(row.action == "add" for row in planned)
    if added + queries.count(session, project.workspace_id, project.id) > service.MOST:
        raise Conflict(_FULL, most=service.MOST)
    return planned


def _first_lines(rows: Sequence[ReadRow]) -> Mapping[str, int]:
    """The first line of each e-mail."""
    return {row.wish["email"]: row.line for row in reversed(rows) if row.wish.get("email")}


def _judged(
    project: Project,
    row: ReadRow,
    known: Mapping[str, RosterContact],
    *,
    owners: Mapping[str, UUID],
    first: Mapping[str, int],
    now: datetime,
) -> Planned:
    email, name = row.wish.get("email"), row.wish.get("name")
    errors = dict(row.errors)
    if email and first[email] != row.line:
        errors["email"] = [Said(_TWICE, {"line": first[email]})]
    owner = row.wish.get("owner")
    wish = {field: value for field, value in row.wish.items() if field != "owner"}
    if owner and owner not in owners:
        errors["owner"] = [Said(_UNKNOWN_OWNER, {"value": owner})]
    elif owner:
        wish["owner_id"] = owners[owner]
    one = known.get(email) if email else None
    if one is None and not name and not errors:
        errors["name"] = [Said(_NO_NAME, {})]
    try:
        values = _values(project, one, wish, now) if not errors else {}
    except Invalid as error:
        errors |= error.fields
    if errors:
        return Planned(row.line, "refuse", name, errors=errors)
    action: Literal["add", "change", "leave"] = (
        "add" if one is None else "change" if values else "leave"
    )
    return Planned(row.line, action, name or (one.name if one else None), one, values)


def _values(
    project: Project, one: RosterContact | None, wish: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    if one is None:
        return new_values({**_USUAL, **wish}, now)
    return service.judged(project, one, wish, now)


def carry_out(
    session: Session, actor: Actor, project: Project, plan: Sequence[Planned], *, now: datetime
) -> None:
    """Do what was planned. Raises BadRows where a row cannot be taken."""
    if any(row.errors for row in plan):
        raise BadRows(plan)
    new = [
        service.new_contact(actor, project, row.values, now) for row in plan if row.action == "add"
    ]
    session.add_all(new)
    make_calls(session, actor, project, new, now=now)
    service.tell_added(session, actor, new, now=now)
    changes = {row.contact: row.values for row in plan if row.contact and row.action == "change"}
    service.apply(session, actor, project, changes, now=now)


def tally(plan: Sequence[Planned]) -> dict[str, Any]:
    """How many rows are added, changed, left as they are and refused."""
    done = Counter(row.action for row in plan)
    return {
        "added": done["add"],
        "changed": done["change"],
        "left": done["leave"],
        "refused": done["refuse"],
    }
