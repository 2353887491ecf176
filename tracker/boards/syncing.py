"""Keeping a board in step: a look at both sides, and what follows from it, card by card.

Whatever is told is only a reason to look: a card is read again before anything is done about it.
First theirs is taken over here, in one transaction; then ours is sent. Before a card is made it is
written down that it may be there, so that nothing is ever made twice. A round may end anywhere.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any, Final

from sqlalchemy.orm import Session

from tracker.boards import gathering, listening, queries, recording
from tracker.boards.accounts import forget_unused
from tracker.boards.cards import Desk
from tracker.boards.errand import CLAIMS, LEASE, NOTICES, Errand, Sight, let_go, look, place_of
from tracker.boards.errand import take_errand as take
from tracker.boards.models import Board
from tracker.boards.pacing import DAY, Standing, setback, stretched
from tracker.boards.recording import Lost
from tracker.boards.said import TWICE
from tracker.connectors.boards import Card
from tracker.connectors.trouble import PlatformError
from tracker.kernel.clock import Watch
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.event_log import since
from tracker.kernel.points import reached

BOX: Final = timedelta(seconds=8)  # then others have their turn
_BEAT: Final = LEASE / 4
_OF_A_CARD: Final = ("our_fault", "permission", "transient")
_PATIENCE: Final = 3  # cards that fail one after the other: then it is not the card
_share: Final = SystemRandom().random
_log = logging.getLogger(__name__)


def _never() -> bool:
    return False


def sync_due(*, now: datetime, is_over: Callable[[], bool] = _never) -> bool:
    """Keep the board in step that has been due for longest, for some seconds at most.

    Any number may look at once, anywhere. Whether there was one.
    """
    watch = Watch(now)
    with unit_of_work() as session:
        taken = CLAIMS.take(session, now=now, most=1)
        errand = take(session, taken[0], now=now) if taken else None
    if errand is not None:
        try:
            _Round(errand, watch, is_over).run()
        except Lost:  # somebody has changed, paused or removed it: theirs is the last word
            _log.info("board %s: taken away while it was kept in step", errand.claim.id)
    return bool(taken)


def _notices(desk: Desk, new_cards: int) -> list[dict[str, str]]:
    said = desk.errand.port.notices(desk.place, new_cards)
    return [{"en": one.say("en"), "fr": one.say("fr")} for one in said]


class _Round:
    """One board in hand."""

    def __init__(self, errand: Errand, watch: Watch, is_over: Callable[[], bool]) -> None:
        self._errand, self._watch, self._is_over = errand, watch, is_over
        self._beat_at = watch.now()
        self._calls = (errand.board.run or {}).get("calls", 0)  # of rounds before, too
        self._errand.keeper = replace(errand.keeper, pace=self._pace)
        self._later_at: datetime | None = None
        self._seen_at: datetime | None = None
        self._has_more = False

    def run(self) -> None:
        """Until all is done, time is up, or the platform does not want to."""
        trouble = None
        try:
            if self._errand.is_off:
                self._has_more = not listening.leave(self._errand, self._watch, self._is_up)
            else:
                self._keep_in_step()
        except PlatformError as error:
            trouble = error
        self._end(trouble)

    def _is_up(self) -> bool:
        """Whether the rest is for later, or for others."""
        return self._watch.passed > BOX or self._is_over()

    def _pace(self) -> None:
        """Before each call: count it, and go on holding the board."""
        now = self._watch.now()
        with unit_of_work() as session:
            if now - self._beat_at > _BEAT:
                recording.hold(session, self._errand, now)
                self._beat_at = now
            refusal = recording.spend(session, self._errand, now)
        if refusal is not None:
            raise refusal
        self._calls += 1

    def _keep_in_step(self) -> None:
        errand, now = self._errand, self._watch.now()
        with reading() as session:
            sight = look(session, errand, now=now)
        desk = Desk(errand, sight, self._watch, place_of(errand, sight))
        is_due = errand.board.reconcile_at is not None and errand.board.reconcile_at <= now
        if is_due or errand.board.remote_id is None:
            self._prepare(desk, sight)
        listening.listen(errand, desk.place, self._watch)
        cards = {card.id: card for card in errand.port.cards(desk.place)} if is_due else None
        reached("board read")
        self._gather(desk, sight, cards)
        desk.read = cards or {}
        self._work(desk, sight)
        if not self._has_more and errand.board.layout.get(NOTICES):
            self._notice(desk, new_cards=0)  # what was said of a push is over with it

    def _prepare(self, desk: Desk, sight: Sight) -> None:
        """Have the board be there, with all that it needs."""
        errand = self._errand
        if errand.own_id is None:
            own_id, label = errand.port.who(errand.keeper)
            with unit_of_work() as session:
                recording.note_account(session, errand, own_id, label)
            desk.place = place_of(errand, sight)
        made = errand.port.prepare(desk.place)
        desk.place = replace(desk.place, id=made.id, layout=made.layout)
        new = len(gathering.missing_rows(errand, sight, self._watch.now()))
        layout = {**made.layout, NOTICES: _notices(desk, new)}
        with reading() as session:
            self._check_only(session, made.id)
        with unit_of_work() as session:
            recording.hold(
                session,
                errand,
                self._watch.now(),
                remote_id=made.id,
                layout=layout,
                url=made.layout.get("url") or errand.board.url,
            )
        reached("board prepared")

    def _notice(self, desk: Desk, *, new_cards: int) -> None:
        """Say what whoever looks at the board should know by now."""
        errand, notices = self._errand, _notices(desk, new_cards)
        if notices != errand.board.layout[NOTICES]:
            layout = {**errand.board.layout, NOTICES: notices}
            with unit_of_work() as session:
                recording.hold(session, errand, self._watch.now(), layout=layout)

    def _check_only(self, session: Session, remote_id: str | None) -> None:
        """An address is not an id: only now it is known which board it is."""
        board = self._errand.board
        if remote_id is None or remote_id == board.remote_id:
            return
        found = queries.board_there(session, board.workspace_id, board.kind, remote_id)
        if found is not None and found.id != board.id:
            raise PlatformError("our_fault", TWICE)

    def _gather(self, desk: Desk, sight: Sight, cards: dict[str, Card] | None) -> None:
        """Write down what there is to do."""
        errand, now = self._errand, self._watch.now()
        with unit_of_work() as session:
            recording.hold(session, errand, now, seen=sight.head, **self._compared(cards, now))
            told = gathering.told(session, errand, reads_all=cards is not None, now=now)
            if told.is_all and cards is None:
                recording.hold(session, errand, now, reconcile_at=now)
                self._has_more = True
            new = gathering.missing_rows(errand, sight, now)
            dirty, unknown = gathering.touched(sight, told.cards)
            if cards is not None:
                for item, card in gathering.recognised(sight, new, cards):
                    recording.recognise(item, card)
                dirty, unknown = gathering.differing(errand, sight, cards)
                own = {item.remote_id for item in new}
                unknown = [key for key in unknown if key not in own]
            new += gathering.stranger_rows(errand, sight, unknown, cards or {}, now=now)
            recording.insert_items(session, new)
            recording.mark_dirty(session, dirty)
            sight.items.update({one.id: one for one in new})
            desk.begin(session, self._run(sight, is_all=cards is not None))
            reached("board gathering")
        self._later_at = told.later_at

    def _compared(self, cards: dict[str, Card] | None, now: datetime) -> dict[str, Any]:
        if cards is None:
            return {}
        return {"reconciled_at": now, "reconcile_at": now + stretched(DAY, _share())}

    def _run(self, sight: Sight, *, is_all: bool) -> dict[str, Any]:
        """What is told of what is under way; what is not done yet goes on under its name."""
        usual = {
            "kind": "reconcile" if is_all else "changes",
            "done": 0,
            "calls": 0,
            "began_at": None,
        }
        run = {**usual, **(self._errand.board.run or {})}
        run["began_at"] = run["began_at"] or self._watch.now().isoformat()
        run["of"] = run["done"] + len(gathering.work(self._errand, sight, self._watch.now()))
        return run

    def _work(self, desk: Desk, sight: Sight) -> None:
        """One card after another; one that the platform does not take keeps no other waiting."""
        failed, first = 0, None
        for item in gathering.work(self._errand, sight, self._watch.now()):
            if self._is_up():
                self._has_more = True
                break
            try:
                desk.do(item, calls=self._calls)
                failed = 0
            except PlatformError as error:
                failed, first = failed + 1, first or error
                if error.trouble not in _OF_A_CARD or failed == _PATIENCE:
                    raise
        now = self._watch.now()
        self._seen_at = gathering.first_seen(sight, now)
        if first is not None:
            raise first
        # What was made last may be what others are linked to.
        self._has_more |= bool(gathering.work(self._errand, sight, now))

    def _end(self, trouble: PlatformError | None) -> None:
        now, errand = self._watch.now(), self._errand
        with unit_of_work() as session:
            recording.hold(session, errand, now)
            board = session.get_one(
                Board, (errand.claim.workspace_id, errand.claim.id), populate_existing=True
            )
            standing = self._standing(session, board, trouble, now)
            if standing.until is not None:
                account = queries.account(session, board.workspace_id, board.account_id)
                account.next_allowed_at = max(account.next_allowed_at or now, standing.until)
            if trouble is None and not self._has_more:
                board.run = None
            elif board.run is not None:
                board.run = {**board.run, "calls": self._calls}
            let_go(session, board, standing, now=now)
            if errand.is_off:
                forget_unused(session, board.workspace_id)
        if trouble is not None:
            level = logging.ERROR if trouble.trouble == "our_fault" else logging.INFO
            _log.log(level, "board %s: %s", errand.claim.id, trouble)

    def _standing(
        self, session: Session, board: Board, trouble: PlatformError | None, now: datetime
    ) -> Standing:
        if trouble is not None:
            return setback(trouble, board.failures, share=_share(), now=now)
        if board.state == queries.OFF:
            return Standing(ready_at=now if self._has_more else None)
        return Standing(ready_at=self._next_look(session, board, now))

    def _next_look(self, session: Session, board: Board, now: datetime) -> datetime:
        """At once where there is more; else when something is to be looked at by itself."""
        scope = (session, board.workspace_id, board.seen)
        news = since(*scope, project_id=board.project_id, limit=1)
        if self._has_more or news:
            return now
        waits = [listening.next_look(board, now), board.reconcile_at or now]
        if self._seen_at is not None:
            waits.append(self._seen_at)
        if self._later_at is not None:
            waits.append(self._later_at)
        elif recording.new_deliveries(session, self._errand):
            waits.append(now)
        return max(min(waits), now)
