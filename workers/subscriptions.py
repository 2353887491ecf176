"""Who hears what. A listener may hear the same twice, and has a transaction of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.orm import Session

from tracker.boards.accounts import forget_with_project
from tracker.channels.events import ChannelAsked, ChannelOff
from tracker.channels.listening import forget_channels_of
from tracker.gates.events import PhaseEntered
from tracker.kernel.hearing import Heard
from tracker.metrics.alert_events import AlertAcknowledged, AlertOpened, AlertResolved
from tracker.people.events import MemberAdded, MemberAsked, MemberRemoved
from tracker.projects.events import ProjectDeleted, ProjectStateChanged
from tracker.reminders.alerting import forget_alert, tell_of_alert
from tracker.reminders.listening import cancel_what_is_owed_to, look_again
from tracker.reminders.way_notices import (
    ask_channel,
    ask_member,
    tell_of_dead_channel,
    tell_of_dead_webhook,
)
from tracker.webhooks.disabling import disable_webhooks_of
from tracker.webhooks.events import WebhookDisabled


class Listener(Protocol):
    """What a topic leads to."""

    def __call__(self, session: Session, heard: Heard, *, now: datetime) -> None:
        """Do what is to be done about it."""


SUBSCRIPTIONS: Final[Mapping[str, Sequence[Listener]]] = {
    PhaseEntered.topic: [look_again],
    ProjectStateChanged.topic: [look_again],
    ProjectDeleted.topic: [forget_with_project],
    MemberAdded.topic: [ask_member],
    MemberAsked.topic: [ask_member],
    MemberRemoved.topic: [cancel_what_is_owed_to, forget_channels_of, disable_webhooks_of],
    ChannelAsked.topic: [ask_channel],
    ChannelOff.topic: [tell_of_dead_channel],
    WebhookDisabled.topic: [tell_of_dead_webhook],
    AlertOpened.topic: [tell_of_alert],
    AlertAcknowledged.topic: [forget_alert],
    AlertResolved.topic: [forget_alert],
}
