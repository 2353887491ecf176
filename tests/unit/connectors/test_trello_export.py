"""A file of Trello's, read: what it says, and what whoever wrote it may have put there instead."""

import copy
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest

from tests.fakes.exported import (
    a_card,
    a_checklist,
    a_label,
    a_list,
    a_member,
    an_export,
    an_id,
    at,
)
from tracker.connectors.board_copy import CopiedCard, moment
from tracker.connectors.trello.export import NoBoard, read_board

TODO = a_list(1, "To do")


def the_card(**more: Any) -> CopiedCard:
    (card,) = read_board(
        an_export([TODO], [a_card(1, more.pop("name", "Card"), TODO, **more)])
    ).cards
    return card


def said(card: CopiedCard) -> str:
    return " ".join(fault.say("en") for fault in card.faults)


def test_a_card_is_read_with_all_that_belongs_to_it() -> None:
    card = a_card(
        1,
        "Write the charter",
        TODO,
        desc="In **two** pages.\r\nNo more.",
        start=at("2026-11-20", "09:00:00.000"),
        due=at("2026-11-30"),
        dueComplete=True,
        idMembers=[an_id("m", 1)],
        labels=[a_label("Content"), a_label("", "green")],
        attachments=[
            {"name": "Model", "url": "https://example.org/model", "isUpload": False},
            {"name": "Odd", "url": "javascript:alert(1)"},
        ],
        customFieldItems=[
            {"idCustomField": "f1", "value": {"number": "1200"}},
            {"idCustomField": "f2", "idValue": "o1"},
        ],
    )
    fields = [
        {"id": "f1", "name": "Budget", "type": "number"},
        {"id": "f2", "name": "Size", "options": [{"id": "o1", "value": {"text": "Large"}}]},
    ]
    file = an_export(
        [TODO],
        [card],
        checklists=[a_checklist(1, card, {"Draft": True, "Review": False})],
        members=[a_member(1, "Ada Example", "ada_example")],
        customFields=fields,
    )
    board = read_board(file)
    (found,) = board.cards
    assert (found.title, found.column, found.is_done) == ("Write the charter", TODO["id"], True)
    assert found.notes == "In **two** pages.\nNo more.\n\nBudget: 1200\nSize: Large"
    assert found.due == datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert (found.labels, found.people) == (("Content", "green"), (an_id("m", 1),))
    assert found.steps == (("Draft", True), ("Review", False))
    assert found.links == (("https://example.org/model", "Model"),)
    assert "1 attachment is no web address" in said(found)
    assert (board.people[0].name, board.people[0].email) == ("Ada Example", None)


def test_lists_and_cards_come_in_their_order_on_the_board() -> None:
    first, last = a_list(1, "First", pos=1), a_list(2, "Last", pos=2)
    cards = [a_card(1, "c", last), a_card(2, "b", first, pos=9), a_card(3, "a", first, pos=8)]
    board = read_board(an_export([last, first], cards))
    assert [column.title for column in board.columns] == ["First", "Last"]
    assert [card.title for card in board.cards] == ["a", "b", "c"]


def test_items_of_several_checklists_say_which_is_theirs() -> None:
    card = a_card(1, "Card", TODO)
    checklists = [
        a_checklist(1, card, {"A": True}, "One"),
        a_checklist(2, card, {"B": False}, "Two"),
    ]
    checklists[0]["checkItems"][0]["due"] = at("2026-12-01")
    (found,) = read_board(an_export([TODO], [card], checklists=checklists)).cards
    assert found.steps == (("One: A", True), ("Two: B", False))
    assert "1 checklist item has a date or a member" in said(found)


def test_what_is_no_task_stays_there_with_its_reason() -> None:
    cards = [
        a_card(1, "A template", TODO, isTemplate=True),
        a_card(2, "---", TODO, cardRole="separator"),
        a_card(3, " \n", TODO),
        a_card(4, "Kept", TODO),
        a_card(4, "Its double", TODO),
    ]
    cards[3]["attachments"] = [{"isUpload": True, "url": "https://trello.com/1/f", "name": "f.pdf"}]
    file = an_export([TODO], cards, actions=[{"type": "commentCard"}, {"type": "updateCard"}])
    board = read_board(file)
    assert [card.title for card in board.cards] == ["Kept"]
    told = [(one.what, one.title, one.reason.say("en")) for one in board.left_out]
    assert [what for what, _title, _reason in told] == ["card"] * 4 + ["comments", "files"]
    assert told[4][2].startswith("1 comment stays on Trello")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-30T17:00:00.000Z", datetime(2026, 11, 30, 17, tzinfo=UTC)),
        ("2026-11-30T17:00:00+02:00", datetime.fromisoformat("2026-11-30T17:00:00+02:00")),
        ("2026-11-30T17:00:00", datetime(2026, 11, 30, 17)),  # noqa: DTZ001 - no zone is meant
        ("2026-11-30", date(2026, 11, 30)),
        (None, None),
        ("", None),
    ],
)
def test_days_and_instants_are_told_apart(written: str | None, meant: object) -> None:
    assert moment(written) == meant


@pytest.mark.parametrize(
    "value", ["soon", "2026-13-01", "0001-01-01T00:00:00+14:00", 20261130, ["2026-11-30"], {}, True]
)
def test_what_is_no_date_is_told_and_left_out(value: object) -> None:
    card = the_card(due=value)
    assert card.due is None
    assert "is no date that can be read" in said(card)


def test_texts_are_made_harmless_and_nothing_is_lost_of_a_long_title() -> None:
    long = "Formula =1+1 " * 40
    card = the_card(name=f"\u202e{long}\x00\n", desc="=cmd|'/c calc'!A0\x07")
    assert len(card.title) == 200
    assert card.title.endswith("…")
    assert card.notes.startswith(long.strip())
    assert card.notes.endswith("=cmd|'/c calc'!A0")
    assert "200 characters" in said(card)


def test_long_lists_are_cut_and_told() -> None:
    card = a_card(1, "Card", TODO, labels=[a_label(f"L{n}") for n in range(30)], desc="x" * 20_000)
    checklist = a_checklist(1, card, {f"Step {n}": False for n in range(300)})
    (found,) = read_board(an_export([TODO], [card], checklists=[checklist])).cards
    assert (len(found.labels), len(found.steps), len(found.notes)) == (20, 200, 10_000)
    assert {"20", "200", "10000"} <= set(said(found).replace(";", "").split())


@pytest.mark.parametrize(
    "document", [None, [], "board", {}, {"lists": []}, {"lists": {}, "cards": []}]
)
def test_what_is_no_board_is_refused(document: object) -> None:
    with pytest.raises(NoBoard):
        read_board(document)


JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e300,
    "",
    "x",
    "\ud800",
    [],
    [None],
    [[]],
    {},
    {"id": 1},
    [{"id": []}],
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a file where something stands."""
    yield path
    known = dict(enumerate(value)) if isinstance(value, list) else value
    for key, inner in known.items() if isinstance(known, dict) else ():
        yield from places(inner, (*path, key))


def test_a_file_may_hold_anything_anywhere() -> None:
    card = a_card(1, "Card", TODO, idMembers=[an_id("m", 1)], labels=[a_label("Content")])
    card["attachments"] = [{"name": "Model", "url": "https://example.org", "isUpload": True}]
    card["customFieldItems"] = [{"idCustomField": "f", "idValue": "o", "value": {"text": "a"}}]
    fields = [{"id": "f", "name": "Size", "options": [{"id": "o", "value": {"text": "Large"}}]}]
    whole = an_export(
        [TODO],
        [card],
        checklists=[a_checklist(1, card, {"Draft": True})],
        members=[a_member(1, "Ada Example", "ada_example", email="ada@example.org")],
        customFields=fields,
        actions=[{"type": "commentCard"}],
    )
    for *path, key in filter(None, places(whole)):
        for junk in JUNK:
            document = copy.deepcopy(whole)
            inner: Any = document
            for step in path:
                inner = inner[step]
            inner[key] = junk
            try:
                orjson.dumps(read_board(document))
            except NoBoard:
                assert key in ("lists", "cards")
