"""Shapes of preferences and absences, and of oneself."""

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from tracker.kernel.texts import LANGUAGES
from tracker.people.digest_rules import RHYTHMS
from tracker.people.policy_schemas import PolicyOut, policy
from tracker.people.schemas import SCOPES, MemberOut, WorkspaceOut, Zone
from tracker.people.time_rules import CHASED
from tracker.people.wall_time import A_DAY, minute_of
from tracker.web.fields import Day, Flag, Instant, Line, Whole

_CLOCK: Final = "([01][0-9]|2[0-3]):[0-5][0-9]"
_MOST_PROJECTS: Final = 500


class TimeOfDay(fields.String):
    """A time of day, HH:MM; of an end also 24:00."""

    def __init__(self, *, ends: bool = False, **kwargs: Any) -> None:
        self._latest = A_DAY if ends else A_DAY - 1
        told = {"pattern": f"^({_CLOCK}{'|24:00' if ends else ''})$"}
        kwargs["metadata"] = told | kwargs.get("metadata", {})
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        minute = minute_of(text)
        if minute is None or minute > self._latest:
            raise ValidationError("Not a time of day; write it as HH:MM, such as 08:30.")
        return text


class ProjectKey(fields.UUID):
    """An id as JSON has it among keys: a text, in one spelling."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return str(super()._deserialize(value, attr, data, **kwargs))


class ProjectWishes(Schema):
    """What a member wants otherwise in one project."""

    muted = Flag(load_default=False, metadata={"description": "Nothing at all from it."})
    digest = fields.String(load_default="as_usual", validate=validate.OneOf((*RHYTHMS, "as_usual")))
    rules = fields.List(
        fields.String(validate=validate.OneOf(CHASED)),
        load_default=list,
        validate=validate.Length(0, len(CHASED)),
        metadata={"description": "Kinds of reminders that are not wanted."},
    )


class PreferencesChange(Schema):
    """Body of PATCH /me/preferences."""

    timezone = Zone(longest=64)
    language = fields.String(validate=validate.OneOf(LANGUAGES), allow_none=True)
    work_from = TimeOfDay()
    work_until = TimeOfDay(ends=True)
    work_days = fields.List(
        Whole(1, 7),
        validate=validate.Length(1, 7),
        metadata={"description": "1 is Monday, 7 is Sunday."},
    )
    quiet_from = TimeOfDay(
        allow_none=True, metadata={"description": "May be later than quiet_until: over midnight."}
    )
    quiet_until = TimeOfDay(ends=True, allow_none=True)
    country = Line(
        longest=2, allow_none=True, metadata={"description": "Whose public holidays are kept."}
    )
    subdivision = Line(longest=10, allow_none=True)
    digest = fields.String(validate=validate.OneOf(RHYTHMS))
    digest_time = TimeOfDay()
    digest_weekday = Whole(1, 7, metadata={"description": "Of a weekly digest; 1 is Monday."})
    projects = fields.Dict(
        keys=ProjectKey(),
        values=fields.Nested(ProjectWishes),
        validate=validate.Length(0, _MOST_PROJECTS),
        metadata={"description": "By project id, as a whole: what is wanted otherwise there."},
    )
    reminder_policy = policy("What they want otherwise, in all projects.")


class PreferencesOut(Schema):
    """How and when a member wants to hear."""

    timezone = fields.String()
    language = fields.String(allow_none=True)
    work_from = fields.String()
    work_until = fields.String()
    work_days = fields.List(fields.Integer())
    quiet_from = fields.String(allow_none=True)
    quiet_until = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    subdivision = fields.String(allow_none=True)
    digest = fields.String()
    digest_time = fields.String()
    digest_weekday = fields.Integer()
    digest_at = Instant(
        allow_none=True, metadata={"description": "When the next digest is due; null without one."}
    )
    projects = fields.Dict(keys=fields.String(), values=fields.Nested(ProjectWishes))
    reminder_policy = fields.Nested(PolicyOut, allow_none=True)


class AbsenceIn(Schema):
    """Body of POST /me/absences."""

    start_on = Day(required=True)
    end_on = Day(required=True, metadata={"description": "The last day away."})
    stand_in = Line(
        load_default=None,
        allow_none=True,
        longest=254,
        metadata={"description": "Id or e-mail of the member who hears meanwhile."},
    )


class AbsenceOut(Schema):
    """Days on which a member is away."""

    id = fields.UUID()
    start_on = fields.Date()
    end_on = fields.Date()
    stand_in_id = fields.UUID(allow_none=True)


class MemberWithAbsencesOut(MemberOut):
    """A member; with their absences for managers, owners and themselves."""

    absences = fields.List(fields.Nested(AbsenceOut))


class MeOut(Schema):
    """Who is calling, where, and what their token may do."""

    member = fields.Nested(MemberOut)
    workspace = fields.Nested(WorkspaceOut)
    role = fields.String()
    scopes = fields.List(fields.String(validate=validate.OneOf(SCOPES)))
