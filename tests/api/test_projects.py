"""Projects: from a launch day to a stored plan."""

from tests.personas import Persona


def test_a_manager_gets_the_whole_launch_as_dated_tasks(mona: Persona) -> None:
    project = mona.creates_a_project(community_type="advocacy", country="FR", language="fr")
    tasks = mona.tasks_of(project)
    assert project["phase"] is None
    assert len(tasks) > 60
    assert [task["due_on"] for task in tasks] == sorted(task["due_on"] for task in tasks)
    assert all(project["start_on"] <= task["start_on"] <= task["due_on"] for task in tasks)


def test_a_stored_timeline_has_the_shape_and_the_dates_of_the_preview(mona: Persona) -> None:
    project = mona.creates_a_project(audience="existing", country="FR")
    stored = mona.get(f"/projects/{project['id']}/timeline").json
    preview = mona.post(
        "/playbooks/preview",
        {
            "parameters": {
                "launch_on": project["launch_on"],
                "audience": "existing",
                "country": "FR",
            }
        },
    ).json
    for section in ("warnings", "phases", "left_out"):
        assert stored[section] == preview[section]
    for mine, planned in zip(stored["tasks"], preview["tasks"], strict=True):
        for name in ("key", "title", "start_on", "due_on", "float_days", "milestone", "why"):
            assert mine[name] == planned[name], (mine["key"], name)
        assert [step["key"] for step in mine["steps"]] == [s["key"] for s in planned["steps"]]
        assert {link["task"] for link in mine["after"]} == {
            link["task"] for link in planned["after"]
        }
