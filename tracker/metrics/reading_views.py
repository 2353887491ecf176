"""Routes of a project's metrics and readings."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today, utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.metrics import reading_queries, reading_schemas, setting_service
from tracker.metrics.days import span_of
from tracker.metrics.definitions import canonical
from tracker.metrics.reading_pages import place_of, reading_page
from tracker.metrics.reading_service import enter_readings, metrics_of
from tracker.metrics.reading_showing import entered_out, metric_in_full, metric_out, reading_out
from tracker.metrics.setting_service import Wanted
from tracker.metrics.standing import standing_of
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.playbooks.dictionary import Metric
from tracker.projects import queries as projects
from tracker.web.api import Blueprint
from tracker.web.contract import takes_if_match
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.web.lists import list_of
from tracker.web.paging import page, read_cursor

blp = Blueprint("readings", __name__, url_prefix="/api/v1", description="Figures of a project")


@blp.route("/projects/<uuid:project_id>/metrics")
@needs(Permission.LOOK)
@blp.arguments(reading_schemas.MetricsIn, location="query")
@blp.answers(200, list_of(reading_schemas.MetricOut))
def list_metrics(query: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """What each figure is, how it stands and what it should come to; a null value says why."""
    sort = query["sort"]
    after = read_cursor(query["cursor"], str if sort != "order" else int, order=sort)
    with reading() as session:
        project = projects.project(session, actor().workspace_id, project_id)
        known = reading_queries.latest(session, project.workspace_id, project.id)
        standing = standing_of(session, project, known, now=utcnow())
        metrics = metrics_of(session, project)
    placed = [
        (place, metric)
        for place, metric in _in_order(metrics.values(), sort)
        if _is_asked_for(metric, query, is_known=metric.key in known)
    ]
    rows = [one for one in placed if after is None or _is_beyond(one[0], after[0], sort)]
    shown, cursor = page(rows, query["limit"], lambda one: [one[0]], order=sort)
    language = reader_language(project.language)
    items = [metric_out(metric, standing, language) for _place, metric in shown]
    return json_response({"items": items, "next": cursor})


def _in_order(metrics: Iterable[Metric], sort: str) -> list[tuple[Any, Metric]]:
    if sort == "order":
        return list(enumerate(metrics))
    by_key = sorted(metrics, key=lambda metric: metric.key, reverse=sort.startswith("-"))
    return [(metric.key, metric) for metric in by_key]


def _is_beyond(place: Any, after: Any, sort: str) -> bool:
    return bool(place < after if sort.startswith("-") else place > after)


def _is_asked_for(metric: Metric, query: dict[str, Any], *, is_known: bool) -> bool:
    phase, known = query["phase"], query["known"]
    in_phase = phase is None or not metric.phases or phase in metric.phases
    return in_phase and known in (None, is_known)


@blp.route("/projects/<uuid:project_id>/metrics/<string:metric>")
@needs(Permission.LOOK)
@blp.arguments(reading_schemas.MetricIn, location="query")
@blp.answers(200, reading_schemas.MetricInFullOut)
def read_metric(query: dict[str, Any], project_id: UUID, metric: str) -> ResponseReturnValue:
    """One metric by its key or another name, with its series and the points of one of them."""
    with reading() as session:
        wanted = setting_service.find(session, actor(), project_id, metric)
        return _answer(session, wanted, query)


def _answer(session: Session, wanted: Wanted, query: dict[str, Any]) -> ResponseReturnValue:
    project, now = wanted.project, utcnow()
    today = local_today(project.timezone, now)
    span = span_of(query["since"], query["until"], today)
    scope = (session, project.workspace_id, project.id)
    found = reading_queries.points(*scope, [wanted.metric.key], since=span[0], until=span[1])
    newest = reading_queries.latest(*scope)
    standing = standing_of(session, project, newest, now=now)
    setting_service.check_found(found.get(wanted.metric.key, {}), query["series_id"])
    shown = metric_in_full(
        wanted.metric,
        standing,
        found.get(wanted.metric.key, {}),
        query=query,
        language=reader_language(project.language),
    )
    return tagged(json_response(shown), wanted.version)


@blp.route("/projects/<uuid:project_id>/metrics/<string:metric>/target", methods=["PUT"])
@needs(Permission.MANAGE_PROJECTS)
@takes_if_match
@blp.arguments(reading_schemas.TargetIn)
@blp.answers(200, reading_schemas.MetricInFullOut)
def set_target(wish: dict[str, Any], project_id: UUID, metric: str) -> ResponseReturnValue:
    """Want another value than the playbook does, or none, in one phase or in all."""
    with unit_of_work() as session:
        wanted = setting_service.find(session, actor(), project_id, metric, to_change=True)
        check_if_match(wanted.version)
        setting_service.set_target(session, actor(), wanted, wish, now=utcnow())
        return _answer_again(session, project_id, metric)


@blp.route("/projects/<uuid:project_id>/metrics/<string:metric>/series", methods=["PUT"])
@needs(Permission.MANAGE_PROJECTS)
@takes_if_match
@blp.arguments(reading_schemas.PinIn)
@blp.answers(200, reading_schemas.MetricInFullOut)
def pin_series(wish: dict[str, Any], project_id: UUID, metric: str) -> ResponseReturnValue:
    """Have one series speak for a metric; null has the best one."""
    with unit_of_work() as session:
        wanted = setting_service.find(session, actor(), project_id, metric, to_change=True)
        check_if_match(wanted.version)
        series_id = wish["series_id"]
        setting_service.pin_series(session, actor(), wanted, series_id, now=utcnow())
        return _answer_again(session, project_id, metric)


def _answer_again(session: Session, project_id: UUID, metric: str) -> ResponseReturnValue:
    query = reading_schemas.MetricIn().load({})
    return _answer(session, setting_service.find(session, actor(), project_id, metric), query)


@blp.route("/projects/<uuid:project_id>/readings")
@needs(Permission.LOOK)
@blp.arguments(reading_schemas.ReadingsIn, location="query")
@blp.answers(200, list_of(reading_schemas.ReadingOut))
def list_readings(query: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Readings one by one, the newest day first, with who recorded them when."""
    sort = query["sort"]
    after = read_cursor(query["cursor"], date, UUID, int, order=sort)
    wish = {**query, "metric": query["metric"] and canonical(query["metric"])}
    with reading() as session:
        project = projects.project(session, actor().workspace_id, project_id)
        metrics = metrics_of(session, project)
        found = reading_page(session, project.workspace_id, project.id, wish, after=after)
    rows, cursor = page(found, query["limit"], place_of, order=sort)
    units = {metric.key: metric.unit for metric in metrics.values()}
    items = [reading_out(row, units.get(row.metric)) for row in rows]
    return json_response({"items": items, "next": cursor})


@blp.route("/projects/<uuid:project_id>/readings", methods=["POST"])
@needs(Permission.CHANGE_OWN_TASKS)
@idempotent
@blp.arguments(reading_schemas.EnterIn)
@blp.answers(200, reading_schemas.EnteredOut)
def add_readings(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Bring up to 1000 figures. Good rows are kept, the others refused, each with its reason."""
    with unit_of_work() as session:
        entered = enter_readings(session, actor(), project_id, data["readings"], now=utcnow())
    return json_response(entered_out(entered, reader_language()))
