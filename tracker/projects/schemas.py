"""Shapes of projects, tasks and plans. Whether values make sense is judged by the planner."""

from dataclasses import fields as fields_of
from datetime import date
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates

from tracker.kernel.texts import LANGUAGES
from tracker.people.policy_schemas import PolicyOut, policy
from tracker.playbooks.grammar import AUDIENCES, PHASES, ROLES, SCOPES, TYPES
from tracker.playbooks.parameters import FIRST_YEAR, LAST_YEAR, RANGES, Blackout, Parameters
from tracker.projects.rules import STATES
from tracker.web.fields import Amount, Day, Flag, Instant, Line, Prose, Whole
from tracker.web.paging import PageIn

_HUGE: Final = 10**9


def _choice(values: tuple[str, ...], **kwargs: Any) -> Line:
    known = [*values, None] if kwargs.get("allow_none") else list(values)
    return Line(longest=60, metadata={"enum": known}, **kwargs)


def _ranged(name: str) -> Whole:
    least, most = RANGES[name]
    metadata = {"minimum": least, "maximum": most}
    return Whole(-_HUGE, _HUGE, load_default=_default(name), metadata=metadata)


def _default(name: str) -> Any:
    return next(field.default for field in fields_of(Parameters) if field.name == name)


class InputsIn(Schema):
    """What else the team tells about the project. Every field is optional."""

    business_objectives_with_kpis = fields.List(Line(longest=500), validate=validate.Length(0, 50))
    approved_roi = Amount(-1e12, 1e12, metadata={"description": "Percent a year, as approved."})
    sector = Line(longest=100)
    competitors_exist = Flag()
    organisation_agile_or_complex = fields.String(validate=validate.OneOf(("agile", "complex")))
    animation_hours_per_week = Amount(0, 10_000)
    budget_by_envelope = fields.Dict(keys=Line(longest=100), values=Amount(0, 1e12))
    personas = fields.List(Line(longest=500), validate=validate.Length(0, 50))


_INPUTS: Final = tuple(InputsIn().fields)


class BlackoutIn(Schema):
    """Days, both inclusive, on which no community should open."""

    start_on = Day(required=True)
    end_on = Day(required=True)
    reason = Line(load_default=None, allow_none=True)

    @post_load
    def as_blackout(self, data: dict[str, Any], **_kwargs: Any) -> Blackout:
        """A value that the planner understands."""
        return Blackout(**data)


class ParametersIn(InputsIn):
    """What a project is planned from. Exactly one of launch_on and start_on is required."""

    launch_on = Day(load_default=None, allow_none=True)
    start_on = Day(load_default=None, allow_none=True)
    prepare_months = _ranged("prepare_months")
    develop_months = _ranged("develop_months")
    launch_weeks = _ranged("launch_weeks")
    community_type = _choice(TYPES, load_default=None, allow_none=True)
    scope = _choice(SCOPES, load_default="external")
    audience = _choice(AUDIENCES, load_default="both")
    public = Flag(load_default=False)
    seed_members = _ranged("seed_members")
    first_members_target = _ranged("first_members_target")
    country = Line(longest=10, load_default=None, allow_none=True)
    subdivision = Line(longest=20, load_default=None, allow_none=True)
    closures = fields.List(Day(), load_default=list, validate=validate.Length(0, 5000))
    blackouts = fields.List(
        fields.Nested(BlackoutIn), load_default=list, validate=validate.Length(0, 100)
    )
    member_regions = fields.List(
        Line(longest=10),
        load_default=list,
        validate=validate.Length(0, 50),
        metadata={"description": "Where members live, such as FR or DE-BY."},
    )
    timezone = Line(longest=64, load_default="UTC")
    language = _choice(LANGUAGES, load_default="en")
    already_launched = Flag(load_default=False)
    people = fields.Dict(
        keys=_choice(ROLES),
        values=Line(longest=254),
        load_default=dict,
        validate=validate.Length(0, 20),
        metadata={"description": "Role → a member's e-mail or id."},
    )

    @post_load
    def as_parameters(self, data: dict[str, Any], **_kwargs: Any) -> Parameters:
        """A value that the planner understands."""
        inputs = {name: data.pop(name) for name in _INPUTS if name in data}
        for name in ("blackouts", "member_regions"):
            data[name] = tuple(data[name])
        closures = tuple(sorted(set(data.pop("closures"))))
        return Parameters(**data, closures=closures, inputs=inputs)


class ProjectIn(Schema):
    """Body of POST /projects."""

    name = Line(required=True)
    playbook = Line(load_default="community-launch", longest=60)
    version = Whole(1, 10_000, load_default=None, allow_none=True)
    parameters = fields.Nested(ParametersIn, required=True)
    reminder_policy = policy("What this project wants otherwise.", load_default=None)


class PreviewIn(Schema):
    """Body of POST /playbooks/preview."""

    playbook = Line(load_default="community-launch", longest=60)
    version = Whole(1, 10_000, load_default=None, allow_none=True)
    parameters = fields.Nested(ParametersIn, required=True)
    today = Day(
        load_default=None,
        allow_none=True,
        metadata={"description": "The day to plan from; by default the real one."},
    )

    @validates("today")
    def within_reach(self, value: date | None, **_kwargs: Any) -> None:
        """A launch day is checked against its own reach, and this is what it is compared with."""
        if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise ValidationError(
                f"Must be greater than or equal to {FIRST_YEAR}-01-01 and less than or equal to "
                f"{LAST_YEAR}-12-31."
            )


class ProjectChange(Schema):
    """Body of PATCH /projects/{id}. Dates move by re-planning."""

    name = Line()
    people = fields.Dict(
        keys=_choice(ROLES),
        values=Line(longest=254, allow_none=True),
        validate=validate.Length(0, 20),
        metadata={"description": "Role → a member's e-mail or id, null for nobody."},
    )
    reminder_policy = policy("What this project wants otherwise.")


class TurnIn(Schema):
    """Body of POST /projects/{id}/pause, resume, cancel and archive."""

    reason = Prose(longest=2000)


class ProjectsIn(PageIn):
    """Query of GET /projects."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class ProjectOut(Schema):
    """A project."""

    id = fields.UUID()
    name = fields.String()
    playbook = fields.String()
    version = fields.Integer()
    state = fields.String(validate=validate.OneOf(STATES))
    paused_at = Instant(allow_none=True)
    phase = fields.String(allow_none=True, validate=validate.OneOf((*PHASES, None)))
    launch_on = fields.Date()
    start_on = fields.Date()
    end_on = fields.Date()
    parameters = fields.Dict()
    warnings = fields.List(fields.String())
    reminder_policy = fields.Nested(PolicyOut, allow_none=True)
    created_at = Instant()
    updated_at = Instant()


class ResumedOut(ProjectOut):
    """A project that goes on."""

    proposal = fields.Dict(
        allow_none=True, metadata={"description": "What a re-plan from today would move."}
    )


class TimelineOut(Schema):
    """A dated plan."""

    project = fields.Dict()
    warnings = fields.List(fields.String())
    phases = fields.List(fields.Dict())
    tasks = fields.List(fields.Dict())
    gates = fields.List(fields.Dict())
    left_out = fields.List(fields.Dict())
