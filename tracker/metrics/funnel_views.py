"""The route of the recruitment funnel: from the list of candidates to active members."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today, utcnow
from tracker.kernel.db import reading
from tracker.kernel.texts import Sentence
from tracker.library.queries import playbook as find_playbook
from tracker.metrics.funnel_rules import WAVE, Funnel, members_for, reached, truly_active
from tracker.metrics.speaking import spoken
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import queries
from tracker.projects.models import Project
from tracker.roster.counting import counts
from tracker.web.api import Blueprint
from tracker.web.jsons import json_response
from tracker.web.language import reader_language

blp = Blueprint("funnel", __name__, url_prefix="/api/v1", description="How far recruiting has come")

_BACK: Final = 90  # days: older figures say nothing of now
_SHORT: Final = Sentence(
    en="{shortfall} first {shortfall:member is|members are} missing of {target}. Invite about "
    "{to_invite} {to_invite:person|people} next.",
    fr="Il manque {shortfall} {shortfall:premier membre|premiers membres} sur {target}. Inviter "
    "maintenant environ {to_invite} {to_invite:personne|personnes}.",
)
_REACHED: Final = Sentence(
    en="The target of {target} first {target:member|members} is reached.",
    fr="L'objectif de {target} {target:premier membre|premiers membres} est atteint.",
)


class FunnelOut(Schema):
    """From the list of candidates to active members."""

    stages = fields.Dict(keys=fields.String(), values=fields.Integer())
    members = fields.Float(allow_none=True, metadata={"description": "As the platform counts."})
    activated = fields.Float(allow_none=True)
    target = fields.Integer()
    shortfall = fields.Integer()
    join_share = fields.Float(
        allow_none=True, metadata={"description": "Percent; null: too few were contacted to tell."}
    )
    to_invite = fields.Integer()
    sentence = fields.String()
    next_wave = fields.Dict(
        allow_none=True,
        metadata={"description": "A body for POST /projects/{id}/checklists, where one is due."},
    )
    truly_active = fields.Dict(
        metadata={
            "description": "Whom to expect among the members there are and those aimed at, and how "
            "many members it takes to have as many truly active ones as there are seeds."
        }
    )


@blp.route("/projects/<uuid:project_id>/funnel")
@needs(Permission.LOOK)
@blp.answers(200, FunnelOut)
def read_funnel(project_id: UUID) -> ResponseReturnValue:
    """The roster's stages and the platform's counts against the first members wanted."""
    with reading() as session:
        project = queries.project(session, actor().workspace_id, project_id)
        today = local_today(project.timezone, utcnow())
        wanted = ("members_total", "activations")
        told = spoken(session, project, wanted, today=today, back=_BACK)
        people = counts(session, project.workspace_id, project.id).people
        offered = _offers_a_wave(session, project)
    funnel = Funnel(
        reached=reached(people),
        members=told.last("members_total"),
        activated=told.summed("activations", _BACK),
        target=project.parameters["first_members_target"],
    )
    return json_response(_funnel(funnel, project, today, is_offered=offered))


def _offers_a_wave(session: Session, project: Project) -> bool:
    found = find_playbook(session, project.workspace_id, project.playbook, project.playbook_version)
    return any(module.key == WAVE for module in found.modules)


def _funnel(funnel: Funnel, project: Project, today: date, *, is_offered: bool) -> dict[str, Any]:
    values = {
        "shortfall": funnel.shortfall,
        "target": funnel.target,
        "to_invite": funnel.to_invite,
    }
    sentence = _SHORT if funnel.shortfall else _REACHED
    wave = {"checklist": WAVE, "anchor_on": (today + timedelta(days=1)).isoformat()}
    share = funnel.join_share
    return {
        "stages": funnel.reached,
        "members": funnel.members,
        "activated": funnel.activated,
        **values,
        "join_share": None if share is None else 100 * share,
        "sentence": sentence.say(reader_language(), **values),
        "next_wave": wave if funnel.shortfall and is_offered else None,
        "truly_active": {
            "now": _active(funnel.joined),
            "at_target": _active(funnel.target),
            "members_for_as_many_as_seeds": dict(
                zip(
                    ("at_least", "at_most"),
                    members_for(project.parameters["seed_members"]),
                    strict=True,
                )
            ),
        },
    }


def _active(members: float) -> dict[str, Any]:
    least, most = truly_active(members)
    return {"members": members, "at_least": least, "at_most": most}
