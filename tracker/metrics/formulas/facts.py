"""One pass over the story: everything that formulas ask for, by day and by person, as numbers."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from tracker.metrics.formulas.calendar import Calendar, month_number
from tracker.metrics.formulas.story import ENGAGED, Act, MonthOf, Person, Story
from tracker.metrics.formulas.threads import Threads

NEVER: Final = 10**9
SETTLING: Final = 30
"""Days for which somebody is new."""
_POINTS: Final = {"post": 20, "question": 20, "reply": 10, "reaction": 2, "rsvp": 5, "checkin": 20}
"""Of the engagement score of newcomers."""


class Stay(NamedTuple):
    """When somebody is a member, by day; ``left`` is the first day on which they are none."""

    joined_at: datetime
    joined: int
    left: int
    person: Person


class Facts:
    """The story in numbers. People are indices; the first of them are the members who count."""

    def __init__(self, story: Story, calendar: Calendar) -> None:
        self.calendar = calendar
        self.length = calendar.length
        self.stays: list[Stay] = []
        self.roles: dict[str, str] = {}
        self._index: dict[str, int] = {}
        self.first_contribution: dict[int, datetime] = {}
        self.first_step: dict[int, datetime] = {}
        for person in story.members:
            self._take_member(person)
        self.active: dict[int, set[int]] = defaultdict(set)
        self.engaged: dict[int, set[int]] = defaultdict(set)
        self.contributed: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self.points: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self.heaviest: dict[tuple[int, int], float] = {}
        self.months: dict[int, int] = defaultdict(int)
        self.registered: dict[tuple[int, int], set[str]] = defaultdict(set)
        self.attended: dict[tuple[int, int], set[str]] = defaultdict(set)
        self.daily = {
            name: [0.0] * self.length
            for name in ("posts", "replies", "reactions", "begun_by_staff", "written_by_staff")
        }
        self.threads = Threads()
        self._take_acts(story.events)
        self.threads.close(self.index_of)
        self._take_months(story.months)

    def _take_member(self, person: Person) -> None:
        self.roles[person.actor] = person.role
        if person.role == "member":
            joined = self.calendar.day_of(person.joined_at)
            left = NEVER if person.left_at is None else self.calendar.day_of(person.left_at)
            index = self._index[person.actor] = len(self.stays)
            if person.contributed_at is not None:
                self.first_contribution[index] = person.contributed_at
                self.first_step[index] = person.contributed_at
            self.stays.append(Stay(person.joined_at, joined, left, person))

    def index_of(self, actor: str | None) -> int:
        """The index of a person, new to those who are on no list; -1 where nobody is named."""
        if actor is None:
            return -1
        return self._index.setdefault(actor, len(self._index))

    def stay(self, index: int) -> tuple[int, int]:
        """From which day on somebody is a member, and from which on no more."""
        if index < len(self.stays):
            return self.stays[index].joined, self.stays[index].left
        return NEVER, NEVER

    def _take_acts(self, acts: Iterable[Act]) -> None:
        roles, day_of, length = self.roles, self.calendar.day_of, self.length
        for act in acts:
            _, kind, at, actor, told, *_ = act
            role = roles.get(actor, told) if actor else told
            day = day_of(at)
            if "bot" in (role, told) or day >= length or kind not in _TAKEN:
                continue
            if kind in _WRITTEN:
                is_new = self.threads.take(act, role, day)
                if is_new:
                    self._count(kind, role, day, 1)
            else:
                is_new = True
                if kind == "reaction":
                    self._count(kind, role, day, 1 if actor else act.weight)
            if role == "member" and actor:
                self._take_doing(act, self.index_of(actor), day, is_new=is_new)

    def _count(self, kind: str, role: str, day: int, amount: float) -> None:
        if role == "member":
            if kind in _COUNTED:
                self.daily[_COUNTED[kind]][day] += amount
        elif kind in _CONTENT:
            self.daily["written_by_staff"][day] += amount
            if kind != "reply":
                self.daily["begun_by_staff"][day] += amount

    def _take_doing(self, act: Act, index: int, day: int, *, is_new: bool) -> None:
        """What a member did. A post that is a question, too, is one contribution."""
        kind = act.kind
        self.active[index].add(day)
        if kind in _STEPS:
            self._take_step(act.at, index, is_reaction=kind == "reaction")
            if kind in ENGAGED:
                self.engaged[index].add(day)
                if is_new and kind != "reaction":
                    self.contributed[index][day] += 1
        elif kind in _MEETING:
            event = act.root or act.parent or act.channel or act.source_id
            (self.attended if kind == "checkin" else self.registered)[index, day].add(event)
        if is_new and kind in _POINTS and index < len(self.stays):
            joined = self.stays[index].joined
            if joined <= day < joined + SETTLING:
                self.points[index][day] += _POINTS[kind]
        if act.weight > 1:
            self.heaviest[index, day] = max(act.weight, self.heaviest.get((index, day), 1))

    def _take_step(self, at: datetime, index: int, *, is_reaction: bool) -> None:
        known = self.first_step.get(index)
        if known is None or at < known:
            self.first_step[index] = at
        if not is_reaction:
            known = self.first_contribution.get(index)
            if known is None or at < known:
                self.first_contribution[index] = at

    def _take_months(self, months: Iterable[MonthOf]) -> None:
        """In which months people were active, one bit each: from events and from what is folded."""
        base, number = self.base_month, self.calendar.months
        for index, days in self.active.items():
            for told in {number[day] for day in days}:
                self.months[index] |= 1 << (told - base)
        for actor, month, is_active, _ in months:
            bit = month_number(month) - base
            if is_active and bit >= 0 and self.roles.get(actor, "member") == "member":
                self.months[self.index_of(actor)] |= 1 << bit

    @property
    def base_month(self) -> int:
        """The month of the first day, from which months are counted."""
        return self.calendar.months[0]


_CONTENT: Final = frozenset({"post", "question", "reply"})
_WRITTEN: Final = _CONTENT | {"answer_accepted"}
_MEETING: Final = frozenset({"rsvp", "checkin"})
_STEPS: Final = _WRITTEN | {"reaction"}
_TAKEN: Final = _STEPS | _MEETING | {"star"}
_COUNTED: Final = {
    "post": "posts",
    "question": "posts",
    "reply": "replies",
    "reaction": "reactions",
}
