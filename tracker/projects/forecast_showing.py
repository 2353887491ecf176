"""Forecasts and burn-ups as plain values, in the reader's language."""

from dataclasses import asdict
from datetime import date
from typing import Any

from tracker.kernel.texts import Language
from tracker.projects.forecast.burning import BurnUp, Progress, Week
from tracker.projects.forecast.values import Forecast
from tracker.projects.forecast.words import sentence_of
from tracker.projects.forecast_service import Outlook


def forecast_out(found: Outlook, told: Forecast, language: Language) -> dict[str, Any]:
    """A forecast; of tasks that decide equally often, those with work in them come first."""
    rows = found.rows
    shares = sorted(told.criticality, key=lambda pair: (-pair[1], rows[pair[0]].is_milestone))
    return {
        "goal": found.goal,
        "sentence": sentence_of(told, found.goal).say(language),
        "today": found.work.today,
        "promised_on": told.promised_on,
        "probability": told.probability,
        "p50": told.p50,
        "p80": told.p80,
        "p95": told.p95,
        "mean_on": told.mean_on,
        "histogram": [asdict(bar) for bar in told.histogram],
        "tasks": [_task(rows[key], share) for key, share in shares],
        "runs": told.runs,
        "seed": told.seed,
    }


def _task(row: Any, share: float) -> dict[str, Any]:
    names = ("id", "key", "title", "phase", "status")
    shown = {name: getattr(row, name) for name in names}
    return {**shown, "milestone": row.is_milestone, "criticality": share}


def burn_up_out(found: BurnUp, today: date) -> dict[str, Any]:
    """A burn-up."""
    return {
        "today": today,
        "whole": _progress(found.whole),
        "phases": [_progress(phase) for phase in found.phases],
    }


def _progress(found: Progress) -> dict[str, Any]:
    weeks = [_week(week) for week in found.weeks]
    return {"key": found.phase, "scope": found.scope, "weeks": weeks}


def _week(week: Week) -> dict[str, Any]:
    return {
        "week_on": week.starts_on,
        "baseline": week.baseline,
        "planned": week.planned,
        "done": week.done,
    }
