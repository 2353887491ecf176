"""Shapes of metrics, of what is wanted of them, and of readings."""

from typing import Any, Final, get_args

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from tracker.connectors.figures import Method
from tracker.metrics.reading_pages import SORTS
from tracker.metrics.rules import OPERATORS
from tracker.metrics.storing import MOST
from tracker.metrics.targets import NO_TARGET
from tracker.playbooks.grammar import PHASES
from tracker.web.fields import Amount, Day, Instant, Line
from tracker.web.paging import PageIn

METHODS: Final = get_args(Method)
_FAR: Final = 1e15
METRIC_SORTS: Final = ("order", "key", "-key")


class MetricsIn(PageIn):
    """Query of GET /projects/{id}/metrics."""

    phase = fields.String(load_default=None, validate=validate.OneOf(PHASES))
    known = fields.Boolean(
        load_default=None, metadata={"description": "Whether anything was ever read of them."}
    )
    sort = fields.String(load_default="order", validate=validate.OneOf(METRIC_SORTS))


class PointOut(Schema):
    """The value of a day. Final from three days after it; a later change is a correction."""

    day = fields.Date()
    value = fields.Float()
    count = fields.Integer(allow_none=True)
    at = Instant(metadata={"description": "Up to when it tells."})
    is_final = fields.Boolean()


class NewestOut(PointOut):
    """The newest point of the series that speaks for a metric."""

    age_hours = fields.Integer()
    good_for_hours = fields.Integer(metadata={"description": "Older than that it is stale."})
    method = fields.String()
    source = fields.String()
    series_id = fields.UUID()


class WhyOut(Schema):
    """Why there is no value: no_data, only_parts, immature, denominator_zero or stale."""

    reason = fields.String()
    sentence = fields.String()


class TargetOut(Schema):
    """What a metric should come to, and whether the playbook or the project says so."""

    op = fields.String()
    value = fields.Float()
    by = fields.String()


class MetricOut(Schema):
    """A metric, how it stands and what is wanted of it."""

    key = fields.String()
    also = fields.List(fields.String())
    title = fields.String()
    description = fields.String()
    formula = fields.String()
    maturity = fields.String(allow_none=True)
    counted = fields.String(allow_none=True)
    unit = fields.String()
    good = fields.String(metadata={"description": "up, down or level."})
    window = fields.String()
    kind = fields.String()
    counts = fields.List(fields.String())
    dims = fields.List(fields.String())
    phases = fields.List(fields.String())
    types = fields.List(fields.String())
    chapter = fields.String()
    definition_version = fields.Integer()
    value = fields.Float(allow_none=True)
    why_null = fields.Nested(WhyOut, allow_none=True)
    newest = fields.Nested(NewestOut, allow_none=True)
    target = fields.Nested(TargetOut, allow_none=True)
    on_target = fields.Boolean(allow_none=True)
    series = fields.Integer(metadata={"description": "How many there are."})


class MetricIn(Schema):
    """Query of GET /projects/{id}/metrics/{metric}."""

    since = Day(load_default=None, metadata={"description": "400 days ago, unless said."})
    until = Day(load_default=None)
    step = fields.String(load_default="day", validate=validate.OneOf(("day", "week", "month")))
    series_id = fields.UUID(
        load_default=None, metadata={"description": "Whose points; else the one that speaks."}
    )


class SeriesOut(Schema):
    """Readings that may be compared: one origin, one method, one definition."""

    id = fields.UUID()
    method = fields.String()
    source = fields.String()
    origin = fields.String()
    dims = fields.Dict()
    zone = fields.String()
    definition_version = fields.Integer()
    is_pinned = fields.Boolean()
    speaks = fields.Boolean(metadata={"description": "Whether the metric's value is its."})
    points = fields.Integer()
    newest = fields.Nested(PointOut, allow_none=True)


class TargetsOut(Schema):
    """The target in each phase."""

    phase = fields.String()
    target = fields.Nested(TargetOut, allow_none=True)


class MetricInFullOut(MetricOut):
    """A metric with its series, and the points of one of them."""

    all_series = fields.List(fields.Nested(SeriesOut))
    points_of = fields.UUID(allow_none=True)
    points = fields.List(fields.Nested(PointOut))
    targets = fields.List(fields.Nested(TargetsOut))


class TargetIn(Schema):
    """Body of PUT …/target: for one phase, or for all of them."""

    phase = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(PHASES))
    op = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf((*OPERATORS, NO_TARGET)),
        metadata={"description": "null follows the playbook; none wants no target."},
    )
    value = Amount(-_FAR, _FAR, load_default=None, allow_none=True)


class PinIn(Schema):
    """Body of PUT …/series: null lets the best one speak."""

    series_id = fields.UUID(required=True, allow_none=True)


class ReadingsIn(PageIn):
    """Query of GET /projects/{id}/readings."""

    metric = Line(load_default=None, longest=60)
    method = fields.String(load_default=None, validate=validate.OneOf(METHODS))
    series_id = fields.UUID(load_default=None)
    since = Day(load_default=None)
    until = Day(load_default=None)
    superseded = fields.Boolean(
        load_default=False, metadata={"description": "Values before their corrections, too."}
    )
    sort = fields.String(load_default="-day", validate=validate.OneOf(SORTS))


class ReadingOut(PointOut):
    """One reading, as it was kept."""

    metric = fields.String()
    series_id = fields.UUID()
    unit = fields.String(allow_none=True)
    dims = fields.Dict()
    method = fields.String()
    source = fields.String()
    origin = fields.String()
    note = fields.String(allow_none=True)
    recorded_at = Instant()
    recorded_by = fields.UUID(allow_none=True)
    revision = fields.Integer()
    superseded_at = Instant(allow_none=True)


class ReadingIn(Schema):
    """A figure of one day. Each is judged by itself: see the answer."""

    class Meta:
        """For the document; rows are judged one by one, so that good ones can be kept."""

        unknown = RAISE

    metric = Line(required=True, longest=60)
    day = Day(required=True)
    value = Amount(-_FAR, _FAR, required=True)
    unit = Line(longest=20, metadata={"description": "To be sure: refused if it is another."})
    dims = fields.Dict(metadata={"description": "Such as the channel, where the metric has it."})
    note = fields.String()
    count = fields.Integer(metadata={"description": "How many observations it stands on."})


class _Rows(fields.List[Any]):
    """Rows as they came: a faulty one is refused by itself, and takes no other along."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        if not 1 <= len(value) <= MOST:
            raise ValidationError(f"Length must be between 1 and {MOST}.")
        return value


class EnterIn(Schema):
    """Body of POST /projects/{id}/readings."""

    readings = _Rows(
        fields.Nested(ReadingIn), required=True, metadata={"minItems": 1, "maxItems": MOST}
    )


class RowOut(Schema):
    """What has become of a row: accepted, same, corrected or refused."""

    row = fields.Integer()
    outcome = fields.String()
    reason = fields.String(allow_none=True)


class EnteredOut(Schema):
    """What has become of all rows. Where not one could be kept, it is a 422 instead."""

    accepted = fields.Integer()
    corrected = fields.Integer()
    same = fields.Integer()
    refused = fields.Integer()
    rows = fields.List(fields.Nested(RowOut))
