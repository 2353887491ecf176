"""The shape of a reminder policy, wherever one can be set."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from tracker.playbooks.grammar import ROLES
from tracker.playbooks.policy import LONGEST, MOST_STEPS, said_in
from tracker.web.fields import Whole


def _days(told: str, **kwargs: Any) -> Any:
    return fields.List(
        Whole(0, LONGEST),
        validate=validate.Length(0, MOST_STEPS),
        metadata={"description": told},
        **kwargs,
    )


class RepeatedIn(Schema):
    """Days after something, then on and on."""

    after = _days("Days; none: never.", required=True)
    then_every = Whole(1, LONGEST, allow_none=True)


class _OnAndOn(fields.Nested):
    """A list of days is short for “after”."""

    def __init__(self, told: str) -> None:
        metadata = {"description": f"{told} A list of days is short for “after”."}
        super().__init__(RepeatedIn, allow_none=True, metadata=metadata)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        told = {"after": value} if isinstance(value, list) else value
        return super()._deserialize(told, *args, **kwargs)


class RungIn(Schema):
    """Who is told of what is overdue, and after how many working days."""

    to = fields.String(required=True, validate=validate.OneOf(ROLES))
    after = Whole(0, LONGEST, required=True)


class PolicyIn(Schema):
    """When who is reminded. What is not said, or null, is as around it; [] is never."""

    before_start = _days("Working days before the start of a task.", allow_none=True)
    before_due = _days("Working days before the day on which it is due.", allow_none=True)
    overdue = _OnAndOn("Working days after that day.")
    escalation = fields.List(
        fields.Nested(RungIn), allow_none=True, validate=validate.Length(0, MOST_STEPS)
    )
    gate_ready = _days("Working days after a gate has all that it asks for.", allow_none=True)
    approval_waiting = _days("Working days after an approval was asked for.", allow_none=True)
    blocked = _OnAndOn("Working days after a task was blocked.")
    unassigned = _days("Working days before the start of a task of nobody.", allow_none=True)
    quiet = _OnAndOn("Days without any activity in the project.")

    @post_load
    def as_form(self, data: dict[str, Any], **_kwargs: Any) -> Mapping[str, Any] | None:
        """As it is kept; None where nothing is said."""
        return said_in(data) or None


def policy(told: str, **kwargs: Any) -> fields.Nested:
    """A field that holds a policy; null takes it away."""
    return fields.Nested(PolicyIn, allow_none=True, metadata={"description": told}, **kwargs)


class PolicyOut(PolicyIn):
    """A reminder policy."""
