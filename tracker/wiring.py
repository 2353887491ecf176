"""Fills what lower rooms declare and higher ones know. Called by app, workers and commands."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import tracker.boards.models  # noqa: F401 - their tables belong to the database in any case
import tracker.channels.models  # noqa: F401
import tracker.gates.models  # noqa: F401
import tracker.kernel.activity  # noqa: F401
import tracker.kernel.breakers  # noqa: F401
import tracker.kernel.event_log  # noqa: F401
import tracker.kernel.muting  # noqa: F401
import tracker.metrics.alert_models  # noqa: F401
import tracker.metrics.community_models  # noqa: F401
import tracker.metrics.connection_models  # noqa: F401
import tracker.metrics.reading_models  # noqa: F401
import tracker.overview.models  # noqa: F401
import tracker.people.time_models  # noqa: F401
import tracker.projects.task_models  # noqa: F401
import tracker.reminders.events  # noqa: F401 - and their events to the log
import tracker.reminders.models  # noqa: F401
import tracker.roster.models  # noqa: F401
import tracker.webhooks.models  # noqa: F401
from tracker.boards.ports import use_ports
from tracker.channels.routes import Carrier, use_carriers
from tracker.channels.words import Kind
from tracker.config import Settings, encryption_keys, signing_secret
from tracker.connectors.boards import Port
from tracker.connectors.brought import CSV, MANUAL, PUSH
from tracker.connectors.chat.client import KINDS, ChatCarrier
from tracker.connectors.discord.client import Discord
from tracker.connectors.discourse.client import Discourse
from tracker.connectors.email.client import EmailCarrier
from tracker.connectors.email.log_mailbox import LogMailbox
from tracker.connectors.figures import Source
from tracker.connectors.http_json.client import HttpJson
from tracker.connectors.matrix.client import Matrix
from tracker.connectors.notion.client import Notion
from tracker.connectors.trello.client import Trello
from tracker.gates.figures import fill_figures
from tracker.kernel.db import Database, use_database
from tracker.kernel.egress import make_door, use_door
from tracker.kernel.keys import use_secret
from tracker.kernel.own_address import use_base_url
from tracker.kernel.secrets import use_encryption_keys
from tracker.metrics.reading_queries import figures_for_gates
from tracker.metrics.sources import use_sources
from tracker.people.service import OpenTasks, fill_open_tasks, fill_policy_changed
from tracker.people.time_service import fill_redate
from tracker.projects import handover
from tracker.projects.counting import fill_count
from tracker.projects.owed import fill_cancel, policy_changed
from tracker.reminders.redating import redate_owed
from tracker.reminders.taking_back import cancel_owed, cancel_within
from tracker.roster.counting import count_for

# What can be connected, in the order in which it is shown.
SOURCES: Final[Sequence[Source]] = (
    Discourse(),
    Discord(),
    Matrix(),
    HttpJson(),
    CSV,
    PUSH,
    MANUAL,
)
# Platforms whose boards can be kept in step, likewise.
PORTS: Final[Sequence[Port]] = (Trello(), Notion())


def wire(settings: Settings) -> Database:
    """Open the database of these settings, and join the rooms together."""
    database = Database(settings.database_url)
    use_database(database)
    use_secret(partial(signing_secret, settings))
    use_encryption_keys(partial(encryption_keys, settings))
    use_base_url(settings.base_url)
    use_door(make_door(settings.egress_allow, settings.base_url))
    use_carriers({Kind.EMAIL: _email(settings), **{kind: ChatCarrier(kind) for kind in KINDS}})
    use_sources(SOURCES)
    use_ports(PORTS)
    fill_open_tasks(OpenTasks(of=handover.open_tasks_of, hand_over=handover.hand_over))
    fill_count(count_for)
    fill_redate(redate_owed)
    fill_cancel(cancel_owed, cancel_within)
    fill_policy_changed(policy_changed)
    fill_figures(figures_for_gates)
    return database


def _email(settings: Settings) -> Carrier:
    if settings.mail_server is None:
        return LogMailbox(is_shown=settings.is_embedded)
    return EmailCarrier(settings.mail_server, settings.sender)
