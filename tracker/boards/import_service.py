"""A board brought here: worked out the same for a look and for good, and then all or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import orjson
from sqlalchemy.orm import Session

from tracker.boards import queries
from tracker.boards.import_drafts import Choice, Draft, drafts_of
from tracker.boards.import_launch import Launch, frame_of, launch_of
from tracker.boards.import_lists import ListRule, rules_of
from tracker.boards.import_people import Known, asked_for, known_people
from tracker.boards.import_placing import placed
from tracker.boards.import_playbook import BASE, Named, PlaybookDraft, draft_playbook, slug_of
from tracker.boards.models import BoardImport
from tracker.connectors.board_copy import BoardCopy, Leftover
from tracker.kernel.clock import local_today
from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.library.queries import newest_own_version
from tracker.library.service import read_source
from tracker.people.queries import members_named
from tracker.people.rules import Actor, Permission
from tracker.playbooks.catalog import newest_version
from tracker.playbooks.grammar import MAX_TASKS, PHASES
from tracker.playbooks.model import Playbook
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan
from tracker.playbooks.planned import Plan
from tracker.playbooks.refusals import PlanDoesNotFit
from tracker.playbooks.source import MAX_BYTES
from tracker.projects import service as projects
from tracker.projects.service import Wish

_A_YEAR: Final = timedelta(days=366)
_NOTHING: Final = Sentence(
    en="Nothing of this board would become a task. Leave fewer lists out, or keep what is "
    "archived.",
    fr="Rien de ce tableau ne deviendrait une tâche. Laisser moins de listes de côté, ou garder ce "
    "qui est archivé.",
)
_TOO_MANY: Final = Sentence(
    en="{count} cards are more than the {most} tasks that there can be. Leave lists out, or what "
    "is archived.",
    fr="{count} cartes, c'est plus que les {most} tâches possibles. Laisser de côté des listes, ou "
    "ce qui est archivé.",
)
_TOO_LARGE: Final = Sentence(
    en="The playbook would be larger than {most} MB. Leave some lists out.",
    fr="Le modèle dépasserait {most} Mo. Laisser certaines listes de côté.",
)
_DOES_NOT_FIT: Final = Sentence(
    en="A plan from this draft does not fit as it is: {why}",
    fr="Un plan tiré de cette ébauche ne tient pas en l'état : {why}",
)
_STRANGER: Final = Sentence(
    en="Not known to be a member here; what was theirs is assigned to nobody. Say in “members” who "
    "they are.",
    fr="Pas connu comme membre ici ; ce qui était à cette personne n'est confié à personne. Dire "
    "dans « members » qui c'est.",
)
_NO_PEOPLE: Final = Sentence(
    en="A playbook has roles, and no people.", fr="Un modèle a des rôles, et pas de personnes."
)
_LIST: Final = Sentence(en="You leave it out.", fr="Elle est laissée de côté à votre demande.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for. ``playbook`` is what a project pins."""

    source: str
    into: str
    name: str | None = None
    playbook: str = BASE
    version: int | None = None
    parameters: Parameters = field(default_factory=Parameters)
    lists: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    members: Mapping[str, str | None] = field(default_factory=dict)
    keeps_archived: bool = True

    @property
    def is_template(self) -> bool:
        """Whether a plan for others is to come of it."""
        return self.into == "playbook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What would come of a board, and what comes of it: the same, down to the sentences."""

    order: Order
    board: BoardCopy
    wish: Wish
    digest: str
    rules: Mapping[str, ListRule]
    people: Mapping[str, Known]
    plan: Plan
    drafts: Sequence[Draft]
    left_out: Sequence[Leftover]
    earlier: Sequence[BoardImport]
    warnings: Sequence[Said]
    playbook: PlaybookDraft | None = None
    named: Named | None = None


def work_out(
    session: Session, actor: Actor, order: Order, board: BoardCopy, *, now: datetime
) -> Worked:
    """What comes of ``board``; nothing is changed. Raises Invalid, NotFound, PlanDoesNotFit."""
    actor.must(Permission.MANAGE_PROJECTS)
    rules = rules_of(board, order.lists)
    today = local_today(order.parameters.timezone, now)
    launch = launch_of(board, rules, order.parameters, today, is_template=order.is_template)
    wish = Wish(order.name or board.name, order.playbook, order.version, launch.parameters)
    plan = projects.plan(session, actor, wish, today=today)
    projects.people_behind(session, actor, wish)
    frame = frame_of(plan, board, None if order.is_template else today)
    found, left_out = drafts_of(board, _choice(order, rules, plan.playbook, launch), frame)
    drafts = placed(found, frame)
    _check_size(drafts)
    people, digest = _people(session, actor, order, board), digest_of(order.into, board)
    worked = Worked(
        order=order,
        board=board,
        wish=wish,
        digest=digest,
        rules=rules,
        people=people,
        plan=plan,
        drafts=drafts,
        left_out=[*board.left_out, *_lists(rules), *_strangers(people, drafts, order), *left_out],
        earlier=queries.imports_of(session, actor.workspace_id, digest),
        warnings=[*launch.said, *plan.warnings],
    )
    if not order.is_template:
        return worked
    named = _named(session, actor, worked)
    draft = draft_playbook(named, drafts, frame, launch.card)
    warnings = [*launch.said, *draft.warnings, *_tried(draft.source, today)]
    return replace(worked, named=named, playbook=draft, warnings=warnings)


def digest_of(into: str, board: BoardCopy) -> str:
    """Tells boards apart by what was read of them, whatever the file looked like."""
    told = [into, replace(board, left_out=())]
    return sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _choice(
    order: Order, rules: Mapping[str, ListRule], playbook: Playbook, launch: Launch
) -> Choice:
    return Choice(
        rules=rules,
        keeps_archived=order.keeps_archived,
        is_template=order.is_template,
        gated=list(_gated(playbook)),
        launch_card=launch.card,
    )


def _gated(playbook: Playbook) -> Iterator[str]:
    """Phases that no new project has entered: a gate stands before them."""
    gated = [PHASES.index(gate.before_phase) for gate in playbook.gates if gate.before_phase]
    yield from PHASES[min(gated, default=len(PHASES)) :]


def _check_size(drafts: Sequence[Draft]) -> None:
    if not drafts:
        raise Invalid({"lists": [Said(_NOTHING, {})]})
    if len(drafts) > MAX_TASKS:
        raise Invalid({"lists": [Said(_TOO_MANY, {"count": len(drafts), "most": MAX_TASKS})]})


def _people(session: Session, actor: Actor, order: Order, board: BoardCopy) -> dict[str, Known]:
    names = asked_for(board.people, order.members)
    known = members_named(session, actor.workspace_id, names)
    return known_people(board.people, order.members, known)


def _lists(rules: Mapping[str, ListRule]) -> Iterator[Leftover]:
    for rule in rules.values():
        if rule.is_left_out:
            yield Leftover(what="list", title=rule.column.title, reason=Said(_LIST, {}))


def _strangers(
    people: Mapping[str, Known], drafts: Sequence[Draft], order: Order
) -> Iterator[Leftover]:
    """Who has a card, and will have no task."""
    wanted = {person for draft in drafts for person in draft.card.people}
    for known in people.values():
        if known.person.id in wanted and (order.is_template or known.member_id is None):
            reason = Said(_NO_PEOPLE if order.is_template else _STRANGER, {})
            yield Leftover(what="member", title=known.person.name, reason=reason)


def _named(session: Session, actor: Actor, worked: Worked) -> Named:
    """The next version of its name; the names of ours are taken."""
    slug = slug_of(worked.wish.name)
    slug = slug if newest_version(slug) is None else f"{slug}-board"
    newest = newest_own_version(session, actor.workspace_id, slug) or 0
    return Named(worked.wish.name, slug, newest + 1)


def _tried(source: str, today: date) -> Iterator[Said]:
    """Whether it is what it should be: loaded as ours are, and planned from. Raises Invalid."""
    if len(source.encode()) > MAX_BYTES:
        most = MAX_BYTES // 1024 // 1024
        raise Invalid({"lists": [Said(_TOO_LARGE, {"most": most})]})
    playbook = read_source(source)
    parameters = Parameters(launch_on=today + _A_YEAR, prepare_months=2)
    try:
        make_plan(playbook, parameters, today)
    except PlanDoesNotFit as error:
        yield Said(_DOES_NOT_FIT, {"why": error.said})
