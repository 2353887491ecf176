"""What is said on a card about a change that was refused."""

from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from tracker.boards.plainly import plainly
from tracker.projects.rules import ClosedGate, GateState
from tracker.projects.task_rules import EvidenceMissing, WrongStatus

ONE = UUID(int=1)
TASK: Any = SimpleNamespace(id=ONE, evidence="link", proof=None, started_on=date(2027, 1, 4))


def test_a_refusal_says_what_to_do_without_an_address_of_the_api() -> None:
    gate = GateState(ONE, "ready", "Ready to launch", "pending", None)
    told = {
        ClosedGate(gate): ("“Ready to launch” is not open", "« Ready to launch » n'est pas ouvert"),
        EvidenceMissing(TASK): ("add a link to it", "y ajouter un lien dans le tracker"),
        WrongStatus("done", "blocked"): ("first: to do, in progress", "ne devient pas « bloqu"),
    }
    for error, (english, french) in told.items():
        said = plainly(error)
        assert english in said.say("en")
        assert french in said.say("fr")
        assert "/api" not in said.say("en") + said.say("fr")
