"""Notion as a port: what is made there, what is read, and what goes wrong, on a strict fake."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from tests.connectors.doors import a_door_to
from tests.fakes.notion import TOKEN, FakeNotion
from tests.fakes.notion_hands import (
    PAGE,
    Clock,
    Person,
    a_table,
    a_workspace,
    failing,
    limited,
    saved_all_the_same,
    silent,
)
from tests.fakes.notion_tables import Table
from tests.fakes.serving import a_server
from tracker.connectors.boards import Card, Keeper, Place, Wanted
from tracker.connectors.notion import problems
from tracker.connectors.notion.client import Notion
from tracker.connectors.trouble import PlatformError, Trouble

ANN, BOB = "ann@example.org", "bob@example.org"
STATUSES = {
    "todo": "To do",
    "in_progress": "In progress",
    "blocked": "Blocked",
    "done": "Done",
    "not_applicable": "Not applicable",
}
FIELDS = {
    "title": "Book the venue",
    "status": "todo",
    "start_on": "2027-03-01",
    "due_on": "2027-03-05",
    "assignees": [ANN],
}
PORT = Notion()


@dataclass
class Stage:
    """A workspace behind a port, and a place on it."""

    notion: FakeNotion
    person: Person
    clock: Clock
    place: Place

    @property
    def table(self) -> Table:
        return self.notion.tables[self.place.layout["data_source"]]

    def prepared(self) -> "Stage":
        self.place = PORT.prepare(self.place)
        return self

    def make(self, title: str = "Book the venue", **fields: object) -> Card:
        return PORT.make(self.place, wanted(title, **fields))

    def calls(self) -> list[str]:
        made = [f"{one.method} {'/'.join(one.parts[1:2])}" for one in self.notion.asked]
        self.notion.asked.clear()
        return made


def wanted(title: str = "Book the venue", **fields: object) -> Wanted:
    return Wanted(
        marker=f"marker of {title}",
        kind="task",
        fields={**FIELDS, "title": title, **fields},
        phase="prepare",
        labels=["Critical", "Content, and more"],
        description="Twenty seats.",
        url="https://tracker.example.org/t/1",
    )


@pytest.fixture
def stage() -> Iterator[Stage]:
    clock = Clock()
    notion, person = a_workspace(clock, ANN, BOB)
    with a_server(notion) as port, a_door_to(port):
        keeper = Keeper(
            base_url=f"http://notion.example:{port}", secrets={"token": TOKEN}, own_id=notion.bot
        )
        place = Place(
            keeper=keeper,
            id=f"page:{PAGE}",
            name="Launch plan",
            zone="Europe/Paris",
            marker="11111111-1111-4111-8111-111111111111",
            phases=[("prepare", "Prepare"), ("launch", "Launch")],
            statuses=STATUSES,
            labels=["Critical", "Content, and more"],
            people=[(ANN, "Ann"), (BOB, "Bob")],
        )
        yield Stage(notion, person, clock, place)


def trouble_of(error: pytest.ExceptionInfo[PlatformError]) -> tuple[Trouble, str]:
    assert TOKEN not in str(error.value)
    return error.value.trouble, error.value.detail


def test_a_database_is_made_and_a_card_comes_back_as_it_was_sent(stage: Stage) -> None:
    assert PORT.who(stage.place.keeper) == (stage.notion.bot, "Launch crew")
    place = stage.prepared().place
    names = [one.name for one in stage.table.columns.values()]
    assert names == [
        *("Task", "Status", "When", "Owner", "Phase", "Labels"),
        *("Tracker ID", "Link", "Description", "After"),
    ]
    first = stage.make("First")
    made = PORT.make(place, replace(wanted("Second"), after=[first.id]))
    assert made.fields == {**FIELDS, "title": "Second"}
    assert (made.marker, made.phase, made.is_gone) == ("marker of Second", "prepare", False)
    assert made.labels == ["Critical", "Content, and more"]
    assert PORT.card(place, made.id) == PORT.find(place, "marker of Second") == made
    assert list(PORT.cards(place)) == [first, made]
    column = stage.table.column("After")
    assert stage.notion.rows[made.id].values[column.id] == [first.id]
    assert PORT.find(place, "marker of nobody") is None


def test_each_status_comes_back_and_complete_is_done(stage: Stage) -> None:
    stage.prepared()
    for status in STATUSES:
        assert stage.make(status, status=status).fields["status"] == status
    options = {one["name"] for one in stage.table.column("Status").config["options"]}
    assert options == {"Not started", "In progress", "Done", "Blocked", "Not applicable"}
    stage.person.adds_status(stage.table, "Shipped", "Complete")
    stage.person.adds_status(stage.table, "Reviewing", "In progress")
    row = stage.person.sets("todo", Status="Shipped")
    early = PORT.card(stage.place, row.id)  # nobody has looked at the columns since
    assert early is not None
    assert early.fields["status"] == "done"
    stage.prepared()
    stage.person.sets("blocked", Status="Reviewing")
    told = {card.title: card.fields["status"] for card in PORT.cards(stage.place)}
    assert (told["todo"], told["blocked"]) == ("done", "in_progress")


def test_what_was_renamed_goes_on_working(stage: Stage) -> None:
    card = stage.prepared().make()
    person, table = stage.person, stage.table
    for was in [one.name for one in table.columns.values()]:
        person.renames_column(table, was, f"{was} ?")
    person.renames_option(table, "Status ?", "Done", "Finito")
    person.renames_option(table, "Phase ?", "Launch", "Lift-off")
    for place in (stage.place, PORT.prepare(stage.place)):
        later = replace(wanted("New"), phase="launch", fields={**FIELDS, "status": "done"})
        changed = PORT.change(place, card, later, ["status", "own"])
        assert (changed.fields["status"], changed.phase) == ("done", "launch")
        assert place.layout["columns"] == stage.place.layout["columns"]
    assert len(table.columns) == 10


def test_dates_are_days_of_the_project(stage: Stage) -> None:
    stage.prepared().make()
    for when, days in [
        ("2027-03-02", ("2027-03-02", "2027-03-02")),
        (("2027-03-02", "2027-03-04"), ("2027-03-02", "2027-03-04")),
        (("2027-03-02T23:30:00.000+00:00", None), ("2027-03-03", "2027-03-03")),
        (None, (None, None)),
    ]:
        row = stage.person.sets("Book the venue", When=when)
        card = PORT.card(stage.place, row.id)
        assert card is not None
        assert (card.fields["start_on"], card.fields["due_on"]) == days


def test_people_whom_we_do_not_know_stay_on_the_page(stage: Stage) -> None:
    card = stage.prepared().make(assignees=[ANN, "nobody@example.org"])
    assert card.fields["assignees"] == [ANN]
    row = stage.person.sets(
        "Book the venue", Owner=[ANN, "person@notion.example"], Labels=["Critical", "Mine"]
    )
    seen = PORT.card(stage.place, row.id)
    assert seen is not None
    assert (seen.fields["assignees"], seen.labels) == ([ANN], ["Critical", "Mine"])
    changed = PORT.change(stage.place, seen, wanted(assignees=[BOB]), ["assignees", "own"])
    assert changed.fields["assignees"] == [BOB]
    assert {**changed.parts, "seen": None} == {**seen.parts, "seen": None}
    assert row.values[stage.table.column("Owner").id][-1] == stage.person.id
    assert "Mine" in changed.labels


def test_where_people_may_not_be_read_it_is_told(stage: Stage) -> None:
    stage.notion.reads_people = False
    card = stage.prepared().make()
    assert "assignees" not in card.fields
    sentences = [said.sentence for said in PORT.notices(stage.place, 0)]
    assert sentences == [problems.NO_PEOPLE]


def test_sixty_tasks_take_as_many_calls_and_five_more(stage: Stage) -> None:
    stage.notion.lag = timedelta(hours=1)
    stage.prepared()
    before = stage.calls()
    assert before == [
        *("GET blocks", "POST databases", "GET data_sources", "PATCH data_sources", "GET users")
    ]
    last: list[str] = []
    for number in range(60):
        made = PORT.make(stage.place, replace(wanted(f"Task {number}"), after=last))
        last = [made.id]
    least = 60 + 2  # the database, and the column that refers to it
    assert len(before) + len(stage.calls()) <= 1.2 * least
    stage.prepared()
    assert stage.calls() == ["GET data_sources", "GET users"]


def test_a_database_is_adopted_by_its_columns(stage: Stage) -> None:
    existing = a_table(
        stage.notion,
        "Our work",
        {
            "Name": ("title", {}),
            "State": ("status", {}),
            "Deadline": ("date", {}),
            "Begins": ("date", {}),
            "Who": ("people", {}),
            "Phase": ("rich_text", {}),
            "Budget": ("number", {}),
        },
    )
    settings = {"columns": {"due": "Deadline", "start": "Begins", "after": None, "url": None}}
    address = f"https://www.notion.so/crew/Our-work-{existing.database.replace('-', '')}?v=1"
    stage.place = replace(stage.place, id=address, settings=settings)
    card = stage.prepared().make()
    assert stage.place.id == existing.id
    assert card.fields == FIELDS
    names = {one.name for one in existing.columns.values()}
    assert {"Phase (tracker)", "Tracker ID", "Labels", "Description"} <= names
    assert not {"After", "Link", "When"} & names
    other = stage.person.adds_table(existing.database, "Second table")
    assert stage.prepared().make("Another").fields["title"] == "Another"
    assert not other.made - 1
    fresh = replace(stage.place, id=existing.database, layout={}, settings={})
    with pytest.raises(PlatformError) as error:
        PORT.prepare(fresh)
    assert trouble_of(error) == ("our_fault", problems.SEVERAL)


def test_a_bare_table_gets_every_column(stage: Stage) -> None:
    bare = a_table(stage.notion, "Our work", {"Name": ("title", {})})
    stage.place = replace(stage.place, id=bare.id, language="fr")
    stage.prepared()
    for status in STATUSES:
        assert stage.make(status, status=status).fields == {
            **FIELDS,
            "title": status,
            "status": status,
        }
    assert {"Statut", "Quand", "Étiquettes"} <= {one.name for one in bare.columns.values()}


def test_choices_are_tables_and_pages(stage: Stage) -> None:
    stage.prepared()
    choices = PORT.choices(stage.place.keeper)
    assert choices == [(stage.table.id, "Launch plan"), (f"page:{PAGE}", "Launch (page)")]


def test_what_was_saved_without_an_answer_is_not_made_twice(stage: Stage) -> None:
    stage.notion.faults += [lambda _asked, platform: platform(), saved_all_the_same(stage.notion)]
    stage.prepared()
    stage.notion.faults.append(saved_all_the_same(stage.notion))
    made = stage.make()
    stage.notion.faults.append(saved_all_the_same(stage.notion))
    changed = PORT.change(stage.place, made, wanted(status="done"), ["status"])
    assert (changed.id, changed.fields["status"]) == (made.id, "done")
    assert (len(stage.notion.databases), len(stage.notion.rows)) == (1, 1)


def test_a_database_of_unknown_outcome_is_found_again(stage: Stage) -> None:
    stage.notion.faults += [lambda _asked, platform: platform(), silent]
    with pytest.raises(PlatformError):
        PORT.prepare(stage.place)
    stage.prepared().make()
    assert len(stage.notion.databases) == 1


def test_the_trash_is_seen_and_left_again(stage: Stage) -> None:
    made = stage.prepared().make()
    row = stage.person.trashes("Book the venue")
    seen = PORT.card(stage.place, made.id)
    assert seen is not None
    assert seen.is_gone
    assert [card.is_gone for card in PORT.cards(stage.place)] == [True]
    assert PORT.change(stage.place, made, wanted(status="done"), ["status"]).is_gone
    found = PORT.find(stage.place, made.marker or "")
    assert found is not None
    back = PORT.bring_back(stage.place, made.id)
    assert back is not None
    assert not back.is_gone
    PORT.archive(stage.place, made.id)
    PORT.archive(stage.place, made.id)
    assert row.is_in_trash
    stage.person.deletes_for_good(row)
    PORT.archive(stage.place, made.id)
    assert PORT.card(stage.place, made.id) is None
    assert PORT.bring_back(stage.place, made.id) is None
    assert PORT.change(stage.place, made, wanted(), ["title"]).is_gone


def test_a_page_in_another_table_is_gone_and_comes_back(stage: Stage) -> None:
    made = stage.prepared().make()
    stage.person.moves(
        "Book the venue", stage.person.adds_table(stage.table.database, "Second table")
    )
    seen = PORT.card(stage.place, made.id)
    assert seen is not None
    assert seen.is_gone
    back = PORT.bring_back(stage.place, made.id)
    assert back is not None
    assert (back.is_gone, back.fields) == (False, FIELDS)


def test_more_than_one_query_shows_is_read(stage: Stage) -> None:
    stage.prepared()
    stage.notion.most_rows = 120
    for number in range(290):
        stage.clock.goes_on(seconds=10)
        stage.person.adds(stage.table, f"Row {number}")
    assert len({card.title for card in PORT.cards(stage.place)}) == 290
    stage.notion.most_rows = 5
    with pytest.raises(PlatformError) as error:
        list(PORT.cards(stage.place))
    assert trouble_of(error) == ("our_fault", problems.TOO_MANY)


def test_edits_within_a_minute_are_not_missed(stage: Stage) -> None:
    stage.prepared()
    told, cursor = PORT.missed(stage.place, None)
    assert (told, cursor) == ([], {"since": None})
    made = stage.make()
    theirs = stage.person.adds(stage.table, "Theirs")
    place = replace(stage.place, parts={made.id: made.parts})
    told, cursor = PORT.missed(place, cursor)
    assert [one.card for one in told] == [theirs.id], "what we wrote ourselves is no news"
    seen = {one.key for one in told}
    for due in ("2027-03-08", "2027-03-09"):
        stage.clock.goes_on(seconds=2)
        stage.person.sets("Book the venue", When=due)
        told, cursor = PORT.missed(place, cursor)
        (new,) = [one for one in told if one.key not in seen]
        assert new.card == made.id
        seen |= {new.key}
    assert {one.key for one in PORT.missed(place, cursor)[0]} <= seen
    stage.clock.goes_on(hours=1)
    stage.person.trashes("Theirs")
    assert {one.card for one in PORT.missed(place, cursor)[0]} == {made.id, theirs.id}


def test_what_somebody_changed_before_our_eyes_is_not_taken_for_ours(stage: Stage) -> None:
    made = stage.prepared().make()
    stage.person.sets("Book the venue", When="2027-03-08")
    answered = PORT.change(stage.place, made, wanted(status="done"), ["status"])
    assert answered.fields["due_on"] == "2027-03-08"
    place = replace(stage.place, parts={made.id: answered.parts})
    _told, cursor = PORT.missed(place, None)
    assert [one.card for one in PORT.missed(place, cursor)[0]] == [made.id]
    again = PORT.change(stage.place, answered, wanted(status="todo"), ["status"])
    place = replace(stage.place, parts={made.id: again.parts})
    assert PORT.missed(place, cursor)[0] == []


def test_every_trouble_has_its_word(stage: Stage, subtests: pytest.Subtests) -> None:
    stage.prepared()
    notion = stage.notion
    spelled = "public_api_{}request_{}".format
    table = [
        (limited(notion, spelled("", "rate_limit")), "throttled", 12),
        (limited(notion, spelled("space_", "rate_limit"), 90), "throttled", 90),
        (limited(notion, "public_api_endpoint_rate_limit", 5), "throttled", 5),
        (limited(notion, spelled("", "blocked")), "permission", None),
        (failing(notion, 529, "service_overload"), "throttled", 60),
        (failing(notion, 409, "conflict_error"), "transient", 1),
        (failing(notion, 503, "service_unavailable"), "transient", None),
        (failing(notion, 500, "internal_server_error"), "transient", None),
        (failing(notion, 400, "validation_error"), "our_fault", None),
        (failing(notion, 403, "restricted_resource"), "permission", None),
    ]
    for fault, trouble, seconds in table:
        with subtests.test(trouble=trouble, seconds=seconds):
            notion.faults.append(fault)
            with pytest.raises(PlatformError) as error:
                stage.make()
            wait = error.value.retry_in
            assert error.value.trouble == trouble
            assert (None if wait is None else wait.total_seconds()) == seconds
    assert not notion.rows


def test_what_a_manager_can_mend_is_told(stage: Stage) -> None:
    stage.prepared()
    notion, place = stage.notion, stage.place
    notion.most_blocks = notion.blocks
    with pytest.raises(PlatformError) as error:
        stage.make()
    assert trouble_of(error) == ("permission", problems.BLOCKS)
    assert [said.values for said in PORT.notices(place, 60)] == [{"blocks": 60}]
    notion.databases[stage.table.database].is_in_trash = True
    with pytest.raises(PlatformError) as error:
        PORT.prepare(place)
    assert trouble_of(error) == ("gone", problems.IN_TRASH)
    notion.shared.clear()
    for ask in (lambda: PORT.prepare(place), lambda: PORT.card(place, PAGE), stage.make):
        with pytest.raises(PlatformError) as error:
            ask()
        assert trouble_of(error) == ("gone", problems.NOT_SHARED)
    notion.tokens.clear()
    with pytest.raises(PlatformError) as error:
        PORT.who(place.keeper)
    assert trouble_of(error) == ("credential", problems.TOKEN)
    with pytest.raises(PlatformError) as error:
        PORT.prepare(replace(place, id=None, layout={}))
    assert trouble_of(error) == ("our_fault", problems.NO_PARENT)


def test_a_comment_is_made_where_it_may_be(stage: Stage) -> None:
    made = stage.prepared().make()
    PORT.comment(stage.place, made.id, "The gate is closed.")
    stage.notion.reads_comments = False
    PORT.comment(stage.place, made.id, "The gate is closed.")
    stage.notion.reads_comments = True
    row = stage.person.trashes("Book the venue")
    PORT.comment(stage.place, made.id, "The gate is closed.")
    stage.person.deletes_for_good(row)
    PORT.comment(stage.place, made.id, "The gate is closed.")
    assert stage.notion.comments == [(made.id, "The gate is closed.")]


def test_a_column_that_was_removed_is_done_without(stage: Stage) -> None:
    made = stage.prepared().make()
    removed = [stage.person.removes_column(stage.table, name) for name in ("Labels", "When")]
    stage.person.removes_column(stage.table, "Tracker ID")
    late = PORT.change(stage.place, made, wanted(status="done"), ["status", "due_on", "own"])
    assert late.fields == {"title": made.title, "status": "done", "assignees": [ANN]}
    stage.prepared()
    again = stage.make("Again")
    assert again.fields.keys() == {"title", "status", "assignees"}
    assert "Labels" not in {one.name for one in stage.table.columns.values()}
    assert PORT.find(stage.place, "marker of Again") == again
    for column in removed:  # Notion gives a column back under its id
        stage.table.columns[column.id] = column
    assert stage.prepared().make("Third").fields == {**FIELDS, "title": "Third"}


def test_the_pace_is_asked_before_each_request(stage: Stage) -> None:
    stage.prepared()
    asked: list[int] = []
    keeper = replace(stage.place.keeper, pace=lambda: asked.append(1))
    place = replace(stage.place, keeper=keeper)
    stage.calls()
    list(PORT.cards(PORT.prepare(place)))
    PORT.make(place, wanted())
    assert len(asked) == len(stage.calls()) == 5


def test_long_texts_are_cut_into_pieces(stage: Stage) -> None:
    long = "é" * 5_500
    stage.prepared()
    made = PORT.make(stage.place, replace(wanted("x" * 2_300), description=long))
    assert made.title == "x" * 2_300
    notes = stage.notion.rows[made.id].values[stage.table.column("Description").id]
    assert "".join(one["plain_text"] for one in notes) == long


def test_a_burst_beyond_the_allowance_is_told_when_to_go_on(stage: Stage) -> None:
    stage.prepared()
    stage.notion.most_calls = 8
    for number in range(3):
        stage.make(f"Task {number}")
    with pytest.raises(PlatformError) as error:
        stage.make()
    assert (error.value.trouble, error.value.retry_in) == ("throttled", timedelta(seconds=61))
    assert len(stage.notion.rows) == 3


def test_what_is_no_token_is_a_wrong_one() -> None:
    for token in ("", "ntn_a b", "ntn_é", "ntn_\u2019"):
        keeper = Keeper(base_url="http://never.example", secrets={"token": token})
        with pytest.raises(PlatformError) as raised:
            Notion().who(keeper)
        assert (raised.value.trouble, raised.value.detail) == ("credential", problems.TOKEN)
