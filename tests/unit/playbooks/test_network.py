from graphlib import CycleError

import pytest

from tests.builders import waits
from tracker.playbooks.model import Link
from tracker.playbooks.network import Activity, Span, forward, in_order, latest_ends


def first(days: int = 3) -> Activity:
    return Activity("first", days, (Link("before"),))


def network(second: Activity) -> dict[str, tuple[int, int]]:
    """Two days of work, then three days of ``first``, and what ``second`` makes of it."""
    ordered = in_order([second, first(), Activity("before", 2)])
    return {key: (span.start, span.end) for key, span in forward(ordered).items()}


LINKS = [
    (waits("FS", "first"), 5, "the day after its predecessor is due"),
    (waits("FS", "first", 2), 7, "two days are left between them"),
    (waits("FS", "first", -1), 4, "they overlap by a day"),
    (waits("SS", "first"), 2, "same start"),
    (waits("SS", "first", 2), 4, "two days into its predecessor"),
    (waits("SS", "first", -1), 1, "a day ahead of its predecessor"),
    (waits("FF", "first"), 3, "same due day"),
    (waits("FF", "first", 2), 5, "due two days later"),
    (waits("FF", "first", -1), 2, "due a day earlier"),
    (waits("SF", "first"), 1, "due on the day on which its predecessor starts"),
    (waits("SF", "first", 3), 4, "due three days after its predecessor has started"),
    (waits("SF", "first", -1), 0, "due a day before its predecessor starts"),
]


@pytest.mark.parametrize(("link", "start", "meaning"), LINKS, ids=[str(link[2]) for link in LINKS])
def test_a_link_pushes_a_two_day_task(link: Link, start: int, meaning: str) -> None:
    assert network(Activity("second", 2, (link,)))["second"] == (start, start + 2), meaning


MILESTONES = [
    (waits("FS", "first"), 4),  # on the due day of its predecessor
    (waits("FS", "first", 1), 5),
    (waits("FS", "first", -1), 3),
    (waits("SS", "first"), 2),
    (waits("FF", "first"), 4),
    (waits("SF", "first"), 2),
]


@pytest.mark.parametrize(("link", "day"), MILESTONES, ids=[str(link[0]) for link in MILESTONES])
def test_a_link_places_a_milestone(link: Link, day: int) -> None:
    assert network(Activity("second", 0, (link,)))["second"] == (day, day + 1)


def test_a_milestone_falls_on_the_due_day_of_its_last_predecessor() -> None:
    done = Activity("done", 0, (Link("before"), Link("first")))
    assert network(done)["done"] == (4, 5)


def test_work_goes_on_the_day_after_a_milestone() -> None:
    ordered = in_order([Activity("done", 0, (Link("work"),)), Activity("work", 2)])
    ordered.append(Activity("next", 1, (Link("done"),)))
    assert forward(ordered)["next"] == Span(2, 3, Link("done"))


def test_a_milestone_that_waits_for_a_milestone_shares_its_day() -> None:
    ordered = [Activity("one", 0), Activity("two", 0, (Link("one"),))]
    assert forward(ordered)["two"] == Span(0, 1, Link("one"))


def test_the_latest_of_several_predecessors_decides_and_is_remembered() -> None:
    second = Activity("second", 1, (Link("before"), waits("FF", "first", 3)))
    ordered = in_order([second, first(), Activity("before", 2)])
    assert forward(ordered)["second"].driver == waits("FF", "first", 3)


def test_a_floor_above_every_link_leaves_no_driver() -> None:
    spans = forward([Activity("a", 1), Activity("b", 1, (Link("a"),))], floors={"b": 9})
    assert spans["b"] == Span(9, 10, None)


def test_a_fixed_start_is_not_moved_by_its_links() -> None:
    spans = forward([Activity("a", 5), Activity("b", 1, (Link("a"),))], fixed={"b": 2})
    assert (spans["b"].start, spans["b"].end) == (2, 3)


def test_spans_decided_elsewhere_push_but_are_not_returned() -> None:
    spans = forward([Activity("b", 1, (Link("a"),))], known={"a": Span(0, 7)})
    assert spans == {"b": Span(7, 8, Link("a"))}


def test_links_to_strangers_are_ignored() -> None:
    (lonely,) = in_order([Activity("b", 1, (Link("nowhere"),))])
    assert forward([lonely]) == {"b": Span(0, 1, None)}


def test_a_loop_has_no_order() -> None:
    loop = [Activity("a", 1, (Link("b"),)), Activity("b", 1, (Link("a"),))]
    with pytest.raises(CycleError):
        in_order(loop)


@pytest.mark.parametrize("days", [0, 1, 2])
@pytest.mark.parametrize("lag", [-1, 0, 2])
@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
def test_the_latest_end_is_the_last_that_pushes_nothing_beyond_its_bound(
    kind: str, lag: int, days: int
) -> None:
    """Tried out: slip the predecessor day by day until its successor passes the bound."""
    link = Link("first", kind, lag)  # type: ignore[arg-type]  # one of the four, as listed above
    ordered = [first(), Activity("second", days, (link,))]
    bound = 12

    def due_after(slip: int) -> int:
        return max(span.end for span in forward(ordered, floors={"first": slip}).values())

    slip = max(slip for slip in range(bound) if due_after(slip) <= bound)
    ends = latest_ends(ordered, {"first": bound, "second": bound})
    assert ends["first"] == slip + first().span
