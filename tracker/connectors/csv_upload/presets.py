"""Which column of which export is which figure. Names as the vendors write them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tracker.kernel.texts import Text


@dataclass(frozen=True, slots=True)
class Preset:
    """The columns of one kind of export. ``days`` are the names that the day's column may have.

    ``columns`` are metrics under their columns' names, in small letters; where a file has several
    for one metric, the first one here is read. Others are left alone. ``seen`` are columns that
    tell who looked in, never to be compared with who did something.
    """

    key: str
    title: Text
    days: tuple[str, ...]
    columns: Mapping[str, str]
    verified_on: str
    seen: tuple[str, ...] = ()


PRESETS: Final[Mapping[str, Preset]] = {
    preset.key: preset
    for preset in (
        Preset(
            "facebook_group",
            {"en": "Facebook group insights", "fr": "Statistiques d'un groupe Facebook"},
            ("date", "day", "jour"),
            {
                "total members": "members_total",
                "membres au total": "members_total",
                "approved": "joins",
                "approved member requests": "joins",
                "demandes approuvées": "joins",
                "active members": "dau",
                "membres actifs": "dau",
                "posts": "posts",
                "publications": "posts",
                "comments": "replies",
                "commentaires": "replies",
                "reactions": "reactions",
                "réactions": "reactions",
            },
            "2026-11-26",
            seen=("active members", "membres actifs"),
        ),
        Preset(
            "linkedin_page",
            {"en": "LinkedIn page export", "fr": "Export d'une page LinkedIn"},
            ("date",),
            {
                "total followers": "joins",
                "nombre total d'abonnés": "joins",
                "total unique visitors (total)": "unique_visitors",
                "total unique visitors": "unique_visitors",
                "reactions (total)": "reactions",
                "comments (total)": "replies",
            },
            "2026-11-26",
        ),
        Preset(
            "discord_insights",
            {"en": "Discord server insights", "fr": "Statistiques d'un serveur Discord"},
            ("interval_start_timestamp", "day_pt", "date"),
            {
                "total_membership": "members_total",
                "new_members": "joins",
                "total_joins": "joins",
                "leavers": "leaves",
                "visitors": "dau",
                "communicators": "dau",
                "messages": "messages",
            },
            "2026-11-26",
            seen=("visitors",),
        ),
        Preset(
            "slack_analytics",
            {"en": "Slack analytics", "fr": "Statistiques de Slack"},
            ("date",),
            {
                "total enabled membership": "members_total",
                "total membership": "members_total",
                "daily active members": "dau",
                "daily members posting messages": "dau",
                "weekly active members": "wau",
                "weekly members posting messages": "wau",
                "messages posted by members": "messages",
                "messages posted": "messages",
            },
            "2026-11-26",
            seen=("daily active members", "weekly active members"),
        ),
    )
}
SEEN: Final = {"basis": "seen"}
LONG: Final = "long"
NPS: Final = "nps"
KINDS: Final = (LONG, NPS, *PRESETS)


def preset_for(columns: list[str]) -> str | None:
    """The kind of file that these columns speak for; None: it must be told."""
    names = {name.lower() for name in columns}
    if {"metric", "day", "value"} <= names:
        return LONG
    if {"score", "at"} <= names:
        return NPS
    for preset in PRESETS.values():
        known = names & set(preset.columns)
        if names & set(preset.days) and len(known) >= min(2, len(preset.columns)):
            return preset.key
    return None
