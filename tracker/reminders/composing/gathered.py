"""One letter instead of many: digests, and what has come together. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from tracker.connectors.letter import Item, Letter, Section
from tracker.kernel.plain import line
from tracker.kernel.texts import Sentence
from tracker.reminders.composing import sentences
from tracker.reminders.composing.days import noted, said_day
from tracker.reminders.composing.days import since as since_day
from tracker.reminders.composing.facts import Facts, Gathered, Reader
from tracker.reminders.composing.single import TO_DO, Links, item
from tracker.reminders.links import Purpose

LinksOf = Callable[[Facts], Links]

_OVERDUE: Final = Sentence(en="Overdue", fr="En retard")
_TODAY: Final = Sentence(en="Today", fr="Aujourd'hui")
_WEEK: Final = Sentence(en="This week", fr="Cette semaine")
_LATER: Final = Sentence(en="Later", fr="Plus tard")
_GATES: Final = Sentence(en="Gates and approvals", fr="Passages et accords")
_PROJECTS: Final = Sentence(en="Projects", fr="Projets")
_MINE: Final = Sentence(en="Also in my week", fr="Aussi dans ma semaine")
_ORDER: Final = (_OVERDUE, _TODAY, _WEEK, _LATER, _GATES, _PROJECTS)

_DIGEST: Final = Sentence(en="Your reminders: {told}", fr="Vos rappels : {told}")
_MY_WEEK: Final = Sentence(en="My week: {told}", fr="Ma semaine : {told}")
_CATCH_UP: Final = Sentence(
    en="{count} reminders in one message: {told}", fr="{count} rappels en un message : {told}"
)
_COUNTS: Final[Mapping[Sentence, Sentence]] = {
    _OVERDUE: Sentence(en="{n} overdue", fr="{n} en retard"),
    _TODAY: Sentence(en="{n} today", fr="{n} pour aujourd'hui"),
    _WEEK: Sentence(en="{n} this week", fr="{n} cette semaine"),
    _LATER: Sentence(en="{n} later", fr="{n} plus tard"),
    _GATES: Sentence(en="{n} to decide", fr="{n} à décider"),
    _PROJECTS: Sentence(en="{n} about projects", fr="{n} sur des projets"),
}
_OPENINGS: Final[Mapping[str, Sentence]] = {
    "digest": Sentence(
        en="Here is all that waits for you. It is {day}.",
        fr="Voici tout ce qui vous attend. Nous sommes le {day}.",
    ),
    "catch_up": Sentence(
        en="Several reminders came due together, so here they are in one message instead of "
        "{count}, what is overdue first.",
        fr="Plusieurs rappels tombent en même temps ; les voici en un seul message au lieu de "
        "{count}, les retards d'abord.",
    ),
}
_WHAT: Final[Mapping[str, Sentence]] = {
    "before_start": Sentence(en="Starts: {starts}", fr="Début : {starts}"),
    "freed": Sentence(
        en="Can start now; planned start: {starts}",
        fr="Peut commencer maintenant ; début prévu : {starts}",
    ),
    "blocked": Sentence(en="Blocked since {since}", fr="Bloqué depuis {since}"),
    "unassigned": Sentence(
        en="Nobody has taken it on yet; start: {starts}",
        fr="Personne ne s'en charge encore ; début : {starts}",
    ),
    "gate_ready": Sentence(
        en="Ready for your decision since {since}", fr="Prêt pour votre décision depuis {since}"
    ),
    "approval_waiting": Sentence(
        en="Your approval is awaited: {criterion}", fr="Votre accord est attendu : {criterion}"
    ),
    "alert": Sentence(en="{says}", fr="{says}"),
    "quiet": Sentence(en="Nothing new since {since}", fr="Rien de nouveau depuis {since}"),
    "escalation": Sentence(en="May need help", fr="A peut-être besoin d'aide"),
}
_FOR: Final = Sentence(en="For {name}", fr="Pour {name}")
_WAITS: Final = Sentence(en="Waits for “{gate}”", fr="En attente de « {gate} »")
_WHY: Final[Mapping[str, Sentence]] = {
    "digest": Sentence(
        en="You get this because you chose to read your reminders together.",
        fr="Vous recevez ce message parce que vous avez choisi de lire vos rappels ensemble.",
    ),
    "catch_up": Sentence(
        en="You get this because more than ten reminders were due to you at once.",
        fr="Vous recevez ce message parce que plus de dix rappels vous étaient dus en même temps.",
    ),
}
_MORE: Final = Sentence(
    en="And {n} more, which the tracker lists under your week.",
    fr="Et {n} de plus, à retrouver dans votre semaine.",
)
MOST_ITEMS: Final = 40
# The less that can wait, the earlier; of several reminders of one thing, the first is told.
_URGENCY: Final = (
    *(
        "overdue",
        "escalation",
        "alert",
        "blocked",
        "approval_waiting",
        "gate_ready",
        "asked",
        "before_due",
    ),
    *("unassigned", "before_start", "quiet"),
)
_ANSWERS: Final = (Purpose.DONE, Purpose.SNOOZE_DAY)
_TO_WAIT: Final = (Purpose.SNOOZE_DAY,)


def gathered(facts: Facts, found: Gathered, reader: Reader, links_of: LinksOf) -> Letter:
    """A digest or a catch-up: each thing once, what is most urgent of it, by when it is due."""
    told = _each_once(found.told)
    shown = told[:MOST_ITEMS]
    sections = tuple(_sections(shown, reader, links_of))
    week = _my_week(found.week, {one.subject_id for one in told}, reader)
    values = {"count": found.count, "day": said_day(reader.today, reader)}
    more = len(told) - len(shown)
    opening = _OPENINGS[facts.rule].say(reader.language, **values)
    closing = [
        *([_MORE.say(reader.language, n=more)] if more else []),
        _WHY[facts.rule].say(reader.language),
        sentences.PREFERENCES.say(reader.language),
    ]
    return Letter(
        id=facts.id,
        language=reader.language,
        subject=_subject(facts, told, found, reader),
        greeting=sentences.HELLO.say(reader.language, name=reader.name),
        opening=opening,
        sections=(*sections, *([week] if week.items else [])),
        closing=tuple(closing),
        unsubscribe_url=links_of(facts).get(Purpose.UNSUBSCRIBE),
    )


def _each_once(told: Iterable[Facts]) -> list[Facts]:
    """The most urgent reminder of each thing; the earliest due first."""
    found: dict[tuple[UUID, str | None], Facts] = {}
    for one in sorted(told, key=_urgency):
        found.setdefault((one.subject_id, one.criterion), one)
    return sorted(found.values(), key=lambda one: (one.due_on or date.max, _urgency(one)))


def _urgency(facts: Facts) -> tuple[int, str]:
    rank = _URGENCY.index(facts.rule) if facts.rule in _URGENCY else len(_URGENCY)
    return rank, str(facts.id)


def _heading(facts: Facts, today: date) -> Sentence:
    if facts.subject == "project":
        return _PROJECTS
    if facts.subject == "gate":
        return _GATES
    days = [day for day in (facts.due_on, _start(facts)) if day]
    day = min(days, default=today)
    if facts.due_on and facts.due_on < today:
        return _OVERDUE
    if day <= today:
        return _TODAY
    return _WEEK if day <= today + timedelta(days=6 - today.weekday()) else _LATER


def _start(facts: Facts) -> date | None:
    """When it begins, where that is what is told."""
    return facts.start_on if facts.rule in ("before_start", "unassigned") else None


def _sections(told: Sequence[Facts], reader: Reader, links_of: LinksOf) -> Iterator[Section]:
    for heading, ours in _grouped(told, reader.today):
        if ours:
            items = tuple(_item(one, reader, links_of(one)) for one in ours)
            yield Section(heading=heading.say(reader.language), items=items)


def _grouped(told: Sequence[Facts], today: date) -> Iterator[tuple[Sentence, list[Facts]]]:
    for heading in _ORDER:
        yield heading, [one for one in told if _heading(one, today) is heading]


def _item(facts: Facts, reader: Reader, links: Links) -> Item:
    plain = item(facts, reader, links, _ANSWERS if facts.rule in TO_DO else _TO_WAIT)
    return Item(
        title=plain.title,
        details=(*_what(facts, reader), *plain.details),
        url=plain.url,
        actions=plain.actions,
        is_urgent=plain.is_urgent,
    )


def _what(facts: Facts, reader: Reader) -> Iterator[str]:
    if facts.for_whom:
        yield _FOR.say(reader.language, name=line(facts.for_whom))
    rule = "freed" if facts.is_freed else facts.rule
    if rule in _WHAT:
        starts = noted(facts.start_on, facts.starts_in, reader) if facts.start_on else ""
        since = since_day(facts.since, reader) if facts.since else sentences.A_WHILE
        yield _WHAT[rule].say(
            reader.language, starts=starts, since=since, criterion=line(facts.criterion or "")
        )


def _subject(facts: Facts, told: Sequence[Facts], found: Gathered, reader: Reader) -> str:
    counts = ", ".join(
        _COUNTS[heading].say(reader.language, n=len(ours))
        for heading, ours in _grouped(told, reader.today)
        if ours
    )
    if facts.rule == "catch_up":
        return _CATCH_UP.say(reader.language, told=counts, count=found.count)
    heading = _MY_WEEK if found.week else _DIGEST
    day = said_day(reader.today, reader)
    return heading.say(reader.language, told=counts or day)


def _my_week(week: Mapping[str, Any], told: set[UUID], reader: Reader) -> Section:
    """What of the week is not told above, by when it is due."""
    rows = (
        row
        for name in ("overdue", "due", "starting", "under_way")
        for row in week.get(name, ())
        if row["id"] not in told
    )
    items = tuple(_of_week(row, reader) for row in list(rows)[:MOST_ITEMS])
    return Section(heading=_MINE.say(reader.language), items=items)


def _of_week(row: Mapping[str, Any], reader: Reader) -> Item:
    language, gate = reader.language, row["waits_for"]
    details = [
        sentences.PROJECT.say(language, project=row["project"]),
        sentences.DUE.say(language, day=said_day(row["due_on"], reader)),
        *([_WAITS.say(language, gate=gate["title"])] if gate else []),
    ]
    return Item(title=row["title"], details=tuple(details), is_urgent=row["due_on"] < reader.today)
