"""A page of plain text, 100 columns wide, with colour where a terminal shows it."""

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Final
from unicodedata import category, combining, east_asian_width

import click

WIDTH: Final = 100


def heading(title: str, note: str = "", *, width: int = WIDTH) -> str:
    """A rule that carries a title, and a note at its right end."""
    left, right = f"── {title} ", f" {note} ──" if note else ""
    rule = "─" * max(width - len(left) - len(right), 0)
    return click.style(f"{left}{rule}{right}"[:width], bold=True)


def paragraph(
    text: str, *, first: str = "  ", rest: str | None = None, width: int = WIDTH
) -> Iterator[str]:
    """Wrapped text behind ``first``; further lines behind ``rest``, else as many spaces."""
    rest = " " * len(first) if rest is None else rest
    yield from wrap(text, width, initial_indent=first, subsequent_indent=rest)


def pairs(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Names and what they stand for, in two columns."""
    rows = list(rows)
    width = max((len(name) for name, _ in rows), default=0)
    for name, value in rows:
        yield from paragraph(value, first=f"  {name:<{width}}  ")


def titled(title: str, width: int, rest: str) -> Iterator[str]:
    """A row whose first cell may need several lines; ``rest`` stands on the first of them."""
    first, *more = wrap(title, width) or [""]
    yield f"{first:<{width}}{rest}".rstrip()
    yield from more


def fit(text: str, width: int) -> str:
    """``text`` in exactly ``width`` columns, cut with an ellipsis where it is longer."""
    wide = columns(text)
    if wide <= width:
        return text + " " * (width - wide)
    kept = text[: width - 1]
    while columns(kept) >= width:
        kept = kept[:-1]
    return f"{kept}…" + " " * (width - 1 - columns(kept))


def columns(text: str) -> int:
    """How many columns a terminal takes for ``text``: East Asian letters and emoji take two."""
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if combining(letter) or category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(letter) in ("W", "F") else 1


def together(sections: Iterable[Iterable[str]]) -> str:
    """The sections that have something to say, an empty line between them."""
    blocks = ("\n".join(section) for section in sections)
    return "\n\n".join(block for block in blocks if block)
