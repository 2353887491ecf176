"""What is to be shown before a task is done: asked for on the page, and read from its form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import ValidationError
from marshmallow.fields import Field

from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Sentence
from tracker.web.fields import Amount, Prose, WebAddress


@dataclass(frozen=True, slots=True)
class Question:
    """A field of a page. ``asked`` is in the words of the playbook, where it has any."""

    kind: str  # note, link, figure
    asked: str | None

    @property
    def label(self) -> Sentence | str:
        """What stands over the field."""
        return self.asked or _LABELS[self.kind]

    @property
    def hint(self) -> Sentence:
        """What to type; also what to say of anything else."""
        return _HINTS[self.kind]


class Unfit(Invalid):
    """Something was typed that is not what was asked for; the hint says what is."""

    def __init__(self, question: Question) -> None:
        super().__init__({}, question.hint)


_LABELS: Final[Mapping[str, Sentence]] = {
    "note": Sentence(en="What shows that it is done", fr="Ce qui montre que c'est fait"),
    "link": Sentence(en="The page that shows it", fr="La page qui le montre"),
    "figure": Sentence(en="The figure that shows it", fr="Le chiffre qui le montre"),
}
_HINTS: Final[Mapping[str, Sentence]] = {
    "note": Sentence(
        en="It is kept with the task. Write it in a few words.",
        fr="La preuve est gardée avec la tâche. L'écrire en quelques mots.",
    ),
    "link": Sentence(
        en="It is kept with the task. Give a whole web address, such as https://example.org/page.",
        fr="La preuve est gardée avec la tâche. Donner une adresse web entière, comme "
        "https://example.org/page.",
    ),
    "figure": Sentence(
        en="It is kept with the task. Give a figure, such as 12 or 12.5.",
        fr="La preuve est gardée avec la tâche. Donner un chiffre, comme 12 ou 12,5.",
    ),
}
_FIELDS: Final[Mapping[str, tuple[str, Field[Any]]]] = {
    "note": ("note", Prose(least=1)),
    "link": ("url", WebAddress()),
    "figure": ("figure", Amount(-1e15, 1e15)),
}
_BLANKS: Final = str.maketrans("", "", " \u00a0\u202f")


def evidence(question: Question, typed: str) -> Mapping[str, Any]:
    """What was typed, as evidence. Raises Unfit."""
    name, field = _FIELDS[question.kind]
    text = typed.replace("\r\n", "\n").strip()
    try:
        value = field.deserialize(_number(text) if question.kind == "figure" else text)
    except (ValidationError, ValueError):
        raise Unfit(question) from None
    return {"kind": question.kind, name: value}


def _number(text: str) -> float:
    """Written in either language; blanks may part the thousands."""
    return float(text.translate(_BLANKS).replace(",", "."))
