"""When one person may be told what: zone, hours, days off, absences, digests, wishes. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from tracker.kernel.public_holidays import public_holidays
from tracker.kernel.texts import DEFAULT_LANGUAGE, Language
from tracker.people.digest_rules import Digests, Rhythm
from tracker.people.hours_rules import USUAL_HOURS, Hours
from tracker.people.wall_time import shown

Way = Literal["single", "digest"]
_UTC: Final = ZoneInfo("UTC")
_DAY: Final = timedelta(days=1)
_A_YEAR: Final = 366
# Reminders that come by a policy, and that a member may do without in a project.
CHASED: Final = (
    "before_start",
    "before_due",
    "overdue",
    "escalation",
    "blocked",
    "unassigned",
    "gate_ready",
    "approval_waiting",
    "quiet",
)
# Answers to something that a person has just done, and what tells of the telling itself.
_ALWAYS_SINGLE: Final = frozenset(
    {"asked", "digest", "catch_up", "confirm", "channel_off", "webhook_off"}
)
_NO_WISHES: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Away:
    """Days, both inclusive, on which somebody is not there; who stands in hears for them."""

    start_on: date
    end_on: date
    stand_in_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A present member, as far as the timing of what they are told goes."""

    workspace_id: UUID
    member_id: UUID
    email: str
    name: str
    zone: ZoneInfo = _UTC
    language: Language = DEFAULT_LANGUAGE
    hours: Hours = USUAL_HOURS
    country: str | None = None
    subdivision: str | None = None
    absences: tuple[Away, ...] = ()  # in the order of their days, none over another
    digest: Rhythm = "off"
    digest_minute: int = 8 * 60
    digest_weekday: int = 1
    projects: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    reminder_policy: Mapping[str, Any] | None = None

    def today(self, now: datetime) -> date:
        """The day that it is where they are."""
        return shown(self.zone, now)[0]

    # When.

    def moment_on(self, day: date, now: datetime) -> datetime:
        """The first instant at which they accept a message that is meant for a local day.

        On that day or, where they are off, later; never before ``now``. Of people who could never
        be reached it is ``now``: a message must not wait for ever.
        """
        for each in islice(self._days_from(max(day, self.today(now))), _A_YEAR):
            found = self.hours.first_on(self.zone, each, now) if self.works_on(each) else None
            if found is not None:
                return found
        return now

    def _days_from(self, day: date) -> Iterator[date]:
        while True:
            away = self.absence_on(day)
            day = away.end_on if away else day
            yield day
            day += _DAY

    def moment_at_once(self, now: datetime) -> datetime:
        """Now, or when the quiet hours end: for what somebody has just asked for."""
        return self.hours.first_undisturbed(self.zone, now)

    def due_at(self, day: date, now: datetime, *, project_id: UUID | None, rule: str) -> datetime:
        """When they hear what is meant for a local day, in the way in which they hear it."""
        if rule == "asked":
            return self.moment_at_once(now)
        if self.way(project_id, rule) == "single":
            return self.moment_on(day, now)
        rhythm = self.rhythm(project_id)
        # A digest comes on each local day; what is meant for days off waits for a day of work.
        off = self._is_away if rhythm == "weekly" else self._is_off
        return self._digests(rhythm, off).first_from(day, now) or self.moment_on(day, now)

    # Days off.

    def works_on(self, day: date) -> bool:
        """Whether it is a day of work: none off, no public holiday, no absence."""
        return (
            self.hours.are_worked_on(day)
            and not self.absence_on(day)
            and day not in public_holidays(self.country, self.subdivision, day.year)
        )

    def absence_on(self, day: date) -> Away | None:
        """The absence that a day lies in."""
        return next((one for one in self.absences if one.start_on <= day <= one.end_on), None)

    def stand_in_on(self, day: date) -> UUID | None:
        """Who hears for them on a day; None where they hear themselves, or nobody stands in."""
        away = self.absence_on(day)
        return away.stand_in_id if away else None

    # What, and how.

    def wants(self, project_id: UUID | None, rule: str) -> bool:
        """Whether they have not said that they do without it."""
        wishes = self._wishes(project_id)
        return not wishes.get("muted") and rule not in wishes.get("rules", ())

    def way(self, project_id: UUID | None, rule: str) -> Way:
        """As a message of its own, or in the next digest."""
        is_single = rule in _ALWAYS_SINGLE or self.rhythm(project_id) == "off"
        return "single" if is_single else "digest"

    def rhythm(self, project_id: UUID | None) -> Rhythm:
        """How often what happens in a project is told in a digest."""
        wished = self._wishes(project_id).get("digest", "as_usual")
        return self.digest if wished == "as_usual" else wished

    def _wishes(self, project_id: UUID | None) -> Mapping[str, Any]:
        return self.projects.get(str(project_id), _NO_WISHES) if self.projects else _NO_WISHES

    # Digests.

    def next_digest_at(self, after: datetime) -> datetime | None:
        """When the next digest is due; None for who wants none."""
        return self._digests(self._most_often(), self._is_away).after(after)

    def digest_day(self, at: datetime) -> date | None:
        """The local day that a digest made at this instant belongs to: that of the last one due.

        Whoever looks late makes one digest, of the last day; what earlier ones would have told is
        in it.
        """
        return self._digests(self._most_often(), self._is_away).last_day(at)

    def digest_at(self, day: date) -> datetime:
        """When the digest of a local day is due."""
        return self._digests(self._most_often(), self._is_away).at(day)

    def _most_often(self) -> Rhythm:
        """Digests come as often as any project's are wanted."""
        wished = {self.digest, *(one.get("digest") for one in self.projects.values())}
        return next((rhythm for rhythm in ("daily", "weekly") if rhythm in wished), "off")

    def _digests(self, rhythm: Rhythm, off: Callable[[date], bool]) -> Digests:
        return Digests(rhythm, self.digest_minute, self.digest_weekday, self.zone, off)

    def _is_away(self, day: date) -> bool:
        return self.absence_on(day) is not None

    def _is_off(self, day: date) -> bool:
        return not self.works_on(day)
