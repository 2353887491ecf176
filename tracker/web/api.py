"""The API's frame: blueprints that parse strictly, and the OpenAPI document."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Final, NoReturn

import flask_smorest
from flask import Flask, Request, request
from flask.typing import ResponseReturnValue
from marshmallow import INCLUDE, RAISE, Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser

from tracker import __version__
from tracker.kernel.errors import Invalid
from tracker.web import problems
from tracker.web.contract import View, headers, notes_of, places, refusals
from tracker.web.field_messages import NO_PARAMETERS, in_both_languages
from tracker.web.jsons import strict_json
from tracker.web.known_fields import name_fields


class StrictParser(FlaskParser):
    """Reads bodies as strict JSON; an unknown field is an error, never silently dropped."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(("json", "query", "path"), RAISE)

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body; an absent one is an empty object."""
        if not req.get_data(cache=True):
            return {}
        return strict_json(req)

    def handle_error(
        self, error: ValidationError, req: Request, schema: Schema, **_kwargs: Any
    ) -> NoReturn:
        """Name the fields in the reader's language."""
        messages = error.messages
        # webargs nests what it found under the place where it looked.
        found = next(iter(messages.values())) if isinstance(messages, Mapping) else messages
        raise Invalid(in_both_languages(name_fields(found, schema)))


class Problem(Schema):
    """An RFC 9457 problem. `type` is stable; `detail` says what to do."""

    class Meta:
        """Some problems tell more, such as `chain`, `open_tasks` or `problems`."""

        unknown = INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(metadata={"description": "Field by field, what is wrong."})


Decorator = Callable[[View], View]
_TEXT: Final[Mapping[str, str]] = {"type": "string"}


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # it has no types
    """A resource's routes. An operation's id in the document is its view's name."""

    ARGUMENTS_PARSER = StrictParser()

    def route(self, rule: str, *, methods: Sequence[str] = ("GET",), **options: Any) -> Decorator:
        """Serve ``rule`` by the view, for one method."""
        (method,) = methods

        def register(view: View) -> View:
            first, *rest = view.__name__.split("_")
            operation = first + "".join(map(str.capitalize, rest))
            responses = refusals(rule, view, method)
            documented: View = super(Blueprint, self).doc(
                operationId=operation, responses=responses
            )(view)
            taken = notes_of(documented).setdefault("arguments", {}).setdefault("parameters", [])
            taken.extend(headers(view, method))
            strict = documented if "query" in places(view) else _without_query(documented)
            serve = super(Blueprint, self).route(rule, methods=[method], **options)
            served: View = serve(strict)
            return served

        return register

    def arguments(self, schema: type[Schema], **options: Any) -> Decorator:
        """Parse query or body into the view's first parameter."""
        # An instance: of a class a new one would be made for each request.
        decorator: Decorator = super().arguments(schema(), **options)

        def parse(view: View) -> View:
            parsed = decorator(view)
            del notes_of(parsed)["arguments"]["responses"]  # contract.refusals knows better
            return parsed

        return parse

    def answers(
        self,
        status: int,
        schema: type[Schema] | None = None,
        description: str = "Done.",
        *,
        media: str | None = None,
    ) -> Decorator:
        """Document what the view answers: JSON by ``schema``, text of type ``media``, or both."""
        told: Decorator = super().alt_response(
            status,
            schema=schema or (_TEXT if media else None),
            description=description,
            content_type=None if schema else media,
        )
        if schema is None or media is None:
            return told
        also: Decorator = self.doc(responses={status: {"content": {media: {"schema": _TEXT}}}})
        return lambda view: also(told(view))


def _without_query(view: View) -> View:
    """Refuse parameters that ``view`` does not have, as a schema would."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if request.args:
            raise Invalid(in_both_languages({name: [NO_PARAMETERS] for name in request.args}))
        return view(*args, **kwargs)

    return checked


class Api(flask_smorest.Api):  # type: ignore[misc]  # it has no types
    """The API, its errors ours, its document in OpenAPI 3.1."""

    ERROR_SCHEMA = Problem
    DEFAULT_ERROR_RESPONSE_NAME = "Problem"

    def _register_error_handlers(self) -> None:
        """Leave errors to web.problems, which answers for the whole application."""

    def _register_responses(self) -> None:
        """Document errors under the media type that they have."""
        self.spec.components.response(
            "Problem",
            {
                "description": "What went wrong, as a problem document (RFC 9457).",
                "content": {problems.MEDIA_TYPE: {"schema": Problem}},
            },
        )


_DESCRIPTION: Final = """\
Takes a community from the decision to launch it to the day it runs itself.

Every call needs `Authorization: Bearer <token>`. Errors are `application/problem+json`. Lists are
`{"items": […], "next": cursor or null}`. Instants are RFC 3339 in UTC, dates are local days. Texts
follow `Accept-Language` (en, fr)."""

SPEC: Final[Mapping[str, Any]] = {
    "API_TITLE": "Community tracker",
    "API_VERSION": __version__,
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {"description": _DESCRIPTION, "license": {"name": "MIT", "identifier": "MIT"}},
        "security": [{"bearer": []}],
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    },
}


def make_api(app: Flask) -> Api:
    """The API of ``app``, without routes yet."""
    app.config.update(SPEC)
    return Api(app)
