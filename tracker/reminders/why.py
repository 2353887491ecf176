"""Why somebody is reminded, in a few words. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tracker.kernel.texts import Language, Said, Sentence

_WORKED: Final = Sentence(
    en="{days} working {days:day|days}", fr="{days} {days:jour ouvré|jours ouvrés}"
)
_DAYS: Final[Mapping[str, Sentence]] = {
    "before_start": Sentence(en="{days} before the start", fr="{days} avant le début"),
    "before_due": Sentence(en="{days} before it is due", fr="{days} avant l'échéance"),
    "unassigned": Sentence(
        en="nobody has it, {days} before the start",
        fr="personne ne s'en charge, {days} avant le début",
    ),
    "overdue": Sentence(en="{days} overdue", fr="{days} de retard"),
    "escalation": Sentence(
        en="{days} overdue: it goes further up", fr="{days} de retard : cela remonte"
    ),
    "blocked": Sentence(en="blocked for {days}", fr="bloqué depuis {days}"),
    "gate_ready": Sentence(
        en="it has waited for a word for {days}", fr="attend une décision depuis {days}"
    ),
    "approval_waiting": Sentence(
        en="an approval was asked for {days} ago", fr="un accord est demandé depuis {days}"
    ),
}
_QUIET: Final = Sentence(
    en="days on which nothing has happened: {days}", fr="jours sans rien de nouveau : {days}"
)
_TODAY: Final[Mapping[str, Sentence]] = {
    "before_start": Sentence(en="it starts", fr="c'est le jour du début"),
    "before_due": Sentence(en="it is due", fr="c'est le jour de l'échéance"),
    "unassigned": Sentence(
        en="it starts, and nobody has it", fr="c'est le jour du début, et personne ne s'en charge"
    ),
    "gate_ready": Sentence(en="it waits for a word", fr="une décision est attendue"),
    "approval_waiting": Sentence(en="an approval was asked for", fr="un accord est demandé"),
}
_FREED: Final = Sentence(
    en="what it waited for is done", fr="ce qu'il fallait attendre est terminé"
)
_WAITS: Final = Sentence(en="waits for “{title}”", fr="attend « {title} »")
_WAITS_FOR_MORE: Final = Sentence(
    en="waits for “{title}” and {more} more", fr="attend « {title} » et {more} de plus"
)
_ASKED: Final = Sentence(en="a member asked for it", fr="un membre l'a demandé")


def why(row: Mapping[str, Any], language: Language) -> str:
    """Rule and step of a reminder in words."""
    rule, days = row["rule"], str(row["step"]).rpartition("+")[2]
    if rule == "asked":
        return _ASKED.say(language)
    if row["facts"].get("freed"):
        return _FREED.say(language)
    if rule == "quiet":
        return _QUIET.say(language, days=days)
    if days == "0" and rule in _TODAY:
        return _TODAY[rule].say(language)
    return _DAYS[rule].say(language, days=Said(_WORKED, {"days": days}))


def waiting_for(titles: Sequence[str]) -> Said:
    """What a reminder waits for, in a few words; at least one title."""
    more = len(titles) - 1
    return Said(_WAITS_FOR_MORE if more else _WAITS, {"title": titles[0], "more": more})
