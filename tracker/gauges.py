"""/metrics: what Prometheus is told. Read from the database, so that any process tells the same."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from flask import Blueprint, Response
from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import CollectorRegistry
from sqlalchemy.orm import Session

from tracker.kernel.breakers import look_ages, open_breakers
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading
from tracker.kernel.hearing import parked
from tracker.kernel.hearing import waiting as announcements_waiting
from tracker.kernel.muting import muting
from tracker.reminders.backlog import LATENESS, lateness, troubled
from tracker.reminders.backlog import waiting as reminders_waiting
from tracker.webhooks.backlog import endpoints
from tracker.webhooks.backlog import waiting as deliveries_waiting

blp = Blueprint("gauges", __name__)


@blp.get("/metrics")
def metrics() -> Response:
    """In Prometheus' text format."""
    return Response(generate_latest(_registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Gauges:
    """Asks when it is asked."""

    def collect(self) -> Iterable[Metric]:
        """Every gauge, at this moment."""
        now = utcnow()
        with reading() as session:
            return [
                *_of_announcements(session, now),
                *_of_reminders(session, now),
                *_of_webhooks(session, now),
                *_of_work(session, now),
            ]


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"tracker_{name}", meaning, value=value)


def _of_announcements(session: Session, now: datetime) -> Iterable[Metric]:
    owed = announcements_waiting(session, now)
    yield _gauge("outbox_owed", "Announcements that not all have heard.", owed.owed)
    yield _gauge("outbox_ready", "Those of them that are to be told now.", owed.ready)
    yield _gauge("outbox_oldest_seconds", "How old the oldest of them is.", owed.age(now))
    left = parked(session)
    yield _gauge("outbox_parked", "Announcements left alone after three crashes.", left)


def _of_reminders(session: Session, now: datetime) -> Iterable[Metric]:
    owed = reminders_waiting(session, now)
    yield _gauge("reminders_owed", "Reminders that have their moment, or are in hand.", owed.owed)
    yield _gauge("reminders_ready", "Those of them that are to be sent now.", owed.ready)
    yield _gauge("reminders_oldest_seconds", "How late the latest of these is.", owed.age(now))
    states = GaugeMetricFamily(
        "tracker_reminders_troubled", "Reminders that have not arrived for sure.", labels=["state"]
    )
    for state, number in troubled(session).items():
        states.add_metric([state], number)
    yield states
    counts, number, seconds = lateness(session, now)
    borders = [*zip(map(str, map(float, LATENESS)), counts, strict=True), ("+Inf", number)]
    yield GaugeHistogramMetricFamily(
        "tracker_reminders_lateness_seconds",
        "How late those were that were sent in the last 15 minutes.",
        buckets=borders,
        gsum_value=seconds,
    )


def _of_webhooks(session: Session, now: datetime) -> Iterable[Metric]:
    owed = deliveries_waiting(session, now)
    yield _gauge("deliveries_owed", "Deliveries to webhooks still to be made.", owed.owed)
    yield _gauge("deliveries_ready", "Those of them that are to be sent now.", owed.ready)
    yield _gauge("deliveries_oldest_seconds", "How late the latest of these is.", owed.age(now))
    states = GaugeMetricFamily(
        "tracker_webhooks", "Webhooks in a state, and how many are left alone.", labels=["state"]
    )
    for state, number in endpoints(session, now).items():
        states.add_metric([state], number)
    yield states


def _of_work(session: Session, now: datetime) -> Iterable[Metric]:
    is_muted = muting(session) is not None
    yield _gauge("muted", "1 while nothing leaves: see tracker db unmute.", is_muted)
    ages = GaugeMetricFamily(
        "tracker_look_age_seconds", "How long ago a look ended well.", labels=["look"]
    )
    for look, age in sorted(look_ages(session, now).items()):
        ages.add_metric([look], age.total_seconds())
    yield ages
    shut = GaugeMetricFamily(
        "tracker_breakers_open", "Targets of a kind that are left alone.", labels=["kind"]
    )
    for kind, number in sorted(open_breakers(session).items()):
        shut.add_metric([kind], number)
    yield shut


_registry: Final = CollectorRegistry(auto_describe=False)
_registry.register(_Gauges())
