"""The composition root of the API."""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Any, Final

from flask import Blueprint, Flask, Response
from flask_swagger_ui import get_swaggerui_blueprint

from tracker.boards.hook_views import blp as board_hooks
from tracker.boards.hook_views import hooks
from tracker.boards.import_views import blp as imports
from tracker.boards.item_views import blp as board_items
from tracker.boards.views import blp as boards
from tracker.channels.views import blp as channels
from tracker.config import Settings
from tracker.gates.views import blp as gates
from tracker.gauges import blp as gauges
from tracker.health import blp as health
from tracker.kernel.clock import set_offset
from tracker.library.views import blp as library
from tracker.metrics.alert_views import blp as alerts
from tracker.metrics.capacity_views import blp as capacity
from tracker.metrics.connection_views import blp as connections
from tracker.metrics.funnel_views import blp as funnel
from tracker.metrics.ingest_views import blp as pushing
from tracker.metrics.ingest_views import ingest
from tracker.metrics.reading_views import blp as readings
from tracker.metrics.upload_views import blp as uploads
from tracker.overview.across_views import blp as across
from tracker.overview.copy_views import blp as copies
from tracker.overview.feed_views import blp as feeds
from tracker.overview.feed_views import calendars
from tracker.overview.views import blp as overview
from tracker.people.service import load_actor
from tracker.people.time_views import blp as me
from tracker.people.views import blp as people
from tracker.projects.activity_views import blp as activity
from tracker.projects.baselines.views import blp as baselines
from tracker.projects.bulk_views import blp as bulk
from tracker.projects.checklist_views import blp as checklists
from tracker.projects.comment_views import blp as comments
from tracker.projects.dependency_views import blp as dependencies
from tracker.projects.forecast_views import blp as forecasts
from tracker.projects.history_views import blp as history
from tracker.projects.life_views import blp as life
from tracker.projects.proof_views import blp as proofs
from tracker.projects.replan_views import blp as replanning
from tracker.projects.ritual_views import blp as rituals
from tracker.projects.step_views import blp as steps
from tracker.projects.task_views import blp as tasks
from tracker.projects.views import blp as projects
from tracker.reminders.answers.views import answers
from tracker.reminders.asking_views import blp as asking
from tracker.reminders.views import blp as reminders
from tracker.roster.views import blp as roster
from tracker.web.api import make_api
from tracker.web.auth import guard
from tracker.web.front import blp as front
from tracker.web.jsons import use_orjson
from tracker.web.pace import Pace
from tracker.web.problems import handle_errors
from tracker.webhooks.describing import webhooks
from tracker.webhooks.log_views import blp as events
from tracker.webhooks.views import blp as endpoints
from tracker.wiring import wire

MAX_BODY = 3 * 1024 * 1024
_DEFAULTS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "Vary": "Accept-Language",
}


class _Application(Flask):
    """Every view here is a plain function, and so is all that is wrapped around it."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Ask none of them whether it is: it would be asked six times a request."""
        return func


def create_app(settings: Settings) -> Flask:
    """The web application behind ``tracker up`` and ``tracker web``."""
    app = _Application("tracker", static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        REDIS_URL=settings.redis_url,
        CLOCK_OFFSET=settings.clock_offset,
        STARTED_AT=monotonic(),
        BASE_URL=settings.base_url.rstrip("/"),
    )
    set_offset(timedelta(seconds=settings.clock_offset))
    wire(settings)
    use_orjson(app)
    handle_errors(app)
    guard(app, load_actor, Pace(settings.rate_limit))
    api = make_api(app)
    for blueprint in (
        people,
        channels,
        me,
        library,
        projects,
        tasks,
        bulk,
        rituals,
        steps,
        comments,
        proofs,
        dependencies,
        checklists,
        activity,
        history,
        life,
        replanning,
        forecasts,
        roster,
        connections,
        boards,
        board_hooks,
        board_items,
        reminders,
        gates,
        baselines,
        overview,
        feeds,
        across,
        copies,
        asking,
        alerts,
        funnel,
        capacity,
        readings,
        uploads,
        pushing,
        events,
        imports,
        endpoints,
    ):
        api.register_blueprint(blueprint)
    api.spec.options["webhooks"] = webhooks()
    app.register_blueprint(front)
    app.register_blueprint(health)
    app.register_blueprint(gauges)
    app.register_blueprint(calendars)
    app.register_blueprint(answers)
    app.register_blueprint(ingest)
    app.register_blueprint(hooks)
    app.register_blueprint(_reader())
    app.after_request(_headers)
    return app


def _reader() -> Blueprint:
    """The API document for people, with every asset served from here."""
    config = {
        "app_name": "Tracker API",
        "layout": "BaseLayout",  # without a bar that offers to read other documents
        "docExpansion": "none",  # a table of contents first
        "filter": True,
        "defaultModelsExpandDepth": -1,  # shapes are shown where they are used
        "displayRequestDuration": True,
        # Left alone, the reader would send the document's address to a validator on the internet.
        "validatorUrl": None,
    }
    reader: Blueprint = get_swaggerui_blueprint("/api/docs", "/api/openapi.json", config)
    return reader


def _headers(response: Response) -> Response:
    """Answers are for the caller alone and are never a page's ingredient."""
    given = {name.lower() for name, _value in response.headers}
    for name, value in _DEFAULTS.items():
        if name.lower() not in given:
            response.headers.add(name, value)
    return response
