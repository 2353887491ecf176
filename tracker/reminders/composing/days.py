"""Days in words, and how far off they are. Pure."""

from datetime import date
from functools import lru_cache
from typing import Final

from babel.dates import format_date

from tracker.kernel.texts import Language, Sentence
from tracker.reminders.composing.facts import Reader

_ON: Final = Sentence(en="on {day}", fr="le {day}")
_SINCE: Final = Sentence(en="{day}", fr="le {day}")
_TODAY: Final = Sentence(en="today", fr="aujourd'hui")
_TOMORROW: Final = Sentence(en="tomorrow", fr="demain")
_YESTERDAY: Final = Sentence(en="yesterday", fr="hier")
_NAMED: Final = {0: _TODAY, 1: _TOMORROW, -1: _YESTERDAY}
_IN_WORKED: Final = Sentence(
    en="in {n} working {n:day|days}", fr="dans {n} {n:jour ouvré|jours ouvrés}"
)
_WORKED_AGO: Final = Sentence(
    en="{n} working {n:day|days} ago", fr="il y a {n} {n:jour ouvré|jours ouvrés}"
)
_IN_DAYS: Final = Sentence(en="in {n} days", fr="dans {n} jours")
_DAYS_AGO: Final = Sentence(en="{n} days ago", fr="il y a {n} jours")


def said_day(day: date, reader: Reader) -> str:
    """``Thursday 4 March``, ``jeudi 4 mars``; with the year where it is another one."""
    return in_full(day, reader.language, has_year=day.year != reader.today.year)


@lru_cache(maxsize=2048)
def in_full(day: date, language: Language, *, has_year: bool = True) -> str:
    """``Thursday 4 March 2027``, ``jeudi 4 mars 2027``."""
    said = format_date(day, "EEEE d MMMM y" if has_year else "EEEE d MMMM", locale=language)
    return said.replace(" 1 ", " 1er ") if language == "fr" and day.day == 1 else said


def short(day: date, reader: Reader) -> str:
    """``tomorrow``, ``on Thursday 4 March``."""
    named = _NAMED.get((day - reader.today).days)
    return named.say(reader.language) if named else _on(day, reader)


def when(day: date, working_days: int | None, reader: Reader) -> str:
    """``tomorrow, Tuesday 2 March``, ``on Thursday 4 March, in 3 working days``."""
    if named := _NAMED.get((day - reader.today).days):
        return f"{named.say(reader.language)}, {said_day(day, reader)}"
    return f"{_on(day, reader)}, {_distance((day - reader.today).days, working_days, reader)}"


def since(day: date, reader: Reader) -> str:
    """What follows on "since": ``Thursday 4 March``, ``le jeudi 4 mars``."""
    return _SINCE.say(reader.language, day=said_day(day, reader))


def noted(day: date, working_days: int | None, reader: Reader) -> str:
    """As in a table: ``Thursday 4 March, in 3 working days``."""
    if (day - reader.today).days in _NAMED:
        return when(day, working_days, reader)
    distance = _distance((day - reader.today).days, working_days, reader)
    return f"{said_day(day, reader)}, {distance}"


def _on(day: date, reader: Reader) -> str:
    return _ON.say(reader.language, day=said_day(day, reader))


def _distance(days: int, working_days: int | None, reader: Reader) -> str:
    """Working days, but where there are none between the two days, or nobody has counted them."""
    if not working_days:
        return (_IN_DAYS if days > 0 else _DAYS_AGO).say(reader.language, n=abs(days))
    return (_IN_WORKED if days > 0 else _WORKED_AGO).say(reader.language, n=abs(working_days))
