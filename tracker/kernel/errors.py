"""What can go wrong, in the product's own words. No error here knows HTTP.

DomainError
├── Invalid         values that cannot be meant; names the fields
├── NotFound        unknown, or another workspace's
├── Forbidden       the role or the token does not allow it
├── Unauthenticated no token, or one that is not (or no longer) good
├── Conflict        the state of things does not allow it now
├── Stale           somebody changed it since it was read
├── Gone            it was here, and is not kept any more
├── TooMany         asked too often; says when to come back
└── Unavailable     something that we stand on is away
"""

from collections.abc import Mapping
from typing import ClassVar

from tracker.kernel.texts import Language, Said, Sentence

FieldErrors = Mapping[str, "list[Said] | FieldErrors"]
"""Field name → what is wrong with it, nested as the input is."""


class DomainError(Exception):
    """Something that a user can understand and act upon.

    ``type`` is stable and machine-readable; the sentence is for people.
    """

    type: ClassVar[str] = "error"

    def __init__(self, sentence: Sentence, **values: object) -> None:
        self.said = Said(sentence, values)
        super().__init__(self.said.say("en"))

    def say(self, language: Language) -> str:
        """The sentence, in the reader's language."""
        return self.said.say(language)


class Unfit(ValueError):
    """A text is not what it is to be; ``said`` says why, and repeats no secret."""

    def __init__(self, sentence: Sentence, **values: object) -> None:
        self.said = Said(sentence, values)
        super().__init__(self.said.say("en"))


class Invalid(DomainError):
    """Values that cannot be meant. ``fields`` says which, and why."""

    type = "invalid-values"

    def __init__(self, fields: FieldErrors, sentence: Sentence | None = None) -> None:
        self.fields = fields
        super().__init__(
            sentence
            or Sentence(
                en="Some values cannot be accepted; see “errors”, field by field.",
                fr="Certaines valeurs ne conviennent pas ; voir « errors », champ par champ.",
            )
        )


class NotFound(DomainError):
    """Unknown here. Another workspace's things are unknown, too."""

    type = "not-found"


class Forbidden(DomainError):
    """The member's role, or the token's scopes, do not allow it."""

    type = "forbidden"


class Unauthenticated(DomainError):
    """No token, or one that is not good any more."""

    type = "unauthenticated"


class Conflict(DomainError):
    """The present state does not allow it."""

    type = "conflict"


class Stale(DomainError):
    """It has changed since the caller read it."""

    type = "stale"


class Gone(DomainError):
    """It was here, and is not kept any more."""

    type = "gone"


class TooMany(DomainError):
    """Asked too often. ``retry_in`` is in seconds."""

    type = "too-many-requests"

    def __init__(self, sentence: Sentence, *, retry_in: int, **values: object) -> None:
        self.retry_in = retry_in
        super().__init__(sentence, retry_in=retry_in, **values)


class Unavailable(DomainError):
    """Something that we stand on is away for the moment. ``retry_in`` is in seconds."""

    type = "unavailable"
    retry_in: ClassVar[int] = 2
