"""Strong ETags from row versions, and the conditions that callers put on them."""

from typing import Final

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import PreconditionRequired
from werkzeug.wrappers import Response

from tracker.kernel.errors import Stale
from tracker.kernel.texts import Sentence

_STALE: Final = Sentence(
    en="It has changed since you read it. Read it again, then repeat the change on top.",
    fr="L'objet a changé depuis sa lecture. Le relire, puis refaire la modification.",
)


def check_if_match(version: int, *, required: bool = False) -> None:
    """Raise Stale where the caller read another version.

    A proxy that compresses turns an ETag into a weak one; it is taken for what it was.
    """
    header = request.headers.get("If-Match")
    if header is None:
        if required:
            raise PreconditionRequired
        return
    wanted = {tag.strip().removeprefix("W/").strip('"') for tag in header.split(",")}
    if "*" not in wanted and str(version) not in wanted:
        raise Stale(_STALE)


def tagged(response: Response, version: int) -> ResponseReturnValue:
    """Set the ETag; answer 304 where the caller knows this version already."""
    response.set_etag(str(version))
    if request.method in ("GET", "HEAD"):
        response.make_conditional(request)
    return response
