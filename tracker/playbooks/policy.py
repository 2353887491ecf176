"""When who is reminded of what: the policy, its defaults, and what overrides it where. Pure.

A form is what playbooks, workspaces, projects, tasks and people say, as plain values: any of the
rules, each in full. What a form does not say, or says with null, is as the one around it says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

MOST_STEPS: Final = 20
LONGEST: Final = 365
"""Days: no step lies further away."""
COUNTED: Final = ("before_start", "before_due", "gate_ready", "approval_waiting", "unassigned")
REPEATED: Final = ("overdue", "blocked", "quiet")
LADDER: Final = "escalation"
RULES: Final = (*COUNTED, *REPEATED, LADDER)

Form = Mapping[str, Any]
DEFAULT: Final[Form] = {
    "before_start": [0],
    "before_due": [7, 2, 0],
    "overdue": {"after": [1, 3], "then_every": 5},
    "escalation": [
        {"to": "community_manager", "after": 2},
        {"to": "project_manager", "after": 4},
        {"to": "sponsor", "after": 10},
    ],
    "gate_ready": [0, 2, 5],
    "approval_waiting": [0, 2, 5],
    "blocked": {"after": [3], "then_every": 5},
    "unassigned": [5, 0],
    "quiet": {"after": [7], "then_every": 7},
}
"""What holds where a playbook says nothing."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """Days after something, then on and on; never where there is neither."""

    after: tuple[int, ...] = ()
    then_every: int | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """Who is told when nothing has happened for so long."""

    to: str
    after: int


@dataclass(frozen=True, slots=True)
class Policy:
    """Every rule, in force. Days are working days of the project, those of ``quiet`` any days."""

    before_start: tuple[int, ...]
    before_due: tuple[int, ...]
    gate_ready: tuple[int, ...]
    approval_waiting: tuple[int, ...]
    unassigned: tuple[int, ...]
    overdue: Repeated
    blocked: Repeated
    quiet: Repeated
    escalation: tuple[Rung, ...]


def merged(*forms: Form | None) -> Policy:
    """The policy that these forms come to, the outermost first; ``DEFAULT`` lies around all."""
    said = dict(DEFAULT)
    for form in forms:
        said |= said_in(form)
    rules: dict[str, Any] = {name: tuple(sorted(set(said[name]))) for name in COUNTED}
    rules |= {name: _repeated(said[name]) for name in REPEATED}
    rungs = sorted({(rung["after"], rung["to"]) for rung in said[LADDER]})
    return Policy(**rules, escalation=tuple(Rung(to, after) for after, to in rungs))


def _repeated(said: Mapping[str, Any]) -> Repeated:
    return Repeated(tuple(sorted(set(said["after"]))), said.get("then_every"))


def said_in(form: Form | None) -> dict[str, Any]:
    """What a form says, in the one way in which it is kept: a list of days is short for “after”."""
    return {
        name: {"after": value} if name in REPEATED and isinstance(value, Sequence) else value
        for name, value in (form or {}).items()
        if value is not None
    }
