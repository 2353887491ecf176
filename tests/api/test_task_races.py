"""Writers of the same tasks at the same moment, on real connections."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import requests
from flask import Flask

from tests.api.launches import a_small_launch, brings_the_small_launch, by_name
from tests.api.playbooks import has_a_project_of
from tests.api.served import served
from tests.api.tables import everything
from tests.personas import API, Persona, answer


def at_once(calls: list[Callable[[str], requests.Response]], app: Flask) -> list[int]:
    """The statuses of calls that begin together."""
    together = Barrier(len(calls))

    def begin(call: Callable[[str], requests.Response]) -> int:
        together.wait()
        return call(f"{address}{API}").status_code

    with served(app) as address, ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(begin, calls))


def sends(persona: Persona, method: str, path: str, body: Any, **headers: str) -> Any:
    sent = {"Authorization": f"Bearer {persona.token}", "Connection": "close", **headers}
    return lambda api: requests.request(method, f"{api}{path}", json=body, headers=sent, timeout=60)


def test_of_a_hundred_writers_with_one_etag_one_writes(app: Flask, mona: Persona) -> None:
    task = mona.tasks_of(has_a_project_of(mona, 1))[0]
    path = f"/tasks/{task['id']}"
    tag = {"If-Match": mona.get(path).headers["ETag"]}
    before = everything()
    calls = [sends(mona, "PATCH", path, {"title": f"Title {n}"}, **tag) for n in range(100)]
    assert Counter(at_once(calls, app)) == {200: 1, 412: 99}
    assert answer(mona.get(path))["version"] == 2
    after = everything()
    for table in ("activities", "outbox_messages"):
        assert len(after[table]) - len(before[table]) == 1


def test_writers_of_many_tasks_wait_for_each_other(app: Flask, mona: Persona, bob: Persona) -> None:
    project = has_a_project_of(mona, 20)
    ids = [task["id"] for task in mona.tasks_of(project)]
    path = f"/projects/{project['id']}/tasks/bulk"
    calls = []
    for n in range(8):
        order = ids if n % 2 else ids[::-1]
        body = {"changes": [{"id": id_, "title": f"Title {n}"} for id_ in order]}
        calls.append(sends(mona, "POST", path, body))
        given = {"assignees": [(mona, bob)[n % 2].email]}
        for task_id, title in ((ids[n], f"Alone {n}"), (ids[0], f"First {n}")):
            calls.append(sends(mona, "PATCH", f"/tasks/{task_id}", {**given, "title": title}))
    assert Counter(at_once(calls, app)) == {200: 24}
    versions = [answer(mona.get(f"/tasks/{id_}"))["version"] for id_ in ids]
    assert versions == [18, *[10] * 7, *[9] * 12]


def test_two_links_close_no_loop_together(app: Flask, mona: Persona) -> None:
    brings_the_small_launch(mona)
    tasks = by_name(mona, a_small_launch(mona))
    one, other = tasks["spare"]["id"], tasks["proven"]["id"]
    calls = [
        sends(mona, "POST", f"/tasks/{later}/dependencies", {"predecessor": earlier})
        for later, earlier in ((one, other), (other, one)) * 5
    ]
    statuses = Counter(at_once(calls, app))
    assert statuses == {201: 1, 409: 4, 422: 5}
