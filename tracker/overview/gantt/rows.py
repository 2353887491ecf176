"""Phases and tasks: a label on the left, a bar where its days are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tracker.kernel.texts import Language
from tracker.overview.chart import Band, Chart, Line
from tracker.overview.gantt.axis import Axis
from tracker.overview.gantt.paint import (
    clean,
    diamond,
    element,
    fitted,
    level,
    number,
    path,
    rect,
    text,
    upright,
)
from tracker.overview.gantt.scale import LABELS, MARGIN, WIDTH, Scale
from tracker.overview.words import PROGRESS, about, said_day

_TITLE: Final = MARGIN + 20
_LEAST: Final = 0.14  # of a bar, so that one can see that it has begun
_NARROWEST: Final = 4.0
_LABELS: Final = {"done": "soft", "not_applicable": "gone struck"}


@dataclass(frozen=True, slots=True)
class Rows:
    """Where rows are drawn: below each other, each ``pitch`` high."""

    chart: Chart
    scale: Scale
    pitch: int
    axis: Axis
    language: Language

    @property
    def head(self) -> int:
        """Height of a phase's own row."""
        return self.pitch + 12

    def height(self) -> int:
        """Height of all of them."""
        return sum(self.head + len(band.lines) * self.pitch for band in self.chart.bands)

    def shades(self, top: float) -> Iterator[str]:
        """What lies under the calendar's lines: heads in their colour, every other row tinted."""
        for band in self.chart.bands:
            yield rect(0, top, (WIDTH, self.head), _known(band.key))
            top += self.head
            for row in range(1, len(band.lines), 2):
                yield rect(0, top + row * self.pitch, (WIDTH, self.pitch), "zebra")
            top += len(band.lines) * self.pitch

    def draw(self, top: float) -> Iterator[str]:
        """Heads, labels and bars."""
        for band in self.chart.bands:
            yield from self._head(band, top)
            top += self.head
            for line in band.lines:
                yield self._line(line, top + self.pitch / 2)
                top += self.pitch

    def _head(self, band: Band, top: float) -> Iterator[str]:
        """The phase's name, how far it is, its days, and the months for readers down here."""
        base = top + self.head / 2 + 4.5
        done, total = band.done, len(band.counted)
        progress = PROGRESS.say(self.language, done=done, total=total)
        yield text(MARGIN, base, band.title, "ink mid")
        yield text(LABELS - 14, base, progress, "soft small", anchor="end")
        yield from self.axis.short_names(top + 14)
        left, right = self.scale.x(band.start_on), self.scale.end(band.end_on)
        bar, height = top + self.head - 9, 5
        days = f"{said_day(band.start_on, self.language)} → {said_day(band.end_on, self.language)}"
        span = rect(left, bar, (right - left, height), f"span-{_known(band.key)}", corner=2.5)
        yield element("g", f"<title>{clean(f'{band.title} · {days} · {progress}')}</title>{span}")

    def _line(self, line: Line, y: float) -> str:
        """A row; pointing at it shows it in words."""
        parts = [f"<title>{clean(about(line, self.language))}</title>", *self._label(line, y)]
        if line.was:
            parts.append(self._ghost(line, y))
        parts += self._late(line, y)
        draw = {"milestone": self._milestone, "ritual": self._ritual, "task": self._bar}[line.kind]
        parts += draw(line, y)
        return element("g", "".join(parts))

    def _label(self, line: Line, y: float) -> Iterator[str]:
        yield from _sign(line, MARGIN + 6, y)
        room = LABELS - 16 - _TITLE - (12 if line.is_pinned else 0)
        look = "late" if line.is_overdue(self.chart.today) else _LABELS.get(line.status, "ink")
        yield text(_TITLE, y + 4, fitted(line.title, 12, room), look)
        if line.is_pinned:
            yield _pin(LABELS - 14, y)

    def _ghost(self, line: Line, y: float) -> str:
        """Where the baseline has it, as a thin bar under its own."""
        assert line.was, "only what has moved has a ghost"
        first, last = line.was
        below = y + self.pitch * 0.32
        if line.kind == "milestone":
            return diamond(self.scale.middle(last), below, 3, "ghost")
        left, right = self.scale.x(first), self.scale.end(last)
        return rect(left, below - 1, (max(right - left, _NARROWEST), 3), "ghost", corner=1.5)

    def _late(self, line: Line, y: float) -> Iterator[str]:
        """How far it may slip, and how far it has."""
        end = self.scale.end(line.due_on)
        if line.is_open and line.late_on:
            late = self.scale.end(line.late_on)
            yield level(end, late, y, "tail")
            yield upright(late, y - 3, y + 3, "tail")
        if line.is_overdue(self.chart.today):
            yield level(end, self.scale.x(self.chart.today), y, "overdue")

    def _bar(self, line: Line, y: float) -> Iterator[str]:
        left, right = self.scale.x(line.start_on), self.scale.end(line.due_on)
        width, height = max(right - left - 0.5, _NARROWEST), self._thickness
        top = y - height / 2
        yield rect(left, top, (width, height), _look(line), corner=2.5)
        share = max(line.share, _LEAST if line.status == "in_progress" else 0)
        if line.is_open and share:
            full = _look(line).replace("todo", "full")
            yield rect(left, top, (width * share, height), full, corner=2.5)

    def _milestone(self, line: Line, y: float) -> Iterator[str]:
        yield diamond(self.scale.middle(line.due_on), y, self._thickness * 0.62, _look(line))

    def _ritual(self, line: Line, y: float) -> Iterator[str]:
        """A ring on the first day, dots as long as it comes back, and a spot for each time."""
        x = self.scale.middle(line.start_on)
        if line.until:
            yield level(x, self.scale.end(line.until), y, "tail dots")
        look, radius = "void" if line.status == "not_applicable" else "ring", self._thickness * 0.4
        yield element("circle", cx=x, cy=y, r=radius, class_=look)
        for day, how in line.times:
            look = {"done": "full", "missed": "stop"}.get(how, "ring")
            yield element("circle", cx=self.scale.middle(day), cy=y, r=radius * 0.7, class_=look)

    @property
    def _thickness(self) -> float:
        return self.pitch * 0.5


def _look(line: Line) -> str:
    """What is done is full, what does not apply is void; the rest shows whether it has float."""
    if line.is_open:
        return "todo-critical" if line.is_critical else "todo"
    return "full" if line.status == "done" else "void"


def _known(phase: str) -> str:
    return phase if phase in ("prepare", "launch", "recruit", "develop") else "develop"


def _sign(line: Line, x: float, y: float) -> Iterator[str]:
    """How it stands, as a shape: a tick, a triangle, a bar across, an exclamation mark."""
    at = f"M{number(x)} {number(y)}"
    if line.status == "done":
        yield path(f"{at}m-4.5 .5l3 3l6 -7", "tick")
    elif line.status == "in_progress":
        yield path(f"{at}m-3 -4.5l7.5 4.5l-7.5 4.5z", "go")
    elif line.status == "blocked":
        yield path(f"{at}m-1.2 -5h2.4l-.4 6.2h-1.6zm0 8h2.4v2.2h-2.4z", "stop")
    elif line.status == "not_applicable":
        yield path(f"{at}m-4 -.8h8v1.6h-8z", "gone")


def _pin(x: float, y: float) -> str:
    return path(
        f"M{number(x)} {number(y)}m-6 -4.5h6l-1 1.2v2.3l1.6 1.6h-3l-.6 4l-.6 -4h-3l1.6 -1.6v-2.3z",
        "pin",
    )
