"""What a dry run hands out: the changes, the plan that it saw and its day, signed."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson

from tracker.kernel.errors import Invalid, Stale
from tracker.kernel.keys import is_signed, sign
from tracker.kernel.texts import Said, Sentence

_PURPOSE: Final = "replan"
_FOREIGN: Final = Sentence(
    en="This token is not one of a dry run of this project. Make a dry run, and send its token.",
    fr="Ce jeton ne vient pas d'un essai sur ce projet. Faire un essai (dry_run) et envoyer son "
    "jeton.",
)
_CHANGED: Final = Sentence(
    en="The plan, or the day, has changed since this dry run. Make another one, and look again.",
    fr="Le plan, ou le jour, a changé depuis cet essai. En refaire un, et regarder à nouveau.",
)


class PlanHasChanged(Stale):
    """What was looked at is not what would be changed."""

    type = "plan-has-changed"


def token_of(body: Mapping[str, Any], project_id: UUID, digest: str, today: date) -> str:
    """A token that applies ``body`` to the plan of this digest, on this day."""
    told = {"body": body, "project": project_id, "digest": digest, "today": today}
    content = orjson.dumps(told)
    return f"{urlsafe_b64encode(content).decode()}.{sign(_PURPOSE, content)}"


def body_behind(token: str, project_id: UUID) -> dict[str, Any]:
    """What a dry run of this project was asked. Raises Invalid."""
    body: dict[str, Any] = _told(token, project_id)["body"]
    return body


def check_unchanged(token: str, project_id: UUID, digest: str, today: date) -> None:
    """Raise PlanHasChanged unless the plan and the day are those of the dry run."""
    told = _told(token, project_id)
    if (told["digest"], told["today"]) != (digest, today.isoformat()):
        raise PlanHasChanged(_CHANGED)


def _told(token: str, project_id: UUID) -> dict[str, Any]:
    content, _, seal = token.rpartition(".")
    try:
        read = urlsafe_b64decode(content.encode())
    except (Error, ValueError):
        read = b""
    if not read or not is_signed(_PURPOSE, read, seal):
        raise Invalid({"token": [Said(_FOREIGN, {})]})
    told: dict[str, Any] = orjson.loads(read)
    if told["project"] != str(project_id):
        raise Invalid({"token": [Said(_FOREIGN, {})]})
    return told
