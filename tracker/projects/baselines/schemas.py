"""Shapes of baselines."""

from typing import Any, Final
from uuid import UUID

from marshmallow import Schema, ValidationError, fields

from tracker.web.fields import Flag, Instant, Line

CURRENT: Final = "current"


class BaselineIn(Schema):
    """Body of POST /projects/{id}/baselines."""

    name = Line(required=True)


class BaselineChange(Schema):
    """Body of PATCH /baselines/{id}."""

    name = Line()
    is_locked = Flag()


class BaselineOut(Schema):
    """A baseline, without its tasks. ``source`` is manual, start, or the key of a gate."""

    id = fields.UUID()
    project_id = fields.UUID()
    name = fields.String()
    source = fields.String()
    is_locked = fields.Boolean()
    launch_on = fields.Date()
    end_on = fields.Date()
    created_by = fields.UUID()
    created_at = Instant()


class BaselinedTaskOut(Schema):
    """A task as it was."""

    id = fields.UUID()
    key = fields.String()
    title = fields.String()
    phase = fields.String()
    start_on = fields.Date()
    due_on = fields.Date()
    duration_days = fields.Integer()


class WholeBaselineOut(BaselineOut):
    """A baseline with everything that it keeps."""

    tasks = fields.List(fields.Nested(BaselinedTaskOut))


class OtherField(fields.String):
    """The plan in force, or a baseline."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text == CURRENT:
            return None
        try:
            return UUID(text)
        except ValueError:
            raise ValidationError("Not a valid UUID.") from None


class ComparisonIn(Schema):
    """Query of GET /baselines/{id}/comparison."""

    other = OtherField(
        data_key="with",
        load_default=None,
        metadata={"description": "`current`, or the id of another baseline of the project."},
    )


class MovedDayOut(Schema):
    """One day of the frame. ``moved_days`` are working days."""

    old_on = fields.Date()
    new_on = fields.Date()
    moved_days = fields.Integer()


class ComparedTaskOut(Schema):
    """A task that only one of the two plans has."""

    id = fields.UUID()
    key = fields.String()
    title = fields.String()
    phase = fields.String()
    start_on = fields.Date()
    due_on = fields.Date()


class MovedTaskOut(ComparedTaskOut):
    """A task whose dates differ; days are working days, of its due day and of its start."""

    old_start_on = fields.Date()
    old_due_on = fields.Date()
    moved_days = fields.Integer()
    start_moved_days = fields.Integer()


class ComparisonOut(Schema):
    """What became of a baseline. ``compared_with`` is null for the plan in force."""

    baseline = fields.Nested(BaselineOut)
    compared_with = fields.Nested(BaselineOut, allow_none=True)
    launch = fields.Nested(MovedDayOut)
    end = fields.Nested(MovedDayOut)
    added = fields.List(fields.Nested(ComparedTaskOut))
    removed = fields.List(fields.Nested(ComparedTaskOut))
    earlier = fields.List(fields.Nested(MovedTaskOut))
    later = fields.List(fields.Nested(MovedTaskOut))
    unchanged = fields.Integer()
