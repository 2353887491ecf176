"""Whether a file has the shape of a copy, field by field; and its rows as values. Pure."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from tracker.kernel.errors import FieldErrors, Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.overview.copies.layout import FORMAT, PROJECT, SECTIONS, VERSION, Field, Section
from tracker.web.fields import BREAKS, UNPRINTABLE, is_web_address

Row = dict[str, Any]
_MOST_ROWS: Final = 100_000
_LONGEST: Final = 100_000
_LONGEST_LINE: Final = 1_000
_LONGEST_EMAIL: Final = 254
_LONGEST_ADDRESS: Final = 2_000
_WHOLE: Final = 2**31
_YEARS: Final = range(1970, 2200)  # as far as calendars reach
_FIRST_INSTANT, _LAST_INSTANT = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

_OTHER_FORMAT: Final = Sentence(
    en="This is no copy of a project: its “format” must be {format}. GET /projects/…/export makes "
    "one.",
    fr="Ce n'est pas une copie de projet : son « format » doit être {format}. GET "
    "/projects/…/export en fait une.",
)
_FUTURE: Final = Sentence(
    en="This copy has version {version}; this tracker reads versions up to {known}. Update the "
    "tracker first.",
    fr="Cette copie est de version {version} ; ce tracker lit les versions jusqu'à {known}. "
    "Mettre d'abord le tracker à jour.",
)
_REQUIRED: Final = Sentence(en="This field is required.", fr="Ce champ est obligatoire.")
_UNKNOWN: Final = Sentence(
    en="There is no such field; correct its name or leave it out.",
    fr="Ce champ n'existe pas ; corriger son nom ou le retirer.",
)
_NULL: Final = Sentence(en="Must not be null.", fr="Ne peut pas être null.")
_LIST: Final = Sentence(en="Must be a list.", fr="Doit être une liste.")
_OBJECT: Final = Sentence(en="Must be an object.", fr="Doit être un objet.")
_TOO_MANY: Final = Sentence(en="Holds more than {most} rows.", fr="Contient plus de {most} lignes.")
_WRONG: Final[Mapping[str, Sentence]] = {
    "id": Sentence(en="Must be an id (a UUID).", fr="Doit être un identifiant (UUID)."),
    "member": Sentence(en="Must be an e-mail address.", fr="Doit être une adresse e-mail."),
    "day": Sentence(
        en="Must be a day such as 2027-09-06, from 1970 to 2199.",
        fr="Doit être un jour comme 2027-09-06, de 1970 à 2199.",
    ),
    "instant": Sentence(
        en="Must be an instant such as 2027-09-06T08:00:00Z.",
        fr="Doit être un instant, comme 2027-09-06T08:00:00Z.",
    ),
    "flag": Sentence(en="Must be true or false.", fr="Doit être true ou false."),
    "whole": Sentence(
        en="Must be a whole number of up to nine digits.",
        fr="Doit être un nombre entier de neuf chiffres au plus.",
    ),
    "figure": Sentence(en="Must be a number.", fr="Doit être un nombre."),
    "json": Sentence(en="Must be an object or a list.", fr="Doit être un objet ou une liste."),
    "prose": Sentence(
        en="Must be a text of up to 100000 characters, without control characters.",
        fr="Doit être un texte de 100000 caractères au plus, sans caractère de contrôle.",
    ),
    "line": Sentence(
        en="Must be one line of up to 1000 characters, without control characters.",
        fr="Doit être une ligne de 1000 caractères au plus, sans caractère de contrôle.",
    ),
    "address": Sentence(
        en="Must be a web address, such as https://example.org/page.",
        fr="Doit être une adresse web, comme https://example.org/page.",
    ),
}


@dataclass(frozen=True, slots=True)
class Copy:
    """A file that has been read. Rows hold values under the names that the file gives them."""

    project: Row
    sections: Mapping[str, list[Row]]
    members: Mapping[str, str]  # id in the file → e-mail


def read(document: Mapping[str, Any]) -> Copy:
    """The copy in ``document``. Raises Invalid with every field that is wrong."""
    _check_format(document)
    faults: dict[str, Any] = {}
    project = _row(PROJECT, document["project"])
    if isinstance(project, Faulty):
        faults["project"] = project.faults
    sections = {}
    for section in SECTIONS:
        found = _rows(section, document.get(section.name) or [])
        if isinstance(found, Faulty):
            faults[section.name] = found.faults
        else:
            sections[section.name] = found
    members = _members(document.get("members") or [])
    if isinstance(members, Faulty):
        faults["members"] = members.faults
    if faults:
        raise Invalid(faults)
    assert isinstance(project, dict)
    assert not isinstance(members, Faulty)
    return Copy(project, sections, members)


def _check_format(document: Mapping[str, Any]) -> None:
    if document["format"] != FORMAT:
        raise Invalid({"format": [Said(_OTHER_FORMAT, {"format": FORMAT})]})
    if document["version"] > VERSION:
        values = {"version": document["version"], "known": VERSION}
        raise Invalid({"version": [Said(_FUTURE, values)]})


@dataclass(frozen=True, slots=True)
class Faulty:
    """What is wrong, nested as the file is."""

    faults: Any


def _rows(section: Section, rows: Any) -> list[Row] | Faulty:
    if not isinstance(rows, list):
        return Faulty([Said(_LIST, {})])
    if len(rows) > _MOST_ROWS:
        return Faulty([Said(_TOO_MANY, {"most": _MOST_ROWS})])
    found = [_row(section, row) for row in rows]
    faults = {str(n): row.faults for n, row in enumerate(found) if isinstance(row, Faulty)}
    return Faulty(faults) if faults else [row for row in found if not isinstance(row, Faulty)]


def _row(section: Section, row: Any) -> Row | Faulty:
    if not isinstance(row, dict):
        return Faulty([Said(_OBJECT, {})])
    faults: dict[str, list[Said] | FieldErrors] = {
        str(name)[:100]: [Said(_UNKNOWN, {})] for name in row.keys() - section.fields.keys()
    }
    values = {}
    for name, field in section.fields.items():
        fault = _fault(field, row)
        if fault:
            faults[name] = [Said(fault, {})]
        else:
            values[name] = _value(field, row)
    return Faulty(faults) if faults else values


def _fault(field: Field, row: Row) -> Sentence | None:
    if row.get(field.name) is None:
        if not field.is_required:
            return None
        return _NULL if field.name in row else _REQUIRED
    return None if _READERS[field.kind](row[field.name]) is not None else _WRONG[field.kind]


def _value(field: Field, row: Row) -> Any:
    value = row.get(field.name)
    return field.usual if value is None else _READERS[field.kind](value)


def _members(rows: Any) -> Mapping[str, str] | Faulty:
    if not isinstance(rows, list):
        return Faulty([Said(_LIST, {})])
    found = dict(_pairs(rows))
    return found if len(found) == len(rows) else Faulty([Said(_OBJECT, {})])


def _pairs(rows: list[Any]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if isinstance(row, dict) and _id(row.get("id")) and _email(row.get("email")):
            yield str(_id(row["id"])), row["email"]


# Each gives the value, or None where it is none of its kind.


def _id(value: Any) -> UUID | None:
    try:
        return (
            UUID(value) if isinstance(value, str) and len(value) == len(str(UUID(int=0))) else None
        )
    except ValueError:
        return None


def as_day(value: Any) -> date | None:
    """A day between 1970 and 2199, as JSON writes it; None for anything else."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None  # noqa: PLR2004
    except ValueError:
        return None
    return day if day and day.year in _YEARS else None


def _instant(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        if found is None or found.tzinfo is None:
            return None
        return found.astimezone(UTC) if _FIRST_INSTANT <= found < _LAST_INSTANT else None
    except (ValueError, OverflowError):
        return None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _whole(value: Any) -> int | None:
    return value if type(value) is int and -_WHOLE <= value < _WHOLE else None


def _figure(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) and abs(value) < 1e300 else None  # noqa: PLR2004


def _json(value: Any) -> Any:
    return value if isinstance(value, dict | list) and _is_clean(value) else None


def _is_clean(value: Any) -> bool:
    if isinstance(value, str):
        return _text(value) is not None
    if isinstance(value, dict):
        return all(_is_clean(one) for pair in value.items() for one in pair)
    return all(map(_is_clean, value)) if isinstance(value, list) else True


def _text(value: Any) -> str | None:
    fits = isinstance(value, str) and len(value) <= _LONGEST and not UNPRINTABLE.search(value)
    return value if fits else None


def _line(value: Any) -> str | None:
    text = _text(value)
    fits = text is not None and len(text) <= _LONGEST_LINE and not BREAKS.search(text)
    return text if fits else None


def _email(value: Any) -> str | None:
    line = _line(value)
    return line if line and len(line) <= _LONGEST_EMAIL else None


def _address(value: Any) -> str | None:
    text = _text(value)
    fits = text is not None and len(text) <= _LONGEST_ADDRESS and is_web_address(text)
    return text if fits else None


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "id": _id,
    "member": _email,
    "day": as_day,
    "instant": _instant,
    "flag": _flag,
    "whole": _whole,
    "figure": _figure,
    "json": _json,
    "prose": _text,
    "line": _line,
    "address": _address,
}
