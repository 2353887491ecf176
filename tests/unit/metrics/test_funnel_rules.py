"""How many first members are missing, and how many to invite."""

import pytest

from tracker.metrics.funnel_rules import Funnel, members_for, reached, truly_active


def a_funnel(*, members: float | None = None, contacted: int = 0, joined: int = 0) -> Funnel:
    people = {("seed", "contacted"): contacted - joined, ("seed", "joined"): joined}
    return Funnel(reached(people), members, None, target=100)


def test_whoever_came_further_has_come_that_far() -> None:
    people = {("seed", "active"): 2, ("expert", "contacted"): 3, ("seed", "candidate"): 4}
    assert reached(people) == {
        "candidate": 9,
        "contacted": 5,
        "agreed": 2,
        "joined": 2,
        "introduced": 2,
        "active": 2,
    }


@pytest.mark.parametrize(
    ("funnel", "shortfall", "to_invite"),
    [
        (a_funnel(), 100, 334),
        (a_funnel(members=100), 0, 0),
        (a_funnel(members=130), 0, 0),
        (a_funnel(members=99.5), 1, 4),
        (a_funnel(contacted=20, joined=10), 90, 180),
        (a_funnel(contacted=9, joined=9), 91, 304),  # too few to tell a share of their own
        (a_funnel(contacted=20, joined=0), 100, 334),  # nobody came: a share of none says nothing
    ],
)
def test_a_wave_is_as_large_as_the_shortfall_takes(
    funnel: Funnel, shortfall: int, to_invite: int
) -> None:
    assert (funnel.shortfall, funnel.to_invite) == (shortfall, to_invite)


def test_one_in_a_hundred_at_most_is_truly_active() -> None:
    assert truly_active(1000) == (1, 10)
    assert truly_active(10_000) == (10, 100)
    assert truly_active(20) == (0, 1)
    assert truly_active(0) == (0, 0)
    assert members_for(20) == (2000, 20_000)
