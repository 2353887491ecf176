"""``tracker quiz``: ten questions that tell whether a community is worth launching now."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import click

from tracker.cli.days import local_today
from tracker.cli.options import format_option, language_option, today_option
from tracker.cli.render.json import dump
from tracker.cli.render.page import paragraph
from tracker.cli.render.verdict import question, verdict
from tracker.cli.speech import spoken_language
from tracker.kernel.texts import Language, Sentence
from tracker.playbooks.catalog import our_playbook
from tracker.playbooks.grammar import SCOPES
from tracker.playbooks.quiz import assess, quiz_of

PLAYBOOK: Final = "community-launch"
_YOUR_ANSWER: Final = Sentence(en="Your answer: ", fr="Votre réponse : ")
_ONE_LETTER: Final = Sentence(
    en="“{value}” is not one of the answers. Type A, B, C or D.",
    fr="« {value} » n'est pas une des réponses. Taper A, B, C ou D.",
)


@click.command()
@click.option("--answers", metavar="AABBCCDDAA", help="One letter for each question; else asks.")
@click.option("--scope", type=click.Choice(SCOPES), default="external", show_default=True)
@today_option()
@language_option("that of LANG")
@format_option("table", "json")
def quiz(
    *, answers: str | None, scope: str, today: date | None, language: Language | None, output: str
) -> None:
    """Say whether a community is worth launching now."""
    playbook, said = our_playbook(PLAYBOOK), language or spoken_language()
    asked = quiz_of(playbook)
    if answers is None:
        answers = "".join(_ask(asked, said))
    outcome = assess(playbook, answers, scope, today or local_today("UTC"))
    if output == "json":
        click.echo(dump(outcome.as_json(said)), nl=False)
    else:
        best = max(asked["points"].values()) * len(asked["questions"])
        click.echo(verdict(outcome, best, said))


def _ask(quiz: Mapping[str, Any], language: Language) -> Iterator[str]:
    """The letters typed, one a question; all on standard error, so that output can be piped."""
    click.echo(click.style(quiz["title"][language], bold=True), err=True)
    if "intro" in quiz:
        click.echo("\n".join(paragraph(quiz["intro"][language], first="")), err=True)
    for number in range(len(quiz["questions"])):
        click.echo(question(number, quiz["questions"], language), err=True)
        yield _letter(language)
    click.echo(err=True)


def _letter(language: Language) -> str:
    """Asks until it is one of the letters."""

    def check(value: str) -> str:
        letter = value.strip().upper()
        if letter not in tuple("ABCD"):
            raise click.UsageError(_ONE_LETTER.say(language, value=value))
        return letter

    answer: str = click.prompt(
        _YOUR_ANSWER.say(language), prompt_suffix="", value_proc=check, err=True
    )
    return answer
