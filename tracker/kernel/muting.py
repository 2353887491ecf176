"""The one switch over all that leaves: reminders, letters, webhooks, cards, and calls for figures.

A copy of a database that speaks beside its original tells everybody everything twice. So there is
a row that says that this database may send, and it holds for no copy: ``tracker db restore`` mutes
what it restores; on PostgreSQL the row names the table that it was written to, and that is another
one wherever a dump is restored, even in the same place. Whoever takes in hand what leaves asks in
the same statement; what is owed meanwhile is kept. Figures are muted, too: to pull them twice would
use up twice of what a platform allows.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Text, exists, literal, select, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from tracker.kernel.db import Base, core
from tracker.kernel.errors import Conflict
from tracker.kernel.texts import Said, Sentence


class Senders(Base):
    """Whether what leaves may leave: one row. Without it nothing does."""

    __tablename__ = "senders"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    muted_at: Mapped[datetime | None]
    home: Mapped[str]


class _Here(FunctionElement[str]):
    """Which table of which database of which server this is; a file of SQLite cannot know."""

    inherit_cache = True
    type = Text()


@compiles(_Here)
def _in_a_file(_here: _Here, _compiler: Any, **_: Any) -> str:
    return "''"


@compiles(_Here, "postgresql")
def _on_a_server(_here: _Here, _compiler: Any, **_: Any) -> str:
    return (
        "concat((SELECT system_identifier FROM pg_control_system()), '/', "
        "(SELECT oid FROM pg_database WHERE datname = current_database()), '/', senders.tableoid)"
    )


_senders: Final = Senders.__table__
MAY_SEND: Final = exists(
    select(literal(1)).where(_senders.c.muted_at.is_(None), _senders.c.home == _Here())
)
"""A condition for statements that take in hand what leaves."""
_STATE: Final = select(MAY_SEND, select(_senders.c.muted_at).scalar_subquery())
_FIRST: Final = text("INSERT INTO senders (id, home) VALUES (1, '') ON CONFLICT DO NOTHING")
_UNMUTE: Final = _senders.update().values(muted_at=None, home=_Here())

_SINCE: Final = Sentence(
    en="Muted since {since}: no reminder, letter, webhook or card leaves, and no figures are "
    "pulled; what is owed is kept. `tracker db unmute` lifts it.",
    fr="En sourdine depuis {since} : ni rappel, ni lettre, ni webhook, ni carte ne part, et aucun "
    "chiffre n'est relevé ; ce qui est dû est gardé. `tracker db unmute` y met fin.",
)
_COPIED: Final = Sentence(
    en="Muted since this database was restored from a copy: no reminder, letter, webhook or card "
    "leaves, and no figures are pulled; what is owed is kept. `tracker db unmute` lifts it.",
    fr="En sourdine depuis que cette base a été restaurée depuis une copie : ni rappel, ni lettre, "
    "ni webhook, ni carte ne part, et aucun chiffre n'est relevé ; ce qui est dû est gardé. "
    "`tracker db unmute` y met fin.",
)
_REFUSED: Final = Sentence(
    en="Nothing leaves here for the moment, so nothing was sent or asked. {why}",
    fr="Rien ne part d'ici pour le moment : rien n'a été envoyé ni demandé. {why}",
)


@dataclass(frozen=True, slots=True)
class Muting:
    """That nothing leaves. ``since`` is None where the database is a copy and nobody said so."""

    since: datetime | None

    @property
    def said(self) -> Said:
        """For those who run it."""
        if self.since is None:
            return Said(_COPIED, {})
        return Said(_SINCE, {"since": self.since.isoformat(timespec="seconds")})


class Muted(Conflict):
    """This database may not send."""

    type = "muted"


def muting(session: Session) -> Muting | None:
    """Whether nothing leaves; None where everything does."""
    may_send, muted_at = core(session).execute(_STATE).one()
    return None if may_send else Muting(muted_at)


def check_may_send(session: Session) -> None:
    """For what a person asks to leave at once. Raises Muted."""
    if (found := muting(session)) is not None:
        raise Muted(_REFUSED, why=found.said)


def mute(session: Session, *, now: datetime) -> None:
    """Have nothing leave any more. What is under way is not called back; twice is once."""
    core(session).execute(_FIRST)
    core(session).execute(
        _senders.update().where(_senders.c.muted_at.is_(None)).values(muted_at=now)
    )


def unmute(session: Session) -> None:
    """Have this database be the one that sends."""
    core(session).execute(_FIRST)
    core(session).execute(_UNMUTE)
