"""A roster as CSV, read and written. What was written is read back the same."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, Final

from marshmallow import ValidationError

from tracker.kernel.cells import csv_page, text_of
from tracker.kernel.errors import FieldErrors, Invalid
from tracker.kernel.texts import Language, Said, Sentence
from tracker.roster.models import RosterContact
from tracker.roster.schemas import ContactChange
from tracker.roster.words import (
    COLUMN_WORDS,
    CONSENT_WORDS,
    FLAG_WORDS,
    ROLE_WORDS,
    STAGE_WORDS,
    keys_of,
    plain,
)
from tracker.web.field_messages import in_both_languages

MOST_ROWS: Final = 2_000
_COLUMNS: Final = keys_of(COLUMN_WORDS) | {"courriel": "email"}
_WORDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "role": keys_of(ROLE_WORDS),
    "stage": keys_of(STAGE_WORDS),
    "consent": keys_of(CONSENT_WORDS),
    "strategic": FLAG_WORDS,
}
_UNREADABLE: Final = Sentence(
    en="Line {line} cannot be read as CSV; check its quotation marks.",
    fr="La ligne {line} n'est pas du CSV lisible ; vérifier ses guillemets.",
)
_UNKNOWN_COLUMN: Final = Sentence(
    en="There is no column “{name}”. The columns are: {known}.",
    fr="Il n'y a pas de colonne « {name} ». Les colonnes sont : {known}.",
)
_TWICE: Final = Sentence(
    en="The column “{name}” is there twice.", fr="La colonne « {name} » est là deux fois."
)
_NO_NAMES: Final = Sentence(
    en="The first line names the columns, and “name” must be one of them.",
    fr="La première ligne nomme les colonnes, et « nom » doit en être une.",
)
_EMPTY: Final = Sentence(
    en="There is nobody below the header.", fr="Il n'y a personne sous l'en-tête."
)
_TOO_MANY: Final = Sentence(
    en="At most {most} people at a time; split the file.",
    fr="Au plus {most} personnes à la fois ; couper le fichier.",
)
_TOO_WIDE: Final = Sentence(
    en="This line has more cells than the header has columns.",
    fr="Cette ligne a plus de cellules que l'en-tête n'a de colonnes.",
)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One person of a file: the fields that were filled in, or what is wrong with them."""

    line: int
    wish: Mapping[str, Any]
    errors: Mapping[str, list[Said] | FieldErrors] = field(default_factory=dict)


def read_rows(text: str) -> list[ReadRow]:
    """The people of a CSV file. Raises Invalid where the file as a whole cannot be meant."""
    lines = _lines(text.removeprefix("\ufeff"))
    _line, header = next(lines, (1, []))
    columns = _columns(header)
    rows = [_row(line, columns, cells) for line, cells in lines if any(map(str.strip, cells))]
    if not rows:
        raise _fault(_EMPTY)
    if len(rows) > MOST_ROWS:
        raise _fault(_TOO_MANY, most=MOST_ROWS)
    return rows


def _fault(sentence: Sentence, **values: object) -> Invalid:
    return Invalid({"csv": [Said(sentence, values)]})


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _fault(_UNREADABLE, line=reader.line_num) from None
        yield reader.line_num, cells


def _columns(header: Sequence[str]) -> list[str]:
    known = ", ".join(COLUMN_WORDS)
    columns: list[str] = []
    for name in header:
        column = _COLUMNS.get(plain(name))
        if column is None:
            raise _fault(_UNKNOWN_COLUMN, name=name.strip()[:60], known=known)
        if column in columns:
            raise _fault(_TWICE, name=name.strip())
        columns.append(column)
    if "name" not in columns:
        raise _fault(_NO_NAMES)
    return columns


def _row(line: int, columns: Sequence[str], cells: Sequence[str]) -> ReadRow:
    if len(cells) > len(columns):
        return ReadRow(line, {}, {"row": [Said(_TOO_WIDE, {})]})
    pairs = zip(columns, cells, strict=False)
    filled = {name: _value(name, text) for name, text in pairs if text.strip()}
    try:
        return ReadRow(line, ContactChange().load(filled))
    except ValidationError as error:
        return ReadRow(line, {}, in_both_languages(error.messages))


def _value(column: str, text: str) -> Any:
    text = text_of(text)
    if column in ("why", "notes"):
        return text
    text = text.strip()
    return _WORDS[column].get(plain(text), text) if column in _WORDS else text


def written(
    people: Iterable[RosterContact], owners: Mapping[Any, str], language: Language
) -> bytes:
    """People as CSV under headers of the reader's language; ``owners`` are members' e-mails."""
    header = [word.say(language) for word in COLUMN_WORDS.values()]
    return csv_page(header, (_cells(one, owners) for one in people))


def _cells(one: RosterContact, owners: Mapping[Any, str]) -> list[Any]:
    return [
        one.name,
        one.role,
        one.stage,
        one.why,
        one.email,
        one.contact,
        owners.get(one.owner_id),
        one.is_strategic,
        one.consent,
        one.notes,
        one.next_contact_on,
    ]
