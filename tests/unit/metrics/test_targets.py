"""What a metric should come to: the project's own word goes before the playbook's."""

from dataclasses import replace

from tracker.metrics.targets import NO_TARGET, Setting, Target, Targets
from tracker.playbooks.catalog import our_playbook
from tracker.playbooks.model import TargetSpec

PLAYBOOK = replace(
    our_playbook("community-launch"),
    targets=(
        TargetSpec("joins", ">=", 10),
        TargetSpec("joins", ">=", 20, phases=("recruit",)),
        TargetSpec("joins", ">=", 30, phases=("recruit",), types=("advocacy",)),
        TargetSpec("leaves", "<=", 2, phases=("develop",)),
    ),
)


def target(
    metric: str, phase: str | None, *settings: Setting, type_: str | None = None
) -> Target | None:
    return Targets.of(PLAYBOOK, type_, settings).find(metric, phase)


def test_the_playbooks_closest_word_holds() -> None:
    assert target("joins", None) == Target(">=", 10, "playbook")
    assert target("joins", "launch") == Target(">=", 10, "playbook")
    assert target("joins", "recruit") == Target(">=", 20, "playbook")
    assert target("joins", "recruit", type_="advocacy") == Target(">=", 30, "playbook")
    assert target("leaves", "recruit") is None
    assert target("dau", "recruit") is None


def test_the_project_says_otherwise_in_a_phase_or_in_all() -> None:
    everywhere = Setting("joins", "", ">=", 5)
    here = Setting("joins", "recruit", ">=", 7)
    assert target("joins", "recruit", everywhere) == Target(">=", 5, "project")
    assert target("joins", "recruit", everywhere, here) == Target(">=", 7, "project")
    assert target("joins", "launch", everywhere, here) == Target(">=", 5, "project")


def test_a_project_can_want_no_target_and_a_pin_says_nothing_of_one() -> None:
    assert target("joins", "recruit", Setting("joins", "", NO_TARGET, None)) is None
    pinned = Setting("joins", "", None, None)
    assert target("joins", "recruit", pinned) == Target(">=", 20, "playbook")


def test_a_target_is_met_or_not() -> None:
    assert Target("<=", 2, "project").is_met(2)
    assert not Target("<", 2, "project").is_met(2)
