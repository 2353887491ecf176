"""Strong ETags from row versions, and the conditions that callers put on them.

A tag is the row's version and a digest of what was answered: ``"3-5d41402abc4b2a76"``. Conditions
on changes look at the version alone; reading again in another language is another answer.
"""

from hashlib import blake2b
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
    read = {tag.strip().removeprefix("W/").strip('"').split("-")[0] for tag in header.split(",")}
    if "*" not in read and str(version) not in read:
        raise Stale(_STALE)


def tagged(response: Response, version: int) -> ResponseReturnValue:
    """Set the ETag; answer 304 where the caller knows this version already."""
    digest = blake2b(response.get_data(), digest_size=8).hexdigest()
    response.set_etag(f"{version}-{digest}")
    if request.method in ("GET", "HEAD"):
        response.make_conditional(request)
    return response
