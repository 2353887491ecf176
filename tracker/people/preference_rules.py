"""Which preferences make sense together. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tracker.kernel.public_holidays import knows_country, knows_subdivision
from tracker.kernel.texts import Said, Sentence
from tracker.people.hours_rules import USUAL_HOURS, Hours
from tracker.people.wall_time import A_DAY, minute_of, written

USUAL: Final[Mapping[str, Any]] = {
    "work_from": written(USUAL_HOURS.work_from),
    "work_until": written(USUAL_HOURS.work_until),
    "work_days": sorted(USUAL_HOURS.work_days),
    "quiet_from": written(USUAL_HOURS.quiet_from or 0),
    "quiet_until": written(USUAL_HOURS.quiet_until or 0),
    "country": None,
    "subdivision": None,
    "digest": "off",
    "digest_time": "08:00",
    "digest_weekday": 1,
    "projects": {},
}
"""What holds for who never said anything."""

_ENDS_FIRST: Final = Sentence(
    en="Work would end at {until}, before it begins at {start}. Give a later end; 24:00 is the end "
    "of the day.",
    fr="Le travail finirait à {until}, avant de commencer à {start}. Donner une fin plus tardive ; "
    "24:00 est la fin du jour.",
)
_HALF_QUIET: Final = Sentence(
    en="Quiet hours need both ends; give both, or null for both to have none.",
    fr="Les heures calmes ont deux bornes ; donner les deux, ou null pour les deux si aucune.",
)
_ALL_QUIET: Final = Sentence(
    en="Quiet hours from {start} to {until} cover the whole day: no message could ever come. "
    "Shorten them.",
    fr="Les heures calmes de {start} à {until} couvrent tout le jour : aucun message ne pourrait "
    "arriver. Les raccourcir.",
)
_WORK_IS_QUIET: Final = Sentence(
    en="Quiet hours from {start} to {until} cover all hours of work, {work_from} to {work_until}: "
    "no message could ever come. Leave some time between them.",
    fr="Les heures calmes de {start} à {until} couvrent toutes les heures de travail, de "
    "{work_from} à {work_until} : aucun message ne pourrait arriver. Laisser un créneau.",
)
_UNKNOWN_COUNTRY: Final = Sentence(
    en="“{value}” is not a country whose public holidays are known. Give an ISO 3166 code of two "
    "capital letters, such as FR, or null for none.",
    fr="« {value} » n'est pas un pays dont les jours fériés sont connus. Donner un code ISO 3166 "
    "de deux majuscules, comme FR, ou null pour aucun.",
)
_UNKNOWN_SUBDIVISION: Final = Sentence(
    en="“{value}” is not a subdivision of {country} with holidays of its own.",
    fr="« {value} » n'est pas une subdivision de {country} ayant ses propres jours fériés.",
)
_SUBDIVISION_ALONE: Final = Sentence(
    en="A subdivision needs its country; give both or neither.",
    fr="Une subdivision va avec son pays ; donner les deux ou aucun.",
)


def faults(wishes: Mapping[str, Any]) -> dict[str, list[Said]]:
    """What cannot be meant, by field."""
    return {name: [said] for name, said in (*_hours(wishes), *_place(wishes))}


def hours_of(wishes: Mapping[str, Any]) -> Hours:
    """The hours behind times of day that can be read; unread ones are midnight."""
    quiet = [wishes[name] and minute_of(wishes[name]) for name in ("quiet_from", "quiet_until")]
    return Hours(
        work_from=minute_of(wishes["work_from"]) or 0,
        work_until=minute_of(wishes["work_until"]) or 0,
        work_days=frozenset(wishes["work_days"]),
        quiet_from=quiet[0],
        quiet_until=quiet[1],
    )


def _hours(wishes: Mapping[str, Any]) -> Iterator[tuple[str, Said]]:
    hours = hours_of(wishes)
    named = {"start": wishes["quiet_from"], "until": wishes["quiet_until"]}
    work = {name: wishes[name] for name in ("work_from", "work_until")}
    if hours.work_until <= hours.work_from:
        ends = {"start": wishes["work_from"], "until": wishes["work_until"]}
        yield "work_until", Said(_ENDS_FIRST, ends)
    elif (hours.quiet_from is None) != (hours.quiet_until is None):
        missing = "quiet_from" if hours.quiet_from is None else "quiet_until"
        yield missing, Said(_HALF_QUIET, {})
    elif all(map(hours.is_quiet, range(A_DAY))):
        yield "quiet_from", Said(_ALL_QUIET, named)
    elif not hours.windows:
        yield "quiet_from", Said(_WORK_IS_QUIET, {**named, **work})


def _place(wishes: Mapping[str, Any]) -> Iterator[tuple[str, Said]]:
    country, subdivision = wishes["country"], wishes["subdivision"]
    if country is not None and not knows_country(country):
        yield "country", Said(_UNKNOWN_COUNTRY, {"value": country})
    elif subdivision is not None and country is None:
        yield "subdivision", Said(_SUBDIVISION_ALONE, {})
    elif subdivision is not None and not knows_subdivision(country, subdivision):
        yield "subdivision", Said(_UNKNOWN_SUBDIVISION, {"value": subdivision, "country": country})
