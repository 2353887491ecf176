"""What may be put under a task."""

import pytest

from tracker.projects.part_rules import MOST, TooManyParts, check_room, mentioned


def test_a_task_is_no_archive() -> None:
    check_room(MOST - 1)
    with pytest.raises(TooManyParts) as refused:
        check_room(MOST)
    assert str(MOST) in refused.value.say("fr")


def test_a_comment_calls_by_an_e_mail_behind_an_at() -> None:
    for body, called in (
        ("@a@x.org", ["a@x.org"]),
        ("Ask (@A.B+c@x-y.example.org), or @d@x.org.", ["a.b+c@x-y.example.org", "d@x.org"]),
        ("@a@x.org and @A@X.org", ["a@x.org"]),
        ("a@x.org", []),
        ("x@@a@x.org", []),
        ("mail@a@x.org", []),
        ("@team, look", []),
        ("@a@localhost", []),
        ("@" * 5000, []),
    ):
        assert mentioned(body) == called, body
