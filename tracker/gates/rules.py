"""A gate's verdict, what it is shown as, and which decisions its state allows. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from tracker.gates.criteria import Case, Found, judge
from tracker.gates.facts import Facts, GateFact, MemberFact
from tracker.kernel.errors import Conflict
from tracker.kernel.texts import Sentence
from tracker.playbooks.grammar import PHASES
from tracker.projects import rules as projects

STATES: Final = ("pending", "ready", "passed", "conditional", "held", "rejected", "waived")


class Decision(StrEnum):
    """What a project manager can say of a gate."""

    PASS = "pass"  # noqa: S105 - no password
    CONDITIONAL = "conditional"
    HOLD = "hold"
    REJECT = "reject"


STATE_AFTER: Final[Mapping[Decision, str]] = {
    Decision.PASS: "passed",
    Decision.CONDITIONAL: "conditional",
    Decision.HOLD: "held",
    Decision.REJECT: "rejected",
}
OPENING: Final = (Decision.PASS, Decision.CONDITIONAL)

_NOT_READY: Final = Sentence(
    en="The gate “{gate}” is not ready; “criteria” lists what is missing. See to it, or have an "
    "owner waive it.",
    fr="Le point de passage « {gate} » n'est pas prêt ; « criteria » liste ce qui manque. S'en "
    "occuper, ou demander une dérogation à un owner.",
)
_DECIDED: Final = Sentence(
    en="The gate “{gate}” has been decided ({state}), and that is kept. What slips back shows as a "
    "flag.",
    fr="Le point de passage « {gate} » est décidé ({state}), et cela reste. Ce qui recule se "
    "signale par un drapeau.",
)
_EARLIER: Final = Sentence(
    en="The gate “{earlier}” comes before “{gate}” and is closed. Decide it first.",
    fr="Le point de passage « {earlier} » précède « {gate} » et il est fermé. Le décider d'abord.",
)
_NOTHING_TO_WAIVE: Final = Sentence(
    en="The gate “{gate}” lacks nothing: there is nothing to waive. Pass it.",
    fr="Rien ne manque au point de passage « {gate} » : aucune dérogation à donner. Le passer.",
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion with what it has come to; ``waived`` where a waiver in force covers it."""

    criterion: Mapping[str, Any]
    found: Found
    waived: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether it keeps the gate from being ready."""
        return self.criterion.get("blocks", True) and self.found.state != "met"

    def row(self) -> dict[str, Any]:
        """Plain values; the sentence is still to be spoken."""
        return {
            "key": self.criterion["key"],
            "kind": self.criterion["kind"],
            "title": self.criterion["title"],
            "blocks": self.criterion.get("blocks", True),
            "state": self.found.state,
            "value": self.found.value,
            "target": self.found.target,
            "sentence": self.found.sentence,
            "source": self.found.source,
            "as_of": self.found.as_of,
            "open_tasks": [
                {"id": task.id, "key": task.key, "title": task.title}
                for task in self.found.open_tasks
            ],
            "waived": self.waived,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """All criteria of a gate, in the playbook's order."""

    criteria: tuple[Judged, ...]

    @property
    def missing(self) -> tuple[Judged, ...]:
        """What keeps the gate from being ready."""
        return tuple(one for one in self.criteria if one.is_missing)

    @property
    def is_met(self) -> bool:
        """Whether every criterion that blocks is met."""
        return not self.missing

    @property
    def alone(self) -> tuple[str, ...]:
        """Criteria where whoever decides stands for the approval."""
        return tuple(one.criterion["key"] for one in self.criteria if one.found.alone)


class GateNotReady(Conflict):
    """Something is missing; ``criteria`` is all of it."""

    type = "gate-not-ready"
    extensions = ("gate", "criteria")

    def __init__(self, gate: GateFact, missing: Sequence[Judged]) -> None:
        self.gate = gate.key
        self.criteria = [one.row() for one in missing]
        super().__init__(_NOT_READY, gate=gate.title)


class GateDecided(Conflict):
    """It has been decided for good."""

    type = "gate-decided"


class EarlierGateClosed(Conflict):
    """Gates are passed in their order."""

    type = "earlier-gate-closed"
    extensions = ("gate",)

    def __init__(self, gate: GateFact, earlier: GateFact) -> None:
        self.gate = {"id": earlier.id, "key": earlier.key, "title": earlier.title}
        super().__init__(_EARLIER, gate=gate.title, earlier=earlier.title)


def verdict(facts: Facts, gate: GateFact, decider: MemberFact | None = None) -> Verdict:
    """Hold every criterion of a gate against the facts."""
    covered = gate.waived if is_waived(gate, facts.now) else ()
    return Verdict(
        tuple(
            Judged(one, judge(Case(one, gate, facts, decider)), one["key"] in covered)
            for one in gate.criteria
        )
    )


def is_open(gate: GateFact, now: datetime) -> bool:
    """Whether what lies behind the gate may be worked on."""
    return projects.is_open(gate.state, gate.waived_until, now)


def is_waived(gate: GateFact, now: datetime) -> bool:
    """Whether a waiver is what holds it open."""
    return gate.state == "waived" and is_open(gate, now)


def has_lapsed(gate: GateFact, now: datetime) -> bool:
    """Whether its waiver has run out and nobody has noted it yet."""
    return gate.state == "waived" and not is_open(gate, now)


def shown_state(gate: GateFact, found: Verdict, now: datetime) -> str:
    """What readers see: pending is ready once nothing is missing; a lapsed waiver is gone."""
    state = "pending" if has_lapsed(gate, now) else gate.state
    return "ready" if state == "pending" and found.is_met else state


def earlier_closed(facts: Facts, gate: GateFact) -> GateFact | None:
    """The first gate before this one that is not open."""
    before = (other for other in facts.gates if other.position < gate.position)
    return next((other for other in before if not is_open(other, facts.now)), None)


def check_order(facts: Facts, gate: GateFact) -> None:
    """Raise EarlierGateClosed where an earlier gate is not open."""
    earlier = earlier_closed(facts, gate)
    if earlier is not None:
        raise EarlierGateClosed(gate, earlier)


def check_undecided(gate: GateFact, decision: Decision, now: datetime) -> None:
    """Raise GateDecided where the gate's state allows no such decision any more."""
    settled = gate.state == "passed" or (is_open(gate, now) and decision is not Decision.PASS)
    if settled:
        raise GateDecided(_DECIDED, gate=gate.title, state=gate.state)


def check_may_open(facts: Facts, gate: GateFact, found: Verdict) -> None:
    """Raise EarlierGateClosed or GateNotReady unless the gate can be passed now."""
    check_order(facts, gate)
    if not found.is_met:
        raise GateNotReady(gate, found.missing)


def check_may_waive(facts: Facts, gate: GateFact, found: Verdict) -> None:
    """Raise unless there is something to waive, on a gate that nobody has opened for good."""
    if gate.state in ("passed", "conditional"):
        raise GateDecided(_DECIDED, gate=gate.title, state=gate.state)
    check_order(facts, gate)
    if found.is_met:
        raise Conflict(_NOTHING_TO_WAIVE, gate=gate.title)


def entered(before: str | None, gate: GateFact) -> str | None:
    """The phase that opening the gate enters; None where that was entered already, or is none."""
    behind = gate.before_phase
    if behind is None or (before and PHASES.index(behind) <= PHASES.index(before)):
        return None
    return behind
