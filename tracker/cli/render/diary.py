"""A plan as an iCalendar file: one all-day event for each task and gate."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from icalendar import Calendar, Event, vRecur

from tracker.cli.preview import Preview

PRODUCT: Final = "-//community-tracker//plan//EN"


def render(preview: Preview) -> bytes:
    """The calendar (RFC 5545). It invites nobody, so it has no METHOD."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", preview.plan.playbook.title[preview.language])
    for event in _events(preview.timeline):
        event.add("dtstamp", datetime.combine(preview.today, time(), UTC))
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _events(timeline: Mapping[str, Any]) -> Iterator[Event]:
    """Tasks, then gates. The same task of the same playbook keeps its UID whatever its dates."""
    slug = timeline["project"]["playbook"]
    phases = {phase["key"]: phase["title"] for phase in timeline["phases"]}
    for task in timeline["tasks"]:
        event = _event(f"task.{task['key']}@{slug}", task["title"], _task_text(task))
        _lasts(event, task["start_on"], task["due_on"])
        event.add("categories", [phases[task["phase"]]])
        if task["recurring"]:
            event.add("rrule", _recurrence(task["recurring"]))
        yield event
    for gate in timeline["gates"]:
        event = _event(f"gate.{gate['key']}@{slug}", f"◆ {gate['title']}", _gate_text(gate))
        _lasts(event, gate["on"], gate["on"])
        yield event


def _event(name: str, title: str, text: str) -> Event:
    event = Event()
    event.add("uid", f"{name}.community-tracker")
    event.add("summary", title)
    event.add("description", text)
    event.add("transp", "TRANSPARENT")  # a plan must not show people as busy for weeks
    return event


def _lasts(event: Event, first: str, last: str) -> None:
    """All-day events end on the day after their last one (RFC 5545 §3.6.1)."""
    event.add("dtstart", date.fromisoformat(first))
    event.add("dtend", date.fromisoformat(last) + timedelta(days=1))


def _recurrence(recurring: Mapping[str, Any]) -> vRecur:
    """UNTIL is a day because DTSTART is one (RFC 5545 §3.3.10)."""
    rule: vRecur = vRecur.from_ical(recurring["rrule"])
    rule["UNTIL"] = [date.fromisoformat(recurring["until"])]
    return rule


def _task_text(task: Mapping[str, Any]) -> str:
    steps = "\n".join(f"• {step['title']}" for step in task["steps"])
    return "\n\n".join(filter(None, [task["description"], steps, task["why"]]))


def _gate_text(gate: Mapping[str, Any]) -> str:
    criteria = "\n".join(f"• {criterion['title']}" for criterion in gate["criteria"])
    return "\n\n".join(filter(None, [gate["description"], criteria]))
