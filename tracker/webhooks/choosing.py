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
_LONGEST_RUN: Final = 32
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


def run_at(pace: float | None) -> int:
    """How many fit into the time for which an endpoint is trusted to go on as it does."""
    if pace is None:
        return 1
    return max(1, int(min(_LONGEST_RUN, _RUN_SECONDS / max(pace, 0.001))))


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
        return 1 if self.is_troubled else run_at(self.pace)

    @property
    def lanes(self) -> int:
        """How many requests it may have under way. One that fails is asked one thing at a time."""
        return 1 if self.is_troubled else LANES_EACH


@dataclass(slots=True)
class InHand:
    """What a process has under way: lanes and deliveries of each endpoint."""

    lanes: Counter[Key] = field(default_factory=Counter)
    deliveries: Counter[Key] = field(default_factory=Counter)
    troubled: set[Key] = field(default_factory=set)
    is_alone: bool = False  # a delivery that has brought others down

    @property
    def is_full(self) -> bool:
        """Whether nothing more can be taken now."""
        return self.is_alone or self.deliveries.total() >= IN_HAND

    @property
    def room(self) -> int:
        """How much more may be taken."""
        return IN_HAND - self.deliveries.total()

    def has_enough(self, webhook: Key, pace: float | None) -> bool:
        """Whether an endpoint need not be asked about: it will be busy for a while."""
        share = IN_HAND // max(1, self.lanes.total())
        return self.deliveries[webhook] > LANES_EACH * min(run_at(pace), share) // 2

    def copy(self) -> "InHand":
        """One to plan with."""
        return InHand(self.lanes.copy(), self.deliveries.copy(), set(self.troubled), self.is_alone)


@dataclass(slots=True)
class Choice:
    """What goes next, and whom to pass by until something has changed."""

    more: list[tuple[Key, list[Candidate]]] = field(default_factory=list)
    probes: set[Key] = field(default_factory=set)  # of those only whoever is first goes
    not_active: set[Key] = field(default_factory=set)
    waiting: dict[Key, datetime] = field(default_factory=dict)
    is_alone: bool = False

    def add(self, other: "Choice", in_hand: InHand) -> None:
        """Choose these, too, as if they were under way already."""
        self.more += other.more
        self.probes |= other.probes
        self.not_active |= other.not_active
        self.waiting |= other.waiting
        self.is_alone = self.is_alone or other.is_alone
        for webhook, more in other.more:
            in_hand.lanes[webhook] = max(in_hand.lanes[webhook], min(LANES_EACH, len(more)))
            in_hand.deliveries[webhook] += len(more)


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
    lanes, room = LANES - in_hand.lanes.total(), IN_HAND - in_hand.deliveries.total()
    wanted = sum(standings[webhook].lanes - in_hand.lanes[webhook] for webhook in going)
    longest = max(1, IN_HAND // max(1, in_hand.lanes.total() + min(lanes, wanted)))
    troubled = len(in_hand.troubled)
    for webhook, waiting in going.items():
        standing, used = standings[webhook], in_hand.lanes[webhook]
        if standing.is_troubled and troubled >= _TROUBLED_LANES:
            continue
        fresh = max(0, min(standing.lanes - used, lanes))
        most = (used + fresh) * min(standing.run, longest) - in_hand.deliveries[webhook]
        more = waiting[: max(0, min(most, room))]
        if not more:
            continue
        choice.more.append((webhook, more))
        lanes, room = lanes - min(fresh, len(more)), room - len(more)
        if standing.is_troubled:
            troubled += 1
        if standing.blocked_until is not None:
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
    if not in_hand.deliveries.total():
        choice.more.append((suspect.webhook, [suspect]))
    choice.is_alone = True
    return choice
