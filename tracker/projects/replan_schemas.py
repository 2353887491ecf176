"""Shapes of re-planning. Whether a change makes sense is judged by the engine."""

from typing import Any, Final

from marshmallow import Schema, fields, post_load, validate

from tracker.playbooks.grammar import AUDIENCES, SCOPES, TYPES
from tracker.playbooks.parameters import RANGES
from tracker.projects.replanning.checking import MOST_DAYS
from tracker.projects.replanning.values import Strategy
from tracker.projects.schemas import BlackoutIn
from tracker.web.fields import Day, Flag, Line, Whole

LINK_TYPES: Final = ("FS", "SS", "FF", "SF")
_HUGE: Final = 10**9
_LONGEST_TOKEN: Final = 2_000_000


def _ranged(name: str) -> Whole:
    least, most = RANGES[name]
    return Whole(-_HUGE, _HUGE, metadata={"minimum": least, "maximum": most})


def _choice(values: tuple[str, ...], **more: Any) -> Line:
    known = [*values, None] if more.get("allow_none") else list(values)
    return Line(longest=60, metadata={"enum": known}, **more)


def _task() -> Line:
    return Line(required=True, metadata={"description": "A task's id, or its full key."})


def _kind(**more: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(LINK_TYPES), **more)


class TaskMoveIn(Schema):
    """What is asked of one task."""

    task = _task()
    start_on = Day()
    due_on = Day()
    duration_days = Whole(0, MOST_DAYS)
    pinned = Flag()


class NewDependencyIn(Schema):
    """`task` is to wait for `after`."""

    task = _task()
    after = _task()
    type = _kind(load_default="FS")
    lag_days = Whole(-260, 260, load_default=0)


class CutDependencyIn(Schema):
    """`task` waits for `after` no longer; without a type, whatever joins them is cut."""

    task = _task()
    after = _task()
    type = _kind(load_default=None, allow_none=True)


class DependenciesIn(Schema):
    """Dependencies that come and go."""

    add = fields.List(
        fields.Nested(NewDependencyIn), load_default=list, validate=validate.Length(0, 500)
    )
    cut = fields.List(
        fields.Nested(CutDependencyIn), load_default=list, validate=validate.Length(0, 500)
    )


class ReplanIn(Schema):
    """Body of POST /projects/{id}/replan: any of these, all judged at once."""

    launch_on = Day()
    prepare_months = _ranged("prepare_months")
    develop_months = _ranged("develop_months")
    launch_weeks = _ranged("launch_weeks")
    country = Line(longest=10, allow_none=True)
    subdivision = Line(longest=20, allow_none=True)
    closures = fields.List(Day(), validate=validate.Length(0, 5000))
    blackouts = fields.List(fields.Nested(BlackoutIn), validate=validate.Length(0, 100))
    member_regions = fields.List(Line(longest=10), validate=validate.Length(0, 50))
    audience = _choice(AUDIENCES)
    community_type = _choice(TYPES, allow_none=True)
    scope = _choice(SCOPES)
    public = Flag()
    tasks = fields.List(
        fields.Nested(TaskMoveIn), load_default=list, validate=validate.Length(0, 500)
    )
    dependencies = fields.Nested(DependenciesIn, load_default=lambda: {"add": [], "cut": []})
    strategy = fields.Enum(Strategy, by_value=True, load_default=Strategy.KEEP_GAP)
    dry_run = Flag(
        load_default=False, metadata={"description": "Show everything, and change nothing."}
    )
    token = fields.String(
        validate=validate.Length(1, _LONGEST_TOKEN),
        metadata={"description": "Of a dry run: apply exactly that. Goes alone."},
    )

    @post_load
    def as_values(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """The parameters apart, and as the planner has them."""
        names = [name for name in data if name not in _APART]
        told = {name: data.pop(name) for name in names}
        if "closures" in told:
            told["closures"] = tuple(sorted(set(told["closures"])))
        for name in ("blackouts", "member_regions"):
            if name in told:
                told[name] = tuple(told[name])
        return {**data, "parameters": told}


_APART: Final = frozenset({"tasks", "dependencies", "strategy", "dry_run", "token"})


class ReplanOut(Schema):
    """What moves, what stays, and what to know of it."""

    dry_run = fields.Boolean()
    token = fields.String(allow_none=True)
    strategy = fields.String()
    project = fields.Dict(metadata={"description": "Days before and after, new parameters."})
    tasks = fields.List(fields.Dict(), metadata={"description": "Those that change."})
    frozen = fields.List(fields.Dict())
    phases = fields.List(fields.Dict())
    gates = fields.List(fields.Dict())
    dependencies = fields.List(fields.Dict())
    added = fields.List(fields.Dict())
    retired = fields.List(fields.Dict())
    conflicts = fields.List(fields.Dict())
    negative_float = fields.List(fields.Dict())
    people = fields.List(fields.Dict())
    preparation = fields.Dict(allow_none=True)
    latest_safe_launch_on = fields.Date(allow_none=True)
    earliest_launch_on = fields.Date(allow_none=True)
    warnings = fields.List(fields.String())
