"""Whether the figures of a copy can be meant, and what they are where nobody vouches. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, get_args

from tracker.connectors.figures import Method
from tracker.kernel.clock import is_zone
from tracker.kernel.texts import Said, Sentence
from tracker.metrics.dims import line_of
from tracker.metrics.rules import ALERT_STATES, OPERATORS
from tracker.metrics.targets import NO_TARGET
from tracker.overview.copies.shape import Copy, Row

CHOICES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("series", "method"): get_args(Method),
    ("metric_settings", "op"): (*OPERATORS, NO_TARGET),
    ("alerts", "state"): ALERT_STATES,
}
_SECOND: Final = Sentence(
    en="Only one of these rows can be in force.",
    fr="Une seule de ces lignes peut être en vigueur.",
)
_NOT_ITS_DIMS: Final = Sentence(
    en="Is not what “dims” says: {line}.", fr="Ne dit pas ce que dit « dims » : {line}."
)
_NO_ZONE: Final = Sentence(
    en="Not a time zone of the tz database, such as Europe/Paris.",
    fr="Pas un fuseau de la base tz, comme Europe/Paris.",
)
_TOO_SMALL: Final = Sentence(en="Must be at least {least}.", fr="Doit valoir au moins {least}.")
_HALF: Final = Sentence(
    en="A target has both a comparison and a value.",
    fr="Une cible a une comparaison et une valeur.",
)
_NONE_CURRENT: Final = Sentence(
    en="No reading of this day is in force.", fr="Aucun relevé de ce jour n'est en vigueur."
)
_LEAST: Final[Mapping[tuple[str, str], int]] = {
    ("series", "definition_version"): 1,
    ("readings", "revision"): 1,
    ("readings", "count"): 0,
}
Fault = tuple[tuple[str, ...], Said]


def is_dims(value: Any) -> bool:
    """What a figure is told apart by: words under words."""
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def bad_figures(copy: Copy) -> Iterator[Fault]:
    """What the database could not keep, or nobody could read."""
    for number, row in enumerate(copy.sections["series"]):
        place = ("series", str(number))
        if not is_zone(row["zone"]):
            yield (*place, "zone"), Said(_NO_ZONE, {})
        if is_dims(row["dims"]) and row["dims_key"] != line_of(row["dims"]):
            yield (*place, "dims_key"), Said(_NOT_ITS_DIMS, {"line": line_of(row["dims"])})
    for (section, field), least in _LEAST.items():
        for number, row in enumerate(copy.sections[section]):
            if row[field] is not None and row[field] < least:
                yield (section, str(number), field), Said(_TOO_SMALL, {"least": least})
    for number, row in enumerate(copy.sections["metric_settings"]):
        if (row["op"] in OPERATORS) != (row["value"] is not None):
            yield ("metric_settings", str(number), "value"), Said(_HALF, {})
    yield from _seconds(copy)


def _seconds(copy: Copy) -> Iterator[Fault]:
    """Two readings of a day, or two alerts of a rule, that are both in force."""
    current = [row["superseded_at"] is None for row in copy.sections["readings"]]
    days = [(row["series_id"], row["day"]) for row in copy.sections["readings"]]
    yield from _twice("readings", "superseded_at", days, current)
    in_force = {day for day, is_current in zip(days, current, strict=True) if is_current}
    for number, day in enumerate(days):
        if day not in in_force:
            yield ("readings", str(number), "superseded_at"), Said(_NONE_CURRENT, {})
    unresolved = [row["state"] != "resolved" for row in copy.sections["alerts"]]
    rules = [row["rule"] for row in copy.sections["alerts"]]
    yield from _twice("alerts", "state", rules, unresolved)


def _twice(
    section: str, field: str, keys: Iterable[object], in_force: Iterable[bool]
) -> Iterator[Fault]:
    found = [key if counts else None for key, counts in zip(keys, in_force, strict=True)]
    times = Counter(found)
    for number, key in enumerate(found):
        if key is not None and times[key] > 1:
            yield (section, str(number), field), Said(_SECOND, {})


def brought_by_hand(sections: Mapping[str, list[Row]]) -> Mapping[str, list[Row]]:
    """What figures are in a file that is not believed: entered by hand, whatever it says.

    Each series is its own origin, so that two that differed in their method do not become one.
    """
    return {
        "series": [
            {**row, "method": "manual", "origin": str(row["id"])} for row in sections["series"]
        ],
        "readings": [{**row, "recorded_by": None} for row in sections["readings"]],
        "alerts": [],
    }
