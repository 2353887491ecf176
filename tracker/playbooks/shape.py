"""What a plan is before anybody names a day: the tasks that apply, in order, and their pace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tracker.kernel.texts import Said
from tracker.playbooks.model import Playbook, TaskSpec
from tracker.playbooks.network import Activity, forward, in_order
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.schedule import Preparation
from tracker.playbooks.selection import choose, links_in_force

_Told = tuple[str, str, str | None, bool, int]
"""What a shape depends on: audience, scope, community type, public, months to prepare."""


@dataclass(frozen=True, slots=True)
class Shape:
    """It depends on neither launch day nor calendar: plans that differ in these share it.

    ``laid_out`` is the preparation before day 0, ``length`` its working days, ``early_by`` by how
    many its leads push it beyond its stretch; ``rest`` is what comes after it, in order.
    """

    playbook: Playbook
    told: _Told
    kept: Mapping[str, TaskSpec]
    left_out: Mapping[str, Said]
    preparation: Preparation
    laid_out: tuple[list[Activity], dict[str, int]]
    length: int
    early_by: int
    rest: Sequence[Activity]

    @classmethod
    def known(cls, playbook: Playbook, parameters: Parameters) -> "Shape":
        """The shape of a running plan, which is asked for again and again."""
        return _shape(_Same(playbook), _told(parameters))

    @classmethod
    def of(cls, playbook: Playbook, parameters: Parameters) -> "Shape":
        """The shape of a plan."""
        kept, left_out = choose(playbook, parameters)
        before: list[Activity] = []
        after: list[Activity] = []
        for task in kept.values():
            side = before if task.is_before_launch else after
            side.append(Activity(task.key, task.days, links_in_force(task, kept, playbook)))
        preparation = Preparation.of(before, parameters.prepare_months)
        laid_out = preparation.laid_out(0)
        length, early_by = measure(*laid_out)
        return cls(
            playbook=playbook,
            told=_told(parameters),
            kept=kept,
            left_out=left_out,
            preparation=preparation,
            laid_out=laid_out,
            length=length,
            early_by=early_by,
            rest=in_order(after),
        )

    def fits(self, playbook: Playbook, parameters: Parameters) -> bool:
        """Whether a plan of these would have the same shape."""
        return self.playbook is playbook and self.told == _told(parameters)


def _told(wanted: Parameters) -> _Told:
    return (
        wanted.audience,
        wanted.scope,
        wanted.community_type,
        wanted.public,
        wanted.prepare_months,
    )


def measure(activities: Sequence[Activity], floors: Mapping[str, int]) -> tuple[int, int]:
    """A network's length in working days, and by how many its leads push it beyond its stretch."""
    spans = forward(activities, floors=floors).values()
    beyond = max((span.end for span in spans), default=0)
    return beyond - min((span.start for span in spans), default=beyond), beyond


class _Same:
    """A playbook as the key of a cache: the very object, for it is long to compare."""

    __slots__ = ("playbook",)

    def __init__(self, playbook: Playbook) -> None:
        self.playbook = playbook

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.playbook is self.playbook

    def __hash__(self) -> int:
        return id(self.playbook)


@lru_cache(maxsize=16)
def _shape(same: _Same, told: _Told) -> Shape:
    audience, scope, community_type, public, months = told
    parameters = Parameters(
        audience=audience,
        scope=scope,
        community_type=community_type,
        public=public,
        prepare_months=months,
    )
    return Shape.of(same.playbook, parameters)
