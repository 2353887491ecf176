"""The reminder policy: what holds where nothing is said, and who has the last word."""

from pathlib import Path

import pytest

from tests.builders import a_text
from tracker.playbooks.loader import BadPlaybook, load_bytes
from tracker.playbooks.policy import DEFAULT, RULES, Repeated, Rung, merged, said_in

HEAD = f"playbook: mine\nversion: 1\ntitle: {dict(a_text('Mine'))}\nphases: []\n"


def test_without_a_word_the_usual_policy_holds() -> None:
    policy = merged()
    assert set(DEFAULT) == set(RULES)
    assert policy == merged(None, {}, dict.fromkeys(RULES))
    assert policy.before_due == (0, 2, 7)
    assert policy.overdue == Repeated((1, 3), 5)
    assert policy.escalation[0] == Rung("community_manager", 2)


def test_the_innermost_word_counts_rule_by_rule() -> None:
    playbook = {"before_due": [9], "overdue": [2], "quiet": []}
    project = {"before_due": [4, 4, 1], "quiet": None}
    task = {"overdue": {"after": [], "then_every": 1}, "escalation": []}
    policy = merged(playbook, None, project, task)
    assert policy.before_due == (1, 4)
    assert policy.overdue == Repeated((), 1)
    assert policy.quiet == Repeated()
    assert policy.escalation == ()
    assert policy.blocked == merged().blocked


def test_rungs_are_climbed_in_their_order() -> None:
    rungs = [{"to": "sponsor", "after": 9}, {"to": "it", "after": 1}, {"to": "it", "after": 1}]
    assert merged({"escalation": rungs}).escalation == (Rung("it", 1), Rung("sponsor", 9))


def test_what_is_said_is_kept_in_one_way() -> None:
    said = said_in({"overdue": [1], "blocked": {"after": [2]}, "quiet": None, "before_start": []})
    assert said == {"overdue": {"after": [1]}, "blocked": {"after": [2]}, "before_start": []}
    assert said_in(said) == said
    assert said_in(None) == {}


def test_a_playbook_says_its_own_policy() -> None:
    told = "reminders: {before_due: [3], overdue: [1], escalation: [{to: it, after: 2}]}\n"
    playbook = load_bytes((HEAD + told).encode(), "mine.yaml")
    assert playbook.reminders == {
        "before_due": [3],
        "overdue": {"after": [1]},
        "escalation": [{"to": "it", "after": 2}],
    }
    assert load_bytes(HEAD.encode(), "mine.yaml").reminders == {}


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ("{before_due: [366]}", "must lie between 0 and 365"),
        ("{before_due: [-1]}", "must lie between 0 and 365"),
        ("{before_due: 3}", "before_due must be a list"),
        (f"{{before_due: {list(range(21))}}}", "before_due must hold 0 to 20 items"),
        ("{overdue: {after: [1], then_every: 0}}", "then_every must lie between 1 and 365"),
        ("{overdue: {then_every: 5}}", "overdue needs a “after”"),
        ("{escalation: [{to: king, after: 1}]}", "to must be one of sponsor"),
        ("{on_fire: [1]}", "unknown key “on_fire” in reminders"),
        ("soon", "reminders must be a mapping"),
    ],
)
def test_what_no_policy_can_say_is_a_fault_with_its_line(told: str, fault: str) -> None:
    with pytest.raises(BadPlaybook) as refused:
        load_bytes(f"{HEAD}reminders: {told}\n".encode(), Path("mine.yaml").name)
    (problem,) = map(str, refused.value.problems)
    assert problem.startswith("mine.yaml:5: ")
    assert fault in problem
