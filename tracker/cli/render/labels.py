"""The words around plans and playbooks, in each language."""

from collections.abc import Mapping
from typing import Final

from tracker.kernel.texts import Language, Sentence

LABELS: Final[Mapping[str, Sentence]] = {
    "launch": Sentence(en="Launch day", fr="Lancement"),
    "start": Sentence(en="Preparation", fr="Préparation"),
    "end": Sentence(en="End", fr="Fin"),
    "community": Sentence(en="Community", fr="Communauté"),
    "audience": Sentence(en="Audience", fr="Audience"),
    "days_off": Sentence(en="Days off", fr="Jours fermés"),
    "tasks": Sentence(en="Tasks", fr="Tâches"),
    "warnings": Sentence(en="Warnings", fr="Avertissements"),
    "phases": Sentence(en="Phases", fr="Phases"),
    "gates": Sentence(en="Gates", fr="Passages"),
    "left_out": Sentence(en="Left out", fr="Laissé de côté"),
    "legend": Sentence(en="Legend", fr="Légende"),
    "path_to_launch": Sentence(
        en="Critical path to launch day", fr="Chemin critique jusqu'au lancement"
    ),
    "critical_after": Sentence(
        en="Critical from launch day on", fr="Critique à partir du lancement"
    ),
    "from": Sentence(en="start", fr="début"),
    "due": Sentence(en="due", fr="échéance"),
    "days": Sentence(en="days", fr="jours"),
    "float": Sentence(en="float", fr="marge"),
    "informs": Sentence(en="(informs, does not block)", fr="(informe, sans bloquer)"),
}
COUNTS: Final[Mapping[str, Sentence]] = {
    "tasks": Sentence(en="{n} {n:task|tasks}", fr="{n} {n:tâche|tâches}"),
    "closures": Sentence(en="{n} {n:closure|closures}", fr="{n} {n:fermeture|fermetures}"),
    "critical": Sentence(
        en="{n} without float: a slip moves launch day or the end",
        fr="{n} sans marge : un retard déplace le lancement ou la fin",
    ),
}
SCOPES: Final[Mapping[str, Sentence]] = {
    "internal": Sentence(en="internal", fr="interne"),
    "external": Sentence(en="external", fr="externe"),
    "hybrid": Sentence(en="hybrid", fr="hybride"),
}
AUDIENCES: Final[Mapping[str, Sentence]] = {
    "existing": Sentence(en="already there", fr="déjà existante"),
    "from_scratch": Sentence(en="to be built from scratch", fr="à bâtir de zéro"),
    "both": Sentence(
        en="partly there, partly to be built", fr="en partie existante, en partie à bâtir"
    ),
}
PUBLIC: Final = Sentence(en="open to consumers at large", fr="grand public")
PREPARATION: Final = Sentence(en="from {day}, {n} months", fr="dès le {day}, {n} mois")
NO_TYPE: Final = Sentence(en="no declared type", fr="sans type déclaré")
WEEKENDS: Final = Sentence(en="weekends", fr="week-ends")
HOLIDAYS: Final = Sentence(en="public holidays of {place}", fr="jours fériés de {place}")

# A mark of two letters for the tables, and the role in full for their legend.
ROLES: Final[Mapping[str, tuple[Sentence, Sentence]]] = {
    "sponsor": (Sentence(en="SP", fr="SP"), Sentence(en="sponsor", fr="sponsor")),
    "project_manager": (
        Sentence(en="PM", fr="CP"),
        Sentence(en="project manager", fr="chef de projet"),
    ),
    "community_manager": (
        Sentence(en="CM", fr="CM"),
        Sentence(en="community manager", fr="community manager"),
    ),
    "content": (Sentence(en="CO", fr="CO"), Sentence(en="content", fr="contenus")),
    "moderation": (Sentence(en="MO", fr="MO"), Sentence(en="moderation", fr="modération")),
    "expert": (Sentence(en="EX", fr="EX"), Sentence(en="expert", fr="expert")),
    "it": (Sentence(en="IT", fr="IT"), Sentence(en="IT", fr="informatique")),
    "data": (Sentence(en="DA", fr="DA"), Sentence(en="data", fr="données")),
}
MARKS: Final[Mapping[str, Sentence]] = {
    "●": Sentence(en="critical", fr="critique"),
    "○": Sentence(en="has float", fr="avec marge"),
    "◆": Sentence(en="milestone, critical", fr="jalon critique"),
    "◇": Sentence(en="milestone", fr="jalon"),
    "↻": Sentence(en="ritual, first date", fr="rituel, première date"),
    "<": Sentence(en="early: before launch day", fr="anticipée : avant le lancement"),
    "+": Sentence(en="optional", fr="facultative"),
}
_EVERY: Final[Mapping[str, tuple[Sentence, Sentence]]] = {
    "DAILY": (
        Sentence(en="every day", fr="chaque jour"),
        Sentence(en="every {n} days", fr="tous les {n} jours"),
    ),
    "WEEKLY": (
        Sentence(en="every week", fr="chaque semaine"),
        Sentence(en="every {n} weeks", fr="toutes les {n} semaines"),
    ),
    "MONTHLY": (
        Sentence(en="every month", fr="chaque mois"),
        Sentence(en="every {n} months", fr="tous les {n} mois"),
    ),
    "YEARLY": (
        Sentence(en="every year", fr="chaque année"),
        Sentence(en="every {n} years", fr="tous les {n} ans"),
    ),
}
_UNTIL: Final = Sentence(en="{every}, until {day}", fr="{every}, jusqu'au {day}")


def until(rrule: str, last: str, language: Language) -> str:
    """How a ritual comes back; a rule with more than frequency and interval stands as it is."""
    parts = dict(part.split("=", 1) for part in rrule.split(";"))
    frequency, interval = parts.pop("FREQ", ""), parts.pop("INTERVAL", "1")
    if parts or frequency not in _EVERY:
        return _UNTIL.say(language, every=rrule, day=last)
    once, often = _EVERY[frequency]
    every = once.say(language) if interval == "1" else often.say(language, n=interval)
    return _UNTIL.say(language, every=every, day=last)


def count(thing: str, n: int, language: Language) -> str:
    """``1 task``, ``7 tasks``."""
    return COUNTS[thing].say(language, n=n)
