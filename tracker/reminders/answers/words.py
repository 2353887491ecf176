"""What the pages ask, and what their buttons say."""

from collections.abc import Mapping
from typing import Final

from tracker.kernel.texts import Sentence
from tracker.reminders.links import Purpose

_LATER: Final = Sentence(en="Remind you later?", fr="Vous le rappeler plus tard ?")
_YOURS: Final = Sentence(en="Is this address yours?", fr="Cette adresse est-elle la vôtre ?")
HEADINGS: Final[Mapping[Purpose, Sentence]] = {
    Purpose.DONE: Sentence(en="Is it done?", fr="Est-ce fait ?"),
    Purpose.STARTED: Sentence(en="Have you started?", fr="Avez-vous commencé ?"),
    Purpose.SNOOZE_DAY: _LATER,
    Purpose.SNOOZE_DAYS: _LATER,
    Purpose.SNOOZE_WEEK: _LATER,
    Purpose.NOT_ME: Sentence(en="Is this not yours?", fr="Cette tâche n'est pas pour vous ?"),
    Purpose.UNSUBSCRIBE: Sentence(en="No more mails?", fr="Ne plus recevoir de mails ?"),
    Purpose.CONFIRM_CHANNEL: _YOURS,
    Purpose.CONFIRM_ADDRESS: _YOURS,
    Purpose.SUBSCRIBE: Sentence(en="Mails again?", fr="Recevoir de nouveau les mails ?"),
}
_YES: Final = Sentence(en="Yes, it is mine", fr="Oui, c'est la mienne")
BUTTONS: Final[Mapping[Purpose, Sentence]] = {
    Purpose.DONE: Sentence(en="Yes, it is done", fr="Oui, c'est fait"),
    Purpose.STARTED: Sentence(en="Yes, I have started", fr="Oui, j'ai commencé"),
    Purpose.SNOOZE_DAY: Sentence(en="Remind me tomorrow", fr="Me le rappeler demain"),
    Purpose.SNOOZE_DAYS: Sentence(en="Remind me in 3 days", fr="Me le rappeler dans 3 jours"),
    Purpose.SNOOZE_WEEK: Sentence(
        en="Remind me next week", fr="Me le rappeler la semaine prochaine"
    ),
    Purpose.NOT_ME: Sentence(en="Take me off this task", fr="Me retirer cette tâche"),
    Purpose.UNSUBSCRIBE: Sentence(en="Send me no more mails", fr="Ne plus m'envoyer de mails"),
    Purpose.CONFIRM_CHANNEL: _YES,
    Purpose.CONFIRM_ADDRESS: _YES,
    Purpose.SUBSCRIBE: Sentence(en="Send me mails again", fr="M'envoyer de nouveau des mails"),
}
GONE: Final = Sentence(
    en="It is too old, or what it was about is gone, or it did not arrive whole. Nothing was "
    "changed. Use the link of a newer message, or write to those who run your project.",
    fr="Il est trop ancien, ou son objet n'existe plus, ou il n'est pas arrivé entier. Rien n'a "
    "été modifié. Prendre le lien d'un message plus récent, ou écrire à l'équipe du projet.",
)
DEAD: Final = Sentence(en="This link does not work any more", fr="Ce lien ne marche plus")
THANKS: Final = Sentence(en="Noted", fr="C'est noté")
SETTLED: Final = Sentence(en="It is so already", fr="C'est déjà le cas")
NOT_NOW: Final = Sentence(en="This cannot be done now", fr="Ce n'est pas possible maintenant")
PROJECT: Final = Sentence(en="Project", fr="Projet")
DUE: Final = Sentence(en="Due", fr="Échéance")
NOTHING_YET: Final = Sentence(en="Nothing has been changed yet.", fr="Rien n'a encore été modifié.")
NO_FORM: Final = Sentence(
    en="This address takes what the button of its page sends, and nothing else. Open it in a "
    "browser, and use the button.",
    fr="Cette adresse n'accepte que ce qu'envoie le bouton de sa page. L'ouvrir dans un "
    "navigateur et utiliser le bouton.",
)
