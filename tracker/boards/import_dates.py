"""On which days cards lie: as they say, or, where they say nothing, by their order. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tracker.boards.import_words import phase_in, plain
from tracker.connectors.board_copy import BoardCopy, CopiedCard, day_of
from tracker.kernel.texts import Said, Sentence
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.grammar import PHASES
from tracker.playbooks.parameters import FIRST_YEAR, LAST_YEAR

_FAR: Final = Sentence(
    en="{day} is out of reach, and left out: dates lie between {first} and {last}.",
    fr="Le {day} est hors de portée et laissé de côté : les dates vont de {first} à {last}.",
)
_BACKWARDS: Final = Sentence(
    en="It starts on {start_on}, after it is due; it is taken for a day's work on {due_on}.",
    fr="Elle commence le {start_on}, après son échéance ; elle devient un travail d'un jour, le "
    "{due_on}.",
)
_CLOSED: Final = Sentence(
    en="{day} is not worked; the next working day is {next}.",
    fr="Le {day} n'est pas travaillé ; le jour ouvré suivant est le {next}.",
)
_OVERDUE: Final = Sentence(
    en="It was due on {day} and is not done: it comes as overdue.",
    fr="Elle était due le {day} et n'est pas terminée : elle arrive en retard.",
)
PLACED: Final = Sentence(
    en="It has no date; by its place in the list it lies on {day}.",
    fr="Elle n'a pas de date ; d'après sa place dans la liste, elle est mise au {day}.",
)
LAST_TOUCHED: Final = Sentence(
    en="It has no date and is over; it lies on {day}, when it was last touched.",
    fr="Elle n'a pas de date et c'est fini ; elle est mise au {day}, où elle a été touchée pour la "
    "dernière fois.",
)

_BEGINNINGS: Final = ("launch day", "go live", "jour du lancement", "mise en ligne", "jour j")
_LAUNCH_DAYS: Final = frozenset({*_BEGINNINGS, "launch", "the launch", "lancement", "le lancement"})


@dataclass(frozen=True, slots=True)
class Frame:
    """What cards are laid out in: inclusive borders of phases, working days, and a clock.

    No ``today``: nothing is late, and nothing is over. ``first_on`` is where what prepares the
    launch may begin.
    """

    launch_on: date
    borders: Mapping[str, tuple[date, date]]
    calendar: WorkCalendar
    zone: str
    today: date | None
    first_on: date

    def open_day(self, day: date, phase: str) -> date:
        """The first working day from ``day`` on; a closed launch day is one for the launch only."""
        found = self.calendar.on_or_after(day)
        if found == self.calendar.opened and phase != "launch":
            return self.calendar.on_or_after(found + timedelta(days=1))
        return found

    def phase_on(self, day: date) -> str:
        """The phase that a day lies in; of those that overlap the earlier one."""
        known = [phase for phase in PHASES if phase in self.borders]
        begun = [phase for phase in known if phase != "prepare" and self.borders[phase][0] <= day]
        if not begun:
            return known[0]
        running = [phase for phase in begun if day <= self.borders[phase][1]]
        return running[0] if running else begun[-1]

    def window(self, phase: str) -> tuple[date, date]:
        """Where what has no date may lie."""
        first, last = self.borders[phase]
        first = min(self.first_on, last) if phase == "prepare" else first
        first = max(first, self.today or first)
        return first, max(first, last)


@dataclass(frozen=True, slots=True)
class Lies:
    """Both days inclusive, and what is to be said of them."""

    start_on: date
    due_on: date
    said: tuple[Said, ...] = ()


def days_of(card: CopiedCard, zone: str) -> tuple[date | None, date | None, list[Said]]:
    """Start and due day as the card has them, within reach."""
    found: list[date | None] = []
    said = []
    for when in (card.starts, card.due):
        day = day_of(when, zone) if when else None
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            said.append(Said(_FAR, {"day": day, "first": FIRST_YEAR, "last": LAST_YEAR}))
            day = None
        found.append(day)
    start, due = found
    return start, due, said


def lies(card: CopiedCard, phase: str, frame: Frame, *, is_open: bool) -> Lies | None:
    """Where a card with a date lies; None where it has none."""
    start, due, _out_of_reach = days_of(card, frame.zone)
    start, due = start or due, due or start
    if start is None or due is None:
        return None
    said = []
    if start > due:
        said.append(Said(_BACKWARDS, {"start_on": start, "due_on": due}))
        start = due
    start_on, due_on = frame.open_day(start, phase), frame.open_day(due, phase)
    if due_on != due:
        said.append(Said(_CLOSED, {"day": due, "next": due_on}))
    if is_open and frame.today and due_on < frame.today:
        said.append(Said(_OVERDUE, {"day": due_on}))
    return Lies(start_on, due_on, tuple(said))


def spread(count: int, window: tuple[date, date], phase: str, frame: Frame) -> Sequence[date]:
    """Days for so many cards without a date, in their order, evenly over the window."""
    first, last = window
    calendar = frame.calendar
    begin, end = calendar.index(first), calendar.index(last + timedelta(days=1)) - 1
    room = max(0, end - begin)
    places = (begin + n * room // max(1, count - 1) for n in range(count))
    return [frame.open_day(calendar.day(place), phase) for place in places]


def touched_on(card: CopiedCard, frame: Frame, today: date) -> date:
    """The last working day on which somebody can have had to do with it."""
    day = min(day_of(card.edited_at, frame.zone), today) if card.edited_at else today
    return frame.calendar.on_or_before(max(day, date(FIRST_YEAR, 1, 1)))


def launch_card(board: BoardCopy, zone: str) -> tuple[CopiedCard, date] | None:
    """The card that is the launch, with its day; None where none is, or several disagree."""
    found: list[tuple[CopiedCard, date]] = []
    for card in board.cards:
        start, due, _said = days_of(card, zone)
        day = due or start
        if day and not card.is_archived and phase_in(card.title) == "launch":
            found.append((card, day))
    for fits in (_is_launch_day, _begins_so):
        some = [(card, day) for card, day in found if fits(card.title)]
        if some:
            return some[0] if len({day for _card, day in some}) == 1 else None
    return None


def _is_launch_day(title: str) -> bool:
    return plain(title) in _LAUNCH_DAYS


def _begins_so(title: str) -> bool:
    return plain(title).startswith(_BEGINNINGS)
