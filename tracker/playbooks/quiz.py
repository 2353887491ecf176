"""The readiness quiz: whether a community is worth launching now."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tracker.kernel.errors import Invalid, NotFound
from tracker.kernel.texts import Language, Said, Sentence, Text
from tracker.playbooks.model import Playbook
from tracker.playbooks.schedule import month_shift

_LETTERS = re.compile(r"[A-D]*")
_WRONG_ANSWERS: Final = Sentence(
    en="Give {count} {count:letter|letters} from A to D, one for each question, such as "
    "{example}; these are “{answers}”.",
    fr="Donner {count} {count:lettre|lettres} de A à D, une par question, comme {example} ; reçu "
    "« {answers} ».",
)
_NO_QUIZ: Final = Sentence(
    en="The playbook “{slug}” has no readiness quiz.",
    fr="Le modèle « {slug} » n'a pas de quiz de maturité.",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What ten answers say. ``reassess`` is the window in which to ask again, or None."""

    answers: str
    score: int
    band: Mapping[str, Any]
    scope: str
    reassess: tuple[date, date] | None

    @property
    def advice(self) -> list[Text]:
        """What to do next: for everybody, then for the scope; a hybrid community gets both."""
        sides = ("external", "internal") if self.scope == "hybrid" else (self.scope,)
        return [self.band[side]["title"] for side in ("advice", *sides)]

    def as_json(self, language: Language) -> dict[str, Any]:
        """Plain values in one language."""
        return {
            "answers": self.answers,
            "score": self.score,
            "band": self.band["key"],
            "title": self.band["title"][language],
            "description": self.band["description"][language],
            "advice": [text[language] for text in self.advice],
            "trial": self.band.get("trial"),
            "reassess_between": [day.isoformat() for day in self.reassess]
            if self.reassess
            else None,
            "suggested_parameters": {**self.band.get("suggest", {}), "scope": self.scope},
        }


def quiz_of(playbook: Playbook) -> Mapping[str, Any]:
    """The playbook's quiz. Raises NotFound."""
    if playbook.quiz is None:
        raise NotFound(_NO_QUIZ, slug=playbook.slug)
    return playbook.quiz


def assess(playbook: Playbook, answers: str, scope: str, today: date) -> Outcome:
    """Judge ``answers``, one letter a question. Raises Invalid."""
    quiz = quiz_of(playbook)
    letters, count = answers.upper(), len(quiz["questions"])
    if len(letters) != count or not _LETTERS.fullmatch(letters):
        example = ("AABBCCDDAA" * count)[:count]
        values = {"count": count, "example": example, "answers": answers[:40]}
        raise Invalid({"answers": [Said(_WRONG_ANSWERS, values)]})
    score = sum(quiz["points"][letter] for letter in letters)
    band = next(band for band in quiz["bands"] if band["min"] <= score <= band["max"])
    months = band.get("reassess_months")
    reassess = months and tuple(month_shift(today, n) for n in months)
    return Outcome(letters, score, band, scope, reassess or None)
