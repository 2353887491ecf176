"""``tracker plan show``: a stored launch on a page, as data and as a picture."""

import csv
import json
from io import StringIO
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.cli.terminal import printed, refused, run
from tests.personas import next_monday
from tests.unit.overview.timelines import AUGUST, grown, under_way
from tracker.cli.render.gantt import render
from tracker.cli.render.page import columns, fit
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.kernel.texts import Language
from tracker.overview.chart import chart_of
from tracker.people import queries, service
from tracker.playbooks.parameters import Parameters
from tracker.projects import service as projects
from tracker.projects.service import Wish

SHOW = "plan show --workspace acme --project"


@pytest.fixture
def launch(desk: str) -> str:
    """The id of a launch “Ours” in the workspace acme."""
    printed("workspace create acme --owner ana@example.org")
    with unit_of_work() as session:
        ana = queries.first_owner(session, queries.workspace_by_slug(session, "acme").id)
        assert ana is not None
        wish = Wish(
            name="Ours",
            playbook="community-launch",
            version=None,
            parameters=Parameters(
                launch_on=next_monday(30), people={"project_manager": "ana@example.org"}
            ),
        )
        made = projects.create(session, service.actor_of(ana), wish, now=utcnow())
    return str(made.project["id"])


def test_a_launch_is_shown_under_its_id_and_its_name(launch: str) -> None:
    table = printed(f"{SHOW} {launch}")
    assert table == printed(f"{SHOW} Ours")
    assert table.startswith("Ours\n  launch day ")
    assert "◆ Ready to launch" in table
    assert "0 of 20 done" in table
    assert "Passages" in run(f"{SHOW} Ours", lang="fr_FR.UTF-8").stdout


def test_programs_get_the_timeline_and_spreadsheets_the_tasks(launch: str) -> None:
    shown: dict[str, Any] = json.loads(printed(f"{SHOW} Ours --format json"))
    assert shown["project"]["id"] == launch
    rows = list(csv.DictReader(StringIO(printed(f"{SHOW} Ours --format csv"))))
    assert [row["key"] for row in rows] == [task["key"] for task in shown["tasks"]]
    assert {row["status"] for row in rows} == {"todo"}
    mine = {row["assignees"] for row in rows if row["role"] == "project_manager"}
    assert mine == {"ana@example.org"}


def test_the_picture_is_the_one_of_the_api(launch: str) -> None:
    assert ET.fromstring(printed(f"{SHOW} Ours --format svg")).get("role") == "img"


def test_what_is_not_there_is_refused_with_a_sentence(launch: str) -> None:
    assert "no project “Other”" in refused(f"{SHOW} Other")
    assert "no such project" in refused(f"{SHOW} 01a20ad5-3f2f-7b0a-8f4f-5d2c7e9b1a60")
    assert "eve@example.org" in refused(f"{SHOW} Ours --as eve@example.org")


def test_a_name_of_two_launches_is_not_enough(launch: str) -> None:
    with unit_of_work() as session:
        ana = queries.first_owner(session, queries.workspace_by_slug(session, "acme").id)
        assert ana is not None
        wish = Wish("Ours", "community-launch", None, Parameters(launch_on=next_monday(30)))
        projects.create(session, service.actor_of(ana), wish, now=utcnow())
    assert launch in refused(f"{SHOW} Ours")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("tasks", [60, 200])
def test_the_page_is_as_wide_as_the_terminal(width: int, tasks: int, language: Language) -> None:
    shown = grown(under_way(AUGUST, language=language, community_type="advocacy"), tasks)
    lines = render(chart_of(shown, AUGUST), language, width).splitlines()
    assert max(len(_plain(line)) for line in lines) == width
    titles = {task["title"][: width // 4] for task in shown["tasks"]}
    assert all(any(title in line for line in lines) for title in titles)


def test_bars_show_what_is_done_late_and_spare() -> None:
    page = _plain(render(chart_of(under_way(AUGUST), AUGUST), "en", 120))
    rows = {row[6:30].strip(): row for row in page.splitlines()}
    assert "█" in rows["Say why the community ex"]
    assert "!!" in page
    assert "┄┄" in rows["Write the content of the"]
    assert "▼" in page


def test_wide_letters_keep_the_columns() -> None:
    for text in ("コミュニティを始める日", "🎉🎉🎉 party", "e\u0301te\u0301", "plain"):
        for width in range(2, 30):
            assert columns(fit(text, width)) == width


def _plain(text: str) -> str:
    return "".join(
        part.partition("m")[2] if n else part for n, part in enumerate(text.split("\x1b"))
    )
