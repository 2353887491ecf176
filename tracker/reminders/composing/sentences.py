"""What is said of each rule: subjects, openings, and why somebody is told. Pure."""

from collections.abc import Mapping
from typing import Final

from tracker.kernel.texts import Sentence

SUBJECTS: Final[Mapping[str, Sentence]] = {
    "before_start": Sentence(en="“{title}” starts {start}", fr="« {title} » commence {start}"),
    "before_due": Sentence(en="“{title}” is due {due}", fr="« {title} » : échéance {due}"),
    "overdue": Sentence(en="“{title}” was due {due}", fr="« {title} » : l'échéance était {due}"),
    "escalation": Sentence(
        en="“{title}” may need help: it was due {due}",
        fr="« {title} » a peut-être besoin d'aide : l'échéance était {due}",
    ),
    "blocked": Sentence(
        en="“{title}” has been blocked since {since}", fr="« {title} » : bloqué depuis {since}"
    ),
    "unassigned": Sentence(
        en="Who will take on “{title}”? It starts {start}",
        fr="Qui se charge de « {title} » ? Début {start}",
    ),
    "gate_ready": Sentence(
        en="“{title}” is ready for your decision",
        fr="« {title} » : tout est réuni, à vous de décider",
    ),
    "approval_waiting": Sentence(
        en="Your approval is awaited for “{title}”", fr="Votre accord est attendu pour « {title} »"
    ),
    "quiet": Sentence(
        en="Nothing new in “{project}” since {since}",
        fr="Rien de nouveau dans « {project} » depuis {since}",
    ),
    "alert": Sentence(en="{project}: {title}", fr="{project} : {title}"),
    "asked": Sentence(
        en="{by} asks you to look at “{title}”", fr="{by} vous demande de penser à « {title} »"
    ),
}
OPENINGS: Final[Mapping[str, Sentence]] = {
    "before_start": Sentence(en="“{title}” starts {starts}.", fr="« {title} » commence {starts}."),
    "before_due": Sentence(
        en="“{title}” is due {is_due}.", fr="L'échéance de « {title} » est {is_due}."
    ),
    "overdue": Sentence(
        en="“{title}” was due {is_due}. If it is done, one click says so. If it needs more time, "
        "agree on a new day with those who wait for it.",
        fr="L'échéance de « {title} » était {is_due}. Si c'est fait, un clic suffit pour le dire. "
        "S'il faut plus de temps, convenir d'une nouvelle date avec les personnes qui attendent la "
        "suite.",
    ),
    "escalation": Sentence(
        en="“{title}” was due {is_due}, and is still open. Something may stand in the way: to ask "
        "what would help is often enough.",
        fr="L'échéance de « {title} » était {is_due}, et tout n'est pas terminé. Quelque chose "
        "bloque peut-être : demander ce qui aiderait suffit souvent.",
    ),
    "alert": Sentence(
        en="The figures of “{project}” raise an alert. {says}",
        fr="Les chiffres de « {project} » déclenchent une alerte. {says}",
    ),
    "blocked": Sentence(
        en="Work on “{title}” has been blocked since {since}. Who, or what, could get it going "
        "again?",
        fr="Le travail sur « {title} » est bloqué depuis {since}. Qui, ou quoi, pourrait le "
        "relancer ?",
    ),
    "unassigned": Sentence(
        en="“{title}” starts {starts}, and nobody has taken it on yet. It is meant for this role: "
        "{role}.",
        fr="« {title} » commence {starts}, et personne ne s'en charge encore. Rôle prévu : {role}.",
    ),
    "gate_ready": Sentence(
        en="Since {since}, all that “{title}” asks for is met. What comes next waits for your "
        "decision.",
        fr="Depuis {since}, tout ce que demande « {title} » est réuni. La suite attend votre "
        "décision.",
    ),
    "approval_waiting": Sentence(
        en="“{title}” cannot be decided without your approval: {criterion}.",
        fr="« {title} » ne peut pas être décidé sans votre accord : {criterion}.",
    ),
    "quiet": Sentence(
        en="Nothing has been noted in “{project}” since {since}. If work goes on, bring its tasks "
        "up to date; if it rests, pause the project, and nobody is reminded in vain.",
        fr="Rien n'a été noté dans « {project} » depuis {since}. Si le travail avance, mettre les "
        "tâches à jour ; s'il est à l'arrêt, suspendre le projet : plus personne ne sera relancé "
        "pour rien.",
    ),
    "asked": Sentence(
        en="{by} asks you to look at “{title}”.", fr="{by} vous demande de penser à « {title} »."
    ),
}
CAN_START_SUBJECT: Final = Sentence(en="“{title}” can start now", fr="« {title} » peut commencer")
CAN_START_EARLY: Final = Sentence(
    en="“{title}” can start now; its planned start is {starts}.",
    fr="« {title} » peut commencer dès maintenant ; début prévu {starts}.",
)
CAN_START_LATE: Final = Sentence(
    en="“{title}” can start now; its planned start was {starts}.",
    fr="« {title} » peut commencer maintenant ; le début était prévu {starts}.",
)
WAITED_FOR: Final = Sentence(
    en="What it waited for is done: {names}.", fr="Ce qu'il fallait attendre est fait : {names}."
)
GIVEN_UP: Final = Sentence(
    en="What it waited for does not apply any more: {names}.",
    fr="Ce qu'il fallait attendre est devenu sans objet : {names}.",
)
WHY: Final[Mapping[str, Sentence]] = {
    "before_start": Sentence(
        en="You get this because the task is yours.",
        fr="Vous recevez ce message parce que cette tâche vous est confiée.",
    ),
    "escalation": Sentence(
        en="You get this because you look after the project.",
        fr="Vous recevez ce message parce que vous suivez le projet.",
    ),
    "blocked": Sentence(
        en="You get this because the task is yours, or because you run the project.",
        fr="Vous recevez ce message parce que cette tâche vous est confiée, ou parce que vous "
        "pilotez le projet.",
    ),
    "unassigned": Sentence(
        en="You get this because you run the project.",
        fr="Vous recevez ce message parce que vous pilotez le projet.",
    ),
    "gate_ready": Sentence(
        en="You get this because the decision is yours to make.",
        fr="Vous recevez ce message parce que la décision vous revient.",
    ),
    "approval_waiting": Sentence(
        en="You get this because your approval counts here.",
        fr="Vous recevez ce message parce que votre accord compte ici.",
    ),
    "asked": Sentence(
        en="You get this because {by} had you reminded.",
        fr="Vous recevez ce message parce que {by} a demandé ce rappel.",
    ),
}
WHY_AS: Final[Mapping[str, str]] = {
    "before_due": "before_start",
    "overdue": "before_start",
    "quiet": "unassigned",
    "alert": "escalation",
}

WHY_HEARD: Final = Sentence(
    en="You get this as {role} of the project, or because nobody else is named for that.",
    fr="Vous recevez ce message en tant que {role} du projet, ou parce que personne d'autre n'est "
    "désigné pour ce rôle.",
)

HELLO: Final = Sentence(en="Hello {name},", fr="Bonjour {name},")
SOMEBODY: Final = Sentence(en="Your team", fr="Votre équipe")
A_WHILE: Final = Sentence(en="some time ago", fr="quelque temps")
PREFERENCES: Final = Sentence(
    en="How often, when and where you are reminded is yours to choose, in your preferences.",
    fr="À quel rythme, à quelle heure et par quel canal recevoir les rappels : à vous de choisir, "
    "dans vos préférences.",
)
STAND_IN: Final = Sentence(
    en="You stand in for {name}, who is away.", fr="Vous remplacez {name} pendant son absence."
)
STAND_IN_UNTIL: Final = Sentence(
    en="You stand in for {name}, who is away until {day}.",
    fr="Vous remplacez {name} pendant son absence, jusqu'au {day}.",
)
FOR: Final = Sentence(en="For {name}: {subject}", fr="Pour {name} : {subject}")

# Details of one thing.
PROJECT: Final = Sentence(en="Project: {project}", fr="Projet : {project}")
DUE: Final = Sentence(en="Due: {day}", fr="Échéance : {day}")
PLANNED: Final = Sentence(en="Planned for: {day}", fr="Date prévue : {day}")
REASON: Final = Sentence(en="What stands in the way: {reason}", fr="Ce qui bloque : {reason}")
OPEN_STEPS: Final = Sentence(en="Still open: {names}", fr="Reste à faire : {names}")
WAITS_FOR: Final = Sentence(en="To be finished first: {names}", fr="À terminer d'abord : {names}")
ONE_BEHIND: Final = Sentence(en="One task waits for it: {names}", fr="Une tâche attend : {names}")
MANY_BEHIND: Final = Sentence(
    en="{n} tasks wait for it: {names}", fr="{n} tâches attendent : {names}"
)
ASSIGNED: Final = Sentence(en="Assigned to: {names}", fr="Confié à : {names}")
NOBODY: Final = Sentence(en="Assigned to nobody yet", fr="Confié à personne pour le moment")
ASKED_FOR: Final = Sentence(en="Asked for by {by}, {day}", fr="Demande de {by}, {day}")
DECIDE: Final = Sentence(
    en="To decide: POST /api/v1/gates/{gate_id}/decision",
    fr="Pour décider : POST /api/v1/gates/{gate_id}/decision",
)
APPROVE: Final = Sentence(
    en="To approve or decline: POST /api/v1/gates/{gate_id}/approvals",
    fr="Pour approuver ou refuser : POST /api/v1/gates/{gate_id}/approvals",
)
NOTE: Final = Sentence(en="{by}: “{note}”", fr="{by} : « {note} »")
AND_MORE: Final = Sentence(en="{names} and {n} more", fr="{names} et {n} de plus")

# About the way to somebody.
CONFIRM_SUBJECT: Final = Sentence(
    en="Is this the right place to write to you?", fr="Est-ce bien ici qu'il faut vous écrire ?"
)
CONFIRM: Final = Sentence(
    en="“{workspace}” would like to send you reminders of your tasks here. Please confirm that "
    "they arrive at the right place; until then, nothing else is sent to you here. If you do not "
    "know what this is about, there is nothing to do.",
    fr="« {workspace} » souhaite vous envoyer ici les rappels de vos tâches. Merci de confirmer "
    "qu'ils arrivent au bon endroit ; d'ici là, rien d'autre ne vous sera envoyé ici. Si vous ne "
    "savez pas de quoi il s'agit, il n'y a rien à faire.",
)
CONFIRM_CLOSING: Final = Sentence(
    en="This is the only message of this kind: it is not repeated.",
    fr="Ce message est le seul de ce genre : il ne sera pas répété.",
)
OFF_SUBJECT: Final = Sentence(
    en="Reminders do not arrive by {label} any more", fr="Les rappels n'arrivent plus par {label}"
)
OFF: Final = Sentence(
    en="Your reminders do not arrive by {label} any more, so this way is switched off: {reason}. "
    "They now come by the next one that you have named. Once it works again, add it anew.",
    fr="Vos rappels n'arrivent plus par {label}, qui est donc désactivé : {reason}. Ils passent "
    "maintenant par le canal suivant de votre liste. Quand il marchera de nouveau, il suffira de "
    "l'ajouter.",
)
OFF_OF_SUBJECT: Final = Sentence(
    en="{name} does not get reminders by {label} any more",
    fr="{name} ne reçoit plus de rappels par {label}",
)
OFF_OF: Final = Sentence(
    en="Reminders for {name} do not arrive by {label} any more: {reason}. Tell them, if you can: "
    "it may be the only way by which they could be reached.",
    fr="Les rappels de {name} n'arrivent plus par {label} : {reason}. Le lui signaler, si "
    "possible : c'était peut-être le seul moyen de l'atteindre.",
)
UNWANTED_BY: Final = Sentence(
    en="{name} wants no more mails at {label}. If they have named no other way, no reminder "
    "reaches them: what is theirs to do is to be agreed on otherwise.",
    fr="{name} ne souhaite plus de mails à {label}. Sans autre canal, aucun rappel ne lui "
    "parvient : convenir autrement de ce qui lui est confié.",
)
OFF_REASONS: Final[Mapping[str, Sentence]] = {
    "gone": Sentence(en="the address does not exist any more", fr="l'adresse n'existe plus"),
    "refused": Sentence(en="messages are refused there", fr="les messages y sont refusés"),
    "unsubscribed": Sentence(
        en="no more mails are wanted there", fr="les mails n'y sont plus souhaités"
    ),
}
OFF_CLOSING: Final = Sentence(
    en="You get this so that no reminder is lost without a word.",
    fr="Vous recevez ce message pour qu'aucun rappel ne se perde en silence.",
)
WEBHOOK_OFF_SUBJECT: Final = Sentence(
    en="The webhook “{label}” is told nothing any more",
    fr="Le webhook « {label} » ne reçoit plus rien",
)
WEBHOOK_OFF: Final = Sentence(
    en="The webhook “{label}” is disabled: {reason}. What happens is held for it, for 30 days. "
    "Correct it at the receiver, try it with the test button, then resume it: nothing is lost.",
    fr="Le webhook « {label} » est désactivé : {reason}. Ce qui se passe est gardé pour lui "
    "pendant 30 jours. Corriger du côté du récepteur, essayer avec le bouton de test, puis le "
    "reprendre : rien n'est perdu.",
)
WEBHOOK_OFF_REASONS: Final[Mapping[str, Sentence]] = {
    "gone": Sentence(
        en="its receiver answered that it wants nothing any more (410)",
        fr="son récepteur a répondu qu'il ne voulait plus rien (410)",
    ),
    "failing": Sentence(
        en="nothing has arrived there for five days", fr="rien n'y est arrivé depuis cinq jours"
    ),
    "owner_left": Sentence(
        en="its owner has left, and whoever resumes it becomes its owner",
        fr="son propriétaire est parti, et la personne qui le reprend en devient propriétaire",
    ),
}
WEBHOOK_OFF_CLOSING: Final = Sentence(
    en="You get this because you own this webhook, or manage the workspace.",
    fr="Vous recevez ce message parce que ce webhook est à vous, ou que vous gérez l'espace.",
)
THIS_WAY: Final = Sentence(en="this channel", fr="ce canal")
