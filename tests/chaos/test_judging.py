"""The judge itself: every fault that it is there for turns it red, and nothing else does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.chaos.judging import Arrival, Intent, Row, Try, Verdict, judge

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)
OWED = Intent(effect="due of task 1 to Bob", due_at=NOON)
SENT = Row(
    id="1",
    effect=OWED.effect,
    recipient="bob@example.org",
    state="sent",
    tries=(Try(number=1, outcome="accepted"),),
    announced=1,
)


def tries(*outcomes: str | None) -> tuple[Try, ...]:
    return tuple(Try(number=number, outcome=one) for number, one in enumerate(outcomes, 1))


def mail(id_: str = "1", *, after: float = 2, to: str = SENT.recipient) -> Arrival:
    return Arrival(id=id_, recipient=to, at=NOON + timedelta(seconds=after))


def faults(verdict: Verdict) -> tuple[int, int, int]:
    return len(verdict.lost), len(verdict.repeated), len(verdict.unexplained)


CATCH_UP = replace(SENT, id="9", effect="catch-up of Bob")
FOLDED = replace(SENT, state="folded", folded_into="9", tries=(), announced=0)
RETRIED = replace(SENT, tries=tries("unknown", "accepted"))
EXPIRED = replace(SENT, state="expired", reason="late", tries=(), announced=0)
CANCELLED = replace(SENT, state="cancelled", reason="done", tries=(), announced=0)

FINE: dict[str, tuple[list[Row], list[Arrival]]] = {
    "told": ([SENT], [mail()]),
    "put off, then told": ([replace(SENT, tries=tries("deferred", "accepted"))], [mail()]),
    "unknown, and had not arrived": ([RETRIED], [mail()]),
    "unknown, and had arrived": ([RETRIED], [mail(), mail(after=9)]),
    "told by another": ([FOLDED, CATCH_UP], [mail("9")]),
    "expired": ([EXPIRED], []),
    "cancelled, and told anew": ([replace(CANCELLED, id="0"), SENT], [mail()]),
}

# What it looks like, and how many are lost, repeated, unexplained.
WRONG: dict[str, tuple[list[Row], list[Arrival], tuple[int, int, int]]] = {
    "never written down": ([], [], (1, 0, 0)),
    "still owed": ([replace(SENT, state="owed", tries=(), announced=0)], [], (1, 0, 1)),
    "in a dead hand": ([replace(SENT, state="sending", tries=tries(None))], [], (1, 0, 2)),
    "said to be sent, and was not": ([SENT], [], (1, 0, 1)),
    "given up": ([replace(SENT, state="failed", reason="poison", tries=())], [], (1, 0, 1)),
    "cancelled": ([CANCELLED], [], (1, 0, 0)),
    "folded into nothing": ([FOLDED], [], (1, 0, 0)),
    "told twice under two ids": (
        [SENT, replace(SENT, id="2")],
        [mail(), mail("2")],
        (0, 1, 0),
    ),
    "told, and told by another": (
        [replace(FOLDED, tries=tries("unknown")), CATCH_UP],
        [mail(), mail("9")],
        (0, 1, 0),
    ),
    "arrived twice, tried once": ([SENT], [mail(), mail()], (0, 0, 1)),
    "accepted twice": (
        [replace(SENT, tries=tries("accepted", "accepted"))],
        [mail()] * 2,
        (0, 0, 1),
    ),
    "two tries with one number": (
        [replace(SENT, tries=tries("accepted") + tries("unknown"))],
        [mail()],
        (0, 0, 1),
    ),
    "nobody owes it": ([SENT], [mail(), mail("7")], (0, 0, 1)),
    "before its time": ([SENT], [mail(after=-1)], (0, 0, 1)),
    "to somebody else": ([SENT], [mail(to="vera@example.org")], (0, 0, 1)),
    "sent, and not announced": ([replace(SENT, announced=0)], [mail()], (0, 0, 1)),
    "announced twice": ([replace(SENT, announced=2)], [mail()], (0, 0, 1)),
    "will be sent once more": ([replace(SENT, is_ready=True)], [mail()], (0, 0, 1)),
}


def test_what_held_is_told_as_that(subtests: pytest.Subtests) -> None:
    for name, (rows, arrivals) in FINE.items():
        with subtests.test(name):
            verdict = judge([OWED], rows, arrivals)
            assert faults(verdict) == (0, 0, 0), verdict
            assert verdict.is_clean
            assert verdict.told + verdict.expired == verdict.owed == 1


def test_what_did_not_hold_is_found(subtests: pytest.Subtests) -> None:
    for name, (rows, arrivals, found) in WRONG.items():
        with subtests.test(name):
            verdict = judge([OWED], rows, arrivals)
            assert faults(verdict) == found, verdict
            assert not verdict.is_clean


def test_what_was_taken_back_must_not_be_told() -> None:
    taken_back = replace(OWED, end="cancelled")
    assert judge([taken_back], [CANCELLED], []).is_clean
    assert faults(judge([taken_back], [SENT], [mail()])) == (1, 0, 0)
    assert faults(judge([taken_back], [], [])) == (1, 0, 0)


def test_repeats_are_counted_beside_the_attempts_that_explain_them() -> None:
    rows = [RETRIED, replace(RETRIED, id="2", effect="another"), replace(SENT, id="3", effect="3")]
    verdict = judge([OWED], rows, [mail(), mail(after=5), mail("2"), mail("3")])
    assert verdict.is_clean
    assert (verdict.raw_repeats, verdict.unknown, verdict.unknown_delivered) == (1, 2, 1)


def test_lateness_counts_from_the_first_telling() -> None:
    late = [replace(OWED, effect=str(number)) for number in range(101)]
    rows = [replace(RETRIED, id=one.effect, effect=one.effect) for one in late]
    mails = [mail(row.id, after=int(row.id)) for row in rows]
    verdict = judge(
        late, rows, [*mails, *(replace(one, at=NOON + timedelta(days=1)) for one in mails)]
    )
    assert (verdict.late(0.5), verdict.late(0.99), verdict.late(1)) == (50, 99, 100)
