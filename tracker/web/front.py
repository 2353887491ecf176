"""What somebody sees who opens the tracker's address in a browser."""

from typing import Final

from flask import Blueprint
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from tracker.kernel.texts import Sentence
from tracker.web.language import reader_language
from tracker.web.pages import READER, page, paragraph

_HEADING: Final = Sentence(en="The tracker is up", fr="Le tracker tourne")
_WHAT: Final = Sentence(
    en="It has no screens of its own: programs use its API, operators a terminal. What concerns "
    "you comes to you as a message, with links to answer it.",
    fr="Il n'a pas d'écrans à lui : les programmes passent par son API, les exploitants par un "
    "terminal. Ce qui vous concerne vous arrive par message, avec des liens pour y répondre.",
)
_READ: Final = Sentence(en="Read and try the API", fr="Lire et essayer l'API")
_LINK: Final = Markup('<p><a href="{}">{}</a></p>')

blp = Blueprint("front", __name__)


@blp.get("/")
def front() -> ResponseReturnValue:
    """That it runs, and where to go from here."""
    language = reader_language()
    link = _LINK.format(READER, _READ.say(language))
    content = paragraph(_WHAT.say(language)) + link
    return page(_HEADING.say(language), content, language=language)
