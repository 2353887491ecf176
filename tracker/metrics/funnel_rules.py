"""From who is on the list to who is active: how many are missing, and how many to invite. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

from tracker.roster.rules import STAGES

WAVE: Final = "invitation_wave"
"""The module that a playbook may offer for the next wave."""
_JOINED: Final = "joined"
_USUAL_SHARE: Final = 0.3  # of the invited who join, until the project's own is known
_LEAST_INVITED: Final = 10  # fewer say nothing of a share
# One in a hundred members at most is truly active, one in a thousand at least.
_TRULY_ACTIVE: Final = (0.001, 0.01)


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far people have come. ``reached`` counts those at a stage or beyond it.

    ``members`` and ``activated`` are the platform's, None where no figure is known.
    """

    reached: Mapping[str, int]
    members: float | None
    activated: float | None
    target: int

    @property
    def joined(self) -> float:
        """First members: the platform counts all of them, the roster those known by name."""
        return self.reached[_JOINED] if self.members is None else self.members

    @property
    def shortfall(self) -> int:
        """First members who are still missing."""
        return max(0, ceil(self.target - self.joined))

    @property
    def join_share(self) -> float | None:
        """Of those whom the team contacted, the share that joined; None: too few to tell."""
        invited = self.reached["contacted"]
        return self.reached[_JOINED] / invited if invited >= _LEAST_INVITED else None

    @property
    def to_invite(self) -> int:
        """How many to invite next, so that the missing ones come; 0 where none is missing."""
        share = self.join_share or _USUAL_SHARE
        return ceil(self.shortfall / share)


def reached(people: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """How many have come at least to each stage; ``people`` are counted by role and stage."""
    places = {stage: place for place, stage in enumerate(STAGES)}
    return {
        stage: sum(count for (_role, theirs), count in people.items() if places[theirs] >= place)
        for stage, place in places.items()
    }


def truly_active(members: float) -> tuple[int, int]:
    """How many of so many members to expect among the truly active: at least, at most."""
    least, most = (members * share for share in _TRULY_ACTIVE)
    return int(least), max(1, round(most)) if members else 0


def members_for(active: int) -> tuple[int, int]:
    """How many members it takes to have so many who are truly active: at least, at most."""
    least, most = _TRULY_ACTIVE
    return round(active / most), round(active / least)
