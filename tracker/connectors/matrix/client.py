"""Rooms on a Matrix homeserver, pulled by an account that is in them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from tracker.connectors.days import local_day
from tracker.connectors.figures import Account, FieldSpec, Page, StreamSpec, Tested
from tracker.connectors.matrix import parse
from tracker.connectors.matrix.names import A_PAGE, ROOM, ROOM_DETAILS, USERS, WHO
from tracker.connectors.matrix.reading import messages
from tracker.connectors.matrix.wire import ask
from tracker.connectors.settings import check_settings
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import segment, understood
from tracker.kernel.texts import Sentence, Text

_ROOM_ID: Final = r"![!-~]{1,254}"
_USER_ID: Final = r"@[!-~]{1,254}"
_AS_WHOM: Final = Sentence(
    en="{account} reads the room of {members} {members:member|members}. {encryption}",
    fr="{account} lit le salon de {members} {members:membre|membres}. {encryption}",
)
_OPEN: Final = Sentence(en="It is not encrypted.", fr="Il n'est pas chiffré.")
_ENCRYPTED: Final = Sentence(
    en="It is encrypted: questions cannot be told from other messages, and replies may be "
    "under-counted.",
    fr="Il est chiffré : les questions ne se distinguent pas des autres messages, et des "
    "réponses peuvent manquer dans le compte.",
)
_TITLE: Final = {"en": "Matrix", "fr": "Matrix"}


class Matrix:
    """The source ``matrix``."""

    kind: str = "matrix"
    title: Text = _TITLE
    default_url: str | None = None
    most_calls: int = 6000
    fields: Sequence[FieldSpec] = (
        FieldSpec(
            "access_token",
            {"en": "Access token", "fr": "Jeton d'accès"},
            is_secret=True,
            help={
                "en": "Of an account made for this, which is in the rooms. That of an "
                "administrator of Synapse also tells who was seen.",
                "fr": "D'un compte créé pour cela, membre des salons. Celui d'un administrateur "
                "de Synapse dit aussi qui a été vu.",
            },
        ),
        FieldSpec(
            "main_room",
            {"en": "Main room", "fr": "Salon principal"},
            help={
                "en": "The id (!…) of the room or space that every member is in: who joins or "
                "leaves it joins or leaves the community.",
                "fr": "L'identifiant (!…) du salon ou de l'espace où sont tous les membres : y "
                "entrer ou en sortir, c'est entrer dans la communauté ou en sortir.",
            },
        ),
        FieldSpec(
            "rooms",
            {"en": "Rooms", "fr": "Salons"},
            is_required=False,
            help={
                "en": "Ids, with commas; all that the account is in where nothing is given.",
                "fr": "Des identifiants, séparés par des virgules ; sinon tous ceux du compte.",
            },
        ),
        FieldSpec(
            "bots",
            {"en": "Bots", "fr": "Robots"},
            is_required=False,
            help={
                "en": "Ids (@…) of accounts that are no people, with commas.",
                "fr": "Identifiants (@…) des comptes qui ne sont pas des personnes, séparés par "
                "des virgules.",
            },
        ),
    )
    streams: Sequence[StreamSpec] = (
        StreamSpec("messages", timedelta(hours=1)),
        StreamSpec("rooms", timedelta(hours=6)),
        StreamSpec("users", timedelta(days=1)),
    )

    def check(self, account: Account) -> None:
        """Refuse what cannot be meant. Raises Invalid."""
        forms = {"main_room": _ROOM_ID, "rooms": _ROOM_ID, "bots": _USER_ID}
        check_settings(account, needed=["main_room"], secrets=["access_token"], forms=forms)

    def test(self, account: Account, *, now: datetime) -> Tested:
        """Whose token it is, and how many are in the main room."""
        who = ask(account, WHO, is_root=True)
        members, is_encrypted, _calls = _main_room(account)
        with understood():
            name = str(who.json["user_id"])[:255]
        encryption = _ENCRYPTED if is_encrypted else _OPEN
        return Tested(
            account=name,
            sentence=_AS_WHOM,
            values={"account": name, "members": members, "encryption": encryption},
            sample=[{"metric": "members_total", "value": members}],
        )

    def fetch(
        self, account: Account, stream: str, cursor: Mapping[str, Any] | None, *, now: datetime
    ) -> Page:
        """One more page."""
        match stream:
            case "messages":
                return messages(account, cursor or {})
            case "rooms":
                return _rooms(account, now)
            case _:
                return _users(account, cursor or {}, now)


def _rooms(account: Account, now: datetime) -> Page:
    members, _is_encrypted, calls = _main_room(account)
    total = parse.members_total(members, local_day(now, account.zone))
    return Page({}, is_last=True, samples=[total], calls=calls)


def _main_room(account: Account) -> tuple[int, bool, int]:
    """How many are in it, whether it is encrypted, and how many calls that took."""
    room = segment(str(account.config["main_room"]))
    try:
        details = ask(account, f"{ROOM_DETAILS}/{room}").json
        with understood():
            return int(details["joined_members"]), bool(details.get("encryption")), 1
    except PlatformError as error:
        if error.trouble != "permission":
            raise
    joined = ask(account, f"{ROOM}/{room}/joined_members").json  # an administrator is not needed
    with understood():
        return len(joined["joined"]), False, 2


def _users(account: Account, cursor: Mapping[str, Any], now: datetime) -> Page:
    """How many of the homeserver's users have been seen: counted, not remembered."""
    query = {"from": cursor.get("from", "0"), "limit": A_PAGE, "guests": "false"}
    body = ask(account, USERS, query).json
    with understood():
        counted = parse.seen(body, cursor.get("seen") or {}, now)
        going_on = body.get("next_token")
    if going_on is not None:
        return Page({"from": str(going_on), "seen": counted}, is_last=False)
    samples = parse.seen_samples(counted, local_day(now, account.zone))
    return Page({}, is_last=True, samples=samples)
