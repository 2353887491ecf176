"""The whole picture."""

from collections.abc import Iterator
from typing import Final

from tracker.kernel.texts import Language
from tracker.overview.chart import Chart
from tracker.overview.gantt import legend
from tracker.overview.gantt.axis import HEIGHT, Axis
from tracker.overview.gantt.flags import LANE, draw_flags, draw_lines, flags, lanes
from tracker.overview.gantt.look import style
from tracker.overview.gantt.paint import clean, element, fitted, rect, text
from tracker.overview.gantt.rows import Rows
from tracker.overview.gantt.scale import MARGIN, WIDTH, pitch, scale_of
from tracker.overview.words import KNEE, description, heading, said_day, title

_HEAD: Final = 64


def draw(chart: Chart, language: Language) -> str:
    """``chart`` as SVG, by itself: a document that a browser opens and a page embeds."""
    return "\n".join(_document(chart, language)) + "\n"


def _document(chart: Chart, language: Language) -> Iterator[str]:
    launch = next((band for band in chart.bands if band.key == "launch"), None)
    scale = scale_of(chart.first, chart.last, chart.today, launch.end_on if launch else None)
    axis = Axis(scale, language)
    rows = Rows(chart, scale, pitch(len(chart.lines)), axis, language)
    placed = flags(chart, scale, language)
    calendar = _HEAD + lanes(placed) * LANE + 4
    top = calendar + HEIGHT
    bottom = top + rows.height()
    key = bottom + 28
    height = key + legend.lines(chart, language) * legend.HEIGHT + (26 if scale.knee else 10)
    yield _opening(height, language)
    yield element("title", clean(title(chart, language)), id="title")
    yield element("desc", clean(description(chart, language)), id="desc")
    yield element("style", style())
    yield rect(0, 0, (WIDTH, height), "page")
    yield text(MARGIN, 32, fitted(chart.title, 20, WIDTH - 2 * MARGIN), "ink big")
    yield text(MARGIN, 52, heading(chart, language), "soft")
    yield from axis.background(calendar, bottom)
    yield from rows.shades(top)
    yield from draw_lines(placed, calendar, bottom)
    yield from axis.names(calendar)
    yield from rows.draw(top)
    yield from draw_flags(placed, calendar)
    yield from axis.short_names(bottom + 14)
    yield from legend.legend(chart, key, language)
    if scale.knee:
        knee = KNEE.say(language, day=said_day(scale.knee, language))
        yield text(MARGIN, height - 10, knee, "faint small")
    yield "</svg>"


def _opening(height: float, language: Language) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" lang="{language}" role="img" '
        'aria-labelledby="title desc">'
    )
