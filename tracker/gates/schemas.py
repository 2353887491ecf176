"""Shapes of gates, approvals, decisions, waivers and dossiers."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from tracker.gates.conditions import Condition
from tracker.gates.rules import STATES, Decision
from tracker.gates.service import KINDS, Wish, Word
from tracker.playbooks.grammar import CRITERIA, ROLES
from tracker.web.fields import Day, Instant, Line, Prose
from tracker.web.paging import PageIn


class Reason(Prose):
    """Why: a text that is more than spaces."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=2000, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if not text:
            raise ValidationError("Shorter than minimum length 1.")
        return text


class ApprovalIn(Schema):
    """Body of POST /gates/{id}/approvals."""

    action = fields.String(required=True, validate=validate.OneOf(KINDS))
    criterion = Line(
        load_default=None,
        longest=60,
        metadata={"description": "Key of the criterion; needed where the gate asks for several."},
    )
    role = fields.String(load_default=None, validate=validate.OneOf(ROLES))
    comment = Reason(load_default=None, allow_none=True)

    @post_load
    def as_word(self, data: dict[str, Any], **_kwargs: Any) -> Word:
        """A value that the service understands."""
        return Word(data.pop("action"), **data)


class ConditionIn(Schema):
    """What is still to be done where a gate is passed on conditions."""

    title = Line(required=True)
    due_on = Day(load_default=None, allow_none=True)
    assignee = Line(
        load_default=None,
        allow_none=True,
        longest=254,
        metadata={"description": "E-mail or id of a member."},
    )

    @post_load
    def as_condition(self, data: dict[str, Any], **_kwargs: Any) -> Condition:
        """A value that the service understands."""
        return Condition(**data)


class DecisionIn(Schema):
    """Body of POST /gates/{id}/decision. Needs If-Match with the gate's ETag."""

    decision = fields.String(
        required=True, validate=validate.OneOf([decision.value for decision in Decision])
    )
    reason = Reason(
        load_default=None,
        allow_none=True,
        metadata={"description": "Required for everything but pass."},
    )
    conditions = fields.List(
        fields.Nested(ConditionIn), load_default=list, validate=validate.Length(0, 20)
    )

    @post_load
    def as_wish(self, data: dict[str, Any], **_kwargs: Any) -> Wish:
        """A value that the service understands."""
        return Wish(Decision(data["decision"]), data["reason"], tuple(data["conditions"]))


class WaiverIn(Schema):
    """Body of POST /gates/{id}/waiver."""

    reason = Reason(required=True)
    expires_at = Instant(
        required=True, metadata={"description": "In the future, and within a year."}
    )


class DossierIn(Schema):
    """Query of GET /gates/{id}/dossier."""

    number = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 1_000_000),
        metadata={"description": "One decision; without it all of them."},
    )
    format = fields.String(load_default="json", validate=validate.OneOf(("json", "md")))


class ApprovalsIn(PageIn):
    """Query of GET /gates/{id}/approvals and /decisions."""


class OpenTaskOut(Schema):
    """A task that a criterion waits for."""

    id = fields.UUID()
    key = fields.String()
    title = fields.String()


class CriterionOut(Schema):
    """A criterion with what it has come to."""

    key = fields.String()
    kind = fields.String(validate=validate.OneOf(tuple(CRITERIA)))
    title = fields.String()
    blocks = fields.Boolean()
    state = fields.String(validate=validate.OneOf(("met", "unmet", "unknown")))
    value = fields.Raw(allow_none=True)
    target = fields.Raw(allow_none=True)
    sentence = fields.String()
    source = fields.String()
    as_of = Instant(allow_none=True)
    open_tasks = fields.List(fields.Nested(OpenTaskOut))
    waived = fields.Boolean()


class VerdictOut(Schema):
    """What a gate's criteria have come to together."""

    is_met = fields.Boolean()
    criteria = fields.List(fields.Nested(CriterionOut))


class GateOut(Schema):
    """A gate with its verdict as it is now."""

    id = fields.UUID()
    project_id = fields.UUID()
    key = fields.String()
    title = fields.String()
    description = fields.String(allow_none=True)
    after_phase = fields.String(allow_none=True)
    before_phase = fields.String(allow_none=True)
    on = fields.Date()
    state = fields.String(validate=validate.OneOf(STATES))
    is_open = fields.Boolean()
    waits_for = fields.String(
        allow_none=True, metadata={"description": "Key of an earlier gate that is closed."}
    )
    decided_at = Instant(allow_none=True)
    waived_until = Instant(allow_none=True)
    flags = fields.List(fields.String())
    flagged_at = Instant(allow_none=True)
    version = fields.Integer()
    verdict = fields.Nested(VerdictOut)


class MemberRefOut(Schema):
    """A member by name."""

    id = fields.UUID()
    name = fields.String()


class ApprovalOut(Schema):
    """A request, an approval or a refusal."""

    id = fields.UUID()
    gate_id = fields.UUID()
    criterion = fields.String()
    role = fields.String()
    action = fields.String(validate=validate.OneOf(KINDS))
    comment = fields.String(allow_none=True)
    by = fields.Nested(MemberRefOut)
    at = Instant()
    is_valid = fields.Boolean()
    void = fields.String(
        allow_none=True,
        validate=validate.OneOf(("changed", "rejected", None)),
        metadata={"description": "Why it counts no more."},
    )


class DecisionOut(Schema):
    """A decision, without its dossier."""

    id = fields.UUID()
    gate_id = fields.UUID()
    number = fields.Integer()
    decision = fields.String()
    reason = fields.String(allow_none=True)
    conditions = fields.List(fields.Dict())
    expires_at = Instant(allow_none=True)
    alone = fields.List(
        fields.String(),
        metadata={"description": "Criteria where whoever decided stood for the approval."},
    )
    by = fields.Nested(MemberRefOut)
    at = Instant()


class DecidedOut(GateOut):
    """The gate as it is now, and what the decision did beyond it."""

    decision = fields.Nested(DecisionOut)
    entered = fields.String(allow_none=True, metadata={"description": "The phase just entered."})
    delayed_days = fields.Integer(
        metadata={"description": "Working days by which the phase moved: its gate was late."}
    )
    tasks = fields.List(fields.Dict(), metadata={"description": "Made of the conditions."})
    reopened = fields.List(fields.Dict(), metadata={"description": "Milestones set back to todo."})
    proposal = fields.Dict(
        allow_none=True,
        metadata={"description": "After a rejection: a dry run of laying the rest out from today."},
    )


class DossierOut(Schema):
    """Decisions with everything that they stood on, as it was when they were made."""

    gate_id = fields.UUID()
    decisions = fields.List(fields.Dict())
