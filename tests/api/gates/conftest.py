"""A launch and its first gate."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.api.gates.acts import DECISION, gates_of, says, sets_tasks
from tests.personas import Persona, answer
from tracker.kernel.clock import set_offset


@pytest.fixture
def clock() -> Iterator[None]:
    """A clock that a test may move."""
    yield
    set_offset(timedelta())


@pytest.fixture
def project(mona: Persona, bob: Persona) -> dict[str, Any]:
    """A launch whose sponsor is Bob."""
    return mona.creates_a_project(people={"sponsor": bob.email})


@pytest.fixture
def first(mona: Persona, project: dict[str, Any]) -> dict[str, Any]:
    """Its first gate: a milestone, the sponsor's word, and a quiz that only informs."""
    return gates_of(mona, project)["go_for_preparation"]


@pytest.fixture
def ready(mona: Persona, bob: Persona, project: Any, first: Any) -> dict[str, Any]:
    """The first gate, with everything that it asks for."""
    sets_tasks(project, key=DECISION)
    answer(says(mona, first, "request"), 201)
    answer(says(bob, first), 201)
    return gates_of(mona, project)["go_for_preparation"]
