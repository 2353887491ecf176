"""Whether the newest figure of a metric still tells how it stands, and why there is none. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from tracker.kernel.texts import Said, Sentence
from tracker.metrics.values import Point
from tracker.playbooks.dictionary import Metric

# A platform may be two days behind; what is read once a month is good for a month.
_GOOD_FOR: Final[Mapping[str, timedelta]] = {
    "month": timedelta(days=35),
    "quarter": timedelta(days=100),
    "year": timedelta(days=370),
}
_USUALLY: Final = timedelta(days=3)
_BY_HAND: Final = timedelta(days=35)
_NOBODY: Final = Sentence(
    en="Nobody has entered it yet: POST /projects/{project_id}/readings.",
    fr="Personne ne l'a encore saisi : POST /projects/{project_id}/readings.",
)
_NOT_TOLD: Final = Sentence(
    en="No connection tells it yet. Connect a platform, or enter it by hand.",
    fr="Aucune connexion ne le donne encore. Connecter une plateforme, ou le saisir à la main.",
)
_TOO_EARLY: Final = Sentence(
    en="It is too early to tell, or there is nobody to count yet. {maturity}",
    fr="Il est trop tôt pour le dire, ou il n'y a encore personne à compter. {maturity}",
)
_NOTHING_TO_DIVIDE_BY: Final = Sentence(
    en="There is nothing to count yet, and a share of nothing is not zero.",
    fr="Il n'y a encore rien à compter, et une part de rien n'est pas zéro.",
)
_STALE: Final = Sentence(
    en="The newest figure tells of {day}: too old to say how it stands today.",
    fr="Le dernier chiffre date du {day} : trop ancien pour dire où l'on en est aujourd'hui.",
)
_ONLY_PARTS: Final = Sentence(
    en="It is only known in parts: see its series.",
    fr="Il n'est connu que par parties : voir ses séries.",
)


def good_for(metric: Metric, method: str) -> timedelta:
    """How long after it a figure still tells how things stand."""
    usual = _BY_HAND if method == "manual" else _USUALLY
    return max(usual, _GOOD_FOR.get(metric.window, usual))


def is_stale(metric: Metric, method: str, point: Point, now: datetime) -> bool:
    """Whether it says nothing of today any more."""
    return now - point.at > good_for(metric, method)


def why_stale(point: Point) -> tuple[str, Said]:
    """The word and the sentence for a figure that is too old."""
    return "stale", Said(_STALE, {"day": point.day.isoformat()})


def why_unknown(
    metric: Metric, *, has_parts: bool, is_derived: bool, project_id: object
) -> tuple[str, Said]:
    """The word and the sentence for a figure that is not there.

    ``is_derived`` says that others are computed in this project, and so this one was tried.
    """
    if has_parts:
        return "only_parts", Said(_ONLY_PARTS, {})
    if metric.kind in ("input", "manual"):
        return "no_data", Said(_NOBODY, {"project_id": str(project_id)})
    if metric.kind == "native" or not is_derived:
        return "no_data", Said(_NOT_TOLD, {})
    if metric.maturity is not None:
        return "immature", Said(_TOO_EARLY, {"maturity": metric.maturity})
    return "denominator_zero", Said(_NOTHING_TO_DIVIDE_BY, {})
