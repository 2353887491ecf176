"""What a link says, once it is known who says it and of what."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Said, Sentence
from tracker.people.models import Member
from tracker.reminders.answers.proofs import Question
from tracker.reminders.answers.words import GONE
from tracker.reminders.links import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a page shows of the thing. Titles come from users."""

    kind: Sentence
    title: str
    project: str | None
    due_on: date | None = None


class Reply(Protocol):
    """One link, opened: it can say what it would do, and do it."""

    @property
    def link(self) -> Link:
        """What was followed."""

    @property
    def member(self) -> Member:
        """Who answers."""

    @property
    def card(self) -> Card | None:
        """What it is about, where that can be shown."""

    @property
    def asks(self) -> Question | None:
        """What the page asks for beside its button."""

    def settled(self) -> Said | None:
        """What to say where nothing is left to do; None where there is."""

    def foresee(self, now: datetime) -> Said:
        """What ``act`` would do. Raises what it would raise, and changes nothing."""

    def act(self, session: Session, typed: str, now: datetime) -> Said:
        """Do it, and say so. Raises the refusals of the services that it calls.

        ``typed`` answers what it ``asks``; what does not raises Unfit.
        """

    def way_back(self, now: datetime) -> Link | None:
        """What undoes it, where that is offered once it is done."""


class Gone(NotFound):
    """What the link was about is no more."""

    def __init__(self) -> None:
        super().__init__(GONE)
