"""A page of plain text, 100 columns wide, with colour where a terminal shows it."""

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Final

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
    return f"{text:<{width}}" if len(text) <= width else f"{text[: width - 1]}…"


def together(sections: Iterable[Iterable[str]]) -> str:
    """The sections that have something to say, an empty line between them."""
    blocks = ("\n".join(section) for section in sections)
    return "\n\n".join(block for block in blocks if block)
