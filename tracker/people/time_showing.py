"""What a member wants, as it is told."""

from typing import Any, Final

from tracker.people.models import Member
from tracker.people.time_models import Preferences
from tracker.people.time_schemas import PreferencesOut

_OF_THE_MEMBER: Final = ("timezone", "language")


def preferences_out(member: Member, wishes: Preferences) -> dict[str, Any]:
    """Zone and language are the member's, the rest is what they said, or what is usual."""
    names = PreferencesOut().fields
    rows = {name: member if name in _OF_THE_MEMBER else wishes for name in names}
    shown: dict[str, Any] = PreferencesOut().dump(
        {name: getattr(row, name) for name, row in rows.items()}
    )
    return shown
