"""From the cells of a file to samples, or to what is wrong, line by line. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from tracker.connectors.csv_upload.cells import (
    ReadDay,
    day_reader,
    read_number,
    uses_decimal_comma,
)
from tracker.connectors.csv_upload.presets import (
    KINDS,
    LONG,
    NPS,
    PRESETS,
    SEEN,
    Preset,
    preset_for,
)
from tracker.connectors.csv_upload.table import Line, Table, fault
from tracker.connectors.figures import Sample
from tracker.kernel.cells import text_of
from tracker.kernel.texts import Said, Sentence

_NEEDED: Final = ("metric", "day", "value")
_DIMS: Final = ("channel", "category")
_PROMOTER, _PASSIVE, _BEST = 9, 7, 10
_LONGEST: Final = 200
_WHAT_KIND: Final = Sentence(
    en="It cannot be told what kind of file this is. Say so with “preset”, one of: {kinds}.",
    fr="On ne peut pas dire quel type de fichier c'est. Le préciser avec « preset », parmi : "
    "{kinds}.",
)
_NO_COLUMN: Final = Sentence(
    en="The first line must name the columns {names}.",
    fr="La première ligne doit nommer les colonnes {names}.",
)
_TWICE: Final = Sentence(
    en="The column “{name}” is there twice.", fr="La colonne « {name} » est là deux fois."
)
_NO_DAY: Final = Sentence(
    en="“{text}” is no day. Write days as 2027-09-06.",
    fr="« {text} » n'est pas une date. Écrire les dates comme 2027-09-06.",
)
_NO_NUMBER: Final = Sentence(
    en="“{text}” in the column “{column}” is no number.",
    fr="« {text} » dans la colonne « {column} » n'est pas un nombre.",
)
_NO_SCORE: Final = Sentence(
    en="“{text}” is no score: whole numbers from 0 to 10.",
    fr="« {text} » n'est pas une note : un entier de 0 à 10.",
)
_WIDE: Final = Sentence(
    en="This line has more cells than the header has columns.",
    fr="Cette ligne a plus de cellules que l'en-tête n'a de colonnes.",
)


@dataclass(frozen=True, slots=True)
class Found:
    """One figure, and the line that tells it."""

    line: int
    sample: Sample
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file as it is understood. ``faults`` are told by line; with any, nothing is kept."""

    preset: str
    found: Sequence[Found]
    faults: Mapping[int, list[Said]] = field(default_factory=dict)
    has_decimal_comma: bool = False


def parse(table: Table, preset: str | None) -> Parsed:
    """The figures of a file. Raises Invalid where the file as a whole cannot be meant."""
    kind = preset or preset_for(list(table.columns))
    if kind is None or kind not in KINDS:
        raise fault(_WHAT_KIND, kinds=", ".join(KINDS))
    names = [name.lower() for name in table.columns]
    _check_once(names)
    if kind == LONG:
        return _long(table, names)
    return _nps(table, names) if kind == NPS else _wide(table, names, PRESETS[kind])


def _check_once(names: Sequence[str]) -> None:
    twice = next((name for name, count in Counter(names).items() if name and count > 1), None)
    if twice is not None:
        raise fault(_TWICE, name=twice[:60])


def _check_columns(names: Sequence[str], needed: Sequence[str]) -> None:
    if not set(needed) <= set(names):
        raise fault(_NO_COLUMN, names=", ".join(needed))


def _cells_of(line: Line, names: Sequence[str]) -> dict[str, str]:
    return {name: text_of(cell.strip()) for name, cell in zip(names, line.cells, strict=False)}


def _column(table: Table, place: int) -> list[str]:
    return [line.cells[place] for line in table.lines if len(line.cells) > place]


class _Lines:
    """Reads line by line; what is wrong with one is noted, and the next one read."""

    def __init__(self, table: Table, names: Sequence[str], day: str, values: Sequence[str]) -> None:
        self._table, self._names = table, names
        places = [names.index(name) for name in values]
        cells = (cell for place in places for cell in _column(table, place))
        self.has_decimal_comma = uses_decimal_comma(cells, table.delimiter)
        self.read_day: ReadDay = day_reader(_column(table, names.index(day)))
        self.faults: dict[int, list[Said]] = defaultdict(list)

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        for line in self._table.lines:
            if len(line.cells) > len(self._names):
                self.faults[line.number].append(Said(_WIDE, {}))
            else:
                yield line.number, _cells_of(line, self._names)

    def day(self, number: int, text: str) -> date | None:
        """The day of a line, None where there is none."""
        try:
            return self.read_day(text)
        except ValueError:
            self.faults[number].append(Said(_NO_DAY, {"text": text[:60]}))
            return None

    def value(self, number: int, text: str, column: str) -> float | None:
        """The number of a cell, None where there is none."""
        try:
            return read_number(text, has_decimal_comma=self.has_decimal_comma)
        except ValueError:
            values = {"text": text[:60], "column": column[:60]}
            self.faults[number].append(Said(_NO_NUMBER, values))
            return None

    def parsed(self, preset: str, found: Sequence[Found]) -> Parsed:
        """What came of it."""
        return Parsed(preset, found, dict(self.faults), self.has_decimal_comma)


def _long(table: Table, names: Sequence[str]) -> Parsed:
    _check_columns(names, _NEEDED)
    lines, found = _Lines(table, names, "day", ["value"]), []
    for number, cells in lines:
        day = lines.day(number, cells.get("day", ""))
        value = lines.value(number, cells.get("value", ""), "value")
        if day is not None and value is not None:
            dims = {name: cells[name][:_LONGEST] for name in _DIMS if cells.get(name)}
            sample = Sample(cells["metric"][:_LONGEST], day, value, "manual", dims)
            found.append(Found(number, sample, cells.get("note", "")[:_LONGEST] or None))
    return lines.parsed(LONG, found)


def _wide(table: Table, names: Sequence[str], preset: Preset) -> Parsed:
    """An empty cell is no figure: platforms leave out what they do not know."""
    day_name = next((name for name in preset.days if name in names), None)
    columns = _told_once(names, preset)
    if day_name is None or not columns:
        raise fault(_NO_COLUMN, names=", ".join((preset.days[0], *preset.columns)))
    lines, found = _Lines(table, names, day_name, columns), []
    for number, cells in lines:
        day = lines.day(number, cells.get(day_name, ""))
        for name in columns:
            value = lines.value(number, cells[name], name) if cells.get(name) else None
            if day is not None and value is not None:
                dims = SEEN if name in preset.seen else {}
                sample = Sample(preset.columns[name], day, value, "native", dims)
                found.append(Found(number, sample))
    return lines.parsed(preset.key, found)


def _told_once(names: Sequence[str], preset: Preset) -> list[str]:
    """The columns to read: of several for one metric the first of the preset's."""
    known = [name for name in preset.columns if name in names]
    chosen = {(preset.columns[name], name in preset.seen): name for name in reversed(known)}
    return [name for name in names if name in chosen.values()]


def _nps(table: Table, names: Sequence[str]) -> Parsed:
    """Answers to one question, counted by day: who gave them is not kept."""
    _check_columns(names, ("score", "at"))
    lines = _Lines(table, names, "at", ["score"])
    counted: dict[date, Counter[str]] = defaultdict(Counter)
    last: dict[date, int] = {}
    for number, cells in lines:
        day, band = lines.day(number, cells.get("at", "")), _band(cells.get("score", ""))
        if band is None:
            values = {"text": cells.get("score", "")[:60]}
            lines.faults[number].append(Said(_NO_SCORE, values))
        elif day is not None:
            counted[day][band] += 1
            last[day] = number
    found = [
        Found(last[day], Sample(f"nps_{band}", day, float(bands[band]), "manual"))
        for day, bands in sorted(counted.items())
        for band in ("promoters", "passives", "detractors")
    ]
    return lines.parsed(NPS, found)


def _band(text: str) -> str | None:
    if not (text.isdecimal() and int(text) <= _BEST):
        return None
    score = int(text)
    return "promoters" if score >= _PROMOTER else "passives" if score >= _PASSIVE else "detractors"
