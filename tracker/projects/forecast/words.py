"""The sentence that sums a forecast up."""

from typing import Final

from tracker.kernel.texts import Said, Sentence
from tracker.projects.forecast.values import Forecast
from tracker.projects.forecast.work import Goal

_LAUNCH: Final = Sentence(
    en="Launch by {p80} with 80 % confidence; the promised {promised_on} has {percent} %.",
    fr="Lancement au plus tard le {p80} avec 80 % de confiance ; la date promise, le "
    "{promised_on}, en a {percent} %.",
)
_END: Final = Sentence(
    en="Over by {p80} with 80 % confidence; the promised {promised_on} has {percent} %.",
    fr="Fin au plus tard le {p80} avec 80 % de confiance ; la date promise, le {promised_on}, en a "
    "{percent} %.",
)
_NOTHING_BEFORE_LAUNCH: Final = Sentence(
    en="Nothing is left to do before the launch day, {promised_on}.",
    fr="Il ne reste rien à faire avant le jour du lancement, le {promised_on}.",
)
_NOTHING: Final = Sentence(
    en="Nothing is left to do before the project's end on {promised_on}.",
    fr="Il ne reste rien à faire avant la fin du projet, le {promised_on}.",
)


def sentence_of(found: Forecast, goal: Goal) -> Said:
    """By when, and how likely the promise is."""
    is_launch = goal == "launch"
    if not found.criticality:
        nothing = _NOTHING_BEFORE_LAUNCH if is_launch else _NOTHING
        return Said(nothing, {"promised_on": found.promised_on})
    values = {
        "p80": found.p80,
        "promised_on": found.promised_on,
        "percent": percent(found.probability),
    }
    return Said(_LAUNCH if is_launch else _END, values)


def percent(probability: float) -> int:
    """Whole percent: 0 and 100 only where no run, and where every run, is in time."""
    if 0 < probability < 1:
        return min(99, max(1, round(100 * probability)))
    return round(100 * probability)
