"""A database of Notion's read whole, to be brought here once; its columns are what they look like.

Nothing is added to it: what a board that is kept in step would need is not needed here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tracker.connectors import board_copy as copied
from tracker.connectors.board_copy import BoardCopy, Column, CopiedCard, Leftover, Moment, Person
from tracker.connectors.boards import Keeper, Place
from tracker.connectors.notion.columns import meanings_of
from tracker.connectors.notion.parse import instant, plain_text
from tracker.connectors.notion.preparing import existing_source
from tracker.connectors.notion.problems import TOO_MANY
from tracker.connectors.notion.reading import all_rows
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import understood
from tracker.kernel.texts import Said, Sentence

Raw = Mapping[str, Any]
MOST_ROWS: Final = 10_000
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "phase": ("phase", "phases", "étape", "stage", "section", "list", "liste"),
    "status": ("status", "statut", "state", "état"),
    "done": ("done", "complete", "completed", "fait", "terminé"),
    "start": ("start", "start date", "begin", "début", "date de début"),
    "due": ("due", "due date", "deadline", "end", "échéance", "date d'échéance", "fin"),
    "when": ("when", "date", "dates", "timeline", "quand", "période"),
    "owner": ("owner", "assignee", "assign", "assigned to", "responsable", "assigné à"),
    "after": (
        *("after", "blocked by", "depends on", "predecessors", "waiting for", "après"),
        *("bloqué par", "dépend de", "prédécesseurs"),
    ),
    "notes": ("description", "notes", "note", "details", "détails"),
}
_TOLD: Final = ("rich_text", "select", "number", "email", "phone_number", "checkbox")
_PAGES: Final = Sentence(
    en="What is written inside the pages stays in Notion; the link of each task leads there.",
    fr="Ce qui est écrit dans les pages reste dans Notion ; le lien de chaque tâche y mène.",
)
_COLUMN: Final = Sentence(
    en="A column of the type {type}, for which there is no place here.",
    fr="Une colonne de type {type}, qui n'a pas de place ici.",
)
_UNTITLED: Final = Sentence(en="It has no title.", fr="Elle n'a pas de titre.")
_MORE_LINKS: Final = Sentence(
    en="It waits for more pages than Notion tells at once; the first ones are taken.",
    fr="Elle attend plus de pages que Notion n'en dit à la fois ; les premières sont prises.",
)
_LONG: Final = Sentence(
    en="Its texts are longer than {most} characters; the rest stays in Notion.",
    fr="Ses textes dépassent {most} caractères ; le reste demeure dans Notion.",
)


def copy_board(keeper: Keeper, board_id: str) -> BoardCopy:
    """The table, and what it looks like. Raises PlatformError."""
    source = existing_source(keeper, board_id)
    with understood():
        table = _Table.of(source)
    place = Place(keeper=keeper, id=table.id, name="", zone="UTC", layout={"data_source": table.id})
    cards: list[CopiedCard] = []
    people: dict[str, Person] = {}
    untitled = 0
    for row in all_rows(place):
        with understood():
            if row.get("in_trash"):
                continue
            card = table.card(row, people)
        untitled += card is None
        cards += [card] if card else []
        if len(cards) > MOST_ROWS:
            raise PlatformError("our_fault", TOO_MANY)
    columns = table.columns()
    order = {column.id: n for n, column in enumerate(columns)}
    left_out = [*table.left_out()]
    left_out += [Leftover(what="card", title="", reason=Said(_UNTITLED, {}))] * untitled
    return BoardCopy(
        id=table.id,
        name=table.name,
        url=copied.address(source.get("url")),
        columns=columns,
        people=tuple(people.values()),
        cards=tuple(sorted(cards, key=lambda card: order.get(card.column or "", len(order)))),
        left_out=tuple(left_out),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """A table whose columns are told by their types, and among equals by their names.

    ``roles`` are columns by what they are to us; ``told`` go into the notes, by their names.
    """

    id: str
    name: str
    roles: Mapping[str, Raw]
    labels: Sequence[Raw]
    told: Sequence[Raw]
    rest: Sequence[Raw]

    @classmethod
    def of(cls, source: Raw) -> "_Table":
        """From the table as Notion tells it."""
        columns = list(source["properties"].values())
        roles = dict(_roles(columns, str(source["id"])))
        used = {one["id"] for one in roles.values()}
        free = [one for one in columns if one["id"] not in used]
        labels = [one for one in free if one["type"] == "multi_select"]
        told = [one for one in free if one["type"] in (*_TOLD, "url")]
        rest = [one for one in free if one not in labels and one not in told]
        name = copied.title(plain_text(source.get("title"))) or "Notion"
        return cls(str(source["id"]), name, roles, labels, told, rest)

    def columns(self) -> tuple[Column, ...]:
        """The phases where there are some; else the statuses, which say what they mean."""
        for role in ("phase", "status"):
            column = self.roles.get(role)
            if column is not None:
                told = column[column["type"]]
                means = meanings_of(told) if column["type"] == "status" else {}
                return tuple(
                    Column(
                        id=str(one["id"]),
                        title=copied.title(one["name"]) or "—",
                        status=means.get(str(one["id"])),
                    )
                    for one in told["options"]
                )
        return ()

    def left_out(self) -> Iterator[Leftover]:
        """Columns that mean nothing here, and what is no column."""
        for one in self.rest:
            reason = Said(_COLUMN, {"type": str(one["type"])[:50]})
            yield Leftover(what="column", title=copied.title(one["name"]), reason=reason)
        yield Leftover(what="pages", title="", reason=Said(_PAGES, {}))

    def card(self, row: Raw, people: dict[str, Person]) -> CopiedCard | None:
        """A page; None without a title. Who is on it is put among ``people``."""
        values = {str(one["id"]): one for one in row["properties"].values()}
        found = {role: values[str(one["id"])] for role, one in self.roles.items()}
        title = copied.title(plain_text(found["title"]["title"]))
        if not title:
            return None
        faults: list[Said] = []
        starts, due = _dates(found)
        persons = list(_people(found.get("owner")))
        people.update((one.id, one) for one in persons)
        standing = _option(found.get("phase") or found.get("status"))
        return CopiedCard(
            id=str(row["id"]),
            title=title,
            column=standing,
            notes=self._notes(found, values, faults),
            url=copied.address(row.get("url")),
            labels=self._labels(values),
            starts=starts,
            due=due,
            status=self._status(found),
            is_done=bool((found.get("done") or {}).get("checkbox")),
            people=tuple(one.id for one in persons),
            after=_after(found.get("after"), faults),
            links=tuple(self._links(values)),
            edited_at=instant(row["last_edited_time"]),
            faults=tuple(faults),
        )

    def _status(self, found: Mapping[str, Raw]) -> str | None:
        """Only where it is not the column already: a manager says what that means."""
        column = self.roles.get("status")
        if column is None or "phase" not in self.roles or column["type"] != "status":
            return None
        return meanings_of(column["status"]).get(_option(found["status"]) or "")

    def _labels(self, values: Mapping[str, Raw]) -> tuple[str, ...]:
        names = (
            copied.title(one["name"], copied.LONGEST_LABEL)
            for column in self.labels
            for one in values[str(column["id"])]["multi_select"]
        )
        return tuple(dict.fromkeys(filter(None, names)))[: copied.MOST_LABELS]

    def _notes(
        self, found: Mapping[str, Raw], values: Mapping[str, Raw], faults: list[Said]
    ) -> str:
        """The description, above the values of other columns."""
        text = plain_text(found["notes"]["rich_text"]) if "notes" in found else ""
        lines = [
            f"{copied.title(column['name'])}: {value}"
            for column in self.told
            if column["type"] != "url" and (value := _value(values[str(column["id"])]))
        ]
        whole = "\n\n".join(filter(None, (text, "\n".join(lines))))
        if len(whole) > copied.LONGEST_NOTES:
            faults.append(Said(_LONG, {"most": copied.LONGEST_NOTES}))
        return copied.notes(whole)

    def _links(self, values: Mapping[str, Raw]) -> Iterator[tuple[str, str | None]]:
        for column in self.told:
            if column["type"] == "url":
                url = copied.address(values[str(column["id"])]["url"])
                if url:
                    yield url, copied.title(column["name"]) or None


def _roles(columns: Sequence[Raw], source_id: str) -> Iterator[tuple[str, Raw]]:
    of = {kind: [one for one in columns if one["type"] == kind] for kind in _kinds(columns)}
    yield "title", of["title"][0]
    for role, kinds in (("phase", ("select",)), ("done", ("checkbox",)), ("notes", ("rich_text",))):
        found = _called(role, [one for kind in kinds for one in of.get(kind, ())])
        if found:
            yield role, found
    status = [*of.get("status", ()), *filter(None, [_called("status", of.get("select", ()))])]
    if status:
        yield "status", status[0]
    dates = of.get("date", [])
    start, due = _called("start", dates), _called("due", dates)
    if due or start:
        yield from ((role, one) for role, one in (("start", start), ("due", due)) if one)
    elif dates:
        yield "when", _called("when", dates) or dates[0]
    if people := of.get("people", []):
        yield "owner", _called("owner", people) or people[0]
    own = [
        one for one in of.get("relation", ()) if one["relation"].get("data_source_id") == source_id
    ]
    if after := _called("after", own):
        yield "after", after


def _kinds(columns: Sequence[Raw]) -> set[str]:
    return {str(one["type"]) for one in columns}


def _called(role: str, columns: Sequence[Raw]) -> Raw | None:
    """The first that bears one of the names of ``role``."""
    names = _NAMES[role]
    return next((one for one in columns if str(one["name"]).strip().casefold() in names), None)


def _option(value: Raw | None) -> str | None:
    chosen = (value or {}).get(str((value or {}).get("type"))) or {}
    return str(chosen["id"]) if chosen.get("id") else None


def _dates(found: Mapping[str, Raw]) -> tuple[Moment | None, Moment | None]:
    """One column with a beginning and an end, or a column for each."""
    if "when" in found:
        value = found["when"]["date"] or {}
        starts = copied.moment(value.get("start"))
        return starts, copied.moment(value.get("end")) or starts
    start, due = (((found.get(role) or {}).get("date") or {}) for role in ("start", "due"))
    last = due.get("end") or due.get("start")
    begins = start.get("start") or (due.get("start") if due.get("end") else None)
    return copied.moment(begins), copied.moment(last)


def _people(value: Raw | None) -> Iterator[Person]:
    for one in (value or {}).get("people") or ():
        email = copied.title((one.get("person") or {}).get("email"), 254).lower()
        name = copied.title(one.get("name")) or email or str(one["id"])
        yield Person(id=str(one["id"]), name=name, email=email or None)


def _after(value: Raw | None, faults: list[Said]) -> tuple[str, ...]:
    if value and value.get("has_more"):
        faults.append(Said(_MORE_LINKS, {}))
    return tuple(str(one["id"]) for one in (value or {}).get("relation") or ())


def _value(value: Raw) -> str:
    """What a simple column says; nothing for a box that is not ticked."""
    kind = value["type"]
    told = value[kind]
    if kind == "rich_text":
        return copied.title(plain_text(told))
    if kind == "select":
        return copied.title((told or {}).get("name"))
    if kind == "checkbox":
        return "✓" if told else ""
    return copied.title(str(told)) if told is not None else ""
