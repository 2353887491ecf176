"""From the bytes of a file to its cells, whatever program wrote it. Pure."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final

from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 200
_MOST_LETTERS: Final = 20_000  # of a line: a header that is longer names no columns
_DELIMITERS: Final = (",", ";", "\t", "|")
_ENCODINGS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_TOO_LARGE: Final = Sentence(
    en="The file is larger than {most} MB; split it.",
    fr="Le fichier dépasse {most} Mo ; le couper.",
)
_NOT_TEXT: Final = Sentence(
    en="This file is no text. Export it as CSV (UTF-8).",
    fr="Ce fichier n'est pas du texte. L'exporter en CSV (UTF-8).",
)
_EMPTY: Final = Sentence(
    en="There is nothing below the header.", fr="Il n'y a rien sous l'en-tête."
)
_TOO_WIDE: Final = Sentence(
    en="The first line names more than {most} columns.",
    fr="La première ligne nomme plus de {most} colonnes.",
)
_TOO_LONG: Final = Sentence(
    en="At most {most} rows at a time; split the file.",
    fr="Au plus {most} lignes à la fois ; couper le fichier.",
)
_UNREADABLE: Final = Sentence(
    en="Line {line} cannot be read as CSV; check its quotation marks.",
    fr="La ligne {line} n'est pas du CSV lisible ; vérifier ses guillemets.",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file, with the number that an editor shows."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file as it was found: its columns, its lines without the empty ones, and how to read it."""

    columns: Sequence[str]
    lines: Sequence[Line]
    delimiter: str


def read_table(content: bytes) -> Table:
    """The cells of a file. Raises Invalid under ``file``."""
    if len(content) > MOST_BYTES:
        raise fault(_TOO_LARGE, most=MOST_BYTES // 1024**2)
    text = _text(content)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    if len(first) > _MOST_LETTERS:
        raise fault(_TOO_WIDE, most=MOST_COLUMNS)
    delimiter = max(_DELIMITERS, key=first.count)
    lines = _lines(text, delimiter)
    header = next(lines, Line(1, ()))
    if len(header.cells) > MOST_COLUMNS:
        raise fault(_TOO_WIDE, most=MOST_COLUMNS)
    found: list[Line] = []
    for line in lines:
        if len(found) == MOST_ROWS:
            raise fault(_TOO_LONG, most=MOST_ROWS)
        found.append(line)
    if not found:
        raise fault(_EMPTY)
    return Table([name.strip() for name in header.cells], found, delimiter)


def fault(sentence: Sentence, **values: object) -> Invalid:
    """What is wrong with the file as a whole."""
    return Invalid({"file": [Said(sentence, values)]})


def _text(content: bytes) -> str:
    """As its first bytes say, else UTF-8, else what Windows writes in Western Europe."""
    encoding = next((name for mark, name in _ENCODINGS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace") if encoding == "utf-8" else "\0"
    if "\0" in text:
        raise fault(_NOT_TEXT)
    return text


def _lines(text: str, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise fault(_UNREADABLE, line=reader.line_num) from None
        if any(cell.strip() for cell in cells):
            yield Line(reader.line_num, cells)
