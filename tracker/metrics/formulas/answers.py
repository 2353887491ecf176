"""Whether and how fast members get an answer, and from whom: as it was known on each day."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from tracker.connectors.figures import Sample
from tracker.metrics.formulas.facts import Facts
from tracker.metrics.formulas.sheet import Sheet
from tracker.metrics.formulas.spans import Tally, Waits, median, percentile
from tracker.metrics.formulas.threads import Topic

_WINDOW = 28
_SOON = timedelta(hours=24)
_RIPE = timedelta(days=7)
_HOUR = 3600


def answers(facts: Facts, sheet: Sheet) -> Iterator[Sample]:
    """Waits, and shares of what is old enough to be judged."""
    yield from _waits(facts, sheet)
    yield from _responses(facts, sheet)
    yield from _questions(facts, sheet)


def _waits(facts: Facts, sheet: Sheet) -> Iterator[Sample]:
    anybody, staff, member = (Waits(facts.length) for _ in range(3))
    for topic in facts.threads.topics:
        last = topic.day + _WINDOW - 1
        _wait(facts, anybody, topic, topic.by_anybody, last=last)
        _wait(facts, member, topic, topic.by_member, last=last)
        _wait(facts, staff, topic, topic.by_staff, last=topic.day + 6)
    middles, slowest = {}, {}
    for day, known in enumerate(anybody.by_day()):
        if known:
            middles[day] = (median(known), len(known))
            slowest[day] = (percentile(known, 90), len(known))
    yield from sheet.found("ttfr_median", middles, window=_WINDOW)
    yield from sheet.found("ttfr_p90", slowest, window=_WINDOW)
    yield from sheet.found("ttfr_member", _medians(member), window=_WINDOW)
    yield from sheet.found("animator_first_response_time", _medians(staff), window=7)


def _wait(facts: Facts, waits: Waits, topic: Topic, at: datetime | None, *, last: int) -> None:
    if at is not None:
        hours = (at - topic.at).total_seconds() / _HOUR
        waits.add(facts.calendar.day_of(at), last, hours)


def _medians(waits: Waits) -> Mapping[int, tuple[float, int]]:
    return {day: (median(known), len(known)) for day, known in enumerate(waits.by_day()) if known}


def _responses(facts: Facts, sheet: Sheet) -> Iterator[Sample]:
    day_of, known_on = facts.calendar.day_of, facts.calendar.known_on
    ripe, silent, due, soon = (Tally(facts.length) for _ in range(4))
    for topic in facts.threads.topics:
        at, last = topic.by_anybody, topic.day + _WINDOW - 1
        from_ripe, from_due = known_on(topic.at + _RIPE), known_on(topic.at + _SOON)
        ripe.add(from_ripe, last)
        silent.add(from_ripe, last if at is None else min(day_of(at) - 1, last))
        due.add(from_due, last)
        if at is not None and at <= topic.at + _SOON:
            soon.add(from_due, last)
    yield from sheet.shares("no_response_rate", silent.by_day(), ripe.by_day(), window=_WINDOW)
    yield from sheet.shares("response_rate_24h", soon.by_day(), due.by_day(), window=_WINDOW)


def _questions(facts: Facts, sheet: Sheet) -> Iterator[Sample]:
    day_of, length = facts.calendar.day_of, facts.length
    ripe, accepted, answered, named, by_member = (Tally(length) for _ in range(5))
    asked, solved, by_peers = ([0.0] * length for _ in range(3))
    for topic in facts.threads.topics:
        if not topic.is_question:
            continue
        asked[topic.day] += 1
        first, last = facts.calendar.known_on(topic.at + _RIPE), topic.day + _WINDOW - 1
        ripe.add(first, last)
        if topic.accepted and (day := day_of(topic.accepted[0])) < length:
            accepted.add(max(first, day), last)
            solved[day] += 1
        answer = _answer(topic)
        if answer and (day := day_of(answer[0])) < length:
            answered.add(max(first, day), last)
            if answer[1] is not None:
                named.add(max(first, day), last)
            if answer[1] == "member":
                by_member.add(max(first, day), last)
                by_peers[day] += 1
    yield from sheet.counts("questions", asked, window=1)
    yield from sheet.counts("answers_accepted", solved, window=1)
    yield from sheet.counts("peer_answers", by_peers, window=1)
    ripened, helped = ripe.by_day(), by_member.by_day()
    for metric, part, whole in (
        ("answer_rate", answered.by_day(), ripened),
        ("accepted_answer_rate", accepted.by_day(), ripened),
        ("question_self_resolution_rate", helped, ripened),
        ("peer_answer_share", helped, named.by_day()),
    ):
        yield from sheet.shares(metric, part, whole, window=_WINDOW)


def _answer(topic: Topic) -> tuple[datetime, str | None] | None:
    """When a question was answered, and by whom: what was accepted, or else the first reply."""
    if topic.accepted:
        return topic.accepted
    if topic.by_anybody is None:
        return None
    is_member = topic.by_anybody == topic.by_member
    return topic.by_anybody, "member" if is_member else "staff"
