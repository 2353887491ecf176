"""The beat table: what looks when."""

from typing import Any, Final

MINUTE: Final = 60.0

BEAT: Final[dict[str, dict[str, Any]]] = {
    "seal the history": {"task": "activity.seal", "schedule": MINUTE},
    "make due rituals": {"task": "projects.make_due_rituals", "schedule": MINUTE},
    "watch gates": {"task": "gates.watch", "schedule": MINUTE},
    "forget old idempotency keys": {"task": "upkeep.forget_old_keys", "schedule": 60 * MINUTE},
}
