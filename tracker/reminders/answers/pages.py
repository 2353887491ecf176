"""The pages behind the links of a message, in the language of who answers."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final

from flask import Response
from markupsafe import Markup

from tracker.kernel.errors import DomainError, NotFound
from tracker.kernel.plain import line
from tracker.kernel.texts import Language, Said, Sentence, language_of, speak
from tracker.reminders.answers import words
from tracker.reminders.answers.proofs import Unfit
from tracker.reminders.answers.reply import Card, Reply
from tracker.reminders.composing.days import in_full
from tracker.reminders.links import token_of
from tracker.web.language import reader_language
from tracker.web.pages import page, paragraph
from tracker.web.problems import status_of

FIELD: Final = "proof"
_FORM: Final = Markup('<form method="post">{asked}<button>{label}</button></form>')
_ASKED: Final = Markup(
    '<label for="proof">{label}</label>{field}<p class="{mood}" id="hint">{hint}</p>'
)
_FIELDS: Final[Mapping[str, Markup]] = {
    "note": Markup(
        '<textarea id="proof" name="proof" rows="4" maxlength="10000" required{state} '
        'aria-describedby="hint">{typed}</textarea>'
    ),
    "link": Markup(
        '<input id="proof" name="proof" type="url" maxlength="2000" required{state} '
        'placeholder="https://" aria-describedby="hint" value="{typed}">'
    ),
    "figure": Markup(
        '<input id="proof" name="proof" inputmode="decimal" maxlength="40" required{state} '
        'aria-describedby="hint" value="{typed}">'
    ),
}
# Its address lies beside this one, wherever a proxy has put both.
_WAY_BACK: Final = Markup(
    '<form method="post" action="{token}"><button class="quiet">{label}</button></form>'
)
_SOFT: Final = Markup('<p class="soft">{}</p>')
_FACT: Final = Markup("<dt>{}</dt><dd><bdi>{}</bdi></dd>")
_FACTS: Final = Markup("<dl>{}</dl>")
_NOTHING: Final = Markup()
_WRONG: Final = Markup(' aria-invalid="true" autofocus')  # read aloud at once, with its hint


def ask(reply: Reply, said: Said) -> Response:
    """Say what will happen, with one button that makes it so."""
    language = _language(reply)
    above, below = paragraph(said.say(language)), _SOFT.format(words.NOTHING_YET.say(language))
    return _page(reply, words.HEADINGS[reply.link.purpose], above + _form(reply) + below)


def _ask_again(reply: Reply, typed: str) -> Response:
    """Say what to type instead; nothing of it is lost."""
    form = _form(reply, typed, is_again=True)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(reply, words.HEADINGS[reply.link.purpose], form, status=status)


def _form(reply: Reply, typed: str = "", *, is_again: bool = False) -> Markup:
    language, question = _language(reply), reply.asks
    label = words.BUTTONS[reply.link.purpose].say(language)
    if question is None:
        return _FORM.format(asked=_NOTHING, label=label)
    asked = _ASKED.format(
        label=speak(question.label, language),
        field=_FIELDS[question.kind].format(typed=typed, state=_WRONG if is_again else _NOTHING),
        mood="stop" if is_again else "soft",
        hint=question.hint.say(language),
    )
    return _FORM.format(asked=asked, label=label)


def told(reply: Reply, said: Said, *, heading: Sentence, now: datetime) -> Response:
    """Say what has happened, now or before."""
    language = _language(reply)
    back, form = reply.way_back(now), _NOTHING
    if back is not None:
        label = words.BUTTONS[back.purpose].say(language)
        form = _WAY_BACK.format(token=token_of(back), label=label)
    return _page(reply, heading, paragraph(said.say(language)) + form)


def refused(reply: Reply | None, error: DomainError, typed: str) -> Response:
    """Say what stands against it; where even the reader is gone, no more than of a forged link."""
    if reply is None and isinstance(error, NotFound):
        return dead(HTTPStatus.GONE)
    if reply is not None and isinstance(error, Unfit):
        return _ask_again(reply, typed)
    said = paragraph(error.say(_language(reply)))
    return _page(reply, words.NOT_NOW, said, status=status_of(error))


def dead(status: HTTPStatus) -> Response:
    """The one page of every link that leads nowhere, whatever the reason."""
    said = paragraph(words.GONE.say(reader_language()))
    return _page(None, words.DEAD, said, status=status)


def no_form() -> Response:
    """Refuse what no button sends."""
    said = paragraph(words.NO_FORM.say(reader_language()))
    return _page(None, words.NOT_NOW, said, status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


def _page(
    reply: Reply | None,
    heading: Sentence,
    content: Markup,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    language = _language(reply)
    card = reply and reply.card
    facts = _FACTS.format(_NOTHING.join(_facts(card, language))) if card else _NOTHING
    return page(heading.say(language), facts + content, language=language, status=status)


def _facts(card: Card, language: Language) -> Iterator[Markup]:
    yield _FACT.format(card.kind.say(language), line(card.title))
    if card.project is not None:
        yield _FACT.format(words.PROJECT.say(language), line(card.project))
    if card.due_on is not None:
        yield _FACT.format(words.DUE.say(language), in_full(card.due_on, language))


def _language(reply: Reply | None) -> Language:
    """Whoever is known reads their own language, whatever device they hold."""
    known = reply and language_of(reply.member.language)
    return known or reader_language()
