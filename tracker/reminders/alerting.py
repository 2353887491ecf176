"""Who hears of an alert: whoever runs the project, and whoever animates its community."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today
from tracker.kernel.db import core
from tracker.kernel.hearing import Heard
from tracker.kernel.texts import LANGUAGES, Said, Sentence, speak
from tracker.library.queries import playbook as find_playbook
from tracker.metrics.alert_models import Alert
from tracker.metrics.alert_said import say_alert
from tracker.metrics.alert_showing import title_of
from tracker.playbooks.model import Playbook
from tracker.reminders.models import Reminder
from tracker.reminders.owing import Subject, owe, owed_rows, people_of
from tracker.reminders.series import Moment
from tracker.reminders.surroundings import Surroundings, surroundings_of
from tracker.reminders.words import Reason, Rule, State

_R: Final = Reminder.__table__
_ADDED: Final = Sentence(
    en="What the playbook advises stands in the plan.",
    fr="Ce que conseille la méthode figure dans le plan.",
)
_HEARERS: Final = ("project_manager", "community_manager")


def tell_of_alert(session: Session, heard: Heard, *, now: datetime) -> None:
    """Owe word of it, unless it is over already; each of them once."""
    alert = session.get(Alert, (heard.workspace_id, heard.id_of("alert_id")))
    if alert is None or alert.state != "open":
        return
    key = (alert.workspace_id, alert.project_id)
    around = surroundings_of(session, [key], now=now).get(key)
    if around is None or not around.is_active:
        return
    moments = _moments(alert, around, now)
    people = people_of(session, [(alert.workspace_id, one.member_id) for one in moments])
    subject = Subject("project", *key, alert.project_id)
    told = _told(session, alert, around)
    rows = [
        {**row, "facts": {**row["facts"], "alert": told}}
        for row in owed_rows(subject, moments, people, now=now)
    ]
    owe(session, rows)


def forget_alert(session: Session, heard: Heard, *, now: datetime) -> None:  # noqa: ARG001
    """Somebody takes care of it, or it is over: who has not heard of it need not any more."""
    mine = (
        _R.c.workspace_id == heard.workspace_id,
        _R.c.subject_id == heard.id_of("project_id"),
        _R.c.rule == Rule.ALERT,
        _R.c.occurrence == str(heard.id_of("alert_id")),
        _R.c.state == State.OWED,
    )
    over = {"state": State.CANCELLED, "reason": Reason.DONE, "ready_at": None}
    core(session).execute(update(_R).where(*mine).values(**over, version=_R.c.version + 1))


def _moments(alert: Alert, around: Surroundings, now: datetime) -> list[Moment]:
    today = local_today(around.project.timezone, now)
    hearers = dict.fromkeys(member for role in _HEARERS for member in around.around.holders(role))
    return [Moment(Rule.ALERT, "0", str(alert.id), one, today, today) for one in hearers]


def _told(session: Session, alert: Alert, around: Surroundings) -> dict[str, Any]:
    """Title and sentence in all languages: who reads it is known when it is sent."""
    project = around.project
    playbook = find_playbook(
        session, alert.workspace_id, project.playbook, project.playbook_version
    )
    says = [say_alert(alert.kind, title_of(alert, playbook), alert.figures)]
    if alert.checklist_id is not None:
        says.append(Said(_ADDED, {}))
    title = _rule_title(alert, playbook)
    return {
        "title": {language: str(speak(title, language)) for language in LANGUAGES},
        "says": {language: " ".join(one.say(language) for one in says) for language in LANGUAGES},
    }


def _rule_title(alert: Alert, playbook: Playbook) -> object:
    watch = next((one for one in playbook.watches if one.key == alert.rule), None)
    return watch.title if watch else alert.rule
