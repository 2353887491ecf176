"""From a link to the reply that it is: who answers, and what it is about."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.channels import queries as channels
from tracker.people import queries as people
from tracker.people.time_queries import persons
from tracker.projects import queries as projects
from tracker.projects import task_queries
from tracker.projects.task_queries import TaskAtHand
from tracker.reminders.answers import queries
from tracker.reminders.answers.confirming import ChannelReply
from tracker.reminders.answers.mails import MailReply
from tracker.reminders.answers.reply import Gone, Reply
from tracker.reminders.answers.tasks import TaskReply
from tracker.reminders.answers.waiting import WaitReply, comes_at
from tracker.reminders.facts import facts_of
from tracker.reminders.links import SNOOZES, Link, Purpose
from tracker.reminders.models import Reminder

_OF_TASKS: Final = (Purpose.DONE, Purpose.STARTED, Purpose.NOT_ME)
_OF_MEMBERS: Final = (Purpose.UNSUBSCRIBE, Purpose.SUBSCRIBE, Purpose.CONFIRM_ADDRESS)


def opened(session: Session, link: Link, *, now: datetime, to_act: bool) -> Reply:
    """The reply of ``link``, what it is about locked where it acts.

    Raises NotFound where its reader is no member any more, or what it was about is gone.
    """
    if link.purpose in _OF_MEMBERS:
        return MailReply(link, people.member(session, link.workspace_id, link.about))
    if link.purpose in _OF_TASKS:
        return _of_task(session, link, now=now, to_act=to_act)
    if link.purpose == Purpose.CONFIRM_CHANNEL:
        return _of_channel(session, link)
    if link.purpose in SNOOZES:
        return _later(session, link, now=now, to_act=to_act)
    raise Gone


def _of_channel(session: Session, link: Link) -> ChannelReply:
    channel = channels.any_channel(session, link.workspace_id, link.about)
    member = people.member(session, link.workspace_id, channel.member_id)
    return ChannelReply(link, member, channel)


def _of_task(session: Session, link: Link, *, now: datetime, to_act: bool) -> TaskReply:
    scope = (session, link.workspace_id)
    reminder = queries.reminder(*scope, link.about)
    member = people.member(*scope, reminder.member_id)
    at_hand = task_queries.task(*scope, reminder.subject_id, to_change=to_act)
    project = projects.project(*scope, at_hand.task.project_id)
    if link.purpose != Purpose.NOT_ME and _stands_in(session, reminder, at_hand, now):
        at_hand = replace(at_hand, assignees=[*at_hand.assignees, member.id])
    return TaskReply(link, member, at_hand, project.name)


def _stands_in(session: Session, reminder: Reminder, at_hand: TaskAtHand, now: datetime) -> bool:
    """Whether who was told for somebody absent may answer for them: as long as they are away."""
    absent = reminder.facts.get("for")
    if absent is None or UUID(absent) not in at_hand.assignees:
        return False
    key = (reminder.workspace_id, UUID(absent))
    person = persons(session, [key]).get(key)
    return person is not None and person.stand_in_on(person.today(now)) == reminder.member_id


def _later(session: Session, link: Link, *, now: datetime, to_act: bool) -> WaitReply:
    reminder = queries.reminder(session, link.workspace_id, link.about, to_change=to_act)
    key = (link.workspace_id, reminder.member_id)
    member = people.member(session, *key)
    known = persons(session, [key])
    facts = facts_of(session, [reminder], known, brief=[reminder.id], now=now)
    about = facts[reminder.workspace_id, reminder.id]
    if not about.project:
        raise Gone
    return WaitReply(link, reminder, member, about, comes_at(known[key], link.purpose, now))
