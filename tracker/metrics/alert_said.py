"""What an alert says, with its figures, in both languages."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from tracker.kernel.texts import Said, Sentence

_LOW: Final = Sentence(
    en="{title}: {value} on {on}, against {bar}, for at least {days} days.",
    fr="{title} : {value} le {on}, contre {bar}, depuis au moins {days} jours.",
)
_CHANGE: Final = Sentence(
    en="{title}: {value} over the last {days} days, {before} over those before ({percent} %).",
    fr="{title} : {value} sur les {days} derniers jours, {before} sur les précédents "
    "({percent} %).",
)
_TREND: Final = Sentence(
    en="{title}: {percent} % a week over {days} days; the last value is {value}.",
    fr="{title} : {percent} % par semaine sur {days} jours ; la dernière valeur est {value}.",
)
_MISSING: Final = Sentence(
    en="Nothing has been read since {last}: {silent} days, where {days} are tolerated.",
    fr="Rien n'a été relevé depuis le {last} : {silent} jours, pour {days} tolérés.",
)
_BAD_FIT: Final = Sentence(
    en="{value} % of {count} newcomers match no persona; more than {bar} % is too many.",
    fr="{value} % de {count} nouveaux membres ne correspondent à aucune persona ; au-delà de "
    "{bar} %, c'est trop.",
)
_DISENGAGEMENT: Final = Sentence(
    en="Long-standing members: {value} % active over {days} days, {before} % before ({percent} %), "
    "while {newcomers} newcomers came, {newcomers_before} before.",
    fr="Membres de longue date : {value} % d'actifs sur {days} jours, {before} % avant "
    "({percent} %), pour {newcomers} nouveaux membres, {newcomers_before} avant.",
)
_CARRIED: Final = Sentence(
    en="{value} members for each full-time animator; above {bar} a team wears out.",
    fr="{value} membres par animateur à temps plein ; au-delà de {bar}, une équipe s'épuise.",
)
_OVERWORKED: Final = Sentence(
    en="{spent} hours of animation spent in {days} days, {planned} planned: more than {bar} % "
    "over.",
    fr="{spent} heures d'animation passées en {days} jours, {planned} prévues : plus de {bar} % "
    "de dépassement.",
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
    return f"{round(value, 1):g}" if isinstance(value, float) else value
