"""Yes, this channel is mine: what somebody says by the link that went there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from tracker.channels.models import Channel
from tracker.channels.service import confirm
from tracker.kernel.texts import Said, Sentence
from tracker.people.models import Member
from tracker.reminders.links import Link

_CONFIRM: Final = Sentence(
    en="This confirms that {label} leads to you ({name}); reminders may then go there.",
    fr="Ceci confirme que {label} mène bien à vous ({name}) ; des rappels pourront y être envoyés.",
)
_CONFIRMED: Final = Sentence(
    en="{label} is confirmed. Thank you!", fr="{label} est confirmé. Merci !"
)


@dataclass(frozen=True, slots=True)
class ChannelReply:
    """A channel that is asked whether it leads to its member."""

    link: Link
    member: Member
    channel: Channel

    card = asks = None

    def settled(self) -> Said | None:
        """Once is enough."""
        return self._said(_CONFIRMED) if self.channel.confirmed_at else None

    def foresee(self, now: datetime) -> Said:
        """Say it; nobody is asked."""
        return self._said(_CONFIRM)

    def act(self, session: Session, typed: str, now: datetime) -> Said:
        """Know that it leads to them."""
        confirm(session, self.channel.workspace_id, self.channel.id, now=now)
        return self._said(_CONFIRMED)

    def way_back(self, now: datetime) -> Link | None:
        """None: channels are switched off where they are kept."""
        return None

    def _said(self, sentence: Sentence) -> Said:
        return Said(sentence, {"label": self.channel.label, "name": self.member.name})
