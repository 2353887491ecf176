"""``tracker quiz``: answers given at once, or one by one in the terminal."""

import json
from typing import Any

import pytest

from tests.cli.terminal import misused, printed, refused, run


def outcome(line: str) -> Any:
    return json.loads(printed(f"quiz {line} --format json"))


@pytest.mark.parametrize(
    ("answers", "score", "band"),
    [
        ("AAAAAAAAAA", 30, "essential"),
        ("aabbccddaa", 18, "relevant"),
        ("DDDDDDDDDD", 0, "not_a_priority_now"),
    ],
)
def test_the_answers_are_scored(answers: str, score: int, band: str) -> None:
    found = outcome(f"--answers {answers}")
    assert (found["answers"], found["score"], found["band"]) == (answers.upper(), score, band)


def test_a_low_score_names_the_days_to_ask_again() -> None:
    found = outcome("--answers DDDDDDDDDD --today 2027-08-31")
    assert found["reassess_between"] == ["2028-02-29", "2028-08-31"]
    shown = printed("quiz --answers DDDDDDDDDD --today 2027-08-31")
    assert "between Tue 29 Feb 2028 and Thu 31 Aug 2028" in shown


def test_the_verdict_is_told_in_french_with_a_plan_to_look_at() -> None:
    shown = printed("quiz --answers AABBCCDDAA --scope internal --language fr")
    assert "18 / 30" in shown
    assert "tracker plan preview --launch … --prepare-months" in shown
    assert "--scope internal" in shown


def test_a_hybrid_community_gets_the_advice_for_both_sides() -> None:
    assert len(outcome("--answers AABBCCDDAA --scope hybrid")["advice"]) == 3
    assert len(outcome("--answers AABBCCDDAA --scope external")["advice"]) == 2


@pytest.mark.parametrize("answers", ["AAB", "AABBCCDDAX", "AABBCCDDAAA", "", "ÀABBCCDDAA"])
def test_wrong_answers_are_refused_with_an_example(answers: str) -> None:
    said = refused("quiz --answers", answers)
    assert said.startswith("answers: Give 10 letters from A to D")


def test_an_unknown_scope_is_a_usage_error() -> None:
    assert "--scope" in misused("quiz --scope everybody")


def test_without_answers_the_ten_questions_are_asked() -> None:
    result = run("quiz --format json", typed="a\nA\nb\nB\nc\nC\nd\nD\n a \nA\n")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["answers"] == "AABBCCDDAA"
    assert "Question 10 of 10" in result.stderr


def test_a_wrong_letter_is_asked_again_and_the_others_are_kept() -> None:
    result = run("quiz --language fr --format json", typed="x\nAB\nA\n" + "B\n" * 9)
    assert json.loads(result.stdout)["answers"] == "ABBBBBBBBB"
    assert "« x » n'est pas une des réponses. Taper A, B, C ou D." in result.stderr
    assert "« AB » n'est pas une des réponses." in result.stderr


def test_leaving_in_the_middle_gives_no_verdict() -> None:
    result = run("quiz", typed="A\nB\n")
    assert (result.exit_code, result.stdout) == (1, "")


def test_the_questions_fit_into_a_hundred_columns() -> None:
    asked = run("quiz --language fr", typed="A\n" * 10)
    lines = asked.stderr.splitlines() + asked.stdout.splitlines()
    assert [line for line in lines if len(line) > 100] == []
