"""What a project is planned from, and which values make sense."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any, Final

from tracker.kernel.clock import is_zone
from tracker.kernel.errors import Invalid
from tracker.kernel.public_holidays import knows_country, knows_subdivision
from tracker.kernel.texts import LANGUAGES, Language, Said, Sentence
from tracker.playbooks.calendar import knows_region
from tracker.playbooks.grammar import AUDIENCES, SCOPES, TYPES

RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "prepare_months": (2, 6),
    "develop_months": (6, 18),
    "seed_members": (10, 50),
    "first_members_target": (10, 1_000_000),
    "launch_weeks": (1, 26),
}
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "community_type": TYPES,
    "scope": SCOPES,
    "audience": AUDIENCES,
    "language": LANGUAGES,
}
USUAL_DEVELOP_MONTHS: Final = 12
FIRST_YEAR, LAST_YEAR = 2000, 2100
MAX_CLOSURES: Final = 1000

_OUT_OF_RANGE = Sentence(
    en="must lie between {least} and {most}; it is {value}.",
    fr="doit être compris entre {least} et {most} ; la valeur est {value}.",
)
_TOO_LONG_PREPARATION = Sentence(
    en="a preparation lasts two to six months; {value} is more. Take 6 and a later start, or split "
    "the project.",
    fr="une préparation dure de deux à six mois ; {value}, c'est plus. Prendre 6 et démarrer plus "
    "tard, ou scinder le projet.",
)
_TOO_SHORT_PREPARATION = Sentence(
    en="a preparation lasts two to six months; {value} is too short. Take 2 at least.",
    fr="une préparation dure de deux à six mois ; {value}, c'est trop court. Prendre au moins 2.",
)
_NOT_A_CHOICE = Sentence(
    en="“{value}” is not known. Choose one of: {choices}.",
    fr="« {value} » n'existe pas. Choisir parmi : {choices}.",
)
_ONE_ANCHOR = Sentence(
    en="Give exactly one of launch_on and start_on: the other follows from it.",
    fr="Donner exactement une des deux dates launch_on et start_on : l'autre s'en déduit.",
)
_FAR_YEAR = Sentence(
    en="{value} is out of reach: dates lie between {first} and {last}.",
    fr="{value} est hors de portée : les dates vont de {first} à {last}.",
)
_LAUNCH_IN_THE_PAST = Sentence(
    en="{value} lies in the past. Give a launch day from {today} on, or set already_launched to "
    "take over a community that is running.",
    fr="{value} est dans le passé. Donner un jour de lancement à partir du {today}, ou activer "
    "already_launched pour reprendre une communauté qui tourne déjà.",
)
_START_IN_THE_PAST = Sentence(
    en="{value} lies in the past: nothing open is planned before today, {today}.",
    fr="{value} est dans le passé : rien d'ouvert n'est planifié avant aujourd'hui, {today}.",
)
_UNKNOWN_COUNTRY = Sentence(
    en="“{value}” is not a country whose public holidays are known. Give an ISO 3166 code of two "
    "capital letters, such as FR, or leave it out to skip weekends only.",
    fr="« {value} » n'est pas un pays dont les jours fériés sont connus. Donner un code ISO 3166 "
    "de deux majuscules, comme FR, ou l'omettre pour ne sauter que les week-ends.",
)
_UNKNOWN_SUBDIVISION = Sentence(
    en="“{value}” is not a subdivision of {country} with holidays of its own.",
    fr="« {value} » n'est pas une subdivision de {country} ayant ses propres jours fériés.",
)
_SUBDIVISION_ALONE = Sentence(
    en="A subdivision needs its country; give both or neither.",
    fr="Une subdivision va avec son pays ; donner les deux ou aucun.",
)
_UNKNOWN_REGION = Sentence(
    en="“{value}” is not a region whose public holidays are known. Give a country or one of its "
    "subdivisions, such as FR or DE-BY.",
    fr="« {value} » n'est pas une région dont les jours fériés sont connus. Donner un pays ou une "
    "de ses subdivisions, comme FR ou DE-BY.",
)
_BACKWARDS = Sentence(
    en="The window that begins on {start_on} ends before it begins. Swap its two days.",
    fr="La période qui commence le {start_on} finit avant de commencer. Échanger ses deux jours.",
)
_UNKNOWN_ZONE = Sentence(
    en="“{value}” is not a time zone of the tz database, such as Europe/Paris.",
    fr="« {value} » n'est pas un fuseau de la base tz, comme Europe/Paris.",
)
_TOO_MANY_CLOSURES = Sentence(
    en="{value} closures are too many; at most {most} days.",
    fr="{value} fermetures, c'est trop ; {most} jours au plus.",
)


@dataclass(frozen=True, slots=True)
class Blackout:
    """Days, both inclusive, on which no community should open: a freeze, a rival's fair."""

    start_on: date
    end_on: date
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "start_on": self.start_on.isoformat(),
            "end_on": self.end_on.isoformat(),
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Blackout":
        """What ``as_json`` told."""
        first, last = (date.fromisoformat(values[name]) for name in ("start_on", "end_on"))
        return cls(first, last, values.get("reason"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What a project is planned from. One of ``launch_on`` and ``start_on`` is None on the way in.

    ``people`` maps roles to members; ``inputs`` holds what else the team told about the project.
    ``member_regions`` are where its members live, as ``FR`` or ``DE-BY``.
    """

    launch_on: date | None = None
    start_on: date | None = None
    prepare_months: int = 3
    develop_months: int = USUAL_DEVELOP_MONTHS
    launch_weeks: int = 6
    community_type: str | None = None
    scope: str = "external"
    audience: str = "both"
    public: bool = False
    seed_members: int = 20
    first_members_target: int = 100
    country: str | None = None
    subdivision: str | None = None
    closures: tuple[date, ...] = ()
    timezone: str = "UTC"
    language: Language = "en"
    already_launched: bool = False
    blackouts: tuple[Blackout, ...] = ()
    member_regions: tuple[str, ...] = ()
    people: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values, the project inputs beside the others."""
        values = asdict(self)
        inputs = values.pop("inputs")
        for name in ("launch_on", "start_on"):
            values[name] = values[name] and values[name].isoformat()
        values["closures"] = [day.isoformat() for day in self.closures]
        values["blackouts"] = [blackout.as_json() for blackout in self.blackouts]
        values["member_regions"] = list(self.member_regions)
        return {**values, **inputs}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Parameters":
        """What ``as_json`` told; values that editions before this one did not know get defaults."""
        mine = {name: values[name] for name in _NAMES if name in values}
        for name in ("launch_on", "start_on"):
            mine[name] = _day(mine.get(name))
        mine["closures"] = tuple(map(date.fromisoformat, mine.get("closures", ())))
        mine["blackouts"] = tuple(map(Blackout.from_json, mine.get("blackouts", ())))
        mine["member_regions"] = tuple(mine.get("member_regions", ()))
        inputs = {name: value for name, value in values.items() if name not in _NAMES}
        return cls(**mine, inputs=inputs)


_NAMES: Final = frozenset(field.name for field in fields(Parameters)) - {"inputs"}


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def check_parameters(parameters: Parameters, today: date) -> None:
    """Raise Invalid with every value that makes no sense on ``today``."""
    faults: dict[str, list[Said]] = {}
    for name, fault in _faults(parameters, today):
        faults.setdefault(name, []).append(fault)
    if faults:
        raise Invalid(faults)


def _faults(parameters: Parameters, today: date) -> Iterator[tuple[str, Said]]:
    yield from _ranges(parameters)
    for name, choices in CHOICES.items():
        value = getattr(parameters, name)
        if value not in choices and not (name == "community_type" and value is None):
            yield name, Said(_NOT_A_CHOICE, {"value": value, "choices": ", ".join(choices)})
    yield from _dates(parameters, today)
    yield from _place(parameters)


def _ranges(parameters: Parameters) -> Iterator[tuple[str, Said]]:
    for name, (least, most) in RANGES.items():
        value = getattr(parameters, name)
        if least <= value <= most:
            continue
        sentence = _OUT_OF_RANGE
        if name == "prepare_months":
            sentence = _TOO_LONG_PREPARATION if value > most else _TOO_SHORT_PREPARATION
        yield name, Said(sentence, {"least": least, "most": most, "value": value})
    if len(parameters.closures) > MAX_CLOSURES:
        values = {"value": len(parameters.closures), "most": MAX_CLOSURES}
        yield "closures", Said(_TOO_MANY_CLOSURES, values)


def _dates(parameters: Parameters, today: date) -> Iterator[tuple[str, Said]]:
    if (parameters.launch_on is None) == (parameters.start_on is None):
        yield "launch_on", Said(_ONE_ANCHOR, {})
        return
    name = "launch_on" if parameters.launch_on else "start_on"
    day = parameters.launch_on or parameters.start_on
    assert day is not None
    values = {"value": day.isoformat(), "today": today.isoformat()}
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        yield name, Said(_FAR_YEAR, {**values, "first": FIRST_YEAR, "last": LAST_YEAR})
    elif day < today and not parameters.already_launched:
        yield (
            name,
            Said(_LAUNCH_IN_THE_PAST if parameters.launch_on else _START_IN_THE_PAST, values),
        )


def _place(parameters: Parameters) -> Iterator[tuple[str, Said]]:
    country, subdivision = parameters.country, parameters.subdivision
    if country is not None and not knows_country(country):
        yield "country", Said(_UNKNOWN_COUNTRY, {"value": country})
    elif subdivision is not None and country is None:
        yield "subdivision", Said(_SUBDIVISION_ALONE, {})
    elif subdivision and country and not knows_subdivision(country, subdivision):
        yield "subdivision", Said(_UNKNOWN_SUBDIVISION, {"value": subdivision, "country": country})
    for region in parameters.member_regions:
        if not knows_region(region):
            yield "member_regions", Said(_UNKNOWN_REGION, {"value": region})
    for blackout in parameters.blackouts:
        if blackout.end_on < blackout.start_on:
            yield "blackouts", Said(_BACKWARDS, {"start_on": blackout.start_on.isoformat()})
    if not is_zone(parameters.timezone):
        yield "timezone", Said(_UNKNOWN_ZONE, {"value": parameters.timezone})
