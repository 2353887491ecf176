"""What Notion calls things. Its API changes: look again where something goes missing."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from tracker.kernel.texts import Text

VERIFIED_ON: Final = date(2026, 11, 23)
BASE_URL: Final = "https://api.notion.com"
VERSION: Final = "2026-03-11"

CALLS: Final = 180  # a minute, in a window that begins with the first call
WINDOW: Final = timedelta(minutes=1)
QUIET: Final = timedelta(seconds=5)  # a page that is typed in tells of itself again and again
OVERLAP: Final = timedelta(minutes=2)  # their times are cut to the minute

A_PAGE: Final = 100
MOST_PEOPLE: Final = 100
MOST_RELATED: Final = 100
MOST_PIECES: Final = 100
A_PIECE: Final = 1000  # they count 2000 of JavaScript's characters, of which some of ours are two
LONGEST_URL: Final = 2000

COMPLETE: Final = "Complete"  # the group of the options that mean done
UNDER_WAY: Final = "In progress"

# Our columns: the type that each must have, and its name where we make it.
TYPES: Final[Mapping[str, str]] = {
    "title": "title",
    "status": "status",
    "when": "date",
    "owner": "people",
    "phase": "select",
    "labels": "multi_select",
    "after": "relation",
    "marker": "rich_text",
    "url": "url",
    "notes": "rich_text",
}
TITLES: Final[Mapping[str, Text]] = {
    "title": {"en": "Task", "fr": "Tâche"},
    "status": {"en": "Status", "fr": "Statut"},
    "when": {"en": "When", "fr": "Quand"},
    "owner": {"en": "Owner", "fr": "Responsable"},
    "phase": {"en": "Phase", "fr": "Phase"},
    "labels": {"en": "Labels", "fr": "Étiquettes"},
    "after": {"en": "After", "fr": "Après"},
    "marker": {"en": "Tracker ID", "fr": "Tracker ID"},
    "url": {"en": "Link", "fr": "Lien"},
    "notes": {"en": "Description", "fr": "Description"},
}
# Other people's databases may have two dates in place of one, or only the day something is due.
APART: Final[Mapping[str, str]] = {"start": "date", "due": "date"}
