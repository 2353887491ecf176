"""The beat table: what looks when. A look that finds nothing due costs one statement."""

from typing import Any, Final

MINUTE: Final = 60.0
LOOKS_EXPIRE: Final = 10  # seconds; looks that nobody came to make are not made up for


def _look(job: str, seconds: float) -> dict[str, Any]:
    return {"task": job, "schedule": seconds, "options": {"expires": LOOKS_EXPIRE}}


BEAT: Final[dict[str, dict[str, Any]]] = {
    "look for due reminders": _look("reminders.look", 1),
    "hand on what was announced": _look("outbox.relay", 5),
    "chase what is due": _look("reminders.chase", 1),
    "owe digests that are due": _look("reminders.digest", 2),
    "pull figures that are due": _look("metrics.pull", 1),
    "keep boards in step": _look("boards.sync", 1),
    "deliver what is owed to others": _look("webhooks.look", 1),
    "derive figures": _look("metrics.derive", 2),
    "seal the history": {"task": "activity.seal", "schedule": MINUTE},
    "make due rituals": {"task": "projects.make_due_rituals", "schedule": MINUTE},
    "watch gates": {"task": "gates.watch", "schedule": MINUTE},
    "fold old events": {"task": "metrics.fold", "schedule": 10 * MINUTE},
    "forget old pushes": {"task": "metrics.forget_pushes", "schedule": 60 * MINUTE},
    "forget old events": {"task": "upkeep.forget_old_events", "schedule": 60 * MINUTE},
    "forget old deliveries": {"task": "webhooks.forget", "schedule": 60 * MINUTE},
    "forget what boards told": {"task": "boards.forget", "schedule": 60 * MINUTE},
    "forget old idempotency keys": {"task": "upkeep.forget_old_keys", "schedule": 60 * MINUTE},
}
