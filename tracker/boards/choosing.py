"""What credentials can see, before anything is kept of them."""

from collections.abc import Mapping
from typing import Any

from tracker.boards.accounts import check_credentials
from tracker.boards.ports import port_of
from tracker.boards.said import TROUBLES
from tracker.connectors.boards import Keeper, Place
from tracker.connectors.trouble import PlatformError, said_detail
from tracker.kernel.db import reading
from tracker.kernel.errors import Invalid, NotFound
from tracker.kernel.muting import check_may_send
from tracker.kernel.texts import Language


def choices_of(wish: Mapping[str, Any], cards: int, language: Language) -> dict[str, Any]:
    """Who they make us, and what they can see; or what is wrong. Raises Invalid, Muted.

    ``cards`` is how many there would be to push. Speaks to the platform: never called within a
    transaction.
    """
    try:
        port = port_of(wish["kind"])
    except NotFound as error:
        raise Invalid({"kind": [error.said]}) from None
    check_credentials(port, wish["credentials"])
    with reading() as session:
        check_may_send(session)
    keeper = Keeper(base_url=wish["base_url"] or port.default_url, secrets=wish["credentials"])
    try:
        _own_id, name = port.who(keeper)
        seen = port.choices(keeper)
    except PlatformError as error:
        sentence = port.problems.get(error.detail) or TROUBLES[error.trouble]
        said = sentence.say(language, detail=said_detail(error.detail), tries=1, id="{id}")
        return _out(trouble=error.trouble, sentence=said)
    notices = port.notices(Place(keeper=keeper, id=None, name="", zone="UTC"), cards)
    return _out(
        account=name,
        choices=[{"id": key, "name": title} for key, title in seen],
        notices=[one.say(language) for one in notices],
    )


def _out(**found: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("account", "trouble", "sentence"))
    return {**nothing, "choices": [], "notices": [], **found, "ok": "trouble" not in found}
