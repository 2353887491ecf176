"""A plan as an iCalendar file: one all-day event for each task and gate."""

from collections.abc import Iterator
from datetime import UTC, datetime, time

from tracker.cli.preview import Preview
from tracker.overview.diary import diary
from tracker.overview.entries import Entry, gate_entry, task_entry


def render(preview: Preview) -> bytes:
    """The calendar, stamped with the day that the preview was made on."""
    return diary(preview.plan.playbook.title[preview.language], _entries(preview))


def _entries(preview: Preview) -> Iterator[Entry]:
    """Tasks, then gates. The same task of the same playbook keeps its UID whatever its dates."""
    timeline, stamp = preview.timeline, datetime.combine(preview.today, time(), UTC)
    home = f"{timeline['project']['playbook']}.community-tracker"
    phases = {phase["key"]: phase["title"] for phase in timeline["phases"]}
    for task in timeline["tasks"]:
        uid, phase = f"task.{task['key']}@{home}", phases[task["phase"]]
        yield task_entry(task, uid=uid, categories=(phase,), changed_at=stamp)
    for gate in timeline["gates"]:
        uid = f"gate.{gate['key']}@{home}"
        yield gate_entry(gate, uid=uid, categories=(), changed_at=stamp)
