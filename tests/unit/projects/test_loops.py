"""Links that would make tasks wait for themselves."""

from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tracker.projects.loops import DependencyLoop, find_loop

AFTER = {"c": ["b"], "b": ["a"], "d": ["b"]}


def test_the_path_leads_from_each_task_to_the_one_that_waits_for_it() -> None:
    assert find_loop(AFTER, successor="a", predecessor="c") == ["a", "b", "c", "a"]
    assert find_loop(AFTER, successor="a", predecessor="a") == ["a", "a"]
    assert find_loop(AFTER, successor="d", predecessor="c") is None
    assert find_loop(AFTER, successor="d", predecessor="a") is None


def test_a_loop_is_told_by_keys_and_titles() -> None:
    loop = DependencyLoop(["a", "b", "a"], {"a": "First", "b": "Second"})
    assert "“First” (a) → “Second” (b) → “First” (a)" in loop.say("en")
    assert "« First » (a) → « Second » (b) → « First » (a)" in loop.say("fr")


letters = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(letters, letters)), letters, letters)
def test_a_loop_is_found_where_there_is_one(
    pairs: list[tuple[str, str]], successor: str, predecessor: str
) -> None:
    after: dict[str, list[str]] = {}
    for later, earlier in pairs:
        if earlier < later:  # so that there is no loop to begin with
            after.setdefault(later, []).append(earlier)
    loop = find_loop(after, successor=successor, predecessor=predecessor)
    after.setdefault(successor, []).append(predecessor)
    try:
        TopologicalSorter(after).prepare()
    except CycleError:
        assert loop is not None
        assert loop[0] == loop[-1] == successor
        assert loop[-2] == predecessor
        assert all(earlier in after[later] for earlier, later in pairwise(loop))
    else:
        assert loop is None
