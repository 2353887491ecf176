"""What of a copy may be believed, and what it becomes where it may not. Pure.

Whoever can write a file can write anything into it. What opens gates is only taken from a file
that this installation has sealed, and only where an owner brings it; what says who said what, only
from a sealed one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Language, Said, Sentence
from tracker.overview.copies.figures import brought_by_hand
from tracker.overview.copies.shape import Copy, Row
from tracker.playbooks.model import GateSpec, Playbook

_CLOSED: Final[Row] = {
    "state": "pending",
    "decided_at": None,
    "waived_until": None,
    "flags": None,
    "flagged_at": None,
    "ready_at": None,
}
_NOT_BEGUN: Final[Row] = {"status": "todo", "started_on": None, "finished_on": None}
_BEGUN: Final = ("in_progress", "done")
_OF_GATES: Final = ("approvals", "decisions", "waivers")
_OTHER_GATES: Final = Sentence(
    en="The gates are not those of the playbook {playbook} v{version}: {keys}. Only a sealed copy "
    "can have others.",
    fr="Les points de passage ne sont pas ceux du modèle {playbook} v{version} : {keys}. Seule une "
    "copie scellée peut en avoir d'autres.",
)


def closed(copy: Copy) -> Copy:
    """``copy`` with every gate pending, and nothing begun behind one."""
    gated = {row["before_phase"] for row in copy.sections["gates"]}
    behind = {
        row["id"] for row in copy.sections["tasks"] if row["phase"] in gated and not row["is_early"]
    }
    begun = {row["id"] for row in copy.sections["tasks"] if row["status"] in _BEGUN}
    state = "active" if copy.project["state"] == "done" else copy.project["state"]
    sections = {
        **copy.sections,
        "gates": [{**row, **_known(row, _CLOSED)} for row in copy.sections["gates"]],
        "tasks": [
            {**row, **_NOT_BEGUN} if row["id"] in behind & begun else row
            for row in copy.sections["tasks"]
        ],
        "steps": [
            {**row, "done_at": None} if row["task_id"] in behind else row
            for row in copy.sections["steps"]
        ],
        **{name: [] for name in _OF_GATES},
    }
    return replace(copy, project={**copy.project, "phase": None, "state": state}, sections=sections)


def _known(row: Row, values: Mapping[str, Any]) -> Row:
    return {name: value for name, value in values.items() if name in row}


def unsealed(copy: Copy, playbook: Playbook, language: Language) -> Copy:
    """``copy`` with the playbook's own gates and its own word on what is early, and no record.

    Otherwise a file could leave a gate out, ask less of it, or put tasks before it. Raises Invalid.
    """
    gates = {spec.key: (number, spec) for number, spec in enumerate(playbook.gates)}
    _check_gates(copy, playbook, gates.keys())
    sections = {
        **copy.sections,
        "gates": [
            {**row, **_asked(*gates[row["key"]], language)} for row in copy.sections["gates"]
        ],
        "tasks": [{**row, **_placed(row, playbook)} for row in copy.sections["tasks"]],
        # That one was made at the start or at a gate is a claim, too.
        "baselines": [{**row, "source": "manual"} for row in copy.sections["baselines"]],
        "activity": [],
        **brought_by_hand(copy.sections),
    }
    return replace(copy, sections=sections)


def _check_gates(copy: Copy, playbook: Playbook, keys: Iterable[str]) -> None:
    found = {row["key"] for row in copy.sections["gates"]}
    other = sorted(found ^ set(keys))
    if other:
        values = {
            "playbook": playbook.slug,
            "version": playbook.version,
            "keys": ", ".join(other)[:500],
        }
        raise Invalid({"gates": [Said(_OTHER_GATES, values)]})


def _asked(position: int, spec: GateSpec, language: Language) -> Row:
    return {
        "position": position,
        "after_phase": spec.after_phase,
        "before_phase": spec.before_phase,
        "criteria": [
            {"blocks": True, **criterion, "title": criterion["title"][language]}
            for criterion in spec.criteria
        ],
    }


def _placed(row: Row, playbook: Playbook) -> Row:
    """Nothing is early but what the playbook says is; its tasks stay in their phases."""
    spec = playbook.by_key.get(row["key"])
    if spec is None or row["origin"] != "playbook":
        return {"is_early": False}
    return {
        "is_early": spec.early,
        "phase": spec.phase,
        "is_optional": spec.optional,
        "evidence": spec.evidence,
    }
