"""Days as people write and read them."""

import re
from datetime import UTC, date
from typing import Final
from zoneinfo import ZoneInfo

import click
from babel.dates import format_date, get_month_names

from tracker.cli.speech import spoken_language
from tracker.kernel.clock import is_zone, utcnow
from tracker.kernel.texts import Language, Sentence
from tracker.playbooks.parameters import FIRST_YEAR, LAST_YEAR

_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MONTHS: Final = range(1, 13)
_NOT_A_DATE: Final = Sentence(
    en="“{value}” is not a date. Write year-month-day, such as 2027-09-06.",
    fr="« {value} » n'est pas une date. Écrire année-mois-jour, comme 2027-09-06.",
)
_FAR_YEAR: Final = Sentence(
    en="{value} is out of reach: dates lie between {first} and {last}.",
    fr="{value} est hors de portée : les dates vont de {first} à {last}.",
)
_NO_SUCH_MONTH: Final = Sentence(
    en="{value} does not exist: a year has twelve months, there is no month {month}.",
    fr="{value} n'existe pas : une année a douze mois, il n'y a pas de mois {month}.",
)
_NO_SUCH_DAY: Final = Sentence(
    en="{day} {month} {year} does not exist.", fr="Le {day} {month} {year} n'existe pas."
)


def day(value: str) -> date:
    """Read an option's date. Raises click.BadParameter with a sentence."""
    try:
        found = date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise click.BadParameter(_fault(value, spoken_language()))
    return found


def _fault(value: str, language: Language) -> str:
    match = _DAY.fullmatch(value)
    if match is None:
        return _NOT_A_DATE.say(language, value=value)
    year, month, number = map(int, match.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return _FAR_YEAR.say(language, value=value, first=FIRST_YEAR, last=LAST_YEAR)
    if month not in _MONTHS:
        return _NO_SUCH_MONTH.say(language, value=value, month=month)
    name = get_month_names("wide", locale=language)[month]
    return _NO_SUCH_DAY.say(language, day=number, month=name, year=year)


def local_today(timezone: str) -> date:
    """The real day in ``timezone``; an unknown zone is refused later, among the parameters."""
    return utcnow().astimezone(ZoneInfo(timezone) if is_zone(timezone) else UTC).date()


def say_day(value: date, language: Language) -> str:
    """``Mon 6 Sep 2027``, ``lun. 6 sept. 2027``."""
    return format_date(value, "EEE d MMM y", locale=language)
