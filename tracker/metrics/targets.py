"""What a metric should come to: the project's own word, or else the playbook's. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tracker.metrics.rules import COMPARE
from tracker.playbooks.model import Playbook, TargetSpec

NO_TARGET: Final = "none"
"""Kept in place of an operator where a project wants none although its playbook has one."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a project says of a metric in one phase, or in all of them where it is empty.

    ``op`` is None where it says nothing of a target.
    """

    metric: str
    phase: str
    op: str | None
    value: float | None


@dataclass(frozen=True, slots=True)
class Target:
    """``value`` is to be kept by ``op``; ``by`` is whose word it is: project or playbook."""

    op: str
    value: float
    by: str

    def is_met(self, value: float) -> bool:
        """Whether ``value`` is as it should be."""
        return COMPARE[self.op](value, self.value)


@dataclass(frozen=True, slots=True)
class Targets:
    """All targets of a project."""

    specs: Iterable[TargetSpec]
    type: str | None
    settings: Mapping[tuple[str, str], Setting]

    @classmethod
    def of(
        cls, playbook: Playbook, community_type: str | None, settings: Iterable[Setting]
    ) -> "Targets":
        """The playbook's targets for a type of community, and what a project sets against them."""
        own = {(one.metric, one.phase): one for one in settings if one.op is not None}
        return cls(playbook.targets, community_type, own)

    def find(self, metric: str, phase: str | None) -> Target | None:
        """The target in a phase; before the first phase, what holds in all of them."""
        for place in (phase or "", ""):
            own = self.settings.get((metric, place))
            if own is not None:
                is_wanted = own.op is not None and own.op != NO_TARGET and own.value is not None
                return Target(str(own.op), float(own.value or 0), "project") if is_wanted else None
        fitting = [spec for spec in self.specs if spec.metric == metric and self._fits(spec, phase)]
        if not fitting:
            return None
        spec = max(fitting, key=lambda one: (bool(one.types), bool(one.phases)))
        return Target(spec.op, spec.value, "playbook")

    def _fits(self, spec: TargetSpec, phase: str | None) -> bool:
        in_phase = not spec.phases or phase in spec.phases
        return in_phase and (not spec.types or self.type in spec.types)
