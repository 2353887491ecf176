"""The few words that a mail needs of its own."""

from collections.abc import Mapping
from typing import Final

from tracker.kernel.texts import Language, Sentence

UNSUBSCRIBE: Final = Sentence(en="No more mails", fr="Ne plus recevoir de mails")
COLON: Final[Mapping[Language, str]] = {"en": ": ", "fr": " : "}
