"""Assessments: ten answers in, what they say out."""

from typing import Any

import pytest

from tests.api.playbooks import a_source, brings
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, answer

PATH = "/assessments"


def test_answers_get_score_band_advice_and_parameters(bob: Persona, vera: Persona) -> None:
    made = answer(bob.post(PATH, {"answers": "AABBCCDDAA"}), 201)
    assert isinstance(made["score"], int)
    assert made["band"]
    assert made["advice"]
    assert made["suggested_parameters"]["scope"] == "external"
    assert (made["playbook"], made["version"]) == ("community-launch", 4)
    assert answer(vera.get(f"{PATH}/{made['id']}")) == made
    assert answer(vera.get(PATH))["items"] == [made]


def test_better_answers_never_score_less(bob: Persona) -> None:
    made = [answer(bob.post(PATH, {"answers": letter * 10}), 201) for letter in "ABCD"]
    scores = [row["score"] for row in made]
    assert len(set(scores)) == 4
    assert scores in (sorted(scores), sorted(scores, reverse=True))
    assert len({row["band"] for row in made}) >= 3


def test_a_low_score_says_when_to_ask_again(bob: Persona) -> None:
    made = [answer(bob.post(PATH, {"answers": letter * 10}), 201) for letter in "ABCD"]
    lowest = min(made, key=lambda row: row["score"])
    first, last = lowest["reassess_between"]
    assert lowest["created_at"][:10] < first < last
    assert max(made, key=lambda row: row["score"])["reassess_between"] is None


def test_the_same_answers_read_in_both_languages_and_for_each_scope(bob: Persona) -> None:
    made = {
        scope: answer(bob.post(PATH, {"answers": "BBBBBBBBBB", "scope": scope}), 201)
        for scope in ("internal", "external", "hybrid")
    }
    assert len({tuple(row["advice"]) for row in made.values()}) == 3
    path = f"{PATH}/{made['hybrid']['id']}"
    french, english = answer(bob.get(path, headers=FRENCH)), answer(bob.get(path))
    assert french["advice"] != english["advice"]
    assert french["title"] != english["title"]
    assert french["score"] == english["score"]


def test_small_letters_will_do(bob: Persona) -> None:
    assert answer(bob.post(PATH, {"answers": "aabbccddaa"}), 201)["answers"] == "AABBCCDDAA"


WRONG: tuple[tuple[str, Any], ...] = (
    ("answers", "AABBCCDDA"),
    ("answers", "AABBCCDDAAA"),
    ("answers", "AABBCCDDAE"),
    ("answers", ""),
    ("answers", "ÀÀBBCCDDAA"),
    ("answers", ["A"] * 10),
    ("answers", None),
    ("answers", "A" * 101),
    ("scope", "worldwide"),
    ("version", 0),
    ("playbook", ""),
    ("mood", "good"),
)


def test_wrong_answers_are_told_how_many_letters_to_give(
    bob: Persona, subtests: pytest.Subtests
) -> None:
    before = everything()
    for field, value in WRONG:
        with subtests.test(f"{field}={value!r:.40}"):
            body = {"answers": "AABBCCDDAA", field: value}
            english = problem(bob.post(PATH, body), 422, "invalid-values")["errors"][field]
            french = problem(bob.post(PATH, body, headers=FRENCH), 422, "invalid-values")
            assert english != french["errors"][field]
            assert everything() == before


def test_a_playbook_without_quiz_or_without_existence_asks_nothing(mona: Persona) -> None:
    brings(mona, a_source())
    before = everything()
    for wish in ({"playbook": "mine"}, {"playbook": "no-such"}, {"version": 99}):
        problem(mona.post(PATH, {"answers": "AABBCCDDAA", **wish}), 404, "not-found")
    assert everything() == before
