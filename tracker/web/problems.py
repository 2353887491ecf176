"""Errors as problem details (RFC 9457): a stable type, and a sentence that says what to do.

Who comes with a browser, and not to the API, gets the sentence on a page.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

from flask import Flask, Response, request
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from tracker.kernel import errors
from tracker.kernel.texts import Language, Said, Sentence
from tracker.web.bodies import MEGABYTE
from tracker.web.jsons import Unreadable, to_json
from tracker.web.language import reader_language
from tracker.web.pages import linked, page

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:community-tracker:problem:"

STATUSES: Final[Mapping[type[errors.DomainError], HTTPStatus]] = {
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Stale: HTTPStatus.PRECONDITION_FAILED,
    errors.Gone: HTTPStatus.GONE,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    Unreadable: HTTPStatus.BAD_REQUEST,
    errors.DomainError: HTTPStatus.UNPROCESSABLE_ENTITY,
}
_HTTP_SENTENCES: Final[Mapping[int, Sentence]] = {
    400: Sentence(
        en="The request cannot be understood. Check its form against /api/docs.",
        fr="La requête est incompréhensible. Comparer sa forme à /api/docs.",
    ),
    404: Sentence(
        en="There is nothing at this address. /api/docs lists the addresses.",
        fr="Il n'y a rien à cette adresse. /api/docs liste les adresses.",
    ),
    405: Sentence(
        en="This address does not know that method; the Allow header names those that it knows.",
        fr="Cette adresse ne connaît pas cette méthode ; l'en-tête Allow nomme les siennes.",
    ),
    413: Sentence(
        en="The body is too large. Send at most {most} MB.",
        fr="Le corps est trop gros. Envoyer au plus {most} Mo.",
    ),
    415: Sentence(
        en="The body must be JSON: send the header “Content-Type: application/json”.",
        fr="Le corps doit être en JSON : envoyer l'en-tête « Content-Type: application/json ».",
    ),
    428: Sentence(
        en="Send the header If-Match with the ETag that you read, so that nobody's change is lost.",
        fr="Envoyer l'en-tête If-Match avec l'ETag lu, pour ne perdre la modification de personne.",
    ),
}
_OTHER: Final = Sentence(en="{name}.", fr="{name}.")
_OURS: Final = Sentence(
    en="Something went wrong on our side. Nothing was changed. Quote {reference} to the operator.",
    fr="Une erreur est survenue de notre côté. Rien n'a été modifié. Donner la référence "
    "{reference} à l'exploitant.",
)
_BUSY: Final = Sentence(
    en="Too much is going on at the moment. Try again in a few seconds.",
    fr="Trop de demandes en ce moment. Réessayer dans quelques secondes.",
)
_CLASH: Final = Sentence(
    en="Somebody else has changed this at the same moment. Read it again, then try again.",
    fr="Quelqu'un d'autre vient de modifier cela. Relire, puis réessayer.",
)
_HEADING: Final = Sentence(en="That did not work", fr="Cela n'a pas marché")
_NOTHING_HERE: Final = Sentence(en="There is nothing here", fr="Il n'y a rien ici")
_FOR_PROGRAMS: Final = "/api"
_log = logging.getLogger(__name__)


def handle_errors(app: Flask) -> None:
    """Have every error of ``app`` answered as a problem."""
    app.register_error_handler(errors.DomainError, domain_problem)
    app.register_error_handler(HTTPException, http_problem)
    app.register_error_handler(IntegrityError, _clash)
    app.register_error_handler(PoolTimeoutError, _busy)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(Exception, _unexpected)


def domain_problem(error: errors.DomainError) -> Response:
    """A problem for an error in the product's own words."""
    status = status_of(error)
    language = reader_language()
    response = problem(status, error.type, error.say(language), **_extensions(error, language))
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.retry_in)
    if isinstance(error, errors.Unavailable):
        response.headers["Retry-After"] = str(error.retry_in)
    if isinstance(error, errors.Unauthenticated):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def status_of(error: errors.DomainError) -> HTTPStatus:
    """What HTTP calls it."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def _extensions(error: errors.DomainError, language: Language) -> dict[str, Any]:
    extensions: dict[str, Any] = {}
    if isinstance(error, errors.Invalid):
        extensions["errors"] = _spoken(error.fields, language)
    for name in getattr(error, "extensions", ()):
        extensions[name] = _in_language(getattr(error, name), language)
    return extensions


def _in_language(value: Any, language: Language) -> Any:
    """What an error tells beyond its sentence may hold sentences, too."""
    if isinstance(value, Said):
        return value.say(language)
    if isinstance(value, Mapping):
        return {name: _in_language(inner, language) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_in_language(inner, language) for inner in value]
    return value


def _spoken(fields: errors.FieldErrors, language: Language) -> dict[str, Any]:
    return {
        str(name): [_say(fault, language) for fault in faults]
        if isinstance(faults, list)
        else _spoken(faults, language)
        for name, faults in fields.items()
    }


def _say(fault: Said | str, language: Language) -> str:
    return fault.say(language) if isinstance(fault, Said) else fault


def http_problem(error: HTTPException) -> Response:
    """A problem for what Flask itself refuses."""
    code = error.code or 500
    sentence = _HTTP_SENTENCES.get(code, _OTHER)
    most = (request.max_content_length or 0) // MEGABYTE
    detail = sentence.say(reader_language(), name=error.name, most=most)
    response = problem(HTTPStatus(code), error.name.lower().replace(" ", "-"), detail)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "Location"):
            response.headers[name] = value
    return response


def _clash(error: Exception) -> Response:
    _log.warning("two writers met", exc_info=error)
    return problem(HTTPStatus.CONFLICT, "conflict", _CLASH.say(reader_language()))


def _busy(error: Exception) -> Response:
    _log.warning("the database is busy or away", exc_info=error)
    response = problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", _BUSY.say(reader_language()))
    response.headers["Retry-After"] = "2"
    return response


def _unexpected(error: Exception) -> Response:
    reference = str(uuid4())
    _log.error("unexpected error %s", reference, exc_info=error)
    detail = _OURS.say(reader_language(), reference=reference)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", detail, reference=reference)


def problem(status: HTTPStatus, kind: str, detail: str, **extensions: Any) -> Response:
    """One problem document; a page with its sentence where a browser asks for one."""
    if wants_page():
        language = reader_language()
        heading = _NOTHING_HERE if status == HTTPStatus.NOT_FOUND else _HEADING
        return page(heading.say(language), linked(detail), language=language, status=status)
    body = {
        "type": TYPE_PREFIX + kind,
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        **extensions,
    }
    return Response(to_json(body), status.value, content_type=MEDIA_TYPE)


def wants_page() -> bool:
    """Whether somebody looks at this with a browser; under /api everybody is a program."""
    known = (MEDIA_TYPE, "application/json", "text/html")
    looks = request.accept_mimetypes.best_match(known) == "text/html"
    return looks and not request.path.startswith(_FOR_PROGRAMS)
