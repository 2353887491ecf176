"""Recurrence rules by the day (RFC 5545 §3.3.10): read, refused or turned into days.

python-dateutil reads the same rules, and the tests hold its days against ours. It cannot be given
a stranger's rule, though: 30 February makes it search for half a second, every day of February 30
for minutes, and months that are too short lose their occurrence.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import Final

from tracker.kernel.errors import DomainError
from tracker.kernel.texts import Sentence
from tracker.playbooks.schedule import month_shift

MOST_OCCURRENCES: Final = 1000
_MOST_YEARS: Final = 15
_MOST_INTERVAL: Final = 1000
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_TOO_FINE: Final = ("HOURLY", "MINUTELY", "SECONDLY")
# Eight years from 2028 hold every length of month, every weekday of New Year, and a leap day.
_TRIAL: Final = (date(2028, 1, 1), date(2035, 12, 31))
_LIMITS: Final[Mapping[str, int]] = {
    "BYMONTH": 12,
    "BYMONTHDAY": 31,
    "BYYEARDAY": 366,
    "BYSETPOS": 366,
}
_ONLY_WITH: Final[Mapping[str, tuple[str, ...]]] = {
    "BYMONTHDAY": ("DAILY", "MONTHLY", "YEARLY"),
    "BYYEARDAY": ("YEARLY",),
}

NO_RULE: Final = Sentence(
    en="“{rule}” is not a recurrence rule of RFC 5545 that a ritual can have: see “{part}”. An "
    "example is FREQ=WEEKLY;INTERVAL=2;BYDAY=MO.",
    fr="« {rule} » n'est pas une règle de récurrence de la RFC 5545 qu'un rituel puisse suivre : "
    "voir « {part} ». Exemple : FREQ=WEEKLY;INTERVAL=2;BYDAY=MO.",
)
OWN_END: Final = Sentence(
    en="“{rule}” is not a recurrence rule that a ritual can have: leave “{part}” out, its first "
    "and last day are told beside it.",
    fr="« {rule} » n'est pas une règle de récurrence qu'un rituel puisse suivre : retirer "
    "« {part} », le premier et le dernier jour se donnent à part.",
)
TOO_FINE: Final = Sentence(
    en="“{rule}” comes back within a day; a ritual is held on whole days: take DAILY, WEEKLY, "
    "MONTHLY or YEARLY.",
    fr="« {rule} » revient plusieurs fois par jour ; un rituel se tient par jours entiers : "
    "prendre DAILY, WEEKLY, MONTHLY ou YEARLY.",
)
NEVER: Final = Sentence(
    en="“{rule}” falls on no day in eight years; correct the days that it names.",
    fr="« {rule} » ne tombe aucun jour en huit ans ; corriger les jours qu'elle nomme.",
)
TOO_MANY: Final = Sentence(
    en="“{rule}” would come back more than {most} times from {first} to {until}; space it out or "
    "end it earlier.",
    fr="« {rule} » reviendrait plus de {most} fois du {first} au {until} ; l'espacer ou la "
    "terminer plus tôt.",
)
TOO_LONG: Final = Sentence(
    en="A ritual lasts {years} years at most; end it by {last}.",
    fr="Un rituel dure {years} ans au plus ; le terminer au plus tard le {last}.",
)


class BadRule(DomainError):
    """A recurrence rule that no ritual can follow."""

    type = "bad-rule"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that has been read. Empty sets restrict nothing; negative numbers count backwards."""

    frequency: str
    interval: int = 1
    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    weekdays: frozenset[tuple[int, int]] = frozenset()  # (0, weekday), or (n, weekday): the nth
    positions: tuple[int, ...] = ()
    week_start: int = 0
    day_of_start: int | None = None  # where the rule names no day; a shorter month has it last

    def starting(self, first: date) -> "Rule":
        """With what the rule leaves to its first day."""
        if self.weekdays or self.month_days or self.year_days:
            return self
        if self.frequency == "WEEKLY":
            return replace(self, weekdays=frozenset({(0, first.weekday())}))
        if self.frequency == "MONTHLY":
            return replace(self, day_of_start=first.day)
        if self.frequency == "YEARLY":
            months = self.months or frozenset({first.month})
            return replace(self, months=months, day_of_start=first.day)
        return self

    def fits(self, day: date) -> bool:
        """Whether the rule names this day, its interval and positions left aside."""
        if self.months and day.month not in self.months:
            return False
        length = monthrange(day.year, day.month)[1]
        if self.day_of_start is not None:
            return day.day == min(self.day_of_start, length)
        if self.month_days and not self.month_days & {day.day, day.day - length - 1}:
            return False
        return self._fits_year(day) and self._fits_week(day, length)

    def _fits_year(self, day: date) -> bool:
        if not self.year_days:
            return True
        last = date(day.year, 12, 31).timetuple().tm_yday
        nth = day.timetuple().tm_yday
        return bool(self.year_days & {nth, nth - last - 1})

    def _fits_week(self, day: date, length: int) -> bool:
        """A plain weekday, or the nth one: of the month, or of the year without months."""
        if not self.weekdays or (0, day.weekday()) in self.weekdays:
            return True
        nth, last = day.day, length
        if self.frequency == "YEARLY" and not self.months:
            nth, last = day.timetuple().tm_yday, date(day.year, 12, 31).timetuple().tm_yday
        forwards, backwards = (nth - 1) // 7 + 1, -((last - nth) // 7 + 1)
        return bool(self.weekdays & {(forwards, day.weekday()), (backwards, day.weekday())})


def read_rule(text: str) -> Rule:
    """The rule behind ``text``. Raises BadRule."""
    parts: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        if name in ("DTSTART", "UNTIL", "COUNT"):
            raise BadRule(OWN_END, rule=text, part=part)
        if name in ("BYHOUR", "BYMINUTE", "BYSECOND") or value in _TOO_FINE:
            raise BadRule(TOO_FINE, rule=text)
        if name in parts or not _is_part(name, value):
            raise BadRule(NO_RULE, rule=text, part=part)
        parts[name] = value
    wrong = _wrong_together(parts)
    if wrong:
        raise BadRule(NO_RULE, rule=text, part=wrong)
    return _rule(parts)


def _is_part(name: str, value: str) -> bool:
    if name == "FREQ":
        return value in _FREQUENCIES
    if name == "INTERVAL":
        return _is_number(value) and 1 <= int(value) <= _MOST_INTERVAL
    if name == "WKST":
        return value in _DAYS
    if name == "BYDAY":
        return all(_is_weekday(item) for item in value.split(","))
    least = 1 if name == "BYMONTH" else -_LIMITS.get(name, 0)
    return name in _LIMITS and all(
        _is_number(item) and int(item) != 0 and least <= int(item) <= _LIMITS[name]
        for item in value.split(",")
    )


def _is_number(value: str) -> bool:
    digits = value.lstrip("+-")
    return digits.isascii() and digits.isdecimal() and len(value) <= len("+1000")


def _is_weekday(item: str) -> bool:
    nth = item[:-2]
    return item[-2:] in _DAYS and (not nth or (_is_number(nth) and 1 <= abs(int(nth)) <= 53))  # noqa: PLR2004


def _wrong_together(parts: Mapping[str, str]) -> str | None:
    """The part that does not go with the rest; None if all is well."""
    frequency = parts.get("FREQ", "")
    if not frequency:
        return "FREQ"
    for name, fitting in _ONLY_WITH.items():
        if name in parts and frequency not in fitting:
            return f"{name}={parts[name]}"
    days = parts.get("BYDAY", "")
    if any(sign.isdigit() for sign in days) and frequency not in ("MONTHLY", "YEARLY"):
        return f"BYDAY={days}"
    return None


def _rule(parts: Mapping[str, str]) -> Rule:
    def numbers(name: str) -> list[int]:
        return [int(item) for item in parts[name].split(",")] if name in parts else []

    days = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    return Rule(
        frequency=parts["FREQ"],
        interval=int(parts.get("INTERVAL", "1")),
        months=frozenset(numbers("BYMONTH")),
        month_days=frozenset(numbers("BYMONTHDAY")),
        year_days=frozenset(numbers("BYYEARDAY")),
        weekdays=frozenset((int(day[:-2] or 0), _DAYS.index(day[-2:])) for day in days),
        positions=tuple(numbers("BYSETPOS")),
        week_start=_DAYS.index(parts.get("WKST", "MO")),
    )


def check_rule(text: str, first: date, until: date) -> Rule:
    """The rule behind ``text``, if a ritual can follow it from ``first`` to ``until``.

    Raises BadRule; never looks at more than one occurrence too many.
    """
    rule = read_rule(text)
    if next(days_of(replace(rule, interval=1), *_TRIAL), None) is None:
        raise BadRule(NEVER, rule=text)
    last = month_shift(first, 12 * _MOST_YEARS)
    if until > last:
        raise BadRule(TOO_LONG, years=_MOST_YEARS, last=last.isoformat())
    beyond = islice(days_of(rule, first, until), MOST_OCCURRENCES, None)
    if next(beyond, None) is not None:
        raise BadRule(
            TOO_MANY,
            rule=text,
            most=MOST_OCCURRENCES,
            first=first.isoformat(),
            until=until.isoformat(),
        )
    return rule


def days_of(rule: Rule, first: date, until: date) -> Iterator[date]:
    """The days of ``rule`` from ``first`` to ``until``, in their order, however many they are."""
    rule = rule.starting(first)
    for period in _periods(rule, first, until):
        chosen = [day for day in period if rule.fits(day)]
        if rule.positions:
            chosen = _at(rule.positions, chosen)
        for day in chosen:
            if first <= day <= until:
                yield day


def _at(positions: tuple[int, ...], days: list[date]) -> list[date]:
    found = {n - 1 if n > 0 else len(days) + n for n in positions}
    return [day for n, day in enumerate(days) if n in found]


def _periods(rule: Rule, first: date, until: date) -> Iterator[list[date]]:
    """The days of each period that the interval leaves, from the one that holds ``first``."""
    start = _period_start(rule, first)
    while start <= until:
        if rule.frequency in ("YEARLY", "MONTHLY"):
            months = 12 if rule.frequency == "YEARLY" else 1
            yield _days(start, month_shift(start, months))
            start = month_shift(start, months * rule.interval)
        else:
            days = 7 if rule.frequency == "WEEKLY" else 1
            yield _days(start, start + timedelta(days=days))
            start += timedelta(days=days * rule.interval)


def _period_start(rule: Rule, first: date) -> date:
    if rule.frequency == "YEARLY":
        return first.replace(month=1, day=1)
    if rule.frequency == "MONTHLY":
        return first.replace(day=1)
    if rule.frequency == "WEEKLY":
        return first - timedelta(days=(first.weekday() - rule.week_start) % 7)
    return first


def _days(start: date, end: date) -> list[date]:
    return [date.fromordinal(n) for n in range(start.toordinal(), end.toordinal())]
