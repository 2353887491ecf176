"""A letter about one thing. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tracker.connectors.letter import Action, Due, Item, Letter, Section
from tracker.gates.words import ROLE
from tracker.kernel.plain import line
from tracker.kernel.texts import Sentence
from tracker.reminders.answer_words import LABELS
from tracker.reminders.composing import sentences
from tracker.reminders.composing.days import noted, said_day, short, since, when
from tracker.reminders.composing.facts import Facts, Reader
from tracker.reminders.links import Purpose

Links = Mapping[str, str]
"""Addresses of our own making, by what they are for."""

_SNOOZES: Final = (Purpose.SNOOZE_DAY, Purpose.SNOOZE_DAYS, Purpose.SNOOZE_WEEK)
_OWN: Final = (Purpose.DONE, Purpose.STARTED, *_SNOOZES, Purpose.NOT_ME)
# What their reader is to do themselves; of the rest they are to know.
TO_DO: Final = frozenset({"before_start", "before_due", "overdue", "asked"})
_AHEAD: Final = frozenset({"before_start", "before_due"})
_LATE: Final = frozenset({"overdue", "escalation", "blocked"})
_MOST_NAMES: Final = 5
_LONGEST_TITLE: Final = 80  # of a subject, and of a sentence
_LONGEST_NAME: Final = 160  # of one among several: steps are sentences


def single(facts: Facts, reader: Reader, links: Links) -> Letter:
    """The letter of one reminder about a task, a gate or a project."""
    values = _values(facts, reader)
    said = _subject(facts, reader).say(reader.language, **values)
    return Letter(
        id=facts.id,
        language=reader.language,
        subject=_for(facts, said, reader),
        greeting=sentences.HELLO.say(reader.language, name=reader.name),
        opening=" ".join(_opening(facts, reader, values)),
        sections=(Section(items=(item(facts, reader, links),)),),
        actions=actions(_purposes(facts), reader, links),
        closing=_closing(facts, reader, values),
        unsubscribe_url=links.get(Purpose.UNSUBSCRIBE),
        due=_due(facts),
    )


def _subject(facts: Facts, reader: Reader) -> Sentence:
    is_moved = facts.is_freed and facts.start_on != reader.today
    return sentences.CAN_START_SUBJECT if is_moved else sentences.SUBJECTS[facts.rule]


def item(facts: Facts, reader: Reader, links: Links, answers: Sequence[Purpose] = ()) -> Item:
    """The thing itself, with what one wants to know before acting."""
    return Item(
        title=facts.title or facts.project,
        details=(*_details(facts, reader), *_by_the_api(facts, reader)),
        url=links.get("open"),
        actions=actions(answers, reader, links),
        is_urgent=facts.rule in _LATE,
    )


def actions(purposes: Sequence[Purpose], reader: Reader, links: Links) -> tuple[Action, ...]:
    """Those answers that there are links for."""
    return tuple(
        Action(label=LABELS[purpose].say(reader.language), url=links[purpose])
        for purpose in purposes
        if purpose in links
    )


def _purposes(facts: Facts) -> Sequence[Purpose]:
    """What a reader may want to answer; nobody says "not me" of what was never theirs."""
    if facts.rule not in TO_DO:
        return _SNOOZES
    unfit = {Purpose.STARTED} if facts.status == "in_progress" else set()
    unfit |= {Purpose.NOT_ME} if facts.for_whom or facts.heard_as else set()
    return [purpose for purpose in _OWN if purpose not in unfit]


def _values(facts: Facts, reader: Reader) -> Mapping[str, object]:
    """All that a sentence may have a gap for."""
    start, due = facts.start_on or reader.today, facts.due_on or reader.today
    return {
        "title": line(facts.title, _LONGEST_TITLE),
        "project": line(facts.project, _LONGEST_TITLE),
        "start": short(start, reader),
        "starts": when(start, facts.starts_in, reader),
        "due": short(due, reader),
        "is_due": when(due, facts.due_in, reader),
        "since": since(facts.since, reader) if facts.since else sentences.A_WHILE,
        "role": ROLE.get(_role(facts), _role(facts)),
        "criterion": line(facts.criterion or ""),
        "by": line(facts.by) if facts.by else sentences.SOMEBODY,
        "says": line(facts.says),
    }


def _role(facts: Facts) -> str:
    """As what the reader hears of it, else the role that the task is meant for."""
    return facts.heard_as or facts.role


def _for(facts: Facts, subject: str, reader: Reader) -> str:
    if not facts.for_whom:
        return subject
    return sentences.FOR.say(reader.language, name=line(facts.for_whom), subject=subject)


def _opening(facts: Facts, reader: Reader, values: Mapping[str, object]) -> Iterator[str]:
    if facts.for_whom:
        day = said_day(facts.until, reader) if facts.until else None
        sentence = sentences.STAND_IN_UNTIL if day else sentences.STAND_IN
        yield sentence.say(reader.language, name=line(facts.for_whom), day=day)
    yield _said(facts, reader).say(reader.language, **values)
    if facts.is_freed and (names := facts.waited_for or facts.given_up):
        sentence = sentences.WAITED_FOR if facts.waited_for else sentences.GIVEN_UP
        yield sentence.say(reader.language, names=_names(names, reader))


def _said(facts: Facts, reader: Reader) -> Sentence:
    """What its rule says; of a task that had to wait, or need not, when it was to start."""
    start = facts.start_on or reader.today
    if not facts.is_freed or start == reader.today:
        return sentences.OPENINGS[facts.rule]
    return sentences.CAN_START_EARLY if start > reader.today else sentences.CAN_START_LATE


def _closing(facts: Facts, reader: Reader, values: Mapping[str, object]) -> tuple[str, ...]:
    why = sentences.WHY[sentences.WHY_AS.get(facts.rule, facts.rule)]
    if facts.heard_as:
        why = sentences.WHY_HEARD
    told = [] if facts.for_whom else [why.say(reader.language, **values)]
    return (*told, sentences.PREFERENCES.say(reader.language))


def _details(facts: Facts, reader: Reader) -> Iterator[str]:
    language = reader.language
    if facts.project and facts.title:
        yield sentences.PROJECT.say(language, project=line(facts.project))
    if facts.due_on:
        said = sentences.PLANNED if facts.subject == "gate" else sentences.DUE
        yield said.say(language, day=noted(facts.due_on, facts.due_in, reader))
    if facts.note:
        yield sentences.NOTE.say(language, by=_by(facts, reader), note=line(facts.note))
    if facts.criterion and facts.since:
        day = said_day(facts.since, reader)
        yield sentences.ASKED_FOR.say(language, by=_by(facts, reader), day=day)
    if facts.status == "blocked" and facts.reason:
        yield sentences.REASON.say(language, reason=line(facts.reason))
    is_others = facts.rule not in TO_DO | {"unassigned"} or facts.heard_as
    if facts.subject == "task" and is_others:
        yield _with(facts, reader)
    if facts.waits_for:
        yield sentences.WAITS_FOR.say(language, names=_names(facts.waits_for, reader))
    if facts.steps:
        yield sentences.OPEN_STEPS.say(language, names=_names(facts.steps, reader))
    if facts.behind:
        many = len(facts.behind)
        sentence = sentences.ONE_BEHIND if many == 1 else sentences.MANY_BEHIND
        yield sentence.say(language, n=many, names=_names(facts.behind, reader))


def _by_the_api(facts: Facts, reader: Reader) -> Iterator[str]:
    """A decision is not made by a link: it stands on what its maker has read."""
    if facts.subject == "gate":
        said = sentences.APPROVE if facts.rule == "approval_waiting" else sentences.DECIDE
        yield said.say(reader.language, gate_id=facts.subject_id)


def _by(facts: Facts, reader: Reader) -> str:
    return line(facts.by) if facts.by else sentences.SOMEBODY.say(reader.language)


def _with(facts: Facts, reader: Reader) -> str:
    if not facts.assignees:
        return sentences.NOBODY.say(reader.language)
    return sentences.ASSIGNED.say(reader.language, names=_names(facts.assignees, reader))


def _names(names: Sequence[str], reader: Reader) -> str:
    shown = "; ".join(line(name, _LONGEST_NAME) for name in names[:_MOST_NAMES])
    if reader.language == "fr":
        shown = shown.replace("; ", " ; ")
    more = len(names) - _MOST_NAMES
    return sentences.AND_MORE.say(reader.language, names=shown, n=more) if more > 0 else shown


def _due(facts: Facts) -> Due | None:
    """A day for the calendar, as long as it lies ahead."""
    if facts.rule not in _AHEAD or facts.subject != "task" or facts.due_on is None:
        return None
    return Due(
        uid=f"due.{facts.subject_id}@community-tracker",
        title=facts.title,
        on=facts.due_on,
        sequence=facts.version - 1,
    )
