"""The picture of a plan: well-formed, self-contained, told in words, and nothing falls off it."""

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.overview.timelines import AUGUST, LAUNCH, a_plan, grown, under_way
from tracker.kernel.texts import Language
from tracker.overview.chart import chart_of
from tracker.overview.gantt.draw import draw
from tracker.overview.gantt.look import _LOOKS
from tracker.overview.gantt.paint import clean, fitted, width_of
from tracker.overview.gantt.scale import LABELS, MARGIN, WIDTH, scale_of
from tracker.overview.words import about

SVG = "{http://www.w3.org/2000/svg}"


def picture(shown: dict[str, Any], today: date = AUGUST, language: Language = "en") -> ET.Element:
    return ET.fromstring(draw(chart_of(shown, today), language))


def texts(svg: ET.Element) -> list[str]:
    return [element.text or "" for element in svg.iter(f"{SVG}text")]


@pytest.fixture(scope="module")
def plan() -> dict[str, Any]:
    return under_way(AUGUST, community_type="advocacy")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_task_phase_and_gate_is_drawn_with_its_words(language: Language) -> None:
    shown = a_plan(language)
    svg = picture(shown, date(2027, 6, 1), language)
    titles = [element.text or "" for element in svg.iter(f"{SVG}title")]
    assert len(titles) == 1 + len(shown["phases"]) + len(shown["tasks"])
    told = texts(svg)
    for phase in shown["phases"]:
        assert phase["title"] in told
    for gate in shown["gates"]:
        assert any(text.startswith(gate["title"]) for text in told)
    for task in shown["tasks"]:
        assert any(title.startswith(task["title"]) for title in titles)
    assert any({"en": "Launch day", "fr": "Lancement"}[language] in text for text in told)


def test_readers_who_do_not_see_it_are_told(plan: dict[str, Any]) -> None:
    svg = picture(plan)
    assert svg.get("role") == "img"
    named = [svg.find(f"*[@id='{name}']") for name in (svg.get("aria-labelledby") or "").split()]
    title, description = [element.text or "" for element in named if element is not None]
    assert title == "Plan of “Our first community”"
    assert "launch day on Mon 6 Sep 2027" in description
    assert "Go for preparation (passed, Wed 9 Jun 2027)" in description


def test_it_needs_nothing_from_anywhere(plan: dict[str, Any]) -> None:
    content = draw(chart_of(plan, AUGUST), "en")
    assert content.count("http") == 1, "the name space of SVG"
    for word in ("<script", "<image", "<use", "href", "url(", "@import", "foreignObject"):
        assert word not in content
    assert "prefers-color-scheme:dark" in content


def test_every_class_has_its_colours_by_day_and_by_night(plan: dict[str, Any]) -> None:
    content = draw(chart_of(plan, AUGUST), "en")
    used = {name for names in re.findall(r'class="([^"]+)"', content) for name in names.split()}
    shapes = {"big", "mid", "small", "strong", "struck", "dots", "flag"}
    assert used - shapes <= _LOOKS.keys()


@pytest.mark.parametrize("tasks", [60, 200, 600])
def test_rows_lie_below_each_other_and_inside(plan: dict[str, Any], tasks: int) -> None:
    svg = picture(grown(plan, tasks))
    width, height = float(svg.get("width", 0)), float(svg.get("height", 0))
    assert (width, svg.get("viewBox")) == (WIDTH, f"0 0 {WIDTH} {svg.get('height')}")
    assert height < max(tasks, 70) * 24 + 500
    labels = [text for text in svg.iter(f"{SVG}text") if text.get("x") == str(MARGIN + 20)]
    places = [float(label.get("y", 0)) for label in labels]
    assert len(labels) == max(tasks, len(plan["tasks"]))
    assert places == sorted(places)
    assert min(later - one for one, later in pairwise(places)) >= 15
    for bar in svg.iter(f"{SVG}rect"):
        assert float(bar.get("x", 0)) >= 0
        assert float(bar.get("x", 0)) + float(bar.get("width", 0)) <= WIDTH + 0.1
        assert float(bar.get("y", 0)) + float(bar.get("height", 0)) <= height
    for label in labels:
        assert width_of(label.text or "", 12) <= LABELS - MARGIN - 20


def test_flags_cover_no_other_flag(plan: dict[str, Any]) -> None:
    for moved in range(-60, 60, 7):
        svg = picture(plan, LAUNCH + timedelta(days=moved))
        flags = [bar for bar in svg.iter(f"{SVG}rect") if bar.get("height") == "19"]
        assert len(flags) == len(plan["gates"]) + 2
        boxes = [tuple(float(bar.get(n, 0)) for n in ("x", "y", "width")) for bar in flags]
        for n, (x, y, wide) in enumerate(boxes):
            for left, top, breadth in boxes[n + 1 :]:
                assert y != top or x + wide <= left or left + breadth <= x


def test_occurrences_lie_on_the_line_of_their_ritual(plan: dict[str, Any]) -> None:
    ritual = next(task for task in plan["tasks"] if task["recurring"])
    held: tuple[dict[str, Any], ...] = ({"status": "done"}, {"missed": True}, {"status": "todo"})
    times = [
        {**ritual, "id": f"time {n}", "ritual_id": "ritual", "recurring": None, **how}
        for n, how in enumerate(held)
    ]
    shown = {**plan, "tasks": [{**ritual, "id": "ritual"}, *times]}
    (line,) = chart_of(shown, AUGUST).lines
    assert [how for _day, how in line.times] == ["done", "missed", "todo"]
    assert len(list(picture(shown).iter(f"{SVG}circle"))) == 1 + 3 + 1, "and one in the legend"


def test_a_gate_that_slips_back_says_so(plan: dict[str, Any]) -> None:
    gate = {**plan["gates"][0], "state": "passed", "flags": ["plan"]}
    said = " ".join(texts(picture({**plan, "gates": [gate]}, language="fr")))
    assert "franchi, mais en recul" in said


def test_today_outside_of_the_plan_has_no_flag(plan: dict[str, Any]) -> None:
    assert not any("Today" in text for text in texts(picture(plan, date(2026, 1, 1))))
    assert any("Today" in text for text in texts(picture(plan)))


def test_a_plan_without_anything_in_it_is_a_picture_too(plan: dict[str, Any]) -> None:
    empty = {**plan, "tasks": [], "gates": [], "phases": plan["phases"][:1]}
    assert "0 of 0 done" in " ".join(texts(picture(empty)))


@given(st.text(), st.sampled_from(["en", "fr"]))
def test_no_text_can_be_markup(title: str, language: Language) -> None:
    shown = a_plan()
    hostile = f"{title}</text><script>alert(1)</script>]]>&amp;\"'\x00\ud800"
    shown["project"]["name"] = shown["phases"][0]["title"] = hostile
    for thing in (shown["tasks"][0], shown["gates"][0]):
        thing["title"] = hostile
    shown = {**shown, "tasks": shown["tasks"][:1]}
    content = draw(chart_of(shown, AUGUST), language)
    svg = ET.fromstring(content.encode())
    kinds = {element.tag.removeprefix(SVG) for element in svg.iter()}
    assert kinds <= {"svg", "title", "desc", "style", "rect", "path", "text", "g", "circle"}
    assert [row.text for row in svg.iter(f"{SVG}title")][2].startswith(_readable(hostile))  # type: ignore[union-attr]


def _readable(text: str) -> str:
    """What a reader of XML gets back: a line end is one character, whatever it was."""
    root = ET.fromstring(f"<a>{clean(text)}</a>".encode())
    return root.text or ""


@given(st.text(), st.floats(0, 500))
def test_a_cut_text_fits_and_ends_in_an_ellipsis(text: str, room: float) -> None:
    cut = fitted(text, 12, room)
    assert cut == text or cut.endswith("…")
    assert width_of(cut, 12) <= max(room, width_of("…", 12)) + 1e-6


@given(st.integers(1, 1500), st.integers(0, 1500), st.integers(0, 600))
def test_later_days_lie_further_right(days: int, today: int, launched: int) -> None:
    first = date(2027, 1, 1)
    last = first + timedelta(days=days)
    day = first + timedelta(days=launched)
    scale = scale_of(first, last, first + timedelta(days=today), day if launched else None)
    places = [scale.x(first + timedelta(days=n)) for n in range(days + 1)]
    assert places == sorted(set(places))
    assert places[0] >= LABELS
    assert scale.end(last) <= WIDTH - MARGIN + 1e-6


def test_what_is_open_says_its_float() -> None:
    chart = chart_of(a_plan(), date(2027, 6, 1))
    said = {line.key: about(line, "fr") for line in chart.lines}
    assert said["prepare.strategy.purpose"].endswith("à faire · sans marge")
    assert said["prepare.strategy.objectives"].endswith("marge : 9 jours ouvrés")
