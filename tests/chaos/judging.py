"""What was owed, what was tried and what arrived, laid beside each other. Pure, and merciless.

The ledger only grows: what was put in, which rows and attempts the database tells of it at the end,
and every mail that the sink took. An effect is one thing to be told to one person, under whatever
id; a reminder is told under its own id, or by the one that it was folded into.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

EXPIRED = ("expired", "late")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What the harness put in, or was promised. ``end`` is told, or the state it must end in."""

    effect: str
    due_at: datetime
    end: str = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """An attempt, as the database tells it."""

    number: int
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A reminder, as the database tells it at the end."""

    id: str
    effect: str
    recipient: str
    state: str
    reason: str | None = None
    folded_into: str | None = None
    is_ready: bool = False  # whether it would be claimed some day
    tries: Sequence[Try] = ()
    announced: int = 0  # how often the world was told that it was sent

    @property
    def outcomes(self) -> Counter[str | None]:
        """How often each outcome is written down."""
        return Counter(one.outcome for one in self.tries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A mail that the sink took."""

    id: str
    recipient: str
    at: datetime


@dataclass(kw_only=True)
class Verdict:
    """The faults, each with its reason, and the figures."""

    owed: int
    lost: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    told: int = 0
    folded: int = 0
    expired: int = 0
    raw_repeats: int = 0
    unknown: int = 0
    unknown_delivered: int = 0
    lateness: list[float] = field(default_factory=list)  # seconds, in order

    @property
    def is_clean(self) -> bool:
        """Whether everything that is promised held."""
        return not (self.lost or self.repeated or self.unexplained)

    def late(self, share: float) -> float:
        """So late, in seconds, at most, was this share of what was told."""
        return self.lateness[int(share * (len(self.lateness) - 1))] if self.lateness else 0.0


def judge(intents: Iterable[Intent], rows: Iterable[Row], arrivals: Iterable[Arrival]) -> Verdict:
    """Lay the three beside each other."""
    ledger = _Ledger(list(intents), list(rows), list(arrivals))
    verdict = Verdict(owed=len(ledger.intents))
    for effect, intent in ledger.intents.items():
        _judge_effect(intent, ledger.by_effect.get(effect, ()), ledger, verdict)
    for effect in ledger.by_effect.keys() - ledger.intents.keys():
        _count_tellings(effect, ledger.by_effect[effect], ledger, verdict)
    for row in ledger.rows.values():
        _judge_row(row, ledger.arrived.get(row.id, ()), verdict)
    for id_ in ledger.arrived.keys() - ledger.rows.keys():
        verdict.unexplained.append(f"{id_}: arrived, and nobody owes it")
    verdict.lateness.sort()
    return verdict


class _Ledger:
    def __init__(
        self, intents: Sequence[Intent], rows: Sequence[Row], arrivals: Sequence[Arrival]
    ) -> None:
        self.intents = {intent.effect: intent for intent in intents}
        self.rows = {row.id: row for row in rows}
        self.by_effect: Mapping[str, list[Row]] = defaultdict(list)
        for row in rows:
            self.by_effect[row.effect].append(row)
        self.arrived: Mapping[str, list[Arrival]] = defaultdict(list)
        for arrival in arrivals:
            self.arrived[arrival.id].append(arrival)

    def tellings(self, rows: Iterable[Row]) -> dict[str, datetime]:
        """Ids under which something was told to its reader, each with when."""
        ids = {id_ for row in rows for id_ in (row.id, row.folded_into) if id_}
        return {
            id_: min(arrival.at for arrival in self.arrived[id_])
            for id_ in ids & self.arrived.keys()
        }


def _judge_effect(intent: Intent, rows: Sequence[Row], ledger: _Ledger, verdict: Verdict) -> None:
    tellings = _count_tellings(intent.effect, rows, ledger, verdict)
    states = {row.state for row in rows}
    if intent.end != "told":
        if states != {intent.end} or tellings:
            ends = sorted(states) or "no row"
            verdict.lost.append(f"{intent.effect}: {ends}, and was to be {intent.end}")
    elif tellings:
        verdict.told += 1
        verdict.folded += "folded" in states
        verdict.lateness.append((min(tellings.values()) - intent.due_at).total_seconds())
        if verdict.lateness[-1] < 0:
            verdict.unexplained.append(f"{intent.effect}: told before it was due")
    elif any((row.state, row.reason) == EXPIRED for row in rows):
        verdict.expired += 1
    else:
        ends = sorted(f"{row.state} {row.reason or ''}" for row in rows) or "no row"
        verdict.lost.append(f"{intent.effect}: not told; {ends}")


def _count_tellings(
    effect: str, rows: Sequence[Row], ledger: _Ledger, verdict: Verdict
) -> dict[str, datetime]:
    tellings = ledger.tellings(rows)
    if len(tellings) > 1:
        verdict.repeated.append(f"{effect}: told under {sorted(tellings)}")
    return tellings


def _judge_row(row: Row, arrivals: Sequence[Arrival], verdict: Verdict) -> None:
    """Each mail belongs to one attempt, and each attempt that was accepted to one mail."""
    outcomes, count = row.outcomes, len(arrivals)
    accepted, unknown = outcomes["accepted"], outcomes["unknown"]
    verdict.raw_repeats += max(count - 1, 0)
    verdict.unknown += unknown
    verdict.unknown_delivered += max(min(count - accepted, unknown), 0)
    for is_so, fault in (
        (accepted > 1, f"accepted {accepted} times"),
        (count < accepted, "accepted, and never arrived"),
        (count > accepted + unknown, f"arrived {count} times after {dict(outcomes)}"),
        (None in outcomes, "an attempt without a word of how it ended"),
        ((row.state == "sent") != (accepted > 0), f"{row.state} after {dict(outcomes)}"),
        (row.state == "sent" and row.announced != 1, f"announced {row.announced} times"),
        (row.state in {"owed", "sending"} or row.is_ready, f"still {row.state}"),
        (row.state == "failed", f"given up: {row.reason}"),
        (any(one.recipient != row.recipient for one in arrivals), "went to somebody else"),
        (len({one.number for one in row.tries}) < len(row.tries), "attempts under one number"),
    ):
        if is_so:
            verdict.unexplained.append(f"{row.id}: {fault}")
