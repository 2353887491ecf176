"""What is typed before a task is done, and what it is taken for."""

import pytest

from tracker.reminders.answers.proofs import Question, Unfit, evidence


@pytest.mark.parametrize(
    ("kind", "typed", "told"),
    [
        ("note", " Alice, on Monday \r\nwith Bob ", {"note": "Alice, on Monday \nwith Bob"}),
        ("note", "<script>", {"note": "<script>"}),
        ("link", " https://example.org/a?b=c ", {"url": "https://example.org/a?b=c"}),
        ("figure", "12", {"figure": 12.0}),
        ("figure", "-1 234.5", {"figure": -1234.5}),
        ("figure", "1\u202f234,5", {"figure": 1234.5}),
    ],
)
def test_what_fits_is_taken(kind: str, typed: str, told: dict[str, object]) -> None:
    assert evidence(Question(kind, None), typed) == {"kind": kind, **told}


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        *(("note", typed) for typed in ("", " \n", "a\x00b", "\x1b[31m", "x" * 10_001)),
        *(("link", typed) for typed in ("", "example.org", "ftp://x.org", "https://a@b.org/")),
        *(("link", typed) for typed in ("data:text/html,x", "https://x.org/\nBcc: y", "//evil")),
        *(("figure", typed) for typed in ("", "many", "12%", "nan", "inf", "1e400", "1e16")),
        *(("figure", typed) for typed in ("1,234.5", "0x10", "--1")),
    ],
)
def test_what_does_not_fit_is_asked_for_again(kind: str, typed: str) -> None:
    question = Question(kind, "The signed page")
    with pytest.raises(Unfit) as refused:
        evidence(question, typed)
    assert refused.value.say("en") == question.hint.en
    assert refused.value.say("fr") == question.hint.fr
