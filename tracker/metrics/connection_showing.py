"""Connections, kinds and pulls as plain values. Credentials are never among them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from tracker.connectors.figures import FieldSpec, Source, Tested
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Language
from tracker.metrics.connection_models import Connection, Pull, Stream
from tracker.metrics.connection_said import said_of
from tracker.metrics.pacing import calls_left
from tracker.metrics.sources import INSTEAD, Impossible, source_of


def source_out(source: Source, language: Language) -> dict[str, Any]:
    """A kind that can be connected."""
    return {
        "kind": source.kind,
        "title": source.title[language],
        "possible": True,
        "sentence": None,
        "instead": [],
        "default_url": source.default_url,
        "most_calls": source.most_calls,
        "fields": [_field_out(field, language) for field in source.fields],
        "streams": [
            {
                "name": spec.name,
                "every_seconds": int(spec.every.total_seconds()),
                "backfill": spec.is_backfill,
            }
            for spec in source.streams
        ],
    }


def _field_out(field: FieldSpec, language: Language) -> dict[str, Any]:
    return {
        "name": field.name,
        "title": field.title[language],
        "secret": field.is_secret,
        "required": field.is_required,
        "help": field.help and field.help[language],
    }


def impossible_out(kind: str, one: Impossible, language: Language) -> dict[str, Any]:
    """A platform whose figures cannot be pulled, and what to do instead."""
    return {
        "kind": kind,
        "title": one.title[language],
        "possible": False,
        "sentence": one.why.say(language),
        "instead": list(INSTEAD),
        "default_url": None,
        "most_calls": None,
        "fields": [],
        "streams": [],
    }


def connection_out(
    connection: Connection, streams: Iterable[Stream], language: Language, *, now: datetime
) -> dict[str, Any]:
    """A connection with its streams, and what to do where something is wrong."""
    said = said_of(connection.problem, connection.problem_facts, connection.id)
    left = calls_left(connection.calls, connection.calls_on, connection.most_calls, now=now)
    return {
        "id": connection.id,
        "project_id": connection.project_id,
        "kind": connection.kind,
        "title": _title(connection.kind, language),
        "name": connection.name,
        "base_url": connection.base_url,
        "config": connection.config,
        "has_credentials": connection.credentials is not None,
        "zone": connection.zone,
        "state": connection.state,
        "problem": connection.problem,
        "sentence": said and said.say(language),
        "paused": connection.is_paused,
        "pulling": connection.is_pulling,
        "calls": connection.most_calls - left,
        "most_calls": connection.most_calls,
        "next_pull_at": None if connection.is_pulling else connection.ready_at,
        "next_allowed_at": connection.next_allowed_at,
        "succeeded_at": connection.succeeded_at,
        "failed_at": connection.failed_at,
        "created_at": connection.created_at,
        "updated_at": connection.updated_at,
        "streams": [_stream_out(stream) for stream in streams],
    }


def _title(kind: str, language: Language) -> str:
    try:
        return source_of(kind).title[language]
    except NotFound:  # its connector was taken away
        return kind


def _stream_out(stream: Stream) -> dict[str, Any]:
    return {
        "name": stream.name,
        "state": stream.state,
        "problem": stream.problem,
        "detail": stream.detail,
        "failures": stream.failures,
        "interval_seconds": stream.interval_seconds,
        "next_run_at": stream.next_run_at,
        "succeeded_at": stream.succeeded_at,
        "news_at": stream.news_at,
    }


def pull_out(pull: Pull, language: Language) -> dict[str, Any]:
    """How far a pull has come, and what stopped it."""
    said = said_of(pull.problem, pull.problem_facts, pull.connection_id)
    return {
        "id": pull.id,
        "connection_id": pull.connection_id,
        "source": pull.source,
        "state": pull.state,
        "stream": pull.stream,
        "calls": pull.calls,
        "pages": pull.pages,
        "rows": pull.rows,
        "new_rows": pull.new_rows,
        "problem": pull.problem,
        "sentence": said and said.say(language),
        "created_at": pull.created_at,
        "started_at": pull.started_at,
        "ended_at": pull.ended_at,
    }


def tested_out(tested: Tested, language: Language) -> dict[str, Any]:
    """What a test has found."""
    return {
        "ok": True,
        "account": tested.account,
        "trouble": None,
        "sentence": tested.sentence.say(language, **tested.values),
        "sample": list(tested.sample),
    }


def failed_out(trouble: str, sentence: str) -> dict[str, Any]:
    """What went wrong in a test."""
    empty: Sequence[Any] = []
    return {
        "ok": False,
        "account": None,
        "trouble": trouble,
        "sentence": sentence,
        "sample": empty,
    }
