"""Who is calling: the bearer token, and the hook that knows what it stands for."""

from collections.abc import Callable
from typing import Any, Final, Protocol

from flask import Flask, g, request

from tracker.kernel.clock import utcnow
from tracker.kernel.errors import TooMany, Unauthenticated
from tracker.kernel.texts import Sentence
from tracker.web.pace import Pace

_NO_TOKEN: Final = Sentence(
    en="Send the header “Authorization: Bearer <token>”. `tracker token create` makes a token.",
    fr="Envoyer l'en-tête « Authorization: Bearer <jeton> ». `tracker token create` crée un jeton.",
)
_TOO_FAST: Final = Sentence(
    en="This token has used its {limit} {limit:request|requests} for this minute. Go on in "
    "{retry_in} {retry_in:second|seconds}.",
    fr="Ce jeton a utilisé toutes ses requêtes de la minute ({limit}). Reprendre dans {retry_in} "
    "{retry_in:seconde|secondes}.",
)
API: Final = "/api/v1/"


class Caller(Protocol):
    """Somebody with a valid token."""

    @property
    def token_id(self) -> Any:
        """What requests are counted under."""

    @property
    def language(self) -> str | None:
        """The language that they read."""


LoadActor = Callable[[str], Caller]


def guard(app: Flask, load_actor: LoadActor, pace: Pace) -> None:
    """Have every API request of ``app`` authenticated, and counted against its token."""

    @app.before_request
    def _authenticate() -> None:
        if not request.path.startswith(API):
            return
        g.caller = load_actor(bearer())
        now = utcnow()
        if not pace.allows(g.caller.token_id, now):
            retry_in = pace.next_window_in(now)
            raise TooMany(_TOO_FAST, retry_in=retry_in, limit=pace.per_minute)


def bearer() -> str:
    """The token that the request carries. Raises Unauthenticated."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(_NO_TOKEN)
    return token.strip()


def caller() -> Any:
    """Who is calling. Only inside an authenticated request."""
    return g.caller
