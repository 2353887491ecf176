"""What people say to a reminder: later, I know, send it again. Load, judge, change, announce."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, get_args

from sqlalchemy.orm import Session

from tracker.kernel.errors import Conflict, Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.people.time_queries import persons
from tracker.people.time_rules import Person
from tracker.reminders import queries
from tracker.reminders.models import Reminder
from tracker.reminders.sending_rules import MOST_TRIES
from tracker.reminders.words import Reason, Rule, State

Later = Literal["1d", "3d", "next_week"]
LATERS: Final[tuple[Later, ...]] = get_args(Later)
FARTHEST: Final = timedelta(days=366)
_WEEK: Final = 7
_DAYS: Final[Mapping[Later, Callable[[date], date]]] = {
    "1d": lambda today: today + timedelta(days=1),
    "3d": lambda today: today + timedelta(days=3),
    "next_week": lambda today: today + timedelta(days=_WEEK - today.weekday()),
}
REPLAYED: Final = (State.FAILED, State.UNKNOWN, State.EXPIRED)
_ABOUT_WAYS: Final = (Rule.CONFIRM, Rule.CHANNEL_OFF, Rule.WEBHOOK_OFF)
_NOT_AHEAD: Final = Sentence(
    en="Name an instant that lies ahead, and within a year.",
    fr="Indiquer un instant à venir, dans l'année.",
)
_NOT_BOTH: Final = Sentence(
    en="Send “until” or “for”, not both.", fr="Envoyer « until » ou « for », pas les deux."
)
_OVER: Final = Sentence(
    en="This reminder was cancelled: there is nothing left to be reminded of.",
    fr="Ce rappel a été annulé : il n'y a plus rien à rappeler.",
)
_NOT_PUT_OFF: Final = Sentence(
    en="This message is about a way to reach you, which cannot be put off.",
    fr="Ce message concerne un moyen de vous joindre ; cela ne se reporte pas.",
)
_NOTREPLAYED: Final = Sentence(
    en="Only what has failed, has expired, or may not have arrived is sent again; this reminder is "
    "{state}.",
    fr="Seul ce qui a échoué, a expiré ou n'est peut-être pas arrivé est renvoyé ; ce rappel est "
    "dans l'état {state}.",
)


class ReminderOver(Conflict):
    """Nothing is left to do about it."""

    type = "reminder-over"


@dataclass(frozen=True, slots=True)
class Until:
    """When to come back: an instant, or one of the usual words."""

    at: datetime | None = None
    later: Later | None = None


def snooze(session: Session, reminder: Reminder, until: Until, *, now: datetime) -> Reminder:
    """Have the same reminder come back later, at the first moment that its reader accepts then.

    Until then nothing else is told to them about the same thing, but what somebody asks for. It
    comes back as a message of its own, under a new Message-ID: mail programs hide what they know.
    Whatever became of it before, it may be put off, unless it was cancelled. Raises ReminderOver,
    Invalid.
    """
    check_snooze(reminder)
    person = persons(session, [(reminder.workspace_id, reminder.member_id)]).get(
        (reminder.workspace_id, reminder.member_id)
    )
    if person is None:
        raise ReminderOver(_OVER)
    moment = comes_back_at(person, until, now)
    reminder.snoozed_until, reminder.acked_at = moment, None
    reminder.way, reminder.folded_into = "single", None
    return _owe(reminder, moment)


def check_snooze(reminder: Reminder) -> None:
    """Raise ReminderOver where it cannot be put off."""
    if reminder.rule in _ABOUT_WAYS:
        raise ReminderOver(_NOT_PUT_OFF)
    if reminder.state == State.CANCELLED:
        raise ReminderOver(_OVER)


def comes_back_at(person: Person, until: Until, now: datetime) -> datetime:
    """The first moment then that its reader accepts. Raises Invalid."""
    if until.at is not None and until.later is not None:
        raise Invalid({"until": [Said(_NOT_BOTH, {})]})
    if until.at is None:
        day = _DAYS[until.later or "1d"](person.today(now))
        return person.moment_on(day, now)
    if not now < until.at <= now + FARTHEST:
        raise Invalid({"until": [Said(_NOT_AHEAD, {})]})
    return person.moment_on(person.today(until.at), until.at)


def _owe(reminder: Reminder, moment: datetime) -> Reminder:
    """Due at ``moment``, with all its tries before it."""
    reminder.state, reminder.reason = State.OWED, None
    reminder.due_at = reminder.ready_at = moment
    reminder.most_tries, reminder.crashes = reminder.tries + MOST_TRIES, 0
    reminder.version += 1
    return reminder


def acknowledge(session: Session, reminder: Reminder, *, now: datetime) -> Reminder:
    """Their reader knows: no more of the same rule about the same occurrence.

    A reminder that the task is due comes no more before this due day; one that it is overdue does,
    and a task that moves has another due day. Said again it changes nothing.
    """
    if reminder.acked_at is not None:
        return reminder
    reminder.acked_at, reminder.snoozed_until = now, None
    if reminder.state in (State.OWED, State.SENDING):
        reminder.state, reminder.reason, reminder.ready_at = State.CANCELLED, Reason.ACKED, None
    reminder.version += 1
    queries.silence(session, reminder.workspace_id, reminder)
    return reminder


def replay(reminder: Reminder, *, now: datetime) -> Reminder:
    """Send again what was given up, now, under the same Message-ID. Raises ReminderOver."""
    if reminder.state not in REPLAYED:
        raise ReminderOver(_NOTREPLAYED, state=reminder.state)
    reminder.way = "single"  # what waits for a digest would be told by it, too
    return _owe(reminder, now)
