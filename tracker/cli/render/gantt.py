"""A running launch as a Gantt chart in plain text, as wide as the terminal.

Each phase has a scale of its own: the weeks of the preparation would be nothing beside two years.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import click
from babel.dates import format_date

from tracker.cli.render.labels import LABELS
from tracker.cli.render.page import fit, heading, paragraph, together
from tracker.cli.render.strip import Scale
from tracker.kernel.texts import Language
from tracker.overview import words
from tracker.overview.chart import Band, Chart, Line

NARROWEST, WIDEST = 72, 200
_SIGNS: Final = {"done": "✓", "in_progress": "▸", "blocked": "!", "not_applicable": "-"}
_COLOURS: Final = {"done": "green", "in_progress": "cyan", "blocked": "yellow"}
_STATES: Final = {
    "passed": "green",
    "conditional": "green",
    "ready": "yellow",
    "waived": "yellow",
    "held": "red",
    "rejected": "red",
}
_FULL, _OPEN, _TAIL, _DOT, _NOW = "█", "░", "┄", "·", "┊"
_SHARE_OF_TITLES: Final = 0.36


def render(chart: Chart, language: Language, width: int) -> str:
    """The whole chart, in at most ``width`` columns."""
    page = _Page(chart, language, min(max(width, NARROWEST), WIDEST))
    return together(page.sections())


@dataclass(frozen=True, slots=True)
class _Page:
    chart: Chart
    language: Language
    width: int

    @property
    def title(self) -> int:
        """Columns of a title."""
        return int(self.width * _SHARE_OF_TITLES)

    @property
    def day(self) -> int:
        """Columns of a due day."""
        days = {line.due_on for line in self.chart.lines}
        return max([len(self._short(day)) for day in days], default=0)

    @property
    def room(self) -> int:
        """Columns of the bars."""
        return self.width - len("  ✓ ● ") - self.title - len("  ") - self.day - len("  ")

    def sections(self) -> Iterator[Iterator[str]]:
        """What it is, gates, phases, signs."""
        yield self._head()
        yield self._gates()
        for band in self.chart.bands:
            if band.lines:
                yield self._band(band)
        yield self._legend()

    def _head(self) -> Iterator[str]:
        yield click.style(fit(self.chart.title, self.width).rstrip(), bold=True)
        yield from self._wrapped(words.heading(self.chart, self.language))

    def _wrapped(self, text: str) -> Iterator[str]:
        return paragraph(text, width=self.width)

    def _gates(self) -> Iterator[str]:
        if self.chart.borders:
            yield heading(LABELS["gates"].say(self.language), width=self.width)
        days = [words.said_day(border.on, self.language) for border in self.chart.borders]
        wide = max(map(len, days), default=0)
        for border, day in zip(self.chart.borders, days, strict=True):
            state = words.said_state(border, self.language)
            room = self.width - wide - len(state) - 8
            colour = "yellow" if border.is_flagged else _STATES.get(border.state)
            said = click.style(state, fg=colour)
            yield f"  {day:<{wide}}  ◆ {fit(border.title, room)}  {said}"

    def _band(self, band: Band) -> Iterator[str]:
        """A phase: its days and progress, its months, its tasks."""
        days = " → ".join(
            words.said_day(day, self.language) for day in (band.start_on, band.end_on)
        )
        progress = words.PROGRESS.say(self.language, done=band.done, total=len(band.counted))
        yield heading(f"{band.title} · {days}", progress, width=self.width)
        scale = self._scale(band)
        margin = " " * (self.width - self.room)
        yield click.style(f"{margin}{self._axis(scale)}".rstrip(), dim=True)
        if marks := self._marks(scale).rstrip():
            yield f"{margin}{marks}"
        for line in band.lines:
            yield self._row(line, scale).rstrip()

    def _scale(self, band: Band) -> Scale:
        """From the first bar to the last one; tails and rituals may run out of it."""
        first = min(line.start_on for line in band.lines)
        last = max([line.due_on for line in band.lines] + [band.end_on])
        return Scale(first, max(last, first + timedelta(days=self.room)), self.room)

    def _axis(self, scale: Scale) -> str:
        """Months where they begin, as far as there is room for them."""
        line, month = "", scale.first
        while month <= scale.last:
            column = scale.column(month)
            form = "MMM y" if not line or month.month == 1 else "MMM"
            said = format_date(month, form, locale=self.language)
            if (not line or len(line) < column) and column + len(said) <= self.room:
                line = f"{line:<{column}}{said}"
            month = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
        return line

    def _marks(self, scale: Scale) -> str:
        """Gates, launch day and today over the bars."""
        marks = [" "] * scale.width
        for border in self.chart.borders:
            if scale.first <= border.on <= scale.last:
                marks[scale.column(border.on)] = "◆"
        for day, mark in ((self.chart.launch_on, "▲"), (self.chart.today, "▼")):
            if scale.first <= day <= scale.last:
                marks[scale.column(day)] = mark
        return "".join(marks)

    def _row(self, line: Line, scale: Scale) -> str:
        sign = click.style(_SIGNS.get(line.status, " "), fg=_COLOURS.get(line.status))
        head = (
            f"{_kind(line)} {fit(line.title, self.title)}  {self._short(line.due_on):<{self.day}}"
        )
        return f"  {sign} {self._styled(line, head)}  {self._styled(line, self._bar(line, scale))}"

    def _styled(self, line: Line, text: str) -> str:
        if not line.is_open:
            return click.style(text, dim=True)
        if line.is_overdue(self.chart.today):
            return click.style(text, fg="red", bold=True)
        return click.style(text, fg="red") if line.is_critical else text

    def _bar(self, line: Line, scale: Scale) -> str:
        """The days of a line: what is done of it is full, what it may slip is a thin line."""
        cells = [" "] * scale.width
        if scale.first <= self.chart.today <= scale.last:
            cells[scale.column(self.chart.today)] = _NOW
        start, end = scale.column(line.start_on), scale.column(line.due_on)
        for last, mark in self._tails(line):
            late = scale.column(last)
            cells[end + 1 : late + 1] = mark * (late - end)
        if line.kind == "task":
            full = _cells_done(line, end - start + 1)
            cells[start : end + 1] = _FULL * full + _OPEN * (end - start + 1 - full)
        else:
            cells[end] = _kind(line)
        for day, how in line.times:
            cells[scale.column(day)] = {"done": "●", "missed": "✕"}.get(how, "○")
        return "".join(cells)

    def _tails(self, line: Line) -> Iterator[tuple[date, str]]:
        """What follows a bar: how long it may wait, how late it is, how long it comes back."""
        if line.until:
            yield line.until, _DOT
        if line.is_open and line.late_on:
            yield line.late_on, _TAIL
        if line.is_overdue(self.chart.today):
            yield self.chart.today, "!"

    def _short(self, day: date) -> str:
        """``18 Jun``; the year stands over the bars."""
        return format_date(day, "d MMM", locale=self.language)

    def _legend(self) -> Iterator[str]:
        """What the signs mean."""
        language = self.language
        signs = [
            f"{sign} {words.STATUSES[status].say(language)}" for status, sign in _SIGNS.items()
        ]
        kinds = {
            "●": "critical",
            "◇": "milestone",
            "↻": "ritual",
            _FULL: "done",
            _OPEN: "todo",
            _TAIL: "float",
            "!!!": "late",
            "◆": "gate",
        }
        signs += [f"{sign} {words.LEGEND[name].say(language)}" for sign, name in kinds.items()]
        signs += [f"▲ {words.LAUNCH.say(language)}", f"▼ {words.TODAY.say(language)}"]
        yield heading(LABELS["legend"].say(language), width=self.width)
        yield from self._wrapped(" · ".join(signs))


def _cells_done(line: Line, cells: int) -> int:
    """How many of a bar's cells are full; what has begun shows it where there is room."""
    begun = line.status == "in_progress" and cells > 1
    return max(round(cells * line.share), int(begun))


def _kind(line: Line) -> str:
    """As the preview marks tasks."""
    if line.kind == "ritual":
        return "↻"
    if line.kind == "milestone":
        return "◆" if line.is_critical else "◇"
    return "●" if line.is_critical else "○"
