"""The words of channels. Pure."""

from enum import StrEnum


class Kind(StrEnum):
    """What a channel is. Names are kept and shown: they are only ever added."""

    EMAIL = "email"
    SLACK = "slack"
    TEAMS = "teams"
    DISCORD = "discord"
    TELEGRAM = "telegram"
    GOOGLE_CHAT = "google_chat"
    WEBEX = "webex"
    PUSHOVER = "pushover"
    MATTERMOST = "mattermost"
    HOOK = "hook"  # JSON to an address of one's own
    EVENT = "event"  # an announcement of ours, for those who listen: no address


class State(StrEnum):
    """Where a channel stands."""

    UNCONFIRMED = "unconfirmed"
    ACTIVE = "active"
    OFF = "off"


class Reason(StrEnum):
    """Why a channel is off."""

    BY_MEMBER = "by_member"
    UNSUBSCRIBED = "unsubscribed"  # by the link of a mail
    GONE = "gone"  # the other side said that it is dead or revoked
