"""What letters tell: the facts behind a reminder, and for whom they are put into words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from tracker.kernel.texts import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads a letter. ``today`` is the day that it is where they are."""

    name: str
    language: Language
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that can be told of one reminder. Texts are as people wrote them.

    ``due_in`` and ``starts_in`` are working days of the project from the reader's today on,
    negative once they lie behind.
    """

    id: UUID  # of the reminder
    rule: str
    subject: str
    subject_id: UUID
    step: str = ""
    title: str = ""
    project: str = ""
    start_on: date | None = None
    due_on: date | None = None  # of a gate: the day for which it is planned
    starts_in: int | None = None
    due_in: int | None = None
    role: str = ""
    heard_as: str | None = None  # as what its reader hears of it, where it is not theirs to do
    status: str = ""
    reason: str | None = None  # why a task is blocked, or a channel is off
    steps: Sequence[str] = ()  # those that are open
    behind: Sequence[str] = ()  # tasks that wait for it
    waits_for: Sequence[str] = ()  # tasks that must be finished before it is started
    waited_for: Sequence[str] = ()  # those that are done
    given_up: Sequence[str] = ()  # those that do not apply any more
    is_freed: bool = False  # told because nothing of the kind holds it back any more
    assignees: Sequence[str] = ()
    since: date | None = None  # of what has lasted: blocked, ready, asked for, quiet
    criterion: str | None = None  # of an approval
    says: str = ""  # an alert, in its reader's language
    by: str | None = None  # who asked
    note: str | None = None  # what they said
    for_whom: str | None = None  # the absent one, where a stand-in reads
    until: date | None = None  # the last day of that absence
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What one message tells instead of many. ``week`` is as ``overview.mine`` puts it together."""

    told: Sequence[Facts]
    count: int  # of reminders; ``told`` may be the most urgent of them
    week: Mapping[str, Any] = field(default_factory=dict)
