"""Rows that people bring: which are figures, and why the others are none."""

from datetime import date
from typing import Any

import pytest

from tracker.kernel.texts import Said
from tracker.metrics.definitions import by_any_name
from tracker.metrics.reading_rows import Brought, Judge
from tracker.playbooks.dictionary import load_dictionary

TODAY = date(2027, 9, 6)
GOOD: dict[str, Any] = {"metric": "joins", "day": "2027-09-06", "value": 4}


def judged(*rows: Any) -> list[Brought | Said]:
    return list(Judge(by_any_name(load_dictionary().metrics), TODAY).all(rows))


WRONG: dict[str, tuple[Any, str]] = {
    "no object": (7, "object"),
    "an unknown field": ({**GOOD, "colour": "red"}, "colour"),
    "no metric": ({"day": "2027-09-06", "value": 4}, "metric"),
    "an unknown metric": ({**GOOD, "metric": "happiness"}, "happiness"),
    "a metric that is no text": ({**GOOD, "metric": ["joins"]}, "joins"),
    "no value": ({**GOOD, "value": None}, "value"),
    "a text for a value": ({**GOOD, "value": "4"}, "finite"),
    "true for a value": ({**GOOD, "value": True}, "finite"),
    "infinity": ({**GOOD, "value": float("inf")}, "finite"),
    "no number": ({**GOOD, "value": float("nan")}, "finite"),
    "far too much": ({**GOOD, "value": 10**400}, "finite"),
    "a day to come": ({**GOOD, "day": "2027-09-07"}, "2027-09-06"),
    "a day that does not exist": ({**GOOD, "day": "2027-02-30"}, "2027-09-06"),
    "a day of another form": ({**GOOD, "day": "20270906"}, "2027-09-06"),
    "a week": ({**GOOD, "day": "2027-W36-1"}, "2027-09-06"),
    "a day long ago": ({**GOOD, "day": "1999-12-31"}, "2000"),
    "another unit": ({**GOOD, "unit": "percent"}, "percent"),
    "a split of what has no parts": ({**GOOD, "metric": "dau", "dims": {"channel": "x"}}, "dims"),
    "a split by another word": ({**GOOD, "dims": {"colour": "red"}}, "dims"),
    "a split that is no text": ({**GOOD, "dims": {"channel": 4}}, "dims"),
    "a split that is no object": ({**GOOD, "dims": ["channel"]}, "dims"),
    "a note with a control character": ({**GOOD, "note": "a\x00b"}, "note"),
    "an endless note": ({**GOOD, "note": "x" * 1_001}, "note"),
    "a negative count": ({**GOOD, "count": -1}, "count"),
    "half a count": ({**GOOD, "count": 1.5}, "count"),
}


def test_what_is_no_figure_is_refused_with_its_reason(subtests: pytest.Subtests) -> None:
    for name, (row, word) in WRONG.items():
        with subtests.test(name):
            (found,) = judged(row)
            assert isinstance(found, Said)
            assert word in found.say("en")
            assert found.say("en") != found.say("fr")


def test_a_good_row_is_a_figure_under_the_metrics_own_key() -> None:
    (found,) = judged({**GOOD, "metric": "activation_rate_7d", "value": 41.5, "count": 12})
    assert isinstance(found, Brought)
    sample = found.sample
    assert (sample.metric, sample.value, sample.count) == ("activation_rate_7_days", 41.5, 12)
    assert (sample.method, sample.day) == ("manual", TODAY)


def test_of_two_rows_of_the_same_day_the_second_is_refused() -> None:
    first, second, third = judged(GOOD, {**GOOD, "value": 5}, {**GOOD, "day": "2027-09-05"})
    assert isinstance(first, Brought)
    assert isinstance(third, Brought)
    assert isinstance(second, Said)
    assert "Row 0" in second.say("en")
