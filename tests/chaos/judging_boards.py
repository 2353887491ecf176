"""Whether a project and its board ended equal, with all that was done on either side. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.chaos.judging import Verdict

FIELDS: Final = ("title", "status", "start_on", "due_on")
MAKING: Final = ("POST /cards", "POST /v1/pages")
SOON: Final = 2.0  # seconds from a call within which whoever made it was killed or stopped
_OF: Final = re.compile(r"/(?:tasks|gates)/([0-9a-f-]{36})")  # an address of ours, on the card
Field = tuple[str, str]
"""A task, and the name of a field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A task, or a card: how it is shown on its side. A card's ``task_id`` is what is marked."""

    id: str
    task_id: str | None
    title: str
    status: str
    start_on: str
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A call that was to change something; without a body, what somebody there did to a card."""

    at: float
    call: str
    body: str


@dataclass(kw_only=True)
class Story:
    """What was done on either side and is to be seen on both: the last value of each field."""

    here: dict[Field, str] = field(default_factory=dict)
    there: dict[Field, str] = field(default_factory=dict)
    first: frozenset[str] = frozenset()  # tasks that were there before
    made: list[str] = field(default_factory=list)  # titles of what is new, on either side
    answered: set[str] = field(default_factory=set)  # keys of what we have said 200 to


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How both sides are at the end."""

    tasks: Sequence[Shown]
    cards: Sequence[Shown]
    gates: frozenset[str]
    kept: frozenset[str]  # keys of what was told to us
    writes: Sequence[Write]
    too_late: Sequence[Write]  # when all was equal already
    moments: Sequence[float]  # at which somebody was killed or stopped


def judge_board(story: Story, end: Ended) -> Verdict:
    """Lay both sides and the story beside each other."""
    verdict = Verdict(owed=0)
    _judge_fields(story, end, verdict)
    _judge_made(story, end, verdict)
    verdict.lost += [f"{key}: answered 200, and not kept" for key in story.answered - end.kept]
    verdict.unexplained += _differing(end)
    verdict.repeated += _twice(story, end)
    _judge_calls(end, verdict)
    verdict.unexplained += [f"{one.call}: sent when all was equal" for one in end.too_late]
    return verdict


def _judge_fields(story: Story, end: Ended, verdict: Verdict) -> None:
    """Where both have changed a field one of both values stands."""
    tasks = {one.id: one for one in end.tasks}
    for key in story.here.keys() | story.there.keys():
        task_id, name = key
        wanted = {side[key] for side in (story.here, story.there) if key in side}
        found = getattr(tasks.get(task_id), name, None)
        verdict.owed += 1
        if found in wanted:
            verdict.told += 1
        else:
            verdict.lost.append(f"{name} of {task_id}: {found}, and was to be {sorted(wanted)}")


def _judge_made(story: Story, end: Ended, verdict: Verdict) -> None:
    """What is new on one side is one task here and one card there."""
    tasks = Counter(one.title for one in end.tasks)
    cards = Counter(one.title for one in end.cards)
    for title in story.made:
        verdict.owed += 1
        times = (tasks[title], cards[title])
        if times == (1, 1):
            verdict.told += 1
        elif max(times) > 1:
            verdict.repeated.append(f"{title}: {times[0]} tasks, {times[1]} cards")
        else:
            verdict.lost.append(f"{title}: {times[0]} tasks, {times[1]} cards")


def _twice(story: Story, end: Ended) -> Iterator[str]:
    """Two cards of one task, whatever has become of one of them; or two tasks of one card."""
    cards = Counter(one.task_id for one in end.cards if one.task_id)
    yield from (f"{task_id}: {times} cards" for task_id, times in cards.items() if times > 1)
    ids = (_OF.search(one.body) for one in end.writes if one.call in MAKING)
    made = Counter(found[1] for found in ids if found)
    yield from (f"{id_}: made {times} times" for id_, times in made.items() if times > 1)
    known = {*story.made}
    for task in end.tasks:
        if task.id not in story.first and task.title not in known:
            yield f"{task.id}, {task.title}: a task that nobody has made"


def _differing(end: Ended) -> Iterator[str]:
    cards: Mapping[str | None, Shown] = {one.task_id: one for one in end.cards}
    for task in end.tasks:
        card = cards.get(task.id)
        if card is None:
            yield f"{task.id}: no card"
            continue
        for name in FIELDS:
            ours, theirs = getattr(task, name), getattr(card, name)
            if ours != theirs:
                yield f"{name} of {task.id}: {ours} here, {theirs} there"
    known = {task.id for task in end.tasks} | end.gates
    yield from (f"{one.id}: a card of nothing" for one in end.cards if one.task_id not in known)


def _judge_calls(end: Ended, verdict: Verdict) -> None:
    """A call that is made again had somebody die or stand still over it."""
    for first, again in _repeats(end.writes):
        verdict.raw_repeats += 1
        if any(first.at <= moment <= first.at + SOON for moment in end.moments):
            verdict.unknown += 1
        else:
            verdict.unexplained.append(f"{again.call}: again, {again.body[:200]}")


def _repeats(writes: Iterable[Write]) -> Iterator[tuple[Write, Write]]:
    """Calls that say what was said before, with nothing else said or done about it between."""
    made: dict[tuple[str, str], Write] = {}
    last: dict[str, Write] = {}
    for one in writes:
        if not one.body:
            last = {call: write for call, write in last.items() if one.call not in call}
            continue
        is_new = one.call.startswith("POST")
        before = made.get((one.call, one.body)) if is_new else last.get(one.call)
        if before is not None and before.body == one.body:
            yield before, one
        made[one.call, one.body] = last[one.call] = one
