"""One card at a time: read, taken over, sent, made, missed, or taken off."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.boards import gathering, recording
from tracker.boards.answering import TAKE_IN
from tracker.boards.applying import Hands, Refusal, add_steps, make_task, refuse_gate, take_over
from tracker.boards.disputes import Sides, disputes, keep_dispute
from tracker.boards.errand import Errand, Sight
from tracker.boards.merging import (
    OWN,
    Agreed,
    Judging,
    absorbed,
    agreed_of,
    begun,
    merge,
    owed,
    sent,
)
from tracker.boards.models import BoardItem
from tracker.boards.ours import Thing
from tracker.boards.recording import as_read, save
from tracker.connectors.boards import Card, Place
from tracker.connectors.trouble import PlatformError
from tracker.kernel.clock import Watch
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.errors import DomainError, NotFound
from tracker.kernel.points import reached
from tracker.projects import task_queries

_TO_CHANGE: Final = 3  # calls: read, change, comment
_TO_MAKE: Final = 2  # and one for each step


@dataclass(slots=True)
class Desk:
    """The board in hand, card by card. ``read`` are cards that were read a moment ago."""

    errand: Errand
    sight: Sight
    watch: Watch
    place: Place
    read: dict[str, Card] = field(default_factory=dict)
    _run: dict[str, Any] = field(default_factory=dict)
    _is_there: bool = False  # the board itself, as was asked because a card was not

    def begin(self, session: Session, run: dict[str, Any]) -> None:
        """Say what is under way."""
        self._run = run
        recording.hold(session, self.errand, self.watch.now(), run=run)

    def do(self, item: BoardItem, *, calls: int) -> None:
        """What there is to do about an item, after so many calls. Raises PlatformError, Lost."""
        if item.id not in self.sight.items:
            return  # known by now as the card of another
        self._run = {
            **self._run,
            "done": self._run["done"] + 1,
            "calls": calls,
        }
        thing = gathering.thing_of(
            self.errand, self.sight, item, gathering.places_there(self.sight)
        )
        self._check_room(item, thing)
        if item.object_id is None:
            self._look_at_stranger(item)
        elif thing is None:
            self._take_off(item)
        elif item.state == "creating":
            self._make(item, thing)
        else:
            self._compare(item, thing)

    def _check_room(self, item: BoardItem, thing: Thing | None) -> None:
        """Rather not begin than break off in the middle. Raises PlatformError."""
        is_new = item.state == "creating" and thing is not None
        calls = _TO_MAKE + len(thing.wanted.steps) if is_new and thing else _TO_CHANGE
        with reading() as session:
            refusal = recording.room_for(session, self.errand, calls, self.watch.now())
        if refusal is not None:
            raise refusal

    def _hold(self, session: Session) -> datetime:
        now = self.watch.now()
        recording.hold(session, self.errand, now, run=self._run)
        return now

    # Made there.

    def _look_at_stranger(self, item: BoardItem) -> None:
        card = self._card(str(item.remote_id))
        if card is None or card.is_gone:
            with unit_of_work() as session:
                self._hold(session)
                recording.drop(session, item)
            del self.sight.items[item.id]
            return
        ours = self._lost_own(card)
        if ours is not None:
            self._recognise(ours, card)
        elif self._is_wanted(item):
            self._take_in(item, card)
        else:
            with unit_of_work() as session:
                now = self._hold(session)
                save(session, item, now, title=card.title, is_dirty=False, **as_read(card))

    def _is_wanted(self, item: BoardItem) -> bool:
        """Whether a task is to be made of it: all of them are, or somebody wants this one."""
        is_told = TAKE_IN in (item.remote or {})
        return is_told or self.errand.board.settings.get("created_there") == "task"

    def _lost_own(self, card: Card) -> BoardItem | None:
        """The item that a card was made for, where that was never known."""
        for item in self.sight.items.values():
            is_lost = item.state == "creating" and item.remote_id is None
            if is_lost and str(item.object_id) == card.marker:
                return item
        return None

    def _recognise(self, own: BoardItem, card: Card) -> None:
        """A card turns out to be that of one of ours: it is no stranger any more."""
        others = [one for one in self.sight.items.values() if one.remote_id == card.id]
        with unit_of_work() as session:
            now = self._hold(session)
            for other in others:
                if other is not own:
                    recording.drop(session, other)
                    del self.sight.items[other.id]
            save(session, own, now, state="in_step", is_dirty=True, **as_read(card))

    def _take_in(self, item: BoardItem, card: Card) -> None:
        """A card that was made there becomes a task; what cannot stays a card."""
        with unit_of_work() as session:
            now = self._hold(session)
            hands = self._hands(now)
            try:
                task_id = make_task(session, hands, self.errand.board.project_id, card)
            except DomainError:
                save(session, item, now, title=card.title, is_dirty=False, **as_read(card))
                return
            add_steps(session, hands, task_id, card)
            thing = self._now(session, task_id)
            values = {"object_id": task_id, "state": "in_step", "title": card.title}
            agreed = self._agreed_on(thing, card).as_json()
            save(session, item, now, agreed=agreed, **values, **as_read(card))
            self.sight.ours.things[task_id] = thing
            reached("task taking in")
        reached("task taken in")
        self._compare(item, self.sight.ours.things[task_id], card)

    def _agreed_on(self, thing: Thing, card: Card) -> Agreed:
        """A new task is to do: that its card says otherwise is a change, judged as any other."""
        ours, theirs = thing.fields(self.errand.port.speaks_of), self._flat(card)
        theirs |= {"status": ours["status"]} if "status" in theirs else {}
        same = {name: value for name, value in ours.items() if theirs.get(name) == value}
        return Agreed(same, theirs)

    # Gone.

    def _take_off(self, item: BoardItem) -> None:
        """What is not ours any more leaves the board, and can be brought back there."""
        card_id = item.remote_id if item.state == "in_step" else None
        if item.state == "creating" and item.is_dirty:
            card = self._maybe_made(item)
            card_id = card.id if card is not None else None
        if card_id is not None:
            self.errand.port.archive(self.place, card_id)
            reached("card archived")
        with unit_of_work() as session:
            self._hold(session)
            recording.drop(session, item)
        del self.sight.items[item.id]

    def _miss(self, item: BoardItem) -> None:
        """A card is gone; or else the whole board, and then that is the trouble."""
        if not self._is_there:
            self.errand.port.prepare(self.place)
            self._is_there = True
        with unit_of_work() as session:
            recording.note_missing(session, self.errand, item, self._hold(session))

    # Ours.

    def _make(self, item: BoardItem, thing: Thing) -> None:
        """Make a card; where one may be there already, it is looked for first."""
        port = self.errand.port
        card = self._maybe_made(item)
        if card is not None:
            self._recognise(item, card)
            self._compare(item, thing, card)
            return
        ours = thing.fields(port.speaks_of)
        with unit_of_work() as session:
            now, base = self._hold(session), begun(ours).as_json()
            save(session, item, now, is_dirty=True, remote_id=None, agreed=base)
        reached("card making")
        try:
            card = port.make(self.place, thing.wanted)
        except PlatformError as error:
            if error.trouble != "transient":
                self._need_not_wait(item)
            raise
        reached("card made")
        agreed = sent(None, ours, self._flat(card), names=None, own=thing.own)
        with unit_of_work() as session:
            values = {"state": "in_step", "is_dirty": False, "agreed": agreed.as_json()}
            save(session, item, self._hold(session), **values, **as_read(card))
            reached("card noting")
        reached("card noted")
        self._know(card)

    def _need_not_wait(self, item: BoardItem) -> None:
        """There was an answer: what is there by now will be found at once."""
        with unit_of_work() as session:
            now = self._hold(session)
            save(session, item, now, updated_at=now - gathering.UNSEEN)

    def _maybe_made(self, item: BoardItem) -> Card | None:
        if item.remote_id is not None:  # somebody wants a missing card back
            card = self.errand.port.bring_back(self.place, item.remote_id)
            if card is not None and not card.is_gone:
                return card
        if not item.is_dirty:
            return None
        card = self.errand.port.find(self.place, str(item.object_id))
        if card is None or card.is_gone:
            return None
        taken = {one.remote_id for one in self.sight.items.values() if one.object_id}
        return None if card.id in taken else card

    def _compare(self, item: BoardItem, thing: Thing, card: Card | None = None) -> None:
        """Take theirs over, then send what is owed."""
        card = card or self._card(str(item.remote_id))
        if card is None or card.is_gone:
            self._miss(item)
            return
        thing = self._absorb(item, thing, card)
        names = self._owed(item, thing, card)
        if names:
            card = self._send(item, thing, card, names)
        if card is not None:
            self._say(item)

    def _owed(self, item: BoardItem, thing: Thing, card: Card) -> list[str]:
        speaks_of = self.errand.port.speaks_of
        names = owed(agreed_of(item.agreed), thing.fields(speaks_of), thing.own)
        known = {*speaks_of, OWN}
        untidy = [one for one in card.untidy if one in known and one not in names]
        return [*names, *untidy]

    def _absorb(self, item: BoardItem, thing: Thing, card: Card) -> Thing:
        """Do here what was done there; what it has become here."""
        before, theirs = agreed_of(item.agreed) or Agreed(), self._flat(card)
        is_news = theirs != before.theirs or bool(card.steps) or item.state != "in_step"
        if not is_news and not item.is_dirty and item.agreed is not None:
            return thing
        with unit_of_work() as session:
            now = self._hold(session)
            try:
                thing = self._again(session, thing)
            except NotFound:  # deleted a moment ago: the next look takes it off
                return thing
            after, agreed = self._merged(session, item, thing, card, now=now)
            values = {"state": "in_step", "is_dirty": False, "agreed": agreed.as_json()}
            title = after.wanted.fields["title"]
            save(session, item, now, title=title, **values, **as_read(card))
            reached("card absorbing")
        reached("card absorbed")
        self.sight.ours.things[after.id] = after
        self._know(card)
        return self._linked(after)

    def _merged(
        self, session: Session, item: BoardItem, thing: Thing, card: Card, *, now: datetime
    ) -> tuple[Thing, Agreed]:
        speaks_of, hands = self.errand.port.speaks_of, self._hands(now)
        before, theirs = agreed_of(item.agreed) or Agreed(), self._flat(card)
        ours = thing.fields(speaks_of)
        judging = Judging(
            policies=self.errand.board.settings.get("policies", {}),
            ours_at=thing.changed_at,
            theirs_at=card.edited_at,
        )
        merged = merge(before, ours, theirs, judging)
        wanted = {name: value for name, value in merged.take.items() if value != ours[name]}
        is_gate = item.kind == "gate"
        refused = refuse_gate(wanted) if is_gate else self._apply(session, hands, thing, wanted)
        if not is_gate:
            add_steps(session, hands, thing.id, card)
        after = self._again(session, thing)
        sides = Sides(agreed=before.ours, ours=ours, theirs=theirs)
        language = self.sight.ours.language
        for dispute in disputes(sides, [] if is_gate else merged.clashes, refused, language):
            project_id = self.errand.board.project_id
            keep_dispute(session, item, dispute, project_id, now=now)
        say = [one.told(language) for one in refused]
        fields = after.fields(speaks_of)
        taken = _without(merged.take, refused)
        return after, absorbed(before, theirs, fields, taken=taken, say=say)

    def _apply(
        self, session: Session, hands: Hands, thing: Thing, wanted: Mapping[str, Any]
    ) -> list[Refusal]:
        return take_over(session, hands, thing.id, wanted) if wanted else []

    def _send(self, item: BoardItem, thing: Thing, card: Card, names: list[str]) -> Card | None:
        """Ours, as it is; None where the card went away meanwhile."""
        reached("card sending")
        try:
            answered = self.errand.port.change(self.place, card, thing.wanted, names)
        except PlatformError as error:
            if error.trouble != "gone":
                raise
            found = self.errand.port.card(self.place, card.id)
            if found is not None and not found.is_gone:
                raise PlatformError("transient", error.detail) from None
            answered = replace(card, is_gone=True)
        reached("card sent")
        if answered.is_gone:
            self._miss(item)
            return None
        agreed = sent(
            agreed_of(item.agreed),
            thing.fields(self.errand.port.speaks_of),
            self._flat(answered),
            names=names,
            own=thing.own,
        )
        with unit_of_work() as session:
            values = {"agreed": agreed.as_json(), "title": thing.wanted.fields["title"]}
            save(session, item, self._hold(session), **values, **as_read(answered))
        self._know(answered)
        return answered

    def _say(self, item: BoardItem) -> None:
        """Why something was set back: once, so it is crossed out before it is said."""
        agreed = agreed_of(item.agreed)
        for text in agreed.say if agreed else ():
            with unit_of_work() as session:
                self._cross_out(session, item, text)
            try:
                self.errand.port.comment(self.place, str(item.remote_id), text)
            except PlatformError as error:
                if error.trouble in ("throttled", "credential"):
                    with unit_of_work() as session:
                        self._cross_out(session, item, text, back=True)
                if error.trouble not in ("gone", "permission"):
                    raise

    def _cross_out(
        self, session: Session, item: BoardItem, text: str, *, back: bool = False
    ) -> None:
        agreed = agreed_of(item.agreed) or Agreed()
        others = [one for one in agreed.say if one != text]
        kept = replace(agreed, say=[text, *others] if back else others)
        save(session, item, self._hold(session), agreed=kept.as_json())

    # Reading.

    def _card(self, card_id: str) -> Card | None:
        if card_id in self.read:
            return self.read.pop(card_id)
        return self.errand.port.card(self.place, card_id)

    def _flat(self, card: Card) -> dict[str, Any]:
        return gathering.spoken(self.errand, card.fields)

    def _know(self, card: Card) -> None:
        """Ports want to be told again of what they told."""
        self.place = replace(self.place, parts={**self.place.parts, card.id: card.parts})

    def _hands(self, now: datetime) -> Hands:
        actor = self.errand.actor
        if actor is None:
            raise RuntimeError("nobody acts for a board that was disconnected")
        return Hands(actor, self.errand.board.name, now)

    def _again(self, session: Session, thing: Thing) -> Thing:
        return thing if thing.wanted.kind == "gate" else self._now(session, thing.id)

    def _now(self, session: Session, task_id: UUID) -> Thing:
        scope = (session, self.errand.claim.workspace_id, task_id)
        return self._linked(self.sight.ours.again(task_queries.task(*scope, to_change=True)))

    def _linked(self, thing: Thing) -> Thing:
        there = gathering.places_there(self.sight)
        return thing.linked(there, self.errand.port.speaks_of)


def _without(taken: Mapping[str, Any], refused: Iterable[Refusal]) -> dict[str, Any]:
    names = {name for one in refused for name in one.names}
    return {name: value for name, value in taken.items() if name not in names}
