"""Letters of the tests."""

from typing import Any
from uuid import UUID

from tracker.connectors.letter import Letter

ID = UUID("0192f0c1-2d3e-7f45-8a67-b89cdef01234")


def a_letter(**given: Any) -> Letter:
    """A letter about nothing, with what a test wants in it."""
    usual: dict[str, Any] = {
        "id": ID,
        "language": "en",
        "subject": "Due today",
        "greeting": "Hello Bob,",
        "opening": "One task of yours is due today.",
    }
    return Letter(**{**usual, **given})
