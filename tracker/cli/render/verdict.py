"""The quiz for people: its questions, and what the answers say."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import click

from tracker.cli.days import say_day
from tracker.cli.render.page import heading, pairs, paragraph, together
from tracker.kernel.texts import Language, Sentence
from tracker.playbooks.quiz import Outcome

_QUESTION: Final = Sentence(en="Question {n} of {of}", fr="Question {n} sur {of}")
_SCORE: Final = Sentence(en="Score", fr="Score")
_ANSWERS: Final = Sentence(en="Answers", fr="Réponses")
_ADVICE: Final = Sentence(en="What to do next", fr="Ce qu'il convient de faire")
_TRIALS: Final[Mapping[str, Sentence]] = {
    "pilot": Sentence(
        en="Begin with a pilot: a small circle, for a limited time.",
        fr="Commencer par un pilote : un petit cercle, pour une durée limitée.",
    ),
    "light_test": Sentence(
        en="Begin with a light test that can be undone.",
        fr="Commencer par un test léger, réversible.",
    ),
}
_ASK_AGAIN: Final = Sentence(
    en="Take the quiz again between {first} and {last}.",
    fr="Refaire le quiz entre le {first} et le {last}.",
)
_SUGGESTED: Final = Sentence(en="Suggested plan", fr="Plan proposé")


def question(number: int, questions: list[Mapping[str, Any]], language: Language) -> str:
    """One question with its four answers."""
    asked = questions[number]
    place = _QUESTION.say(language, n=number + 1, of=len(questions))
    return "\n".join(
        [
            "",
            click.style(f"{place} · {asked['title'][language]}", bold=True),
            *(
                line
                for letter, answer in asked["answers"].items()
                for line in paragraph(answer["title"][language], first=f"  {letter}  ")
            ),
        ]
    )


def verdict(outcome: Outcome, best: int, language: Language) -> str:
    """Score, band, advice, and what follows for the plan. ``best`` is the highest score."""
    return together(_sections(outcome, best, language))


def _sections(outcome: Outcome, best: int, language: Language) -> Iterator[Iterator[str]]:
    yield _head(outcome, best, language)
    yield _advice(outcome, language)
    yield _suggested(outcome, language)


def _head(outcome: Outcome, best: int, language: Language) -> Iterator[str]:
    yield click.style(outcome.band["title"][language], bold=True)
    yield from paragraph(outcome.band["description"][language])
    yield ""
    bar = "█" * outcome.score + "·" * (best - outcome.score)
    score = f"{bar}  {outcome.score} / {best}"
    yield from pairs([(_ANSWERS.say(language), outcome.answers), (_SCORE.say(language), score)])


def _advice(outcome: Outcome, language: Language) -> Iterator[str]:
    yield heading(_ADVICE.say(language))
    for advice in outcome.advice:
        yield from paragraph(advice[language], first="  • ")
    if trial := outcome.band.get("trial"):
        yield from paragraph(_TRIALS[trial].say(language), first="  • ")
    if outcome.reassess:
        first, last = (say_day(day, language) for day in outcome.reassess)
        yield from paragraph(_ASK_AGAIN.say(language, first=first, last=last), first="  • ")


def _suggested(outcome: Outcome, language: Language) -> Iterator[str]:
    """The plan to look at next, as a command that needs but a launch day."""
    if not outcome.band.get("suggest"):
        return
    suggested = outcome.as_json(language)["suggested_parameters"]
    options = (f"--{name.replace('_', '-')} {value}" for name, value in suggested.items())
    yield heading(_SUGGESTED.say(language))
    yield from paragraph(f"tracker plan preview --launch … {' '.join(options)}", rest="    ")
