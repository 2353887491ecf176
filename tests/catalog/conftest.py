from pathlib import Path
from typing import Any

import pytest
import yaml

from tracker.playbooks.catalog import our_playbook
from tracker.playbooks.model import Playbook

SHARED = Path(__file__).parents[3] / "shared"


@pytest.fixture(scope="session")
def inventory() -> dict[str, Any]:
    """What the white paper asks for, item by item; it lies beside the project, not inside."""
    path = SHARED / "playbook" / "inventory.yaml"
    if not path.is_file():
        pytest.skip("the inventory ../shared/playbook/inventory.yaml is not beside this checkout")
    content: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return content


@pytest.fixture(scope="session")
def playbook() -> Playbook:
    return our_playbook("community-launch")
