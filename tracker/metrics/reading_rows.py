"""Rows that people bring, judged one by one: a figure, or the reason why it is none. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any, Final

from tracker.connectors.figures import Sample
from tracker.kernel.texts import Said, Sentence
from tracker.metrics.dims import line_of
from tracker.playbooks.dictionary import Metric
from tracker.web.fields import BREAKS, UNPRINTABLE

FIELDS: Final = frozenset({"metric", "day", "value", "unit", "dims", "note", "count"})
_REQUIRED: Final = ("metric", "day", "value")
_MOST: Final = 1e15
_MOST_COUNTED: Final = 2**31 - 1
_LONGEST_NOTE: Final = 1_000
_LONGEST_DIM: Final = 100
_FIRST_DAY: Final = date(2000, 1, 1)

_NO_OBJECT: Final = Sentence(en="Must be an object.", fr="Doit être un objet.")
_UNKNOWN_FIELD: Final = Sentence(
    en="There is no field “{name}”; a row has {fields}.",
    fr="Il n'y a pas de champ « {name} » ; une ligne a {fields}.",
)
_REQUIRED_FIELD: Final = Sentence(en="“{name}” is required.", fr="« {name} » est obligatoire.")
_UNKNOWN_METRIC: Final = Sentence(
    en="There is no metric “{name}”. GET /projects/{{id}}/metrics lists them.",
    fr="Il n'y a pas d'indicateur « {name} ». GET /projects/{{id}}/metrics les liste.",
)
_NO_DAY: Final = Sentence(
    en="“day” must be a day such as 2027-09-06, from 2000 on.",
    fr="« day » doit être un jour comme 2027-09-06, à partir de 2000.",
)
_FUTURE: Final = Sentence(
    en="{day} is still to come: today is {today} in this project.",
    fr="{day} est encore à venir : on est le {today} dans ce projet.",
)
_NO_NUMBER: Final = Sentence(
    en="“value” must be a finite number, between -1e15 and 1e15.",
    fr="« value » doit être un nombre fini, entre -1e15 et 1e15.",
)
_OTHER_UNIT: Final = Sentence(
    en="“{metric}” is told in {unit}, not in {other}.",
    fr="« {metric} » se donne en {unit}, pas en {other}.",
)
_NO_DIMS: Final = Sentence(
    en="“dims” must be an object of short texts, under {names}.",
    fr="« dims » doit être un objet de textes courts, sous {names}.",
)
_NO_SPLIT: Final = Sentence(
    en="“{metric}” is not split: leave “dims” out.",
    fr="« {metric} » ne se découpe pas : retirer « dims ».",
)
_NO_NOTE: Final = Sentence(
    en="“note” must be a text of up to {most} characters, without control characters.",
    fr="« note » doit être un texte de {most} caractères au plus, sans caractère de contrôle.",
)
_NO_COUNT: Final = Sentence(
    en="“count” must be a whole number from 0 on.",
    fr="« count » doit être un nombre entier à partir de 0.",
)
_TWICE: Final = Sentence(
    en="Row {row} tells of the same day already.", fr="La ligne {row} parle déjà du même jour."
)


@dataclass(frozen=True, slots=True)
class Brought:
    """A row that can be kept."""

    sample: Sample
    note: str | None


class Refused(Exception):
    """Why a row is no figure."""

    def __init__(self, sentence: Sentence, **values: object) -> None:
        self.said = Said(sentence, values)
        super().__init__()


@dataclass(slots=True)
class Judge:
    """Judges the rows of one body. ``metrics`` are found by key and by other names."""

    metrics: Mapping[str, Metric]
    today: date
    _days: dict[str, date] = field(default_factory=dict)

    def all(
        self, rows: Sequence[Any], numbers: Iterable[int] | None = None
    ) -> Iterator[Brought | Said]:
        """What each row comes to; of two of the same day the later is refused.

        ``numbers`` are those that people know the rows by; else they are counted from 0.
        """
        first: dict[tuple[str, str, date], int] = {}
        for number, row in zip(numbers or count(), rows, strict=False):
            try:
                found = self.one(row)
                place = (found.sample.metric, line_of(found.sample.dims), found.sample.day)
                if place in first:
                    raise Refused(_TWICE, row=first[place])
            except Refused as refusal:
                yield refusal.said
                continue
            first[place] = number
            yield found

    def one(self, row: Any) -> Brought:
        """One row. Raises Refused."""
        _check_fields(row)
        metric = self._metric(row)
        day = self._day(row["day"])
        unit = row.get("unit")
        if unit is not None and unit != metric.unit:
            raise Refused(_OTHER_UNIT, metric=metric.key, unit=metric.unit, other=str(unit)[:40])
        sample = Sample(
            metric.key, day, _value(row["value"]), "manual", _dims(row, metric), _count(row)
        )
        return Brought(sample, _note(row))

    def _metric(self, row: Mapping[str, Any]) -> Metric:
        name = row["metric"]
        metric = self.metrics.get(name) if isinstance(name, str) else None
        if metric is None:
            raise Refused(_UNKNOWN_METRIC, name=_shown(name))
        return metric

    def _day(self, value: Any) -> date:
        known = self._days.get(value) if isinstance(value, str) else None
        if known is None:
            known = _read_day(value)
            if known > self.today:
                raise Refused(_FUTURE, day=value, today=self.today.isoformat())
            self._days[value] = known
        return known


def _shown(value: Any) -> str:
    """What somebody wrote, short and harmless."""
    return UNPRINTABLE.sub("", str(value))[:60]


def _check_fields(row: Any) -> None:
    if not isinstance(row, dict):
        raise Refused(_NO_OBJECT)
    for name in row.keys() - FIELDS:
        raise Refused(_UNKNOWN_FIELD, name=_shown(name), fields=", ".join(sorted(FIELDS)))
    for name in _REQUIRED:
        if row.get(name) is None:
            raise Refused(_REQUIRED_FIELD, name=name)


def _read_day(value: Any) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day < _FIRST_DAY or day.isoformat() != value:
        raise Refused(_NO_DAY)
    return day


def _value(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not -_MOST <= value <= _MOST:
        raise Refused(_NO_NUMBER)
    return float(value)


def _dims(row: Mapping[str, Any], metric: Metric) -> Mapping[str, str]:
    dims = row.get("dims") or {}
    if not dims:
        return {}
    if not metric.dims:
        raise Refused(_NO_SPLIT, metric=metric.key)
    if not isinstance(dims, dict) or not all(
        name in metric.dims and _is_line(value) for name, value in dims.items()
    ):
        raise Refused(_NO_DIMS, names=", ".join(metric.dims))
    return {name: value.strip() for name, value in dims.items()}


def _is_line(value: Any) -> bool:
    fits = isinstance(value, str) and len(value.strip()) > 0 and len(value) <= _LONGEST_DIM
    return fits and not UNPRINTABLE.search(value) and not BREAKS.search(value)


def _note(row: Mapping[str, Any]) -> str | None:
    note = row.get("note")
    if note is None:
        return None
    if not isinstance(note, str) or len(note) > _LONGEST_NOTE or UNPRINTABLE.search(note):
        raise Refused(_NO_NOTE, most=_LONGEST_NOTE)
    return note.strip() or None


def _count(row: Mapping[str, Any]) -> int | None:
    count = row.get("count")
    if count is None:
        return None
    if type(count) is not int or not 0 <= count <= _MOST_COUNTED:
        raise Refused(_NO_COUNT)
    return count
