"""Which deliveries go next, so that no endpoint keeps others waiting. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from tracker.people.rules import Actor
from tracker.webhooks.pacing import MOST_CRASHES
from tracker.webhooks.words import WebhookState

LANES: Final = 16
"""Requests under way at once, at most, in one process."""
LANES_EACH: Final = 2
"""The same to one endpoint."""
IN_HAND: Final = 64
"""Attempts that are written down and whose outcome is not, at most, in one process."""
_LONGEST_RUN: Final = 16
_RUN_SECONDS: Final = 0.4
_TROUBLED_LANES: Final = LANES // 2

Key = tuple[UUID, UUID]
"""Workspace and id."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A delivery that is ready."""

    key: Key
    webhook: Key
    crashes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an endpoint stands: whether it is sent anything, and how it answers of late."""

    state: str
    owner: Actor | None = None  # by whose rights payloads are made
    version: int = 0
    failures: int = 0
    blocked_until: datetime | None = None
    delivered_at: datetime | None = None
    has_owner: bool = True
    pace: float | None = None  # seconds that its last answer took, where it was a good one

    @property
    def is_active(self) -> bool:
        """Whether it is sent anything at all."""
        return self.state == WebhookState.ACTIVE and self.has_owner

    @property
    def is_troubled(self) -> bool:
        """Whether its last answer was none, or a bad one."""
        return self.failures > 0 or self.blocked_until is not None

    def waits_until(self, now: datetime) -> datetime | None:
        """Until when it is left alone; None: it is not."""
        until = self.blocked_until
        return until if until is not None and until > now else None

    @property
    def run(self) -> int:
        """How many may be sent one after the other without a word in between."""
        if self.pace is None or self.is_troubled:
            return 1
        return max(1, int(min(_LONGEST_RUN, _RUN_SECONDS / max(self.pace, 0.001))))

    @property
    def lanes(self) -> int:
        """How many requests it may have under way. One that fails is asked one thing at a time."""
        return 1 if self.is_troubled else LANES_EACH


@dataclass(slots=True)
class InHand:
    """What a process has under way: lanes and deliveries of each endpoint."""

    lanes: Counter[Key] = field(default_factory=Counter)
    deliveries: int = 0
    troubled: set[Key] = field(default_factory=set)
    is_alone: bool = False  # a delivery that has brought others down

    @property
    def is_full(self) -> bool:
        """Whether nothing more can be taken now."""
        return self.is_alone or self.deliveries >= IN_HAND or self.lanes.total() >= LANES

    def copy(self) -> "InHand":
        """One to plan with."""
        return InHand(self.lanes.copy(), self.deliveries, set(self.troubled), self.is_alone)


@dataclass(slots=True)
class Choice:
    """What goes next, and whom to pass by until something has changed."""

    runs: list[tuple[Key, list[Candidate]]] = field(default_factory=list)
    probes: set[Key] = field(default_factory=set)  # of those only whoever is first goes
    not_active: set[Key] = field(default_factory=set)
    waiting: dict[Key, datetime] = field(default_factory=dict)
    is_alone: bool = False

    def add(self, more: "Choice", in_hand: InHand) -> None:
        """Choose these, too, as if they were under way already."""
        self.runs += more.runs
        self.probes |= more.probes
        self.not_active |= more.not_active
        self.waiting |= more.waiting
        self.is_alone = self.is_alone or more.is_alone
        for webhook, run in more.runs:
            in_hand.lanes[webhook] += 1
            in_hand.deliveries += len(run)


def choose(
    candidates: Sequence[Candidate],
    standings: Mapping[Key, Standing],
    in_hand: InHand,
    now: datetime,
) -> Choice:
    """Share the free lanes out among ``candidates``, the longest ready first."""
    choice = Choice()
    suspect = next((one for one in candidates if _is_suspect(one, standings, now)), None)
    if suspect is not None:
        return _alone(suspect, choice, in_hand)
    going = _going(candidates, standings, choice, now)
    lanes, room = LANES - in_hand.lanes.total(), IN_HAND - in_hand.deliveries
    wanted = sum(standings[webhook].lanes - in_hand.lanes[webhook] for webhook in going)
    longest = max(1, room // max(1, min(lanes, wanted)))
    troubled = len(in_hand.troubled)
    for webhook, waiting in going.items():
        standing = standings[webhook]
        if standing.is_troubled and troubled >= _TROUBLED_LANES:
            continue
        free = max(0, min(standing.lanes - in_hand.lanes[webhook], lanes))
        runs = _dealt(waiting[: min(free * min(standing.run, longest), room)], free)
        choice.runs += [(webhook, run) for run in runs]
        lanes, room = lanes - len(runs), room - sum(map(len, runs))
        if runs and standing.is_troubled:
            troubled += 1
        if runs and standing.blocked_until is not None:
            choice.probes.add(webhook)
    return choice


def _going(
    candidates: Iterable[Candidate],
    standings: Mapping[Key, Standing],
    choice: Choice,
    now: datetime,
) -> Mapping[Key, list[Candidate]]:
    """Those whose endpoints are neither off nor left alone; the others are told to ``choice``."""
    going: dict[Key, list[Candidate]] = {}
    for one in candidates:
        standing = standings[one.webhook]
        until = standing.waits_until(now)
        if not standing.is_active:
            choice.not_active.add(one.webhook)
        elif until is not None:
            choice.waiting[one.webhook] = until
        else:
            going.setdefault(one.webhook, []).append(one)
    return going


def _is_suspect(one: Candidate, standings: Mapping[Key, Standing], now: datetime) -> bool:
    """Whether those who had it in hand died, more than once, and it would go now."""
    standing = standings[one.webhook]
    is_going = standing.is_active and standing.waits_until(now) is None
    return is_going and one.crashes >= MOST_CRASHES


def _alone(suspect: Candidate, choice: Choice, in_hand: InHand) -> Choice:
    """It goes when nothing else is under way, and until then nothing else goes."""
    if not in_hand.deliveries:
        choice.runs.append((suspect.webhook, [suspect]))
    choice.is_alone = True
    return choice


def _dealt(chosen: Sequence[Candidate], lanes: int) -> list[list[Candidate]]:
    """The same, in turns, to as many lanes."""
    return [list(chosen[lane::lanes]) for lane in range(min(lanes, len(chosen)))]
