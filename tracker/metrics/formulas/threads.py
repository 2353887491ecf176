"""What was begun, and who answered it first: topics of members, with the replies of others."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tracker.metrics.formulas.story import Act

_DEEPEST: Final = 50  # replies to replies; a loop of them ends here


@dataclass(slots=True, eq=False)
class Topic:
    """A post or question of a member, and the first replies of others to it.

    ``accepted`` holds when an answer was accepted, and the role of whose it was.
    """

    at: datetime
    day: int
    actor: str | None
    is_question: bool = False
    by_anybody: datetime | None = None
    by_staff: datetime | None = None
    by_member: datetime | None = None
    accepted: tuple[datetime, str | None] | None = None

    def answer(self, at: datetime, role: str) -> None:
        """A reply of somebody else; a clock that is behind has it come at once."""
        at = max(at, self.at)
        if self.by_anybody is None or at < self.by_anybody:
            self.by_anybody = at
        if role == "staff" and (self.by_staff is None or at < self.by_staff):
            self.by_staff = at
        elif role != "staff" and (self.by_member is None or at < self.by_member):
            self.by_member = at

    def accept(self, at: datetime, role: str | None) -> None:
        """An accepted answer; the earliest counts, and one whose author is known before others."""
        told = (role is None, max(at, self.at), role or "")
        known = self.accepted
        if known is None or told < (known[1] is None, known[0], known[1] or ""):
            self.accepted = (told[1], role)


class Threads:
    """Collects what is written. Replies find their topics at the end: order does not matter."""

    def __init__(self) -> None:
        self.topics: list[Topic] = []
        self.ties: list[tuple[int, int, int]] = []
        """Day, and two people of whom one replied to the other."""
        self._begun: dict[str, Topic | None] = {}
        self._above: dict[str, str] = {}
        self._author: dict[str, str | None] = {}
        self._replies: list[tuple[Act, str, int]] = []
        self._accepted: list[tuple[Act, str]] = []

    def take(self, act: Act, role: str, day: int) -> bool:
        """Whether this is content that was not known; a question is a post as well."""
        if act.kind == "answer_accepted":
            self._accepted.append((act, role))
            return False
        if act.kind == "reply":
            is_new = act.source_id not in self._above
            above = act.root or act.parent or ""
            self._above[act.source_id] = "" if above == act.source_id else above
            self._replies.append((act, role, day))
        else:
            is_new = act.source_id not in self._begun
            self._begin(act, role, day)
        if role == "member":
            self._author[act.source_id] = act.actor
        return is_new

    def _begin(self, act: Act, role: str, day: int) -> None:
        topic = self._begun.get(act.source_id)
        if topic is None and role == "member":
            topic = Topic(act.at, day, act.actor)
            self.topics.append(topic)
        self._begun[act.source_id] = topic
        if topic and act.kind == "question":
            topic.is_question = True

    def close(self, index_of: Callable[[str | None], int]) -> None:
        """Bring replies and accepted answers to their topics."""
        for act, role, day in self._replies:
            topic = self._topic_of(act)
            if topic and (act.actor is None or act.actor != topic.actor):
                topic.answer(act.at, role)
            other = self._author.get(act.parent or act.root or "")
            if role == "member" and act.actor and other and other != act.actor:
                one, two = sorted((index_of(act.actor), index_of(other)))
                self.ties.append((day, one, two))
        for act, role in self._accepted:
            if topic := self._topic_of(act):
                topic.accept(act.at, role if act.actor else None)

    def _topic_of(self, act: Act) -> Topic | None:
        """The beginning of a thread: the root, or upwards from what somebody answered."""
        if act.root in self._begun:
            return self._begun[act.root]
        above = act.parent or act.root or self._above.get(act.source_id, "")
        for _ in range(_DEEPEST):
            if above in self._begun or not above:
                break
            above = self._above.get(above, "")
        return self._begun.get(above)
