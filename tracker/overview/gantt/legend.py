"""What the signs of the picture mean, each drawn beside its name."""

from collections.abc import Callable, Iterator
from typing import Final

from tracker.kernel.texts import Language
from tracker.overview.chart import Chart
from tracker.overview.gantt.paint import (
    diamond,
    element,
    level,
    path,
    rect,
    text,
    upright,
    width_of,
)
from tracker.overview.gantt.scale import MARGIN, WIDTH
from tracker.overview.words import LEGEND

HEIGHT: Final = 22
_SIGN: Final = 26
_GAP: Final = 22


def _bar(look: str, inner: str = "") -> Callable[[float, float], str]:
    def draw(x: float, y: float) -> str:
        share = rect(x, y - 5, (10, 10), inner, corner=2.5) if inner else ""
        return rect(x, y - 5, (22, 10), look, corner=2.5) + share

    return draw


_SIGNS: Final[dict[str, Callable[[float, float], str]]] = {
    "todo": _bar("todo"),
    "critical": _bar("todo-critical"),
    "in_progress": _bar("todo", "full"),
    "done": _bar("full"),
    "not_applicable": _bar("void"),
    "float": lambda x, y: level(x, x + 21, y, "tail") + upright(x + 21, y - 3, y + 3, "tail"),
    "late": lambda x, y: level(x, x + 22, y, "overdue"),
    "milestone": lambda x, y: diamond(x + 11, y, 6.5, "todo"),
    "ritual": lambda x, y: (
        level(x + 8, x + 22, y, "tail dots")
        + element("circle", cx=x + 5, cy=y, r=4.5, class_="ring")
    ),
    "gate": lambda x, y: upright(x + 11, y - 8, y + 8, "shut-line") + diamond(x + 11, y, 5, "shut"),
    "baseline": lambda x, y: rect(x, y - 1, (22, 3), "ghost", corner=1.5),
    "blocked": lambda x, y: path(
        f"M{x + 11:.1f} {y:.1f}m-1.2 -5h2.4l-.4 6.2h-1.6zm0 8h2.4v2.2h-2.4z", "stop"
    ),
}


def legend(chart: Chart, top: float, language: Language) -> Iterator[str]:
    """The signs that this picture uses, in as many lines as they need."""
    x, y = float(MARGIN), top + HEIGHT / 2
    for name in _used(chart):
        said = LEGEND[name].say(language)
        width = _SIGN + width_of(said, 10.5) + _GAP
        if x + width > WIDTH - MARGIN:
            x, y = float(MARGIN), y + HEIGHT
        yield _SIGNS[name](x, y)
        yield text(x + _SIGN + 3, y + 4, said, "soft small")
        x += width


def lines(chart: Chart, language: Language) -> int:
    """How many lines the legend needs."""
    widths = [_SIGN + width_of(LEGEND[name].say(language), 10.5) + _GAP for name in _used(chart)]
    rows, x = 1, float(MARGIN)
    for width in widths:
        if x + width > WIDTH - MARGIN:
            rows, x = rows + 1, float(MARGIN)
        x += width
    return rows


def _used(chart: Chart) -> list[str]:
    found = {line.status for line in chart.lines}
    found |= {line.kind for line in chart.lines} | {"todo"}
    found |= {"critical" for line in chart.lines if line.is_critical and line.is_open}
    found |= {"float" for line in chart.lines if line.late_on and line.is_open}
    found |= {"late" for line in chart.lines if line.is_overdue(chart.today)}
    found |= {"gate"} if chart.borders else set()
    found |= {"baseline"} if chart.has_baseline else set()
    return [name for name in _SIGNS if name in found]
