"""What is wrong with a connection, for whoever can do something about it. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from tracker.connectors.trouble import Trouble, said_detail
from tracker.kernel.texts import Said, Sentence

STATES: Final = ("ok", "throttled", "needs_reauth", "degraded", "broken")
PULL_STATES: Final = ("queued", "running", "done", "throttled", "failed")
PULL_SOURCES: Final = ("schedule", "asked", "backfill", "upload", "push")
STREAM_STATES: Final = ("active", "unavailable", "finished")

PROBLEMS: Final[Mapping[str, Sentence]] = {
    "throttled": Sentence(
        en="The platform asks to be left alone for a while. It goes on by itself afterwards, and "
        "nothing is lost.",
        fr="La plateforme demande à être laissée tranquille un moment. La suite vient d'elle-même, "
        "et rien n'est perdu.",
    ),
    "budget": Sentence(
        en="Today's {most} {most:call is|calls are} used up; it goes on tomorrow. Raise "
        "`most_calls` if the platform allows more.",
        fr="{most:L'appel|Les appels} du jour ({most}) {most:est épuisé|sont épuisés} ; la suite "
        "vient demain. Augmenter `most_calls` si la plateforme en permet davantage.",
    ),
    "credential": Sentence(
        en="The platform refuses the credentials ({detail}), so nothing is pulled any more. Give "
        "new ones: PUT /connections/{id}/credentials.",
        fr="La plateforme refuse les identifiants ({detail}) : plus rien n'est relevé. En donner "
        "de nouveaux : PUT /connections/{id}/credentials.",
    ),
    "unreadable": Sentence(
        en="The stored credentials cannot be read with the keys that the tracker has. Give them "
        "again: PUT /connections/{id}/credentials.",
        fr="Les identifiants enregistrés sont illisibles avec les clés dont dispose le tracker. "
        "Les redonner : PUT /connections/{id}/credentials.",
    ),
    "permission": Sentence(
        en="“{stream}” cannot be read ({detail}): the platform does not allow it. Widen the rights "
        "there, then POST /connections/{id}/pull. Everything else goes on.",
        fr="« {stream} » ne peut pas être lu ({detail}) : la plateforme ne le permet pas. Y "
        "élargir les droits, puis POST /connections/{id}/pull. Tout le reste continue.",
    ),
    "gone": Sentence(
        en="What this connection reads does not exist any more ({detail}). Correct its address or "
        "configuration, or remove it.",
        fr="Ce que lit cette connexion n'existe plus ({detail}). Corriger son adresse ou sa "
        "configuration, ou la supprimer.",
    ),
    "transient": Sentence(
        en="The platform has not answered properly {tries} {tries:time|times} in a row "
        "({detail}). It is tried again each hour; if that lasts, look there whether it works.",
        fr="La plateforme n'a pas répondu correctement {tries} fois de suite ({detail}). Un essai "
        "a lieu chaque heure ; si cela dure, vérifier là-bas qu'elle fonctionne.",
    ),
    "not_ready": Sentence(
        en="The platform is still preparing “{stream}”. It is asked again by itself.",
        fr="La plateforme prépare encore « {stream} ». La question sera reposée d'elle-même.",
    ),
    "our_fault": Sentence(
        en="The platform does not understand what it is asked for “{stream}” ({detail}). Check the "
        "configuration; if it is right, tell those who run the tracker. It is tried again "
        "tomorrow.",
        fr="La plateforme ne comprend pas ce qui lui est demandé pour « {stream} » ({detail}). "
        "Vérifier la configuration ; si elle est juste, prévenir ceux qui gèrent le tracker. Un "
        "nouvel essai a lieu demain.",
    ),
    "crashed": Sentence(
        en="Pulling broke off {tries} {tries:time|times} in a row. It is tried again each hour; "
        "tell those who run the tracker, whose log says where.",
        fr="Le relevé s'est interrompu {tries} fois de suite. Un essai a lieu chaque heure ; "
        "prévenir ceux qui gèrent le tracker : leur journal dit où.",
    ),
    "unknown_kind": Sentence(
        en="The connector for “{kind}” is not installed here any more. Remove the connection, or "
        "have it installed.",
        fr="Le connecteur pour « {kind} » n'est plus installé ici. Supprimer la connexion, ou le "
        "faire installer.",
    ),
    "stopped": Sentence(
        en="It was stopped by a change to the connection.",
        fr="Arrêté par un changement de la connexion.",
    ),
}
TROUBLES: Final[Mapping[Trouble, Sentence]] = {
    "throttled": Sentence(
        en="The platform asks to be left alone for a while ({detail}). Test again later.",
        fr="La plateforme demande à être laissée tranquille un moment ({detail}). Réessayer plus "
        "tard.",
    ),
    "not_ready": Sentence(
        en="The platform is still preparing its answer ({detail}). Test again in a minute.",
        fr="La plateforme prépare encore sa réponse ({detail}). Réessayer dans une minute.",
    ),
    "credential": Sentence(
        en="The platform refuses the credentials ({detail}). Give others.",
        fr="La plateforme refuse les identifiants ({detail}). En donner d'autres.",
    ),
    "permission": Sentence(
        en="The credentials are good, but are not allowed to read this ({detail}). Widen their "
        "rights there.",
        fr="Les identifiants sont bons, mais n'ont pas le droit de lire ceci ({detail}). Élargir "
        "leurs droits là-bas.",
    ),
    "gone": Sentence(
        en="What is to be read is not there ({detail}). Check address and configuration.",
        fr="Ce qui doit être lu n'est pas là ({detail}). Vérifier l'adresse et la configuration.",
    ),
    "our_fault": Sentence(
        en="The platform does not understand the question ({detail}). Check the configuration.",
        fr="La plateforme ne comprend pas la question ({detail}). Vérifier la configuration.",
    ),
    "transient": Sentence(
        en="The platform does not answer properly ({detail}). Check the address, or test again "
        "later.",
        fr="La plateforme ne répond pas correctement ({detail}). Vérifier l'adresse, ou réessayer "
        "plus tard.",
    ),
}


def said_of(
    problem: str | None, facts: Mapping[str, Any] | None, connection_id: object
) -> Said | None:
    """The sentence behind a word and its facts; None where nothing is wrong."""
    sentence = PROBLEMS.get(problem or "")
    if sentence is None:
        return None
    gaps = {"stream": "", "detail": "", "tries": 0, "most": 0, "kind": ""}
    told = {**gaps, **(facts or {}), "id": connection_id}
    return Said(sentence, {**told, "detail": said_detail(told["detail"])})
