"""What an answer is called, on the button of a message and on the page behind it."""

from collections.abc import Mapping
from typing import Final

from tracker.kernel.texts import Sentence
from tracker.reminders.links import Purpose

LABELS: Final[Mapping[Purpose, Sentence]] = {
    Purpose.DONE: Sentence(en="Done", fr="C'est fait"),
    Purpose.STARTED: Sentence(en="I have started", fr="J'ai commencé"),
    Purpose.SNOOZE_DAY: Sentence(en="Remind me tomorrow", fr="Me le rappeler demain"),
    Purpose.SNOOZE_DAYS: Sentence(en="Remind me in 3 days", fr="Me le rappeler dans 3 jours"),
    Purpose.SNOOZE_WEEK: Sentence(
        en="Remind me next week", fr="Me le rappeler la semaine prochaine"
    ),
    Purpose.NOT_ME: Sentence(en="Not me", fr="Ce n'est pas moi"),
    Purpose.UNSUBSCRIBE: Sentence(en="No more mails", fr="Ne plus recevoir de mails"),
    Purpose.CONFIRM_CHANNEL: Sentence(en="Yes, write to me here", fr="Oui, m'écrire ici"),
    Purpose.CONFIRM_ADDRESS: Sentence(en="Yes, write to me here", fr="Oui, m'écrire ici"),
    Purpose.SUBSCRIBE: Sentence(en="Mail me again", fr="M'écrire de nouveau"),
}
