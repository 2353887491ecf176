"""The few words that a mail needs of its own."""

from collections.abc import Mapping
from typing import Final

from tracker.kernel.texts import Language, Sentence

UNSUBSCRIBE: Final = Sentence(
    en="No more mails of this kind", fr="Ne plus recevoir ce genre de mail"
)
COLON: Final[Mapping[Language, str]] = {"en": ": ", "fr": " : "}
