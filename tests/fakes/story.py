"""One community, whatever platform it lives on: who came, who went, who said something to whom.

Texts and names are here so that tests can look for them where they must not be.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final, Literal

DAY: Final = timedelta(days=1)
D0: Final = datetime(2026, 6, 1, 9, tzinfo=UTC)
SECRETS: Final = ("Zsecretname", "zsecretwords")  # part of every name, and of every text

Kind = Literal["post", "reply", "reaction"]


@dataclass(frozen=True)
class Person:
    """Somebody, with the platform's account made on the day they join."""

    key: str
    joined_at: datetime
    left_at: datetime | None = None
    role: Literal["member", "staff", "bot"] = "member"
    came_by: str | None = None

    @property
    def name(self) -> str:
        return f"{self.key.title()} {SECRETS[0]}"


@dataclass(frozen=True)
class Act:
    """Something done. ``answers`` is the key of what it stands under; a reaction stands on it."""

    key: str
    kind: Kind
    by: str
    at: datetime
    channel: str = "general"
    answers: str | None = None
    is_question: bool = False
    is_accepted: bool = False  # as the answer to its question

    @property
    def text(self) -> str:
        return f"{SECRETS[1]} of {self.key}{'?' if self.is_question else '.'}"


class Story:
    """Grows while tests run: whoever plays it looks at it anew for each answer."""

    def __init__(self, people: Iterable[Person], acts: Iterable[Act] = ()) -> None:
        self.people = {one.key: one for one in people}  # in order of arrival
        self.acts: list[Act] = []  # in order of time
        self.by_key: dict[str, Act] = {}
        self.reactions: dict[str, list[Act]] = {}
        self._channels: dict[str, None] = {}
        self.add(*acts)

    def add(self, *acts: Act) -> None:
        self.acts = sorted([*self.acts, *acts], key=lambda act: act.at)
        for act in acts:
            self._channels.setdefault(act.channel)
            self.by_key[act.key] = act
            if act.kind == "reaction" and act.answers:
                self.reactions.setdefault(act.answers, []).append(act)

    def join(self, *people: Person) -> None:
        self.people |= {one.key: one for one in people}

    def leave(self, key: str, at: datetime) -> None:
        self.people[key] = replace(self.people[key], left_at=at)

    def present(self, at: datetime) -> list[Person]:
        """Who has joined by then and not left, in order of arrival."""
        there = (p for p in self.people.values() if p.joined_at <= at)
        return [one for one in there if one.left_at is None or one.left_at > at]

    def channels(self) -> list[str]:
        """In the order in which they came into use; a new one is the last."""
        return list(self._channels)

    def root(self, act: Act) -> Act:
        while act.answers is not None:
            act = self.by_key[act.answers]
        return act

    def written(self) -> list[Act]:
        """What has a text."""
        return [act for act in self.acts if act.kind != "reaction"]


def golden() -> Story:
    """The community of the golden vector, from D0 on.

    What is there before, for b to react to and for a to answer, is older than any window.
    """

    def at(day: float, hour: float = 9, minute: float = 0) -> datetime:
        start = D0.replace(hour=0)
        return start + timedelta(days=day, hours=hour, minutes=minute)

    people = [
        Person("saul", at(-60), role="staff"),
        Person("robo", at(-60), role="bot"),
        *(Person(key, at(0)) for key in ("anna", "bert", "cleo")),
        Person("dina", at(0), left_at=at(20)),
        Person("emil", at(5)),
    ]
    acts = [
        Act("welcome", "post", "saul", at(-50)),
        Act("liked", "reaction", "bert", at(2), answers="welcome"),
        Act("hello", "reply", "anna", at(3), answers="welcome"),
        Act("t1", "post", "anna", at(9, 10), "help", is_question=True),
        Act("t1-self", "reply", "anna", at(9, 10, 5), "help", "t1"),
        Act("t1-bot", "reply", "robo", at(9, 10, 6), "help", "t1"),
        Act("t1-staff", "reply", "saul", at(9, 11), "help", "t1"),
        Act("t1-member", "reply", "cleo", at(9, 12), "help", "t1", is_accepted=True),
        Act("t2", "post", "cleo", at(10, 10), "help", is_question=True),
    ]
    return Story(people, acts)


def busy(*, members: int = 230, messages: int = 430, days: int = 60) -> Story:
    """Enough of everything for several pages, by arithmetic: always the same."""
    step = timedelta(days=days) / max(messages, 1)
    people = [Person(f"member{n}", D0 + n * timedelta(minutes=7)) for n in range(members - 2)]
    people += [Person("saul", D0, role="staff"), Person("robo", D0, role="bot")]
    start = D0 + members * timedelta(minutes=7)
    acts = list(_chatter(people, start, step, messages))
    return Story(people, acts)


def _chatter(
    people: list[Person], start: datetime, step: timedelta, messages: int
) -> Iterator[Act]:
    topic = ("m0", "general")
    for n in range(messages):
        who, at = people[n * 7 % len(people)].key, start + n * step
        is_question, is_topic = n % 40 == 20, n % 10 == 0
        if is_topic or is_question:
            topic = (f"m{n}", "help" if is_question else ("general", "random")[n // 10 % 2])
            yield Act(f"m{n}", "post", who, at, topic[1], is_question=is_question)
        else:
            yield Act(f"m{n}", "reply", who, at, topic[1], topic[0])
        if n % 5 == 0:
            fan = people[(n * 7 + 3) % len(people)].key
            yield Act(f"r{n}", "reaction", fan, at + step / 2, topic[1], f"m{n}")


def more_of(story: Story, at: datetime, number: int = 3) -> list[Act]:
    """What goes on meanwhile: new topics, told to ``story``."""
    keys = (f"new{n}" for n in count() if f"new{n}" not in story.by_key)
    acts = [Act(next(keys), "post", "saul", at + n * timedelta(seconds=1)) for n in range(number)]
    story.add(*acts)
    return acts
