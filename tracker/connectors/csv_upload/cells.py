"""Numbers and days as people and programs write them. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from math import isfinite
from typing import Final

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]{1,3})?", re.IGNORECASE)
_BLANKS: Final = str.maketrans("", "", " \u00a0\u202f'\u2019")
_GROUPS: Final = re.compile(r"[+-]?\d{1,3}([.,])\d{3}(\1\d{3})*")
_MONTHS: Final[Mapping[str, int]] = {
    name: number + 1
    for names in (
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "janv févr mars avr mai juin juil août sept oct nov déc",
    )
    for number, name in enumerate(names.split())
}
_WORDY: Final = re.compile(
    r"(\d{1,2})\s+([^\W\d]+)\.?,?\s+(\d{4})|([^\W\d]+)\.?\s+(\d{1,2}),?\s+(\d{4})"
)
_SLASHED: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_ISO: Final = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})([T ].*)?")
_CENTURY: Final = 2000
_LAST_MONTH: Final = 12

ReadDay = Callable[[str], date]
"""Raises ValueError."""


def read_number(text: str, *, has_decimal_comma: bool) -> float:
    """A finite number; a percent sign and blanks between digits mean nothing. Raises ValueError."""
    bare = text.translate(_BLANKS).removesuffix("%")
    point, group = (",", ".") if has_decimal_comma else (".", ",")
    bare = bare.replace(group, "").replace(point, ".")
    if not _NUMBER.fullmatch(bare):
        raise ValueError(text)
    value = float(bare)
    if not isfinite(value):
        raise ValueError(text)
    return value


def uses_decimal_comma(texts: Iterable[str], delimiter: str) -> bool:
    """Whether the comma stands before decimals; where both would do, as the file's country does.

    A program that separates cells by semicolons does so because its commas are decimal.
    """
    for text in texts:
        bare = text.translate(_BLANKS).removesuffix("%")
        comma, point = bare.rfind(","), bare.rfind(".")
        if comma >= 0 and point >= 0:
            return comma > point
        only = max(comma, point)
        if only >= 0 and not _GROUPS.fullmatch(bare):
            return comma >= 0
    return delimiter == ";"


def day_reader(texts: Sequence[str]) -> ReadDay:
    """How this file writes its days: where day and month could be either, all its days tell.

    A file of which no day says so is read as most of the world writes, the day before the month.
    """
    pairs = [
        (int(found[1]), int(found[2]))
        for text in texts
        if (found := _SLASHED.fullmatch(text.strip()))
    ]
    month_first = any(second > _LAST_MONTH for _first, second in pairs)

    def read(text: str) -> date:
        return _read_day(text.strip(), month_first=month_first)

    return read


def _read_day(text: str, *, month_first: bool) -> date:
    if found := _ISO.fullmatch(text):
        if found[4]:
            return datetime.fromisoformat(text.replace("/", "-").removesuffix(" UTC")).date()
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _SLASHED.fullmatch(text):
        first, second, year = (int(part) for part in found.groups())
        year += _CENTURY if year < _CENTURY else 0
        return date(year, first, second) if month_first else date(year, second, first)
    if found := _WORDY.fullmatch(text):
        day, name, named = found[1] or found[5], found[2] or found[4], found[3] or found[6]
        return date(int(named), _month(name), int(day))
    raise ValueError(text)


def _month(name: str) -> int:
    known = name.lower()
    for letters in (known, known[:4], known[:3]):
        if letters in _MONTHS:
            return _MONTHS[letters]
    raise ValueError(name)
