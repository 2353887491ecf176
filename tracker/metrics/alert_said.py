"""What an alert says, with its figures, in both languages."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from tracker.kernel.texts import Figure, Said, Sentence

_LOW: Final = Sentence(
    en="{title}: {value} on {on}, against {bar}, for at least {days} {days:day|days}.",
    fr="{title} : {value} le {on}, contre {bar}, depuis au moins {days} {days:jour|jours}.",
)
_CHANGE: Final = Sentence(
    en="{title}: {value} over the last {days} days, {before} over those before ({percent} %).",
    fr="{title} : {value} sur les {days} derniers jours, {before} sur les précédents "
    "({percent} %).",
)
_TREND: Final = Sentence(
    en="{title}: {percent} % a week over {days} {days:day|days}; the last value is {value}.",
    fr="{title} : {percent} % par semaine sur {days} {days:jour|jours} ; la dernière valeur est "
    "{value}.",
)
_MISSING: Final = Sentence(
    en="Nothing has been read since {last}: {silent} {silent:day|days}, where {days} "
    "{days:is|are} tolerated.",
    fr="Rien n'a été relevé depuis le {last} : {silent} {silent:jour|jours}, pour {days} "
    "{days:toléré|tolérés}.",
)
_BAD_FIT: Final = Sentence(
    en="{value} % of {count} {count:newcomer matches|newcomers match} no persona; more than {bar} "
    "% is too many.",
    fr="{value} % de {count} {count:nouveau membre ne correspond|nouveaux membres ne "
    "correspondent} à aucune persona ; au-delà de {bar} %, c'est trop.",
)
_DISENGAGEMENT: Final = Sentence(
    en="Long-standing members: {value} % active over {days} {days:day|days}, {before} % before "
    "({percent} %), while {newcomers} {newcomers:newcomer|newcomers} came, {newcomers_before} "
    "before.",
    fr="Membres de longue date : {value} % d'actifs sur {days} {days:jour|jours}, {before} % "
    "avant ({percent} %), pour {newcomers} {newcomers:nouveau membre|nouveaux membres}, "
    "{newcomers_before} avant.",
)
_CARRIED: Final = Sentence(
    en="{value} {value:member|members} for each full-time animator; above {bar} a team wears out.",
    fr="{value} {value:membre|membres} par animateur à temps plein ; au-delà de {bar}, une équipe "
    "s'épuise.",
)
_OVERWORKED: Final = Sentence(
    en="{spent} {spent:hour|hours} of animation spent in {days} {days:day|days}, {planned} "
    "planned: more than {bar} % over.",
    fr="{spent} {spent:heure d'animation passée|heures d'animation passées} en {days} "
    "{days:jour|jours}, {planned} {planned:prévue|prévues} : plus de {bar} % de dépassement.",
)
_OF_KIND: Final[Mapping[str, Sentence]] = {
    "threshold": _LOW,
    "change": _CHANGE,
    "trend": _TREND,
    "missing": _MISSING,
    "stagnation": _CHANGE,
    "bad_fit": _BAD_FIT,
    "disengagement": _DISENGAGEMENT,
    "ghost_town": _LOW,
}


def say_alert(kind: str, title: object, figures: Mapping[str, Any]) -> Said:
    """The sentence of an alert of this kind; ``title`` names its metric."""
    told = {name: _plain(value) for name, value in figures.items()}
    if kind == "overload":
        return Said(_OVERWORKED if "spent" in figures else _CARRIED, told)
    return Said(_OF_KIND[kind], {**told, "title": title})


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return Figure(value) if isinstance(value, float) else value
