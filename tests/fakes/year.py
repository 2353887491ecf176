"""A community's year, from launch day to now: it grows, and those who came first fall silent."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from tests.fakes.story import DAY, Act, Person, Story

DAYS: Final = 365
_TEAM: Final = "saul"
_WAVE: Final = timedelta(days=28)  # in which newcomers come more often
_SILENT: Final = timedelta(days=40)  # since when the first ones have said nothing
_OLD: Final = timedelta(days=90)


def a_year(now: datetime) -> Story:
    """By arithmetic: the same figures whenever it is told."""
    begin = now - DAYS * DAY
    team = Person(_TEAM, begin, role="staff")
    people = list(_newcomers(begin, now))
    topics = list(_topics(begin, now, people))
    return Story([team, *people], sorted([*topics, *_talk(people, topics, now)], key=_at))


def _newcomers(begin: datetime, now: datetime) -> Iterator[Person]:
    """One every four days; in the last four weeks, two every three days."""
    number, at = 0, begin + timedelta(hours=1)
    while at < now - DAY:
        yield Person(f"m{number}", at)
        number += 1
        at += timedelta(days=4) if at < now - _WAVE else timedelta(days=1.5)


def _topics(begin: datetime, now: datetime, people: list[Person]) -> Iterator[Act]:
    """The team begins five a week; members ask once a week, and another member answers."""
    for number in range(int(DAYS / 1.4)):
        yield Act(f"t{number}", "post", _TEAM, begin + timedelta(days=1.4 * number, hours=2))
    for number in range(2, DAYS // 7):
        at = begin + timedelta(days=7 * number, hours=5)
        known = [one for one in people if at - _OLD < one.joined_at < at - 8 * DAY]
        asks, helps = known[number % len(known)], known[(number + 1) % len(known)]
        yield Act(f"q{number}", "post", asks.key, at, "help", is_question=True)
        if asks is not helps and at + 3 * timedelta(hours=1) < now:
            answered = at + timedelta(hours=3)
            name = f"a{number}"
            yield Act(name, "reply", helps.key, answered, "help", f"q{number}", is_accepted=True)


def _talk(people: list[Person], topics: list[Act], now: datetime) -> Iterator[Act]:
    """Three newcomers of five say something within a day, and go on once a week, for a while."""
    begun = [act for act in sorted(topics, key=_at) if act.kind == "post"]
    for number, person in enumerate(people):
        at = person.joined_at + (DAY if number % 5 < 3 else 12 * DAY)
        until = min(_falls_silent(number, person, now), now - timedelta(hours=1))
        for turn in range(DAYS):
            if at >= until:
                break
            topic = [act for act in begun if act.at < at][-1]
            yield Act(f"r{number}-{turn}", "reply", person.key, at, topic.channel, topic.key)
            at += 7 * DAY


def _falls_silent(number: int, person: Person, now: datetime) -> datetime:
    if number % 4 == 3:
        return person.joined_at + 45 * DAY
    is_old = person.joined_at < now - _OLD
    return now - _SILENT if is_old and number % 5 else now


def _at(act: Act) -> datetime:
    return act.at
