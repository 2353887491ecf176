"""Later, please: a reminder that its reader puts off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from tracker.kernel.texts import Said, Sentence, Text
from tracker.people.models import Member
from tracker.people.time_rules import Person
from tracker.reminders.answers.reply import Card
from tracker.reminders.answers.tasks import over
from tracker.reminders.composing.days import in_full
from tracker.reminders.composing.facts import Facts
from tracker.reminders.links import Link, Purpose
from tracker.reminders.models import Reminder
from tracker.reminders.service import Until, check_snooze, comes_back_at, snooze
from tracker.reminders.words import State

_UNTIL: Final[Mapping[Purpose, Until]] = {
    Purpose.SNOOZE_DAY: Until(later="1d"),
    Purpose.SNOOZE_DAYS: Until(later="3d"),
    Purpose.SNOOZE_WEEK: Until(later="next_week"),
}
_KINDS: Final[Mapping[str, Sentence]] = {
    "task": Sentence(en="Task", fr="Tâche"),
    "gate": Sentence(en="Gate", fr="Point de passage"),
    "project": Sentence(en="Project", fr="Projet"),
}
_BEFORE: Final = Sentence(
    en="You hear of it again on {day}, from {time} on. Until then nothing else is sent to you "
    "about it, unless somebody asks for that.",
    fr="Le rappel reviendra {day}, à partir de {time}. D'ici là, rien d'autre ne vous sera envoyé "
    "à ce sujet, sauf si quelqu'un le demande.",
)
_AFTER: Final = Sentence(
    en="You hear of it again on {day}, from {time} on.",
    fr="Le rappel reviendra {day}, à partir de {time}.",
)


@dataclass(frozen=True, slots=True)
class WaitReply:
    """A reminder, and when it would come back."""

    link: Link
    reminder: Reminder
    member: Member
    facts: Facts
    comes_at: datetime  # where its reader is

    asks = None

    @property
    def card(self) -> Card:
        """What it is about."""
        facts = self.facts
        return Card(
            kind=_KINDS[facts.subject],
            title=facts.title or facts.project,
            project=facts.project if facts.title else None,
            due_on=facts.due_on,
        )

    def settled(self) -> Said | None:
        """The same wish, twice on one day, is one wish."""
        is_so = self.reminder.state == State.OWED and self.reminder.snoozed_until == self.comes_at
        return self._said(_AFTER) if is_so else over(self.facts.status)

    def foresee(self, now: datetime) -> Said:
        """Say when it comes back."""
        check_snooze(self.reminder)
        return self._said(_BEFORE)

    def act(self, session: Session, typed: str, now: datetime) -> Said:
        """Put it off."""
        snooze(session, self.reminder, _UNTIL[self.link.purpose], now=now)
        return self._said(_AFTER)

    def way_back(self, now: datetime) -> Link | None:
        """None: another of the links puts it off until another day."""
        return None

    def _said(self, sentence: Sentence) -> Said:
        at = self.comes_at
        day: Text = {"en": in_full(at.date(), "en"), "fr": in_full(at.date(), "fr")}
        return Said(sentence, {"day": day, "time": f"{at:%H:%M}"})


def comes_at(person: Person, purpose: Purpose, now: datetime) -> datetime:
    """When a reminder would come back, on the clock of its reader."""
    return comes_back_at(person, _UNTIL[purpose], now).astimezone(person.zone)
