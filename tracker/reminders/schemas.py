"""Shapes of reminders."""

from typing import Any, Final

from marshmallow import Schema, fields, post_load, validate

from tracker.reminders.queries import Wanted
from tracker.reminders.service import LATERS, Until
from tracker.reminders.words import Rule, State
from tracker.web.fields import Instant
from tracker.web.paging import PageIn

_STATES: Final = [state.value for state in State]
_RULES: Final = [rule.value for rule in Rule]
_SUBJECTS: Final = ("task", "gate", "project", "member", "channel")


class RemindersIn(PageIn):
    """Query of GET /reminders."""

    state = fields.String(load_default=None, validate=validate.OneOf(_STATES))
    rule = fields.String(load_default=None, validate=validate.OneOf(_RULES))
    project = fields.UUID(load_default=None)
    task = fields.UUID(load_default=None)
    member = fields.UUID(
        load_default=None,
        metadata={"description": "Whose; by default your own. Others' are for managers."},
    )
    everyone = fields.Boolean(
        load_default=False, metadata={"description": "Of all members; for managers."}
    )

    @post_load
    def as_wanted(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """What is looked for, beside the page."""
        data["wanted"] = Wanted(
            member_id=data.pop("member"),
            project_id=data.pop("project"),
            task_id=data.pop("task"),
            state=data.pop("state"),
            rule=data.pop("rule"),
        )
        return data


class SnoozeIn(Schema):
    """Body of POST /reminders/{id}/snooze: one of both; without any, one day."""

    until = Instant(metadata={"description": "Not before this instant."})
    later = fields.String(
        data_key="for",
        validate=validate.OneOf(LATERS),
        metadata={"description": "In one day, in three, or on Monday of next week."},
    )

    @post_load
    def as_until(self, data: dict[str, Any], **_kwargs: Any) -> Until:
        """A value that the service understands."""
        return Until(at=data.get("until"), later=data.get("later"))


class ReminderOut(Schema):
    """A reminder. `ready_at` is when it is tried next, null once it is over."""

    id = fields.UUID()
    project_id = fields.UUID(allow_none=True)
    subject = fields.String(validate=validate.OneOf(_SUBJECTS))
    subject_id = fields.UUID()
    title = fields.String(
        allow_none=True, metadata={"description": "Of the task or gate; else of the project."}
    )
    rule = fields.String(validate=validate.OneOf(_RULES))
    step = fields.String()
    occurrence = fields.String(metadata={"description": "What the step counts from."})
    member_id = fields.UUID()
    way = fields.String(validate=validate.OneOf(("single", "digest")))
    due_at = Instant()
    state = fields.String(validate=validate.OneOf(_STATES))
    reason = fields.String(allow_none=True, metadata={"description": "A word that never changes."})
    why = fields.String(metadata={"description": "State and reason, as a sentence."})
    waits_for = fields.List(
        fields.String(),
        metadata={"description": "Tasks that must be finished before this one is told to start."},
    )
    ready_at = Instant(allow_none=True)
    tries = fields.Integer()
    sent_at = Instant(allow_none=True)
    acked_at = Instant(allow_none=True)
    snoozed_until = Instant(allow_none=True)
    folded_into = fields.UUID(
        allow_none=True, metadata={"description": "The digest or catch-up that tells it."}
    )
    created_at = Instant()


class AttemptOut(Schema):
    """One try to send a reminder."""

    number = fields.Integer()
    channel = fields.String(metadata={"description": "Its kind."})
    channel_id = fields.UUID(
        allow_none=True, metadata={"description": "Null: the member's own e-mail address."}
    )
    started_at = Instant()
    finished_at = Instant(allow_none=True)
    outcome = fields.String(allow_none=True)
    detail = fields.String(allow_none=True, metadata={"description": "What the channel said."})
    why = fields.String(metadata={"description": "The outcome, as a sentence."})


class ReminderInFullOut(ReminderOut):
    """A reminder with every try."""

    attempts = fields.List(fields.Nested(AttemptOut))
