"""From a link to the reply that it is: who answers, and what it is about."""

from typing import Final

from sqlalchemy.orm import Session

from tracker.people import queries as people
from tracker.projects import queries as projects
from tracker.projects import task_queries
from tracker.reminders.answers import queries
from tracker.reminders.answers.mails import MailReply
from tracker.reminders.answers.reply import Gone, Reply
from tracker.reminders.answers.tasks import TaskReply
from tracker.reminders.links import Link, Purpose

_OF_TASKS: Final = (Purpose.DONE, Purpose.STARTED, Purpose.NOT_ME)
_OF_MEMBERS: Final = (Purpose.UNSUBSCRIBE, Purpose.SUBSCRIBE, Purpose.CONFIRM_ADDRESS)


def opened(session: Session, link: Link, *, to_act: bool) -> Reply:
    """The reply of ``link``, what it is about locked where it acts.

    Raises NotFound where its reader is no member any more, or what it was about is gone.
    """
    if link.purpose in _OF_MEMBERS:
        return MailReply(link, people.member(session, link.workspace_id, link.about))
    if link.purpose in _OF_TASKS:
        return _of_task(session, link, to_act=to_act)
    raise Gone


def _of_task(session: Session, link: Link, *, to_act: bool) -> TaskReply:
    scope = (session, link.workspace_id)
    reminder = queries.reminder(*scope, link.about)
    member = people.member(*scope, reminder.member_id)
    at_hand = task_queries.task(*scope, reminder.subject_id, to_change=to_act)
    project = projects.project(*scope, at_hand.task.project_id)
    return TaskReply(link, reminder, member, at_hand, project.name)
