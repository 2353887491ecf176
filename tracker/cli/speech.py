"""In which language the command line speaks, and how it refuses."""

from collections.abc import Iterator
from typing import IO, Any, Final

import click

from tracker.kernel.errors import DomainError, FieldErrors, Invalid
from tracker.kernel.texts import Language, Sentence
from tracker.locale import reader_language
from tracker.playbooks.loader import BadPlaybook

_LANGUAGE: Final = "tracker.language"
_BAD_PLAYBOOK: Final = Sentence(
    en="The playbook has faults; correct them first:",
    fr="Le modèle a des défauts ; les corriger d'abord :",
)


class Refusal(click.ClickException):
    """What was asked cannot be done: a sentence on standard error, and 1 as the exit code."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence alone."""
        click.echo(self.message, file=file, err=True)


def speak_in(ctx: click.Context, _: click.Parameter, language: Language | None) -> Language | None:
    """Remember what ``--language`` asked for: refusals of the same command follow it."""
    ctx.meta[_LANGUAGE] = language
    return language


def spoken_language() -> Language:
    """The language that the command was asked for, else that of the environment."""
    ctx = click.get_current_context(silent=True)
    asked: Language | None = ctx.meta.get(_LANGUAGE) if ctx else None
    return asked or reader_language()


def refusal(error: DomainError | BadPlaybook) -> Refusal:
    """The error as one sentence, or as one line for each fault."""
    language = spoken_language()
    if isinstance(error, BadPlaybook):
        return Refusal(f"{_BAD_PLAYBOOK.say(language)}\n{error}")
    if isinstance(error, Invalid):
        return Refusal("\n".join(_fields(error.fields, language)))
    return Refusal(error.say(language))


def _fields(fields: FieldErrors, language: Language, prefix: str = "") -> Iterator[str]:
    for name, faults in fields.items():
        if isinstance(faults, list):
            yield from (f"{prefix}{name}: {fault.say(language)}" for fault in faults)
        else:
            yield from _fields(faults, language, f"{prefix}{name}.")
