"""What the titles of lists and labels usually mean, in English and in French. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

_BLANKS: Final = re.compile(r"[^a-z0-9]+")
_PHASES: Final[Mapping[str, Sequence[str]]] = {
    "prepare": (
        *("prepare", "preparation", "preparing", "preparer", "before launch", "pre launch"),
        *("prelaunch", "avant lancement", "avant le lancement", "pre lancement"),
    ),
    "launch": (
        *("launch", "launching", "launch day", "go live", "lancement", "lancer"),
        *("jour du lancement", "jour j", "mise en ligne"),
    ),
    "recruit": ("recruit", "recruiting", "recruitment", "recruter", "recrutement"),
    "develop": (
        *("develop", "developing", "development", "developper", "developpement"),
        *("after launch", "apres lancement", "apres le lancement"),
    ),
}
_STATUSES: Final[Mapping[str, Sequence[str]]] = {
    "todo": (
        *("to do", "todo", "to dos", "backlog", "next", "up next", "not started", "a faire"),
        *("pas commence", "non commence", "prochainement"),
    ),
    "in_progress": (
        *("doing", "in progress", "wip", "ongoing", "started", "in review", "review"),
        *("en cours", "commence", "a relire", "en relecture"),
    ),
    "blocked": (
        *("blocked", "waiting", "waiting for", "on hold", "stuck", "bloque", "bloques"),
        *("bloquee", "bloquees", "en attente"),
    ),
    "done": (
        *("done", "complete", "completed", "finished", "closed", "fait", "faits", "faite"),
        *("faites", "fini", "finis", "termine", "termines", "terminee", "terminees", "livre"),
    ),
}
_ROLES: Final[Mapping[str, Sequence[str]]] = {
    "sponsor": ("sponsor", "management", "executive", "direction", "comite de direction"),
    "content": (
        *("content", "editorial", "copy", "press", "communication", "contenu", "contenus"),
        *("redaction", "presse"),
    ),
    "moderation": ("moderation", "moderator", "moderators", "moderateur", "moderateurs"),
    "it": (
        *("it", "tech", "technical", "platform", "integration", "technique", "plateforme"),
        *("informatique", "dsi"),
    ),
    "data": ("data", "analytics", "metrics", "kpi", "kpis", "donnees", "mesure", "indicateurs"),
    "expert": ("expert", "experts", "expertise"),
    "community_manager": (
        *("community", "community manager", "animation", "members", "communaute", "membres"),
        *("animateur", "animateurs"),
    ),
}
USUAL_ROLE: Final = "project_manager"
_MILESTONES: Final = frozenset({"milestone", "milestones", "jalon", "jalons"})


def plain(title: str) -> str:
    """``title`` in small letters without accents, its words apart by one blank."""
    bare = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return _BLANKS.sub(" ", bare).strip()


def phase_in(title: str) -> str | None:
    """The phase that ``title`` names; of several the one in the longest words."""
    return _meant(title, _PHASES)


def status_in(title: str) -> str | None:
    """The status that ``title`` names."""
    return _meant(title, _STATUSES)


def phase_called(label: str) -> str | None:
    """The phase that ``label`` is, and not only names."""
    return next((phase for phase, words in _PHASES.items() if plain(label) in words), None)


def role_behind(titles: Iterable[str]) -> str:
    """Who usually does what bears these labels or stands in this list."""
    found = (_meant(title, _ROLES) for title in titles)
    return next(filter(None, found), USUAL_ROLE)


def is_milestone(labels: Iterable[str]) -> bool:
    """Whether a label says that it takes no time."""
    return any(plain(label) in _MILESTONES for label in labels)


def _meant(title: str, known: Mapping[str, Sequence[str]]) -> str | None:
    words = f" {plain(title)} "
    found = [
        (len(word), key) for key, some in known.items() for word in some if f" {word} " in words
    ]
    return max(found)[1] if found else None
