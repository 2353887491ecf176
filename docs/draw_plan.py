# ruff: noqa: INP001 - a script beside the pages that show its picture, not a package
"""Draw the weeks around launch day: a plan as JSON on standard input, SVG on standard output."""

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from html import escape
from typing import Any, Final

Row = dict[str, Any]

WIDTH: Final = 960
LEFT: Final = 340  # where the calendar begins; the titles stand before it
PITCH: Final = 17
TOP: Final = 52
CALM, URGENT, INK, FAINT = "#7c9cb5", "#c8553d", "#2f3437", "#e4e4e1"
SHADES: Final = {"prepare": "#f4f6f8", "launch": "#fdf6ec", "recruit": "#f3f8f2"}
STYLE: Final = (
    "text{font-family:Helvetica,Arial,sans-serif;font-size:11px;fill:#2f3437}"
    ".small{font-size:10px;fill:#6d7275}.head{font-size:13px;font-weight:bold}"
)


class Canvas:
    """From days and rows to places."""

    def __init__(self, plan: Row) -> None:
        last = _phase(plan, "launch")["end_on"]
        self.first = date.fromisoformat(plan["project"]["start_on"])
        self.days = (date.fromisoformat(last) - self.first).days + 1
        self.tasks = [task for task in plan["tasks"] if task["start_on"] <= last]
        self.height = TOP + len(self.tasks) * PITCH + 40

    def x(self, day: str | date, *, after: int = 0) -> float:
        """The left edge of ``day``, or of a day some days ``after`` it."""
        told = date.fromisoformat(day) if isinstance(day, str) else day
        wanted = min((told - self.first).days + after, self.days)
        return round(LEFT + wanted * (WIDTH - LEFT - 12) / self.days, 1)

    def y(self, row: int) -> float:
        """The middle of ``row``."""
        return TOP + (row + 0.5) * PITCH


def draw(plan: Row) -> Iterator[str]:
    """The lines of the picture."""
    canvas = Canvas(plan)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {canvas.height}" role="img" '
        f'aria-label="A launch plan, from its first day to the end of the launch phase">'
    )
    yield f"<style>{STYLE}</style>"
    yield f'<rect width="{WIDTH}" height="{canvas.height}" rx="8" fill="#fff"/>'
    yield from _months(canvas)
    for row, task in enumerate(canvas.tasks):
        yield from _task(canvas, row, task)
    yield from _gates(canvas, plan)
    yield _legend(canvas)
    yield "</svg>"


def _phase(plan: Row, key: str) -> Row:
    found: Row = next(phase for phase in plan["phases"] if phase["key"] == key)
    return found


def _text(x: float, y: float, text: str, *, look: str = "", anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" class="{look}" text-anchor="{anchor}">{escape(text)}</text>'


def _months(canvas: Canvas) -> Iterator[str]:
    bottom = canvas.height - 34
    for day in (canvas.first + timedelta(n) for n in range(canvas.days)):
        if day.weekday() == 0:
            x = canvas.x(day)
            yield f'<path d="M{x} {TOP - 4}V{bottom}" stroke="{FAINT}"/>'
        if day.day == 1 or day == canvas.first:
            yield _text(canvas.x(day) + 2, TOP - 10, f"{day:%B}", look="small")


def _task(canvas: Canvas, row: int, task: Row) -> Iterator[str]:
    y, colour = canvas.y(row), URGENT if task["critical"] else CALM
    yield (
        f'<rect x="0" y="{y - PITCH / 2}" width="{LEFT - 6}" height="{PITCH}" '
        f'fill="{SHADES[task["phase"]]}"/>'
    )
    yield _text(LEFT - 14, y + 4, task["title"], anchor="end")
    left, right = canvas.x(task["start_on"]), canvas.x(task["due_on"], after=1)
    if task["milestone"]:
        yield _diamond((left + right) / 2, y, colour)
    elif task["recurring"]:
        yield f'<circle cx="{(left + right) / 2}" cy="{y}" r="4" fill="none" stroke="{colour}"/>'
    else:
        yield (
            f'<rect x="{left}" y="{y - 5}" width="{max(right - left, 4):.1f}" height="10" rx="2" '
            f'fill="{colour}"/>'
        )


def _diamond(x: float, y: float, colour: str) -> str:
    return f'<path d="M{x} {y - 6}l6 6l-6 6l-6-6z" fill="{colour}"/>'


def _gates(canvas: Canvas, plan: Row) -> Iterator[str]:
    """Launch day as a line; the gates around it stand on their days, below the tasks."""
    x, bottom = canvas.x(plan["project"]["launch_on"]), canvas.height - 34
    yield f'<path d="M{x} {TOP - 4}V{bottom}" stroke="{INK}" stroke-dasharray="3 3"/>'
    yield _text(x, 20, f"launch day, {plan['project']['launch_on']}", look="head", anchor="middle")
    for gate in plan["gates"]:
        if date.fromisoformat(gate["on"]) < canvas.first + timedelta(canvas.days):
            yield _diamond(canvas.x(gate["on"]) + 3, bottom, INK)


def _legend(canvas: Canvas) -> str:
    words = "red: critical · blue: has float · ◆ milestone · ○ first day of a ritual · dark ◆: gate"
    return _text(WIDTH - 12, canvas.height - 10, words, look="small", anchor="end")


if __name__ == "__main__":
    sys.stdout.write("\n".join(draw(json.load(sys.stdin))) + "\n")
