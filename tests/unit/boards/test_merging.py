"""Three-way merge, as a function."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tracker.boards.merging import (
    OWN,
    POLICIES,
    Agreed,
    Judging,
    absorbed,
    agreed_of,
    flat,
    merge,
    owed,
    sent,
)

EARLY, LATE = datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 3, 2, tzinfo=UTC)
NAMES = ("title", "status", "steps.a", "steps.b")
SIDES = st.fixed_dictionaries({name: st.integers(0, 3) for name in NAMES})


def both(**fields: Any) -> Agreed:
    return Agreed(dict(fields), dict(fields), "own")


def judged(policy: str, ours_at: Any = EARLY, theirs_at: Any = LATE) -> Judging:
    policies = dict.fromkeys(("title", "status", "steps"), policy)
    return Judging(policies=policies, ours_at=ours_at, theirs_at=theirs_at)


def test_what_only_one_side_has_changed_is_theirs_to_say() -> None:
    agreed = both(title="A", status="todo")
    merged = merge(
        agreed,
        {"title": "B", "status": "todo"},
        {"title": "A", "status": "done"},
        judged("tracker"),
    )
    assert (merged.take, merged.clashes) == ({"status": "done"}, [])


def test_what_both_have_changed_is_settled_by_its_policy_and_told() -> None:
    table = (
        ("tracker", EARLY, LATE, "tracker"),
        ("platform", LATE, EARLY, "platform"),
        ("newest", EARLY, LATE, "platform"),
        ("newest", LATE, EARLY, "tracker"),
        ("newest", LATE, LATE, "tracker"),
        ("newest", LATE, None, "tracker"),
    )
    for policy, ours_at, theirs_at, winner in table:
        judging = judged(policy, ours_at, theirs_at)
        merged = merge(both(title="A"), {"title": "B"}, {"title": "C"}, judging)
        assert [clash.winner for clash in merged.clashes] == [winner], policy
        assert merged.take == ({"title": "C"} if winner == "platform" else {}), policy


def test_steps_are_fields_of_their_own() -> None:
    assert flat({"title": "A", "steps": {"a": True}}) == {"title": "A", "steps.a": True}
    agreed = both(**{"steps.a": False, "steps.b": False})
    ours, theirs = {"steps.a": True, "steps.b": False}, {"steps.a": False, "steps.b": True}
    merged = merge(agreed, ours, theirs, judged("tracker"))
    assert (merged.take, merged.clashes) == ({"steps.b": True}, [])
    after = absorbed(agreed, theirs, {"steps.a": True, "steps.b": True}, taken=merged.take)
    assert owed(after, {"steps.a": True, "steps.b": True}, "own") == ["steps"]


def test_people_who_cannot_be_shown_there_are_not_lost_here() -> None:
    agreed = Agreed({"assignees": ["a", "x"]}, {"assignees": ["a"]}, "own")
    merged = merge(agreed, {"assignees": ["a", "x"]}, {"assignees": ["b"]}, judged("newest"))
    assert merged.take == {"assignees": ["b", "x"]}
    after = absorbed(agreed, {"assignees": ["b"]}, {"assignees": ["b", "x"]}, taken=merged.take)
    assert owed(after, {"assignees": ["b", "x"]}, "own") == [], "it is as near as it gets"


def test_what_is_refused_is_owed_and_never_taken_again() -> None:
    agreed = both(status="todo")
    theirs, ours = {"status": "done"}, {"status": "todo"}
    merged = merge(agreed, ours, theirs, judged("newest"))
    after = absorbed(agreed, theirs, ours, taken={}, say=["Why."])
    assert merged.take == {"status": "done"}
    assert merge(after, ours, theirs, judged("newest")).take == {}
    assert owed(after, ours, "own") == ["status"]
    assert agreed_of(after.as_json()) == after


def test_a_change_there_while_ours_is_sent_is_still_a_change() -> None:
    agreed = both(title="A", status="todo")
    ours = {"title": "B", "status": "todo"}
    after = sent(agreed, ours, {"title": "B", "status": "done"}, names=["title"], own="own")
    assert owed(after, ours, "own") == []
    merged = merge(after, ours, {"title": "B", "status": "done"}, judged("newest"))
    assert merged.take == {"status": "done"}


def test_what_was_removed_on_one_side_is_put_right_by_ours() -> None:
    agreed = both(**{"steps.a": False, "steps.b": True})
    gone_there = absorbed(agreed, {"steps.a": False}, dict(agreed.ours), taken={})
    assert owed(gone_there, agreed.ours, "own") == ["steps"]
    assert owed(agreed, {"steps.a": False}, "own") == ["steps"]
    assert owed(agreed, agreed.ours, "other") == [OWN]


@given(st.tuples(SIDES, SIDES, SIDES), st.sampled_from(POLICIES), st.sampled_from(NAMES))
def test_one_exchange_makes_both_sides_equal(
    sides: tuple[dict[str, int], dict[str, int], dict[str, int]], policy: str, refused: str
) -> None:
    was, ours, theirs = sides
    agreed = Agreed(was, was, "own")
    taken = merge(agreed, ours, theirs, judged(policy)).take
    taken.pop(refused, None)
    here = {**ours, **taken}
    after = absorbed(agreed, theirs, here, taken=taken)
    names = owed(after, here, "own")
    are_sent = {name for name in NAMES if name in names or name[:5] in names}
    there = {name: here[name] if name in are_sent else one for name, one in theirs.items()}
    assert there == here
    final = sent(after, here, there, names=names, own="own") if names else after
    assert owed(final, here, "own") == []
    assert merge(final, here, there, judged(policy)).take == {}
