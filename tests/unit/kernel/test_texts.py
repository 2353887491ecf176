"""Sentences with a number in them."""

import pytest

from tracker.kernel.texts import Figure, Language, Said, Sentence

CARDS = Sentence(
    en="{count} {count:card is|cards are} left on “{name}”",
    fr="{count} {count:carte reste|cartes restent} sur « {name} »",
)


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 0, "0 cards are left on “a|b”"),
        ("en", 1, "1 card is left on “a|b”"),
        ("en", "1", "1 card is left on “a|b”"),
        ("en", 1.5, "1.5 cards are left on “a|b”"),
        ("en", 2, "2 cards are left on “a|b”"),
        ("en", "many", "many cards are left on “a|b”"),
        ("fr", 0, "0 carte reste sur « a|b »"),
        ("fr", 1, "1 carte reste sur « a|b »"),
        ("fr", 1.5, "1.5 carte reste sur « a|b »"),
        ("fr", 2, "2 cartes restent sur « a|b »"),
        ("fr", None, "None cartes restent sur « a|b »"),
    ],
)
def test_a_number_chooses_the_form_of_the_words_around_it(
    language: Language, count: object, said: str
) -> None:
    assert Said(CARDS, {"count": count, "name": "a|b"}).say(language) == said


def test_a_number_with_a_form_of_its_own_chooses_too() -> None:
    lag = Sentence(en="{lag:+d} {lag:day|days}", fr="{lag:+d} {lag:jour|jours}")
    assert [lag.say("en", lag=lag_days) for lag_days in (-1, 2)] == ["-1 day", "+2 days"]
    assert [lag.say("fr", lag=lag_days) for lag_days in (-1, 2)] == ["-1 jour", "+2 jours"]


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (12.0, "12", "12"),
        (66.6667, "66.7", "66,7"),
        (-0.04, "0", "0"),
        (-47.25, "-47.2", "-47,2"),
        (1_234_567.0, "1234567", "1234567"),
    ],
)
def test_a_figure_is_written_as_in_its_language(value: float, english: str, french: str) -> None:
    assert (Figure(value).say("en"), Figure(value).say("fr")) == (english, french)
    assert Sentence(en="{n} %", fr="{n} %").say("fr", n=Figure(value)) == f"{french} %"
