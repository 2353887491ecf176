"""Three-way merge: what both sides had last, what ours has now, what theirs has. Pure.

Each side is remembered as it showed the agreed state: a platform may show less than we know, and
what it never could show is no change. Whatever is said here holds for every platform.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal

Winner = Literal["tracker", "platform"]
FIELDS: Final[Sequence[str]] = ("title", "status", "start_on", "due_on", "assignees", "steps")
POLICIES: Final[Sequence[str]] = ("tracker", "platform", "newest")
OWN: Final = "own"
# What every platform shows as it was sent, but for blanks in a title.
_FAITHFUL: Final[Sequence[str]] = ("title", "start_on", "due_on")
_STEP: Final = "steps."
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Agreed:
    """The fields of a card as ours and as theirs had them last; steps one by one.

    ``own`` is a digest of what is ours alone, as it was sent last. ``say`` is still to be said on
    the card.
    """

    ours: Mapping[str, Any] = field(default_factory=dict)
    theirs: Mapping[str, Any] = field(default_factory=dict)
    own: str = ""
    say: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return {
            "ours": dict(self.ours),
            "theirs": dict(self.theirs),
            "own": self.own,
            "say": list(self.say),
        }


def agreed_of(stored: Mapping[str, Any] | None) -> Agreed | None:
    """The other way."""
    return Agreed(**stored) if stored else None


def flat(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields with each step for itself, so that two may be ticked on two sides."""
    found = {name: value for name, value in fields.items() if name != "steps"}
    steps = fields.get("steps") or {}
    return found | {f"{_STEP}{key}": bool(done) for key, done in steps.items()}


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that both sides have changed, and who has won."""

    name: str
    agreed: Any
    ours: Any
    theirs: Any
    winner: Winner


@dataclass(frozen=True, slots=True)
class Merged:
    """What is to be taken over here, and what both have changed."""

    take: dict[str, Any]
    clashes: list[Clash]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """Who wins where both have changed a field; when each side was touched last."""

    policies: Mapping[str, str]
    ours_at: datetime | None = None
    theirs_at: datetime | None = None

    def winner(self, name: str) -> Winner:
        """Where both are as new, the tracker."""
        policy = self.policies.get("steps" if name.startswith(_STEP) else name, "newest")
        if policy != "newest":
            return "platform" if policy == "platform" else "tracker"
        if self.theirs_at is None or self.ours_at is None:
            return "tracker"
        return "platform" if self.theirs_at > self.ours_at else "tracker"


def merge(
    agreed: Agreed, ours: Mapping[str, Any], theirs: Mapping[str, Any], judging: Judging
) -> Merged:
    """Compare flat fields of both sides.

    What only they have changed is taken; what only we have, nothing is said of: it is owed. A step
    that was removed on either side is ours to put right.
    """
    merged = Merged({}, [])
    for name, value in theirs.items():
        was = agreed.theirs.get(name, _ABSENT)
        if name not in ours or was is _ABSENT or value == was:
            continue
        wanted = _with_ours(name, ours[name], was, value)
        if wanted == ours[name]:  # both have done the same
            merged.take[name] = wanted
            continue
        before = agreed.ours.get(name)
        if ours[name] != before:
            winner = judging.winner(name)
            merged.clashes.append(Clash(name, before, ours[name], value, winner))
            if winner == "tracker":
                continue
        merged.take[name] = wanted
    return merged


def _with_ours(name: str, ours: Any, was: Any, value: Any) -> Any:
    """Theirs; of people only who came and who went, since not all of ours may stand there."""
    if name != "assignees":
        return value
    gone, come = set(was) - set(value), set(value) - set(was)
    return sorted((set(ours) - gone) | come)


def absorbed(
    agreed: Agreed,
    theirs: Mapping[str, Any],
    ours: Mapping[str, Any],
    *,
    taken: Mapping[str, Any],
    say: Sequence[str] = (),
) -> Agreed:
    """What is agreed once theirs was looked at, and ``ours`` is what has become of it here.

    A field that still differs is left so that it is owed: nothing is taken, or refused, twice.
    """
    sides = {
        name: value
        for name, value in agreed.ours.items()
        if name in theirs or name not in agreed.theirs  # else it was removed there
    }
    for name, value in theirs.items():
        if name in ours and value != agreed.theirs.get(name, _ABSENT):
            is_same = ours[name] in (value, taken.get(name, _ABSENT))
            sides[name] = ours[name] if is_same else value
    return replace(agreed, ours=sides, theirs=dict(theirs), say=[*agreed.say, *say])


def owed(agreed: Agreed | None, ours: Mapping[str, Any], own: str) -> list[str]:
    """The names of what is to be sent: fields, ``steps`` as one, and ``own``."""
    if agreed is None:
        return []
    names = {
        "steps" if name.startswith(_STEP) else name
        for name in ours.keys() | agreed.ours.keys()
        if ours.get(name, _ABSENT) != agreed.ours.get(name, _ABSENT)
        and (name in ours or name.startswith(_STEP))
    }
    found = [name for name in FIELDS if name in names]
    return [*found, OWN] if own != agreed.own else found


def sent(
    agreed: Agreed | None,
    ours: Mapping[str, Any],
    answered: Mapping[str, Any],
    *,
    names: Sequence[str] | None,
    own: str,
) -> Agreed:
    """What is agreed once ``names`` were sent (None: all, by making it), and how they stand there.

    What was not sent keeps what was known of it: a change there in the meantime is still a change.
    """
    if agreed is None or names is None:
        say = agreed.say if agreed else ()
        return Agreed(dict(ours), dict(answered), own, say)
    kept = {name for name in (*ours, *answered) if _group(name) not in names}
    mine = {name: agreed.ours[name] for name in agreed.ours if name in kept}
    theirs = {name: agreed.theirs[name] for name in agreed.theirs if name in kept}
    return Agreed(
        ours=mine | {name: value for name, value in ours.items() if name not in kept},
        theirs=theirs | {name: value for name, value in answered.items() if name not in kept},
        own=own if OWN in names else agreed.own,
        say=agreed.say,
    )


def begun(ours: Mapping[str, Any]) -> Agreed:
    """What is agreed of a card that may be made now, and whose making may never be heard of.

    What differs from this when it is found was changed there meanwhile. Of other fields nobody
    knows how they would be shown: they become what they are here.
    """
    sides = {name: ours[name] for name in _FAITHFUL if name in ours}
    return Agreed(sides, sides | {"title": " ".join(sides["title"].split())})


def _group(name: str) -> str:
    return "steps" if name.startswith(_STEP) else name
