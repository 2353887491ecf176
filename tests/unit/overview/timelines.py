"""Timelines to draw: our playbook's, under way or not, and ones of any size."""

from datetime import date, timedelta
from typing import Any, Final

from tracker.kernel.texts import Language
from tracker.playbooks.catalog import our_playbook
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan
from tracker.playbooks.timeline import timeline

LAUNCH: Final = date(2027, 9, 6)
AUGUST: Final = date(2027, 8, 11)
STATUSES: Final = ("done", "in_progress", "blocked", "not_applicable", "todo")


def a_plan(language: Language = "en", **parameters: Any) -> dict[str, Any]:
    """A timeline as a preview has it: nothing has begun."""
    wish = Parameters(launch_on=LAUNCH, country="FR", language=language, **parameters)
    plan = make_plan(our_playbook("community-launch"), wish, date(2027, 1, 4))
    return timeline(plan, language)


def under_way(today: date, *, days: int = 14, **parameters: Any) -> dict[str, Any]:
    """A timeline as the API has it: most of what is due is done, and all is ``days`` late."""
    shown = a_plan(**parameters)
    shown["project"]["name"] = "Our first community"
    for number, task in enumerate(shown["tasks"]):
        past = date.fromisoformat(task["due_on"]) < today
        task["status"] = STATUSES[number % 5 if number % 3 else 0] if past else "todo"
        task["pinned"] = number % 20 == 1
        task["baseline"] = {name: earlier(task[name], days) for name in ("start_on", "due_on")}
    for gate in shown["gates"]:
        gate["state"] = "passed" if date.fromisoformat(gate["on"]) < today else "pending"
    return shown


def earlier(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()


def grown(shown: dict[str, Any], tasks: int) -> dict[str, Any]:
    """The same timeline with as many tasks, each a copy of one that is there."""
    first = shown["tasks"]
    copies = [
        {**first[n % len(first)], "key": f"copy.of.{n}", "title": f"Copy {n} of a task of the plan"}
        for n in range(tasks - len(first))
    ]
    return {**shown, "tasks": [*first, *copies]}
