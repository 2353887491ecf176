"""Sentences for people, each in every language that the product speaks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final, Literal, get_args

Language = Literal["en", "fr"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
DEFAULT_LANGUAGE: Final[Language] = "en"

Text = Mapping[str, str]
"""One text in every language: ``{"en": …, "fr": …}``."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with named gaps, in both languages.

    Values that fill the gaps are strings, whole numbers, figures, other sentences, or texts. A gap
    may hold the forms for one and for more: ``{count} {count:card|cards}``.
    """

    en: str
    fr: str

    def say(self, language: Language, **values: object) -> str:
        """The sentence in ``language``, its gaps filled."""
        template: str = getattr(self, language)
        spoken = {name: speak(value, language) for name, value in values.items()}
        if not spoken:
            return template
        if "|" in template:
            return _COUNTING[language].format(template, **spoken)
        return template.format(**spoken)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence together with what fills its gaps; still to be spoken in some language."""

    sentence: Sentence
    values: Mapping[str, object]

    def say(self, language: Language) -> str:
        """The filled sentence in ``language``."""
        return self.sentence.say(language, **self.values)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number for people: ``digits`` behind the point at most, which is a comma in French."""

    value: float
    digits: int = 1

    def say(self, language: Language) -> str:
        """As it is written in ``language``."""
        whole, _point, rest = f"{round(self.value, self.digits) + 0.0:.{self.digits}f}".partition(
            "."
        )
        rest = rest.rstrip("0")
        return f"{whole}{',' if language == 'fr' else '.'}{rest}" if rest else whole


def speak(value: object, language: Language) -> object:
    """Put ``value`` into ``language`` where it has words of its own."""
    if isinstance(value, str):  # most of them, told apart at once
        return value
    if isinstance(value, (Sentence, Said, Figure)):
        return value.say(language)
    if isinstance(value, Mapping):
        return value[language]
    return value


class _Counting(Formatter):
    """Chooses between the forms of a word: that for one where ``is_one`` says so."""

    def __init__(self, is_one: Callable[[float], bool]) -> None:
        self._is_one = is_one

    def format_field(self, value: Any, format_spec: str) -> str:
        one, bar, many = format_spec.partition("|")
        if not bar:
            return str(super().format_field(value, format_spec))
        try:
            number = abs(float(value))
        except (TypeError, ValueError):  # a text that is no number
            return many
        return one if self._is_one(number) else many


# French puts nothing, and one and a half, in the singular; English one alone.
_COUNTING: Final[Mapping[Language, Formatter]] = {
    "en": _Counting(lambda number: number == 1),
    "fr": _Counting(lambda number: number < 2),  # noqa: PLR2004  # the grammar's own
}


def language_of(tag: str | None) -> Language | None:
    """The spoken language behind a tag such as ``fr-CA`` or ``fr_FR.UTF-8``; None if unknown."""
    prefix = (tag or "").replace("_", "-").split("-")[0].split(".")[0].lower()
    return next((language for language in LANGUAGES if language == prefix), None)
