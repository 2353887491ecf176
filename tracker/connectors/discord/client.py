"""A server on Discord, pulled by a bot of its own."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from tracker.connectors.days import local_day, midnight
from tracker.connectors.discord import parse
from tracker.connectors.discord.invites import taken_up
from tracker.connectors.discord.names import BASE_URL, MEMBERS_A_PAGE
from tracker.connectors.discord.reading import new_messages, past_messages
from tracker.connectors.discord.snowflakes import nobody_before, snowflake
from tracker.connectors.discord.wire import ask
from tracker.connectors.figures import Account, FieldSpec, Page, StreamSpec, Tested
from tracker.connectors.settings import check_settings, listed
from tracker.connectors.wire import segment, understood
from tracker.kernel.texts import Sentence, Text

_ID: Final = r"[1-9]\d{5,19}"
_NUMBERS: Final = {
    "en": "Numbers, with commas (developer mode, then “Copy ID”).",
    "fr": "Des numéros, séparés par des virgules (mode développeur, « Copier l'ID »).",
}
_AS_WHOM: Final = Sentence(
    en="The bot is on the server {server}, which counts {members} {members:member|members}.",
    fr="Le bot est sur le serveur {server}, qui compte {members} {members:membre|membres}.",
)
_TITLE: Final = {"en": "Discord", "fr": "Discord"}


class Discord:
    """The source ``discord``."""

    kind: str = "discord"
    title: Text = _TITLE
    default_url: str | None = BASE_URL
    most_calls: int = 6000
    fields: Sequence[FieldSpec] = (
        FieldSpec(
            "bot_token",
            {"en": "Token of the bot", "fr": "Jeton du bot"},
            is_secret=True,
            help={
                "en": "Developer portal → Bot. It needs the intents “server members” and “message "
                "content”, and may view channels, read message history and manage the server.",
                "fr": "Portail des développeurs → Bot. Il lui faut les intents « server members » "
                "et « message content », et les droits de voir les salons, de lire l'historique "
                "et de gérer le serveur.",
            },
        ),
        FieldSpec("guild_id", {"en": "Server", "fr": "Serveur"}, help=_NUMBERS),
        FieldSpec(
            "staff_roles",
            {"en": "Roles of the team", "fr": "Rôles de l'équipe"},
            is_required=False,
            help=_NUMBERS,
        ),
        FieldSpec(
            "channels",
            {"en": "Only these channels", "fr": "Seulement ces salons"},
            is_required=False,
            help=_NUMBERS,
        ),
        FieldSpec(
            "solved_tags",
            {"en": "Tag of answered questions", "fr": "Étiquette des questions résolues"},
            is_required=False,
            help={
                "en": "The name of the tag in the forum; “Solved” where nothing is given.",
                "fr": "Le nom de l'étiquette dans le forum ; « Résolu » si rien n'est donné.",
            },
        ),
    )
    streams: Sequence[StreamSpec] = (
        StreamSpec("counts", timedelta(hours=1)),
        StreamSpec("members", timedelta(days=1)),
        StreamSpec("messages", timedelta(hours=6)),
        StreamSpec("invites", timedelta(hours=12)),
        StreamSpec("staff", timedelta(days=1)),
        StreamSpec("volume", timedelta(hours=12)),
        StreamSpec("past_messages", timedelta(minutes=1), is_backfill=True),
    )

    def check(self, account: Account) -> None:
        """Refuse what cannot be meant. Raises Invalid."""
        forms = dict.fromkeys(("guild_id", "staff_roles", "channels"), _ID)
        check_settings(account, needed=["guild_id"], secrets=["bot_token"], forms=forms)

    def test(self, account: Account, *, now: datetime) -> Tested:
        """The server, as the bot sees it."""
        guild = ask(account, _guild(account), {"with_counts": "true"}, is_root=True).json
        with understood():
            samples = parse.counts(guild, local_day(now, account.zone))
            server = str(guild["name"])[:100]
        return Tested(
            account=server,
            sentence=_AS_WHOM,
            values={"server": server, "members": round(samples[0].value)},
            sample=[{"metric": one.metric, "value": one.value} for one in samples],
        )

    def fetch(
        self, account: Account, stream: str, cursor: Mapping[str, Any] | None, *, now: datetime
    ) -> Page:
        """One more page."""
        read = {
            "counts": _counts,
            "members": _members,
            "messages": new_messages,
            "past_messages": past_messages,
            "invites": _invites,
            "staff": _staff,
            "volume": _volume,
        }[stream]
        return read(account, cursor or {}, now)


def _guild(account: Account) -> str:
    return f"/guilds/{segment(str(account.config['guild_id']))}"


def _counts(account: Account, _cursor: Mapping[str, Any], now: datetime) -> Page:
    guild = ask(account, _guild(account), {"with_counts": "true"}, is_root=True).json
    with understood():
        samples = parse.counts(guild, local_day(now, account.zone))
    return Page({}, is_last=True, samples=samples)


def _members(account: Account, cursor: Mapping[str, Any], _now: datetime) -> Page:
    """By id. The cursor names a millisecond, not whoever was last on the page."""
    after = int(cursor.get("after", 0))
    query = {"limit": MEMBERS_A_PAGE, "after": after}
    rows = ask(account, f"{_guild(account)}/members", query).json
    with understood():
        members = parse.members(rows, frozenset(listed(account.config, "staff_roles")))
        if not members and not after:  # the bot itself is one: this proves nobody's leaving
            raise LookupError("members")
        if len(rows) < MEMBERS_A_PAGE:
            return Page({}, is_last=True, members=members, whole_list=True)
        last = parse.last_member(rows)
    near = nobody_before(last)
    return Page({"after": near if near > after else last}, is_last=False, members=members)


def _invites(account: Account, cursor: Mapping[str, Any], now: datetime) -> Page:
    rows = ask(account, f"{_guild(account)}/invites").json
    with understood():
        uses = parse.invite_uses(rows)
    going_on, samples = taken_up(cursor, uses, local_day(now, account.zone))
    return Page(going_on, is_last=True, samples=samples)


def _staff(account: Account, _cursor: Mapping[str, Any], now: datetime) -> Page:
    roles = frozenset(listed(account.config, "staff_roles"))
    if not roles:
        return Page({}, is_last=True, calls=0)
    counts = ask(account, f"{_guild(account)}/roles/member-counts").json
    with understood():
        total = parse.staff_total(counts, roles, local_day(now, account.zone))
    return Page({}, is_last=True, samples=[total])


def _volume(account: Account, cursor: Mapping[str, Any], now: datetime) -> Page:
    """Yesterday, which is now complete, and today."""
    today = local_day(now, account.zone)
    day = date.fromisoformat(cursor["day"]) if cursor else today - timedelta(days=1)
    query = {
        "limit": 1,
        "min_id": snowflake(midnight(day, account.zone)),
        "max_id": snowflake(midnight(day + timedelta(days=1), account.zone)),
        "author_type": "user",
    }
    found = ask(account, f"{_guild(account)}/messages/search", query).json
    with understood():
        sample = parse.messages_total(found, day)
    is_last = day >= today
    going_on = {} if is_last else {"day": (day + timedelta(days=1)).isoformat()}
    return Page(going_on, is_last, samples=[sample])
