"""Cells of a spreadsheet that hold what people wrote, and never a formula."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from io import StringIO
from typing import Any, Final

# A spreadsheet runs what begins with one of these. Source: OWASP, CSV Injection.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: Any) -> Any:
    """One cell: words for truth values, and no text that a spreadsheet would run."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return f"'{value}" if isinstance(value, str) and _is_formula(value) else value


def text_of(written: str) -> str:
    """What was meant by a cell that ``cell`` has written."""
    return written[1:] if written.startswith("'") and _is_formula(written) else written


def _is_formula(text: str) -> bool:
    """Whether a spreadsheet would run it; what is quoted already is quoted once more."""
    return text.lstrip("'").startswith(FORMULA_STARTS)


def csv_page(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A header and rows of cells as CSV (RFC 4180, UTF-8)."""
    page = StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow(columns)
    writer.writerows(map(cell, row) for row in rows)
    return page.getvalue().encode()
