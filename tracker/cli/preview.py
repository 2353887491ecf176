"""What a preview shows, handed to whatever renders it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from tracker.kernel.texts import Language
from tracker.playbooks.planned import Plan
from tracker.playbooks.timeline import timeline


@dataclass(frozen=True)
class Preview:
    """A plan for readers of ``language``, as made on ``today``."""

    plan: Plan
    language: Language
    today: date

    @cached_property
    def timeline(self) -> dict[str, Any]:
        """The plan as plain values."""
        return timeline(self.plan, self.language)
