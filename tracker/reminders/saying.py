"""What became of reminders and their attempts, as sentences."""

from collections.abc import Mapping
from typing import Final

from tracker.kernel.texts import Sentence
from tracker.reminders.words import Reason, State

STATES: Final[Mapping[str, Sentence]] = {
    State.OWED: Sentence(en="To be sent.", fr="À envoyer."),
    State.SENDING: Sentence(en="Being sent.", fr="En cours d'envoi."),
    State.SENT: Sentence(en="Sent.", fr="Envoyé."),
    State.UNKNOWN: Sentence(
        en="Tried, and nobody knows whether it arrived.",
        fr="Tenté, et personne ne sait s'il est arrivé.",
    ),
    State.FAILED: Sentence(en="Given up.", fr="Abandonné."),
    State.EXPIRED: Sentence(en="Too late to be of use.", fr="Trop tard pour être utile."),
    State.FOLDED: Sentence(
        en="Told together with others, in one message.",
        fr="Dit avec d'autres, en un seul message.",
    ),
    State.CANCELLED: Sentence(en="Not wanted any more.", fr="N'a plus lieu d'être."),
}
REASONS: Final[Mapping[str, Sentence]] = {
    Reason.DONE: Sentence(
        en="What it was about has been done or decided.",
        fr="Ce dont il s'agissait est fait ou décidé.",
    ),
    Reason.NOT_APPLICABLE: Sentence(
        en="The task does not apply any more.", fr="La tâche est devenue sans objet."
    ),
    Reason.MOVED: Sentence(
        en="The day or the state that it counted from has changed.",
        fr="La date ou l'état dont il dépendait a changé.",
    ),
    Reason.REASSIGNED: Sentence(
        en="Somebody else has it to do now.", fr="Quelqu'un d'autre s'en charge maintenant."
    ),
    Reason.BEHIND_GATE: Sentence(
        en="The task waits behind a closed gate.",
        fr="La tâche attend derrière un point de passage fermé.",
    ),
    Reason.WAITS: Sentence(
        en="Other tasks must be finished first; it is told once they are.",
        fr="D'autres tâches doivent être finies d'abord ; il viendra ensuite.",
    ),
    Reason.PAUSED: Sentence(en="The project is paused.", fr="Le projet est en pause."),
    Reason.CLOSED: Sentence(
        en="The project is closed, or the thing is gone.",
        fr="Le projet est clos, ou la chose n'existe plus.",
    ),
    Reason.REMOVED: Sentence(
        en="Its reader is no longer a member.", fr="Son destinataire n'est plus membre."
    ),
    Reason.SNOOZED: Sentence(
        en="Its reader wants to hear of it later.",
        fr="Son destinataire veut en entendre parler plus tard.",
    ),
    Reason.ACKED: Sentence(
        en="Its reader has said that they know.", fr="Son destinataire a dit qu'il le savait."
    ),
    Reason.NO_CHANNEL: Sentence(
        en="There is no confirmed way to reach its reader. They can add a channel, or confirm "
        "their address.",
        fr="Aucun moyen confirmé de joindre son destinataire. Il peut ajouter un canal, ou "
        "confirmer son adresse.",
    ),
    Reason.POISON: Sentence(
        en="Those who sent it died three times. Look into the log of the worker before sending it "
        "again.",
        fr="Ceux qui l'envoyaient se sont arrêtés trois fois. Consulter le journal du worker avant "
        "de le renvoyer.",
    ),
    Reason.REFUSED: Sentence(
        en="Every channel has refused it.", fr="Tous les canaux l'ont refusé."
    ),
    Reason.GONE: Sentence(en="The address does not exist any more.", fr="L'adresse n'existe plus."),
    Reason.UNREACHABLE: Sentence(
        en="The channel did not take it, in eight tries.",
        fr="Le canal ne l'a pas accepté, en huit essais.",
    ),
    Reason.LATE: Sentence(
        en="It was due more than 72 hours before it could be sent.",
        fr="Il était dû plus de 72 heures avant de pouvoir être envoyé.",
    ),
    Reason.NOTHING_TO_TELL: Sentence(
        en="There was nothing left to tell.", fr="Il n'y avait plus rien à dire."
    ),
    Reason.POLICY: Sentence(
        en="It is not wanted by the reminder policy, or by its reader.",
        fr="La politique de rappel, ou son destinataire, n'en veut pas.",
    ),
}
OUTCOMES: Final[Mapping[str | None, Sentence]] = {
    None: Sentence(
        en="In hand, or whoever sent it has died.",
        fr="En cours, ou celui qui l'envoyait s'est arrêté.",
    ),
    "accepted": Sentence(en="The channel took it.", fr="Le canal l'a accepté."),
    "deferred": Sentence(
        en="The channel could not take it then.", fr="Le canal ne pouvait pas l'accepter alors."
    ),
    "refused": Sentence(en="The channel refused it.", fr="Le canal l'a refusé."),
    "gone": Sentence(en="The address is dead.", fr="L'adresse ne répond plus."),
    "unknown": Sentence(
        en="It may have arrived: the answer was lost.",
        fr="Il est peut-être arrivé : la réponse s'est perdue.",
    ),
}
