"""The letters of reminders: facts, links and words put together, for many at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from tracker.connectors.letter import Letter
from tracker.overview.mine import week_of
from tracker.people.queries import member
from tracker.people.time_rules import Person
from tracker.reminders.composing.facts import Facts, Gathered, Reader
from tracker.reminders.composing.gathered import LinksOf
from tracker.reminders.composing.letters import letter
from tracker.reminders.facts import Key, facts_of
from tracker.reminders.links import Purpose, answer_links, confirm_link, unsubscribe_link

_MOST_TOLD: Final = 500  # of what one message gathers; a message shows far fewer
_MONDAY: Final = 1
_CONFIRMS: Final = {"channel": Purpose.CONFIRM_CHANNEL, "member": Purpose.CONFIRM_ADDRESS}


def letters_of(
    session: Session,
    rows: Sequence[Any],
    gathered: Mapping[Key, Sequence[Any]],
    people: Mapping[Key, Person],
    *,
    base_url: str,
    now: datetime,
) -> dict[Key, Letter]:
    """The letter of each of ``rows``, by its key; of those without a reader in ``people``, none.

    ``rows`` have the columns of reminders, and so have those that digests and catch-ups among them
    gather, in ``gathered`` by the key of the message. Nothing is written.
    """
    behind = [one for key in gathered for one in _told(gathered[key])]
    facts = facts_of(session, [*rows, *behind], people, brief={one.id for one in behind}, now=now)
    letters: dict[Key, Letter] = {}
    for row in rows:
        key, person = (row.workspace_id, row.id), people.get((row.workspace_id, row.member_id))
        if person is not None:
            found = _gathered(gathered.get(key, ()), facts, _week(session, row, person, now))
            links = _links(person, base_url, now)
            letters[key] = letter(facts[key], _reader(person, now), links, found)
    return letters


def _told(rows: Sequence[Any]) -> Sequence[Any]:
    return sorted(rows, key=lambda row: (row.due_at, row.id))[:_MOST_TOLD]


def _gathered(rows: Sequence[Any], facts: Mapping[Key, Facts], week: Mapping[str, Any]) -> Gathered:
    told = [facts[key] for one in _told(rows) if (key := (one.workspace_id, one.id)) in facts]
    return Gathered(told=told, count=len(rows), week=week)


def _week(session: Session, row: Any, person: Person, now: datetime) -> Mapping[str, Any]:
    """On Mondays a digest tells of the whole week."""
    if row.rule != "digest" or person.today(now).isoweekday() != _MONDAY:
        return {}
    reader = member(session, row.workspace_id, row.member_id)
    week: Mapping[str, Any] = week_of(session, reader, None, now=now)
    return week


def _reader(person: Person, now: datetime) -> Reader:
    return Reader(name=person.name, language=person.language, today=person.today(now))


def _links(person: Person, base_url: str, now: datetime) -> LinksOf:
    """What a reader may answer, as addresses."""
    workspace = person.workspace_id

    def links_of(facts: Facts) -> Mapping[str, str]:
        if facts.rule == "confirm":
            purpose, about = _CONFIRMS[facts.subject], (facts.subject, facts.subject_id)
            return {purpose: confirm_link(*about, workspace, base_url=base_url, now=now)}
        less = unsubscribe_link(workspace, person.member_id, base_url=base_url, now=now)
        answers = answer_links(facts.id, workspace, facts.subject, base_url=base_url, now=now)
        return {**answers, Purpose.UNSUBSCRIBE: less}

    return links_of
