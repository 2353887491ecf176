"""Cards as the tasks that they are to become, each with what is to be said of it. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from tracker.boards.import_dates import Frame, Lies, days_of, lies
from tracker.boards.import_links import links_among
from tracker.boards.import_lists import ListRule
from tracker.boards.import_words import is_milestone, phase_called, role_behind
from tracker.connectors.board_copy import (
    LONGEST_LABEL,
    MOST_LABELS,
    BoardCopy,
    Column,
    CopiedCard,
    Leftover,
)
from tracker.kernel.plain import cut
from tracker.kernel.texts import Said, Sentence
from tracker.playbooks.grammar import PHASES

_NO_LIST: Final = Column(id="", title="—")
_CLOSED: Final = ("done", "not_applicable")
_BEHIND_GATES: Final = ("in_progress", "done")
_LIST_LEFT_OUT: Final = Sentence(
    en="Its list “{list}” is left out.", fr="Sa liste « {list} » est laissée de côté."
)
_ARCHIVED: Final = Sentence(en="Archived on the board.", fr="Archivée sur le tableau.")
_BLOCKED: Final = Sentence(
    en="It stood in “{list}” on the board.", fr="Elle était dans « {list} » sur le tableau."
)
_GATED: Final = Sentence(
    en="On the board it is {status}; here a gate before its phase is closed, so it is to do.",
    fr="Sur le tableau elle est {status} ; ici un point de passage avant sa phase est fermé, elle "
    "est donc à faire.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A task to be. ``checklist`` is the title of the list that says what it is about.

    ``after`` are ids of other drafts' cards. ``is_placed``: its days are ours, not the board's.
    """

    card: CopiedCard
    list_title: str
    checklist: str | None
    phase: str
    role: str
    status: str
    reason: Said | None
    is_milestone: bool
    labels: tuple[str, ...]
    after: tuple[str, ...] = ()
    start_on: date = date.min
    due_on: date = date.min
    is_placed: bool = False
    said: tuple[Said, ...] = ()

    @property
    def has_days(self) -> bool:
        """Whether it is known where it lies."""
        return self.due_on != date.min

    @property
    def is_open(self) -> bool:
        """Whether there is something left to do."""
        return self.status not in _CLOSED

    def lying(self, where: Lies, *, is_placed: bool = False) -> "Draft":
        """The same on these days; what takes no time is there on the last one."""
        start_on = where.due_on if self.is_milestone else where.start_on
        said = (*self.said, *where.said)
        return replace(self, start_on=start_on, due_on=where.due_on, is_placed=is_placed, said=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is wanted of a board: the rules of its lists, and what becomes of its archive.

    ``gated`` are phases in which nothing can have begun. ``launch_card`` is the id of the launch.
    """

    rules: Mapping[str, ListRule]
    keeps_archived: bool = True
    is_template: bool = False  # what was given up is no part of a plan for others
    gated: Collection[str] = ()
    launch_card: str | None = None


def drafts_of(board: BoardCopy, choice: Choice, frame: Frame) -> tuple[list[Draft], list[Leftover]]:
    """Every card that is taken, in the order of the board; and those that are not.

    What has no days yet has those of ``date.min``: ``import_placing`` gives it some.
    """
    left_out = []
    drafts = []
    for card in board.cards:
        rule = choice.rules.get(card.column or "", ListRule(_NO_LIST))
        reason = _why_not(card, rule, choice)
        if reason is not None:
            left_out.append(Leftover(what="card", title=card.title, reason=reason))
        else:
            drafts.append(_draft(card, rule, choice, frame))
    return _linked(drafts), left_out


def _why_not(card: CopiedCard, rule: ListRule, choice: Choice) -> Said | None:
    if rule.is_left_out:
        return Said(_LIST_LEFT_OUT, {"list": rule.column.title})
    if not _is_archived(card, rule):
        return None
    # A plan for others has no use for what was given up, and some for what was done.
    is_kept = choice.keeps_archived and (not choice.is_template or _status(card, rule) == "done")
    return None if is_kept else Said(_ARCHIVED, {})


def _is_archived(card: CopiedCard, rule: ListRule) -> bool:
    return card.is_archived or rule.column.is_archived


def _status(card: CopiedCard, rule: ListRule) -> str:
    if card.is_done or "done" in (rule.status, card.status):
        return "done"
    if _is_archived(card, rule):
        return "not_applicable"
    return rule.status or card.status or "todo"


def _draft(card: CopiedCard, rule: ListRule, choice: Choice, frame: Frame) -> Draft:
    phase = _phase(card, rule, choice, frame)
    status, (_start, _due, out_of_reach) = _status(card, rule), days_of(card, frame.zone)
    said = [*card.faults, *out_of_reach]
    if status in _BEHIND_GATES and phase in choice.gated:
        said.append(Said(_GATED, {"status": status}))
        status = "todo"
    checklist = rule.column.title if rule.is_checklist and rule.column.id else None
    draft = Draft(
        card=card,
        list_title=rule.column.title,
        checklist=checklist,
        phase=phase,
        role=role_behind([*card.labels, checklist or ""]),
        status=status,
        reason=_reason(status, rule),
        is_milestone=is_milestone(card.labels),
        labels=_labels(card, checklist),
        said=tuple(said),
    )
    where = lies(card, phase, frame, is_open=draft.is_open)
    return draft.lying(where) if where else draft


def _reason(status: str, rule: ListRule) -> Said | None:
    if status == "blocked":
        return Said(_BLOCKED, {"list": rule.column.title})
    return Said(_ARCHIVED, {}) if status == "not_applicable" else None


def _labels(card: CopiedCard, checklist: str | None) -> tuple[str, ...]:
    """Those of the card; what its list is about is one more."""
    more = [cut(checklist, LONGEST_LABEL)] if checklist else []
    return tuple(dict.fromkeys([*card.labels[: MOST_LABELS - len(more)], *more]))


def _phase(card: CopiedCard, rule: ListRule, choice: Choice, frame: Frame) -> str:
    """By its list, its labels, its days, or today; the nearest one that the plan has."""
    start, due, _said = days_of(card, frame.zone)
    day = due or start or frame.today
    by_label = next(filter(None, map(phase_called, card.labels)), None)
    by_day = frame.phase_on(day) if day else None
    is_launch = card.id == choice.launch_card and rule.is_guessed
    found = ("launch" if is_launch else rule.phase) or by_label or by_day or PHASES[0]
    known = [phase for phase in PHASES if phase in frame.borders]
    before = [phase for phase in known if PHASES.index(phase) <= PHASES.index(found)]
    return before[-1] if before else known[0]


def _linked(drafts: Sequence[Draft]) -> list[Draft]:
    after, faults = links_among({draft.card.id: draft.card.after for draft in drafts})
    return [
        replace(
            draft,
            after=after[draft.card.id],
            said=(*draft.said, *faults.get(draft.card.id, ())),
        )
        for draft in drafts
    ]
