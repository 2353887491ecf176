"""The route of what the animation team carries, beside what it can."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today, utcnow
from tracker.kernel.db import reading
from tracker.kernel.texts import Figure, Language, Sentence
from tracker.library.queries import playbook as find_playbook
from tracker.metrics.speaking import WINDOW, Spoken, spoken
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import queries
from tracker.projects.models import Project
from tracker.web.api import Blueprint
from tracker.web.jsons import json_response
from tracker.web.language import reader_language

blp = Blueprint("capacity", __name__, url_prefix="/api/v1", description="What the team can carry")

_BACK: Final = 90  # days: older figures say nothing of now
_WEEK: Final = 7
_METRICS: Final = (
    "members_total",
    "animators_fte",
    "animation_hours_planned",
    "animation_hours_spent",
)
_CROWDED: Final = Sentence(
    en="{value} members for each full-time animator; above {most} the team wears out.",
    fr="{value} membres par animateur à temps plein ; au-delà de {most}, l'équipe s'épuise.",
)
_OVERTIME: Final = Sentence(
    en="{spent} {spent:hour|hours} of animation in {days} days, {planned} planned.",
    fr="{spent} {spent:heure|heures} d'animation en {days} jours, {planned} "
    "{planned:prévue|prévues}.",
)


class CapacityOut(Schema):
    """What the animation team carries, beside what it can."""

    members = fields.Float(allow_none=True)
    animators = fields.Float(allow_none=True, metadata={"description": "Full-time equivalents."})
    members_per_animator = fields.Float(allow_none=True)
    most_per_animator = fields.Float(allow_none=True)
    hours_planned = fields.Float(allow_none=True)
    hours_spent = fields.Float(allow_none=True)
    days = fields.Integer()
    warnings = fields.List(fields.String())


@blp.route("/projects/<uuid:project_id>/capacity")
@needs(Permission.LOOK)
@blp.answers(200, CapacityOut)
def read_capacity(project_id: UUID) -> ResponseReturnValue:
    """Members for each full-time animator, and hours planned against spent, with warnings."""
    with reading() as session:
        project = queries.project(session, actor().workspace_id, project_id)
        today = local_today(project.timezone, utcnow())
        told = spoken(session, project, _METRICS, today=today, back=_BACK)
        limits = _limits(session, project)
    return json_response(_capacity(told, project, limits, reader_language()))


def _limits(session: Session, project: Project) -> Mapping[str, Any]:
    """What the playbook thinks that a team can carry."""
    found = find_playbook(session, project.workspace_id, project.playbook, project.playbook_version)
    return next((one.values for one in found.watches if one.kind == "overload"), {})


def _capacity(
    told: Spoken, project: Project, limits: Mapping[str, Any], language: Language
) -> dict[str, Any]:
    members, animators = told.last("members_total"), told.last("animators_fte")
    each = members / animators if members is not None and animators else None
    spent, planned = told.summed("animation_hours_spent"), _planned(told, project)
    most, over = limits.get("members_per_animator"), limits.get("hours_over", 0)
    warnings = []
    if each is not None and most is not None and each > most:
        warnings.append(_CROWDED.say(language, value=round(each), most=most))
    if spent is not None and planned is not None and spent > planned * (1 + over / 100):
        hours = {"spent": Figure(spent), "planned": Figure(planned), "days": WINDOW}
        warnings.append(_OVERTIME.say(language, **hours))
    return {
        "members": members,
        "animators": animators,
        "members_per_animator": each,
        "most_per_animator": most,
        "hours_planned": planned,
        "hours_spent": spent,
        "days": WINDOW,
        "warnings": warnings,
    }


def _planned(told: Spoken, project: Project) -> float | None:
    """As entered, else what the project's parameters say of a week."""
    entered = told.summed("animation_hours_planned")
    weekly = project.parameters.get("animation_hours_per_week")
    if entered is None and isinstance(weekly, int | float):
        return weekly * WINDOW / _WEEK
    return entered
