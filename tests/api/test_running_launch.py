"""A launch as it runs, in any order that people may think of, against a small model of it.

The model knows statuses, gates and what is behind them, and nothing of dates, rows or HTTP. Every
answer is foretold; what is refused must change nothing; and whatever happens, the promises of a
launch hold: nothing behind a closed gate begins, an unknown figure opens nothing, what is done
keeps its dates, nothing open lies before today, and the history verifies.
"""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.api.gates.acts import decides, says, waives
from tests.api.playbooks import brings
from tests.api.problems import TYPE
from tests.personas import World, a_wish, answer
from tracker.kernel.audit import verify
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.seals import seal_next

SLUG: Final = "any-order"
PHASES: Final = ("prepare", "launch", "recruit")
NEXT: Final = {
    "todo": {"in_progress", "blocked", "done", "not_applicable"},
    "in_progress": {"todo", "blocked", "done", "not_applicable"},
    "blocked": {"todo", "in_progress", "not_applicable"},
    "done": {"todo", "in_progress", "not_applicable"},
    "not_applicable": {"todo", "in_progress"},
}
CLOSED: Final = {"done", "not_applicable"}
BEGUN: Final = {"in_progress", "done"}
OPEN_GATES: Final = {"passed", "conditional", "waived"}


def _text(words: str) -> dict[str, str]:
    return {"en": words, "fr": words}


def _task(name: str, **more: Any) -> dict[str, Any]:
    return {"key": name, "title": _text(name), "role": "content", "days": 2, **more}


def _phase(key: str, *tasks: dict[str, Any]) -> dict[str, Any]:
    checklist = {"key": "work", "title": _text("Work"), "tasks": list(tasks)}
    return {"key": key, "title": _text(key), "checklists": [checklist]}


def _gate(key: str, after: str | None, before: str, *criteria: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": key,
        "title": _text(key),
        "after_phase": after,
        "before_phase": before,
        "on": {"anchor": "launch"},
        "criteria": [
            {"key": f"c{n}", "title": _text("c"), **one} for n, one in enumerate(criteria)
        ],
    }


_STEP: Final = [{"key": "look", "title": _text("Look")}]
_AGREED: Final = {"kind": "approval", "role": "sponsor", "count": 1}
_FIGURE: Final = {"kind": "figure", "metric": "activation", "op": ">=", "value": 30}
SOURCE: Final = {
    "playbook": SLUG,
    "version": 1,
    "title": _text("Any order"),
    "phases": [
        _phase(
            "prepare",
            _task("purpose", steps=_STEP),
            _task("plan", after=["prepare.work.purpose"]),
            _task("proven", evidence="note", proof=_text("A note")),
            _task("ready", days=0, after=["prepare.work.plan", "prepare.work.proven"]),
        ),
        _phase("launch", _task("doors", steps=_STEP), _task("seeds", early=True)),
        _phase("recruit", _task("welcome")),
    ],
    "metrics": [
        {
            "key": "activation",
            "title": _text("Activation"),
            "description": _text("Members who came back"),
            "unit": "percent",
            "good": "up",
            "group": "members",
        }
    ],
    "gates": [
        _gate("begin", None, "prepare", _AGREED),
        _gate(
            "ready_to_launch",
            "prepare",
            "launch",
            {"kind": "milestone", "task": "prepare.work.ready"},
            {"kind": "evidence", "task": "prepare.work.proven"},
            _AGREED,
        ),
        _gate("launched", "launch", "recruit", _FIGURE),
    ],
}


@dataclass
class Work:
    """What the model knows of a task."""

    phase: str
    status: str = "todo"
    is_early: bool = False
    needs_note: bool = False
    is_shown: bool = False
    is_ticked: bool = False
    after: tuple[str, ...] = ()


@dataclass
class Door:
    """What the model knows of a gate."""

    before: str
    state: str = "pending"
    agreed_on: set[str] = field(default_factory=set)  # the launch days that were approved


def _works() -> dict[str, Work]:
    return {
        "purpose": Work("prepare"),
        "plan": Work("prepare", after=("purpose",)),
        "proven": Work("prepare", needs_note=True),
        "ready": Work("prepare", after=("plan", "proven")),
        "doors": Work("launch"),
        "seeds": Work("launch", is_early=True),
        "welcome": Work("recruit"),
    }


def _doors() -> dict[str, Door]:
    return {
        "begin": Door("prepare"),
        "ready_to_launch": Door("launch"),
        "launched": Door("recruit"),
    }


@dataclass
class Model:
    """The launch as it should be."""

    works: dict[str, Work] = field(default_factory=_works)
    doors: dict[str, Door] = field(default_factory=_doors)
    conditions: int = 0
    phase: str | None = None
    launch_on: str = ""

    def is_agreed(self, key: str) -> bool:
        """Whether what was approved is what there is, be it again."""
        return self.launch_on in self.doors[key].agreed_on

    def is_behind(self, work: Work) -> bool:
        """Whether a closed gate stands before it."""
        closed = {door.before for door in self.doors.values() if door.state not in OPEN_GATES}
        return not work.is_early and work.phase in closed

    def refusal(self, name: str, status: str) -> str | None:
        """Why a task cannot take a status; None where it can."""
        work = self.works[name]
        if status == work.status:
            return None
        if status not in NEXT[work.status]:
            return "wrong-status"
        if status in BEGUN and self.is_behind(work):
            return "closed-gate"
        if status == "done" and work.needs_note and not work.is_shown:
            return "evidence-missing"
        if status == "done" and any(self.works[a].status not in CLOSED for a in work.after):
            return "open-predecessors"
        return None

    def is_met(self, key: str) -> bool:
        """Whether a gate lacks nothing. A figure without a source is unknown, and so never met."""
        if key == "launched":
            return False
        if key == "begin":
            return self.is_agreed(key)
        is_ready, proven = self.works["ready"].status == "done", self.works["proven"].is_shown
        return is_ready and proven and self.is_agreed(key)

    def opening(self, key: str) -> str | None:
        """Why a gate cannot be passed; None where it can."""
        before = list(self.doors)[: list(self.doors).index(key)]
        if any(self.doors[other].state not in OPEN_GATES for other in before):
            return "earlier-gate-closed"
        return None if self.is_met(key) else "gate-not-ready"

    def deciding(self, key: str, decision: str) -> str | None:
        """Why a decision cannot be taken; None where it can."""
        state = self.doors[key].state
        if state == "passed" or (state in OPEN_GATES and decision != "pass"):
            return "gate-decided"
        return self.opening(key) if decision in ("pass", "conditional") else None

    def waiving(self, key: str) -> str | None:
        """Why a gate cannot be waived; None where it can."""
        if self.doors[key].state in ("passed", "conditional"):
            return "gate-decided"
        if (refusal := self.opening(key)) == "earlier-gate-closed":
            return refusal
        return "conflict" if refusal is None else None

    def enters(self, key: str) -> None:
        """A gate opens: its phase is entered, unless a later one has been."""
        phase = self.doors[key].before
        if self.phase is None or PHASES.index(phase) > PHASES.index(self.phase):
            self.phase = phase

    def closes(self) -> None:
        """A copy whose gates nobody vouches for: all pending, and nothing begun behind them."""
        self.doors, self.phase = _doors(), None
        for work in self.works.values():
            if not work.is_early:
                work.status = "todo" if work.status in BEGUN else work.status
                work.is_ticked = False


class Launch(RuleBasedStateMachine):
    """People at work, in any order."""

    world: ClassVar[World]

    @initialize()
    def begins(self) -> None:
        """Mona plans a launch; Bob is its sponsor."""
        self.model = Model()
        self.mona, self.bob, self.alice = self.world.mona, self.world.bob, self.world.alice
        wish = {**a_wish(people={"sponsor": self.bob.email}), "playbook": SLUG}
        self.project = answer(self.mona.post("/projects", wish), 201)
        self.model.launch_on = self.project["launch_on"]
        self.kept: dict[str, tuple[str, str]] = {}
        self.refused = False
        self._reads()

    def _reads(self) -> None:
        """What the API tells now."""
        tasks = self.mona.tasks_of(self.project)
        self.tasks = {task["key"].rpartition(".")[2]: task for task in tasks}
        gates = answer(self.mona.get(f"/projects/{self.project['id']}/gates"))["items"]
        self.gates = {gate["key"]: gate for gate in gates}

    def _expects(self, response: Any, refusal: str | None) -> bool:
        """Whether it went as foretold, and was done."""
        if refusal is None:
            assert response.status_code in (200, 201), response.text
            return True
        assert response.status_code == 409, response.text
        assert response.get_json()["type"] == TYPE + refusal
        self.refused = True
        return False

    @rule(name=st.sampled_from(sorted(_works())), status=st.sampled_from(sorted(NEXT)))
    def sets(self, name: str, status: str) -> None:
        """Start, finish, block, give up or reopen a task."""
        refusal = self.model.refusal(name, status)
        reason = {"reason": "So."} if status in ("blocked", "not_applicable") else {}
        body = {"status": status, **reason}
        if self._expects(self.mona.patch(f"/tasks/{self.tasks[name]['id']}", body), refusal):
            self.model.works[name].status = status

    @rule(name=st.sampled_from(("purpose", "doors")), is_done=st.booleans())
    def ticks(self, name: str, is_done: bool) -> None:
        """Tick a step, or take the tick away."""
        work = self.model.works[name]
        is_change = is_done != work.is_ticked
        refusal = "closed-gate" if is_change and self.model.is_behind(work) else None
        path = f"/tasks/{self.tasks[name]['id']}/steps/look"
        if self._expects(self.mona.patch(path, {"done": is_done}), refusal):
            work.is_ticked = is_done

    @rule()
    def shows(self) -> None:
        """Show what the task is asked to prove, once."""
        if not self.model.works["proven"].is_shown:
            path = f"/tasks/{self.tasks['proven']['id']}/evidence"
            self._expects(self.mona.post(path, {"kind": "note", "note": "Seen."}), None)
            self.model.works["proven"].is_shown = True

    @rule(key=st.sampled_from(("begin", "ready_to_launch")))
    def approves(self, key: str) -> None:
        """Mona asks, and Bob agrees."""
        is_agreed = self.model.is_agreed(key)
        if not is_agreed:
            self._expects(says(self.mona, self.gates[key], "request"), None)
        agreed = says(self.bob, self.gates[key])
        self._expects(agreed, "said-already" if is_agreed else None)
        self.model.doors[key].agreed_on.add(self.model.launch_on)

    @rule(
        key=st.sampled_from(sorted(_doors())),
        decision=st.sampled_from(("pass", "pass", "pass", "conditional", "hold", "reject")),
    )
    def decides(self, key: str, decision: str) -> None:
        """Mona decides a gate."""
        refusal = self.model.deciding(key, decision)
        more: dict[str, Any] = {} if decision == "pass" else {"reason": "So."}
        if decision == "conditional":
            more["conditions"] = [{"title": "Still to do"}]
        if not self._expects(decides(self.mona, self.gates[key], decision, **more), refusal):
            return
        door = self.model.doors[key]
        door.state = {"pass": "passed", "hold": "held", "reject": "rejected"}.get(
            decision, decision
        )
        if decision in ("pass", "conditional"):
            self.model.enters(key)
            self.model.conditions += decision == "conditional"
        if decision == "reject":
            door.agreed_on.clear()
            if key == "ready_to_launch" and self.model.works["ready"].status == "done":
                self.model.works["ready"].status = "todo"

    @rule(key=st.sampled_from(sorted(_doors())), is_owner=st.booleans())
    def waives(self, key: str, is_owner: bool) -> None:
        """An owner opens a gate for a while; nobody else can."""
        if not is_owner:
            assert waives(self.mona, self.gates[key]).status_code == 403
        elif self._expects(waives(self.alice, self.gates[key]), self.model.waiving(key)):
            self.model.doors[key].state = "waived"
            self.model.enters(key)

    @rule(name=st.sampled_from(sorted(_works())), is_pinned=st.booleans())
    def pins(self, name: str, is_pinned: bool) -> None:
        """Pin a task to its dates, or let it go."""
        body = {"pinned": is_pinned}
        self._expects(self.mona.patch(f"/tasks/{self.tasks[name]['id']}", body), None)

    @rule(name=st.sampled_from(sorted(_works())), days=st.integers(-20, 90))
    def moves(self, name: str, days: int) -> None:
        """Move a task by hand; whether it can be is the business of other tests."""
        day = (utcnow().date() + timedelta(days=days)).isoformat()
        body = {"start_on": day, "due_on": day}
        response = self.mona.patch(f"/tasks/{self.tasks[name]['id']}", body)
        assert response.status_code in (200, 409, 422), response.text
        self.refused = response.status_code != 200

    @rule(
        weeks=st.integers(-20, 12),
        strategy=st.sampled_from(("keep_gap", "close_gap", "none")),
    )
    def moves_the_launch(self, weeks: int, strategy: str) -> None:
        """Try another launch day, then apply the token: the dry run is the real run."""
        path = f"/projects/{self.project['id']}"
        read = self.mona.get(path)
        launch_on = date.fromisoformat(answer(read)["launch_on"])
        moved = (launch_on + timedelta(weeks=weeks)).isoformat()
        wish = {"launch_on": moved, "strategy": strategy}
        tried = self.mona.post(f"{path}/replan", {**wish, "dry_run": True})
        assert tried.status_code in (200, 409, 422), tried.text
        self.refused = tried.status_code != 200
        if self.refused:
            return
        tag = {"If-Match": read.headers["ETag"]}
        body = {"token": answer(tried)["token"]}
        done = answer(self.mona.post(f"{path}/replan", body, headers=tag))
        told = ("project", "tasks", "frozen", "phases", "gates", "conflicts")
        assert [done[name] for name in told] == [answer(tried)[name] for name in told]
        after = {task["id"]: task for task in self.mona.tasks_of(self.project)}
        for change in done["tasks"]:
            task = after[change["id"]]
            assert (task["start_on"], task["due_on"]) == (change["start_on"], change["due_on"])
        self.model.launch_on = moved

    @rule(is_owner=st.booleans())
    def copies(self, is_owner: bool) -> None:
        """Go on in a copy of the project: gates stay as they are where an owner makes it."""
        who = self.alice if is_owner else self.mona
        copy = answer(who.get(f"/projects/{self.project['id']}/export"))
        self.project = answer(who.post("/projects/import", copy), 201)
        if not is_owner:
            self.model.closes()

    # What holds whatever happens.

    @invariant()
    def the_launch_is_as_foretold(self) -> None:
        """Statuses, gates and phase."""
        before = (self.tasks, self.gates)
        self._reads()
        assert not self.refused or (self.tasks, self.gates) == before, "refused, and yet changed"
        self.refused = False
        told = {name: self.tasks[name]["status"] for name in self.model.works}
        assert told == {name: work.status for name, work in self.model.works.items()}
        shown = {"ready": "pending"}
        states = {key: shown.get(gate["state"], gate["state"]) for key, gate in self.gates.items()}
        assert states == {key: door.state for key, door in self.model.doors.items()}
        met = {key: gate["verdict"]["is_met"] for key, gate in self.gates.items()}
        assert met == {key: self.model.is_met(key) for key in self.model.doors}
        assert len(self.tasks) == len(self.model.works) + self.model.conditions
        project = answer(self.mona.get(f"/projects/{self.project['id']}"))
        assert project["phase"] == self.model.phase

    @invariant()
    def nothing_behind_a_closed_gate_has_begun(self) -> None:
        """Told by what the API says of gates and tasks, without the model."""
        closed = {
            gate["before_phase"] for gate in self.gates.values() if gate["state"] not in OPEN_GATES
        }
        for task in self.tasks.values():
            is_behind = task["phase"] in closed and not task["early"]
            assert not (is_behind and task["status"] in BEGUN), task["key"]

    @invariant()
    def dates_are_kept_and_never_past(self) -> None:
        """What is done stays where it was; what is open lies today or later."""
        today = utcnow().date()
        for task in self.tasks.values():
            dates = (task["start_on"], task["due_on"])
            if task["status"] == "done":
                assert self.kept.setdefault(task["key"], dates) == dates
                continue
            self.kept.pop(task["key"], None)
            if task["status"] == "todo":
                assert date.fromisoformat(task["start_on"]) >= today

    def teardown(self) -> None:
        """The history of what has happened is whole."""
        ids = UUID(self.workspace_id), UUID(self.project["id"])
        with unit_of_work() as session:
            while seal_next(session, *ids):
                pass
        with reading() as session:
            verdict = verify(session, *ids)
        assert verdict.bad is None
        assert (verdict.sealed > 0, verdict.unsealed) == (True, 0)

    @property
    def workspace_id(self) -> str:
        """Alice's."""
        return str(answer(self.alice.get("/workspaces/me"))["id"])


@pytest.fixture(scope="module")
def machine(shared_world: World) -> type[Launch]:
    brings(shared_world.mona, json.dumps(SOURCE))
    return type("LaunchHere", (Launch,), {"world": shared_world})


def runs(machine: type[Launch], count: int, *, steps: int, derandomize: bool = False) -> None:
    wanted = settings(
        max_examples=count,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=derandomize,
        phases=[Phase.generate],  # to shrink what fails takes minutes; the steps tell enough
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=wanted)


@pytest.mark.long_on("postgresql")
def test_a_launch_keeps_its_promises_in_any_order(machine: type[Launch]) -> None:
    runs(machine, 6, steps=40, derandomize=True)


@pytest.mark.long
@pytest.mark.parametrize("shard", range(20))
def test_a_launch_keeps_its_promises_in_every_order(machine: type[Launch], shard: int) -> None:
    """Twenty shards on two databases: 2 000 runs of 50 steps."""
    runs(machine, 50, steps=50)
