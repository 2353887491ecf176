"""Days that matter to everybody: gates, launch day, today. A line down, and a flag on top of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tracker.kernel.texts import Language
from tracker.overview.chart import Border, Chart
from tracker.overview.gantt.paint import diamond, rect, text, upright, width_of
from tracker.overview.gantt.scale import MARGIN, WIDTH, Scale
from tracker.overview.words import LAUNCH, TODAY, said_day, said_state

LANE: Final = 24
_HEIGHT: Final = 19
_SIZE: Final = 11.5
_LOOKS: Final = {
    "pending": "shut",
    "ready": "near",
    "passed": "open",
    "conditional": "open",
    "waived": "near",
    "held": "refused",
    "rejected": "refused",
}


@dataclass(frozen=True, slots=True)
class Flag:
    """What stands on one day. ``look`` is that of its sign; a solid flag is filled with it."""

    x: float
    said: str
    look: str
    line: str
    is_solid: bool = False

    @property
    def width(self) -> float:
        """How much room it takes, its sign and its margins with it."""
        return width_of(self.said, _SIZE) * (1.08 if self.is_solid else 1) + (
            16 if self.is_solid else 28
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """A flag in its lane, counted from the calendar up."""

    flag: Flag
    lane: int
    left: float


def flags(chart: Chart, scale: Scale, language: Language) -> list[Placed]:
    """Every flag where it covers no other; the rightmost are lowest: no line crosses a flag."""
    wanted = [_gate(border, scale, language) for border in chart.borders]
    launch = f"{LAUNCH.say(language)} · {said_day(chart.launch_on, language)}"
    wanted.append(
        Flag(scale.x(chart.launch_on), launch, "launch-day", "launch-line", is_solid=True)
    )
    if scale.first <= chart.today <= scale.last:
        said = f"{TODAY.say(language)} · {said_day(chart.today, language)}"
        wanted.append(Flag(scale.x(chart.today), said, "today", "today-line", is_solid=True))
    return _placed(sorted(wanted, key=lambda flag: -flag.x))


def _gate(border: Border, scale: Scale, language: Language) -> Flag:
    look = "near" if border.is_flagged else _LOOKS[border.state]
    said = f"{border.title} · {said_state(border, language)}"
    return Flag(scale.middle(border.on), said, look, f"{look}-line")


def _placed(wanted: Sequence[Flag]) -> list[Placed]:
    placed: list[Placed] = []
    for flag in wanted:
        left = min(flag.x - 0.7, WIDTH - MARGIN - flag.width)
        lane = 0
        while any(
            other.lane == lane
            and left < other.left + other.flag.width + 6
            and other.left < left + flag.width + 6
            for other in placed
        ):
            lane += 1
        placed.append(Placed(flag, lane, left))
    return placed


def lanes(placed: Sequence[Placed]) -> int:
    """How many lanes they take."""
    return max((one.lane for one in placed), default=-1) + 1


def draw_lines(placed: Sequence[Placed], top: float, bottom: float) -> Iterator[str]:
    """The lines, from each flag down to ``bottom``. ``top`` is where the calendar begins."""
    for one in placed:
        yield upright(one.flag.x, _top(one, top) + _HEIGHT, bottom, one.flag.line)


def draw_flags(placed: Sequence[Placed], top: float) -> Iterator[str]:
    """The flags, above ``top``."""
    for one in placed:
        flag, y = one.flag, _top(one, top)
        look = flag.look if flag.is_solid else "pill"
        yield rect(one.left, y, (flag.width, _HEIGHT), look, corner=3)
        if flag.is_solid:
            yield text(one.left + 7, y + 13.5, flag.said, "on-dark flag strong")
        else:
            yield diamond(one.left + 11, y + _HEIGHT / 2, 5, flag.look)
            yield text(one.left + 20, y + 13.5, flag.said, "ink flag")


def _top(one: Placed, top: float) -> float:
    return top - (one.lane + 1) * LANE
