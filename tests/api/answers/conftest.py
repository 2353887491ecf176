"""A small launch whose tasks are Bob's, in a world that the tests of a module share."""

from typing import Any

import pytest

from tests.api.answers.acts import Tasks
from tests.api.launches import a_small_launch, brings_the_small_launch, by_name
from tests.personas import Persona, World


@pytest.fixture
def mona(shared_world: World) -> Persona:
    return shared_world.mona


@pytest.fixture
def bob(shared_world: World) -> Persona:
    return shared_world.bob


@pytest.fixture(scope="module")
def small(shared_world: World) -> World:
    """The playbook of the small launch is there."""
    brings_the_small_launch(shared_world.mona)
    return shared_world


@pytest.fixture
def project(small: World) -> dict[str, Any]:
    """A small launch whose tasks are Bob's."""
    return a_small_launch(small.mona, name="Ours & more", people={"content": small.bob.email})


@pytest.fixture
def tasks(mona: Persona, project: dict[str, Any]) -> Tasks:
    return by_name(mona, project)
