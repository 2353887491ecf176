"""Alerts as plain values in one language."""

from typing import Any

from tracker.kernel.texts import Language
from tracker.metrics.alert_models import Alert
from tracker.metrics.alert_said import say_alert
from tracker.playbooks.dictionary import load_dictionary
from tracker.playbooks.model import Playbook

_AS_THEY_ARE = (
    *("id", "project_id", "rule", "kind", "metric", "state", "figures", "latest"),
    *("checklist_id", "task_id", "note", "opened_at", "seen_at"),
    *("acknowledged_at", "acknowledged_by", "resolved_at", "resolved_by"),
)


def alert_out(alert: Alert, playbook: Playbook, language: Language) -> dict[str, Any]:
    """One alert; its title and description are those of its rule in the playbook."""
    watch = next((one for one in playbook.watches if one.key == alert.rule), None)
    said = {
        name: say_alert(alert.kind, title_of(alert, playbook), figures).say(language)
        for name, figures in (("sentence", alert.figures), ("latest_sentence", alert.latest))
    }
    return {
        **{name: getattr(alert, name) for name in _AS_THEY_ARE},
        "title": watch.title[language] if watch else alert.rule,
        "description": watch.description[language] if watch and watch.description else None,
        **said,
    }


def title_of(alert: Alert, playbook: Playbook) -> object:
    """What its sentence is about: its metric, else its rule."""
    metric = load_dictionary().find(alert.metric) if alert.metric else None
    if metric is not None:
        return metric.title
    watch = next((one for one in playbook.watches if one.key == alert.rule), None)
    return watch.title if watch else alert.rule
