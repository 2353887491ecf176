"""No more mails, and mails again: what a member says of their own address."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from tracker.channels.routes import routes_of
from tracker.channels.service import switch_off
from tracker.channels.words import Reason
from tracker.kernel.texts import Said, Sentence
from tracker.people.models import Member
from tracker.people.service import confirm_address, end_mails, resume_mails
from tracker.reminders.links import Link, Purpose

_END: Final = Sentence(
    en="This ends the mails to {address}. Reminders then come by your other channels; where there "
    "is none, you are not reminded, and the managers are told so.",
    fr="Plus aucun mail ne sera envoyé à {address}. Les rappels passeront par vos autres canaux ; "
    "s'il n'y en a pas, vous ne recevrez plus de rappels, et les managers le sauront.",
)
_ENDED: Final = Sentence(
    en="No more mails go to {address}.", fr="Plus aucun mail ne part vers {address}."
)
_RESUME: Final = Sentence(
    en="Reminders come to {address} again.", fr="Les rappels arriveront de nouveau à {address}."
)
_CONFIRM: Final = Sentence(
    en="This confirms that {address} is yours; reminders may then be mailed to you.",
    fr="Ceci confirme que {address} est à vous ; des rappels pourront alors vous être envoyés.",
)
_CONFIRMED: Final = Sentence(
    en="{address} is confirmed. Thank you!", fr="{address} est confirmée. Merci !"
)


@dataclass(frozen=True, slots=True)
class MailReply:
    """What becomes of a member's own address."""

    link: Link
    member: Member

    card = asks = None

    def settled(self) -> Said | None:
        """Whether it is so already."""
        is_off = self.member.mail_off_at is not None
        if self.link.purpose == Purpose.UNSUBSCRIBE:
            return self._said(_ENDED) if is_off else None
        if self.link.purpose == Purpose.SUBSCRIBE:
            return None if is_off else self._said(_RESUME)
        return self._said(_CONFIRMED) if self.member.confirmed_at else None

    def foresee(self, now: datetime) -> Said:
        """Say it; nobody is asked."""
        words = {Purpose.UNSUBSCRIBE: _END, Purpose.SUBSCRIBE: _RESUME}
        return self._said(words.get(self.link.purpose, _CONFIRM))

    def act(self, session: Session, typed: str, now: datetime) -> Said:
        """Write it down."""
        if self.link.purpose == Purpose.UNSUBSCRIBE:
            self._end(session, now)
            return self._said(_ENDED)
        if self.link.purpose == Purpose.SUBSCRIBE:
            resume_mails(self.member)
            return self._said(_RESUME)
        confirm_address(self.member, now=now)
        return self._said(_CONFIRMED)

    def way_back(self, now: datetime) -> Link | None:
        """Who has ended mails by mistake can have them again, at once."""
        if self.link.purpose != Purpose.UNSUBSCRIBE:
            return None
        return Link(Purpose.SUBSCRIBE, self.link.workspace_id, self.member.id, now)

    def _end(self, session: Session, now: datetime) -> None:
        """Whoever can still be reached decides for themselves; of others the managers are told."""
        whose = (self.member.workspace_id, self.member.id)
        others = [way for way in routes_of(session, [whose])[whose] if way.channel_id is not None]
        if others:
            end_mails(self.member, now=now)
        else:
            switch_off(session, *whose, None, reason=Reason.UNSUBSCRIBED, now=now)

    def _said(self, sentence: Sentence) -> Said:
        return Said(sentence, {"address": self.member.email})
