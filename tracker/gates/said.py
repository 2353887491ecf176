"""What criteria say of themselves, in both languages."""

from typing import Final

from tracker.kernel.texts import Sentence

MOST_NAMED: Final = 10

TASKS_DONE: Final = Sentence(
    en="All {total} required tasks of {phase} are done.",
    fr="Tâches requises pour {phase} : toutes faites, {total} sur {total}.",
)
TASKS_OPEN: Final = Sentence(
    en="{done} of {total} required {total:task|tasks} of {phase} {total:is|are} done. Open: "
    "{titles}.",
    fr="Tâches requises pour {phase} : {done} {done:faite|faites} sur {total}. À faire : {titles}.",
)
NO_TASKS: Final = Sentence(
    en="There is no required task in {phase}.", fr="Aucune tâche n'est requise pour {phase}."
)
SHARE: Final = Sentence(
    en="{done} of {total} optional {total:task|tasks} of {phase} {total:is|are} done: {share} "
    "percent of {target} asked for.",
    fr="Tâches facultatives pour {phase} : {done} {done:faite|faites} sur {total}, soit {share} "
    "pour cent ; il en faut {target}.",
)
NO_OPTIONAL: Final = Sentence(
    en="There is no optional task in {phase}.", fr="Aucune tâche n'est facultative pour {phase}."
)
MILESTONE_REACHED: Final = Sentence(
    en="The milestone “{task}” is reached.", fr="Le jalon « {task} » est atteint."
)
MILESTONE_REACHED_ON: Final = Sentence(
    en="The milestone “{task}” was reached on {on}.",
    fr="Le jalon « {task} » a été atteint le {on}.",
)
MILESTONE_OPEN: Final = Sentence(
    en="The milestone “{task}” is not reached: {status}.",
    fr="Le jalon « {task} » n'est pas atteint : {status}.",
)
NO_SUCH_TASK: Final = Sentence(
    en="The task {task} is not in this project, and nothing says that it does not apply.",
    fr="La tâche {task} n'est pas dans ce projet, et rien ne dit qu'elle est sans objet.",
)
LEFT_OUT: Final = Sentence(
    en="The task {task} does not apply to this project: {reason}",
    fr="La tâche {task} ne s'applique pas à ce projet : {reason}",
)
NO_EVIDENCE: Final = Sentence(
    en="“{task}” has no evidence yet: add a link, a note or a figure to it.",
    fr="« {task} » n'a pas encore de preuve : y ajouter un lien, une note ou un chiffre.",
)
EVIDENCE: Final = Sentence(
    en="“{task}” has {count} {count:piece|pieces} of evidence, the last of {on}.",
    fr="Preuves pour « {task} » : {count}, la dernière du {on}.",
)
APPROVED: Final = Sentence(
    en="Approved for the role “{role}” by {names}.",
    fr="Approuvé pour le rôle « {role} » par {names}.",
)
DECIDED_BY_NAMED: Final = Sentence(
    en="Approved for the role “{role}” by {names}: whoever is named approves by deciding.",
    fr="Approuvé pour le rôle « {role} » par {names} : qui est désigné approuve en décidant.",
)
APPROVED_ALONE: Final = Sentence(
    en="Nobody is named for the role “{role}”; {names} has approved alone, as an owner.",
    fr="Personne n'est désigné pour le rôle « {role} » ; {names}, owner, a donné la seule "
    "approbation.",
)
DECIDES_ALONE: Final = Sentence(
    en="Nobody is named for the role “{role}”; {names} decides alone, as an owner.",
    fr="Personne n'est désigné pour le rôle « {role} » ; {names}, owner, décide sans autre "
    "approbation.",
)
MAY_BE_ALONE: Final = Sentence(
    en="Nobody is named for the role “{role}”: an owner may decide alone.",
    fr="Personne n'est désigné pour le rôle « {role} » : un owner peut décider sans autre "
    "approbation.",
)
NEEDS_OWNER: Final = Sentence(
    en="Nobody is named for the role “{role}”: an owner has to approve first, or to decide.",
    fr="Personne n'est désigné pour le rôle « {role} » : un owner doit d'abord approuver, ou "
    "décider.",
)
DECLINED: Final = Sentence(
    en="Approvals for the role “{role}”: {have} of {target}; declined by {decliners}.",
    fr="Approbations pour le rôle « {role} » : {have} sur {target} ; refus de {decliners}.",
)
LACKS_NAMED: Final = Sentence(
    en="Approvals for the role “{role}”: {have} of {target}; {named} has not approved what is "
    "there now.",
    fr="Approbations pour le rôle « {role} » : {have} sur {target} ; {named} n'a pas approuvé ce "
    "qui est là maintenant.",
)
LACKS_OWNERS: Final = Sentence(
    en="Approvals for the role “{role}”: {have} of {target}; owners make up the rest.",
    fr="Approbations pour le rôle « {role} » : {have} sur {target} ; les owners complètent.",
)
NO_ASSESSMENT: Final = Sentence(
    en="The readiness quiz of this playbook has not been answered.",
    fr="Le quiz de maturité de ce modèle n'a pas de réponse.",
)
SCORED: Final = Sentence(
    en="The readiness quiz of {on} scores {score}; {target} {target:is|are} asked for.",
    fr="Le quiz de maturité du {on} atteint {score} {score:point|points} ; il en faut {target}.",
)
SCORED_LESS: Final = Sentence(
    en="The readiness quiz of {on} scores {score} only; {target} {target:is|are} asked for.",
    fr="Le quiz de maturité du {on} n'atteint que {score} {score:point|points} ; il en faut "
    "{target}.",
)
DAY_HAS_COME: Final = Sentence(
    en="The day has come: it was {on}.", fr="Le jour est venu : c'était le {on}."
)
DAY_TO_COME: Final = Sentence(
    en="Not before {on}, in {days} {days:day|days}.",
    fr="Pas avant le {on}, dans {days} {days:jour|jours}.",
)
NO_FIGURE: Final = Sentence(
    en="No figure is known yet; {target} is asked for.",
    fr="Aucun chiffre n'est encore connu ; il faut {target}.",
)
STALE_FIGURE: Final = Sentence(
    en="The last figure, {value}, is of {at}: older than {hours} {hours:hour|hours}, so it says "
    "nothing of now ({source}).",
    fr="Le dernier chiffre, {value}, date du {at} : plus de {hours} {hours:heure|heures}, il ne "
    "dit rien d'aujourd'hui ({source}).",
)
FIGURE_FAILS: Final = Sentence(
    en="{value} on {at}; {target} is asked for ({source}).",
    fr="{value} le {at} ; il faut {target} ({source}).",
)
FIGURE_FAILED: Final = Sentence(
    en="{value} on {at}, but {then} on {failed_at}: {target} is asked for, {days} {days:day|days} "
    "long ({source}).",
    fr="{value} le {at}, mais {then} le {failed_at} : il faut {target} pendant {days} "
    "{days:jour|jours} ({source}).",
)
FIGURE_TOO_YOUNG: Final = Sentence(
    en="{value} on {at}, good since {since}; {target} is asked for, {days} {days:day|days} long "
    "({source}).",
    fr="{value} le {at}, bon depuis le {since} ; il faut {target} pendant {days} "
    "{days:jour|jours} ({source}).",
)
FIGURE_GAP: Final = Sentence(
    en="{value} on {at}, but after {since} nothing was read for more than {hours} "
    "{hours:hour|hours} ({source}).",
    fr="{value} le {at}, mais rien n'a été relevé pendant plus de {hours} {hours:heure|heures} "
    "après le {since} ({source}).",
)
FIGURE_HOLDS: Final = Sentence(
    en="{value} on {at}; {target} is asked for, and met ({source}).",
    fr="{value} le {at} ; il faut {target}, c'est atteint ({source}).",
)
FIGURE_KEPT: Final = Sentence(
    en="{value} on {at}, and {target} for {days} {days:day|days} ({source}).",
    fr="{value} le {at}, et {target} depuis {days} {days:jour|jours} ({source}).",
)
