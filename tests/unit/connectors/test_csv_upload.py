"""Files that people export: whatever program wrote them, figures or what is wrong, line by line."""

from collections.abc import Sequence
from datetime import date

import pytest

from tracker.connectors.csv_upload.cells import day_reader, read_number, uses_decimal_comma
from tracker.connectors.csv_upload.parse import Parsed, parse
from tracker.connectors.csv_upload.table import MOST_BYTES, MOST_ROWS, read_table
from tracker.kernel.errors import Invalid

LONG = "metric,day,value,channel,note\n"


def read(content: str | bytes, preset: str | None = None) -> Parsed:
    return parse(read_table(content.encode() if isinstance(content, str) else content), preset)


def told(parsed: Parsed) -> list[tuple[str, date, float]]:
    return [(one.sample.metric, one.sample.day, one.sample.value) for one in parsed.found]


def refusal(content: str | bytes, preset: str | None = None) -> str:
    with pytest.raises(Invalid) as caught:
        read(content, preset)
    faults = caught.value.fields["file"]
    assert isinstance(faults, list)
    assert faults[0].say("fr")
    return faults[0].say("en")


@pytest.mark.parametrize(
    ("text", "comma", "value"),
    [
        ("12", False, 12),
        ("1,234.5", False, 1234.5),
        ("1.234,5", True, 1234.5),
        ("1 234,5", True, 1234.5),
        ("1\u202f234\u00a0567", True, 1_234_567),
        ("12,5 %", True, 12.5),
        ("-3", False, -3),
        ("1e3", False, 1000),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, comma: bool, value: float) -> None:
    assert read_number(text, has_decimal_comma=comma) == value


@pytest.mark.parametrize(
    "text", ["", "=1+1", "12 members", "1e999", "nan", "inf", "٣", "--1", "1.2.3"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its words are for nobody
        read_number(text, has_decimal_comma=False)


@pytest.mark.parametrize(
    ("texts", "delimiter", "comma"),
    [
        (["1,5"], ",", True),
        (["1.5"], ";", False),
        (["1.234,5"], ",", True),
        (["1,234.5"], ";", False),
        (["1,234"], ",", False),  # either would do: as the file separates its cells
        (["1,234"], ";", True),
        (["12"], ";", True),
    ],
)
def test_the_decimal_comma_is_told_by_the_whole_column(
    texts: Sequence[str], delimiter: str, comma: bool
) -> None:
    assert uses_decimal_comma(texts, delimiter) is comma


@pytest.mark.parametrize(
    ("texts", "day"),
    [
        (["2027-09-06"], date(2027, 9, 6)),
        (["2027-09-06T00:00:00+00:00"], date(2027, 9, 6)),
        (["2027-09-06 00:00:00 UTC"], date(2027, 9, 6)),
        (["06/09/2027"], date(2027, 9, 6)),
        (["06.09.27"], date(2027, 9, 6)),
        (["09/06/2027", "09/13/2027"], date(2027, 9, 6)),  # the second one tells
        (["6 septembre 2027"], date(2027, 9, 6)),
        (["Sep 6, 2027"], date(2027, 9, 6)),
        (["1 août 2027"], date(2027, 8, 1)),
    ],
)
def test_days_are_read_as_the_file_writes_them(texts: list[str], day: date) -> None:
    assert day_reader(texts)(texts[0]) == day


@pytest.mark.parametrize("text", ["", "soon", "2027-13-01", "31/02/2027", "2027", "6 smarch 2027"])
def test_what_is_no_day_is_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        day_reader([text])(text)


def test_the_long_form_tells_metric_day_value_and_more() -> None:
    parsed = read(LONG + "joins,2027-09-06,12,email,a good day\njoins,2027-09-07,3,,\n")
    assert told(parsed) == [("joins", date(2027, 9, 6), 12), ("joins", date(2027, 9, 7), 3)]
    assert parsed.found[0].sample.dims == {"channel": "email"}
    assert (parsed.found[0].note, parsed.found[1].note) == ("a good day", None)
    assert {one.sample.method for one in parsed.found} == {"manual"}


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_file_of_a_french_spreadsheet_is_read(mark: str) -> None:
    text = "metric;day;value;note\nengagement_rate;06/09/2027;12,5;été\n"
    parsed = read(text.encode(mark))
    assert told(parsed) == [("engagement_rate", date(2027, 9, 6), 12.5)]
    assert parsed.found[0].note == "été"


def test_every_line_that_is_wrong_is_told_at_its_number() -> None:
    parsed = read(
        LONG
        + "joins,soon,12\n\njoins,2027-09-07,=1+1\njoins,2027-09-08,4,,,,\njoins,2027-09-09,5\n"
    )
    assert {number: len(faults) for number, faults in parsed.faults.items()} == {2: 1, 4: 1, 5: 1}
    assert "soon" in parsed.faults[2][0].say("en")
    assert told(parsed) == [("joins", date(2027, 9, 9), 5)]


def test_exports_of_platforms_are_known_by_their_columns() -> None:
    parsed = read("Date,Total Members,Active Members,Posts\n2027-09-06,120,,4\n")
    assert parsed.preset == "facebook_group"
    assert told(parsed) == [
        ("members_total", date(2027, 9, 6), 120),
        ("posts", date(2027, 9, 6), 4),
    ]
    discord = "interval_start_timestamp,visitors,communicators\n2027-09-06T00:00:00+00:00,9,3\n"
    assert read(discord).preset == "discord_insights"
    assert read("Date,Daily active members,Messages posted\n2027-09-06,9,3\n").preset == (
        "slack_analytics"
    )


def test_of_two_columns_for_one_figure_the_better_one_is_read() -> None:
    parsed = read(
        "Date,Total membership,Total enabled membership,Weekly active members,"
        "Weekly members posting messages,Messages posted,Messages posted by members\n"
        "2027-09-06,120,100,60,30,200,180\n"
    )
    assert [(metric, value) for metric, _day, value in told(parsed)] == [
        ("members_total", 100),
        ("wau", 60),
        ("wau", 30),
        ("messages", 180),
    ]
    assert [bool(one.sample.dims) for one in parsed.found] == [False, True, False, False]


def test_answers_to_the_question_of_recommendation_are_counted_and_nobody_kept() -> None:
    scores = [10, 9, 9, 8, 7, 6, 3]
    lines = "".join(f"person{n},{score},2027-09-06\n" for n, score in enumerate(scores))
    parsed = read("respondent_id,score,at\n" + lines)
    assert told(parsed) == [
        ("nps_promoters", date(2027, 9, 6), 3),
        ("nps_passives", date(2027, 9, 6), 2),
        ("nps_detractors", date(2027, 9, 6), 2),
    ]
    assert "person" not in repr(parsed)
    assert list(read("respondent_id,score,at\na,11,2027-09-06\nb,x,2027-09-06\n").faults) == [2, 3]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nothing below"),
        (b"metric,day,value\n", "nothing below"),
        (b"a,b\n1,2\n", "what kind of file"),
        (b"metric,day,value,value\nx,2027-01-01,1,2\n", "twice"),
        (b'metric,day,value\n"joins,2027-01-01,1\n', "quotation marks"),
        (b"PK\x03\x04\x00\x00\x00", "no text"),
        (b"\xff\xfea", "no text"),
        (b"a," * 2_000_000, "columns"),
        (b"a," * 300 + b"\n1\n", "columns"),
        (b"x" * (MOST_BYTES + 1), "larger"),
        (b"metric,day,value\n" + b"m,2027-01-01,1\n" * (MOST_ROWS + 1), "rows at a time"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_with_a_sentence(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_a_file_may_be_said_to_be_of_a_kind_and_must_look_like_it() -> None:
    assert "Date" not in refusal("a,b\n1,2\n", "facebook_group")
    assert "what kind" in refusal("a,b\n1,2\n", "myspace")


def test_a_hundred_thousand_rows_are_read() -> None:
    parsed = read("metric,day,value\n" + "joins,2027-01-01,1\n" * MOST_ROWS)
    assert len(parsed.found) == MOST_ROWS
