"""A plan as CSV: a header, then one row for each task."""

from tracker.cli.preview import Preview
from tracker.overview.sheet import PLANNED, sheet


def render(preview: Preview) -> bytes:
    """The tasks of the plan."""
    return sheet(PLANNED, preview.timeline["tasks"])
