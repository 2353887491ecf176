"""A whole board as Trello writes it into a file, or answers it at once. Pure.

Source: Trello's menu, “Print, export and share”, “Export as JSON”; GET /boards/{id} with lists,
cards, checklists, labels, members and customFields has the same form. What the form promises is
not believed: whoever brings a file can write anything into it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from tracker.connectors import board_copy as copied
from tracker.connectors.board_copy import BoardCopy, Column, CopiedCard, Leftover, Moment, Person
from tracker.connectors.days import instant
from tracker.kernel.texts import Said, Sentence

Raw = Mapping[str, Any]
_SEPARATOR: Final = "separator"
_FIRST: Final = 0.0

NO_BOARD: Final = Sentence(
    en="This is no Trello board: it has no lists and no cards. In Trello, open the board's menu, "
    "“Print, export and share”, then “Export as JSON”, and bring that file as it is.",
    fr="Ce n'est pas un tableau Trello : il n'a ni listes ni cartes. Dans Trello, ouvrir le menu "
    "du tableau, « Imprimer, exporter et partager », puis « Exporter en JSON », et apporter ce "
    "fichier tel quel.",
)
_UNTITLED: Final = Sentence(en="It has no title.", fr="Elle n'a pas de titre.")
_TWICE: Final = Sentence(
    en="Another card of the file has the same id.",
    fr="Une autre carte du fichier a le même identifiant.",
)
_TEMPLATE: Final = Sentence(
    en="It is a template for cards, and nothing to do.",
    fr="C'est un modèle de carte, il n'y a rien à faire.",
)
_LINE: Final = Sentence(en="It is a line between cards.", fr="C'est un trait entre des cartes.")
_COMMENTS: Final = Sentence(
    en="{count} {count:comment stays|comments stay} on Trello: who wrote {count:it|them} is not "
    "known here. The link to each card leads there.",
    fr="{count} {count:commentaire reste|commentaires restent} sur Trello : {count:son auteur "
    "n'est pas connu|leurs auteurs ne sont pas connus} ici. Le lien vers chaque carte y mène.",
)
_FILES: Final = Sentence(
    en="{count} {count:file stays|files stay} on Trello; {count:it|each} is a link here, for "
    "those who may see the board.",
    fr="{count} {count:fichier reste|fichiers restent} sur Trello ; {count:il|chacun} est un lien "
    "ici, pour qui peut voir le tableau.",
)
_BAD_DATE: Final = Sentence(
    en="“{value}” is no date that can be read; it is left out.",
    fr="« {value} » n'est pas une date lisible ; elle est laissée de côté.",
)
_BAD_LINKS: Final = Sentence(
    en="{count} {count:attachment is no web address, or one too many; it is|attachments are no "
    "web addresses, or too many; they are} left out.",
    fr="{count} {count:pièce jointe n'est pas une adresse web, ou est de trop ; elle est "
    "laissée|pièces jointes ne sont pas des adresses web, ou sont de trop ; elles sont laissées} "
    "de côté.",
)
_STEP_DATES: Final = Sentence(
    en="{count} checklist {count:item has|items have} a date or a member of {count:its|their} "
    "own, which a step has not.",
    fr="{count} {count:élément|éléments} de checklist {count:a une date ou un membre à lui|ont "
    "une date ou un membre à eux}, ce qu'une étape n'a pas.",
)
_STEPS: Final = Sentence(
    en="It has {count} checklist items; the first {most} are taken.",
    fr="Elle a {count} éléments de checklist ; les {most} premiers sont pris.",
)
_LABELS: Final = Sentence(
    en="It has {count} labels; the first {most} are taken.",
    fr="Elle a {count} étiquettes ; les {most} premières sont prises.",
)
_LONG: Final = Sentence(
    en="Its title is longer than {most} characters; it stands in full in the notes.",
    fr="Son titre dépasse {most} caractères ; il figure en entier dans les notes.",
)
_LONG_NOTES: Final = Sentence(
    en="Its description is longer than {most} characters; the rest stays on Trello.",
    fr="Sa description dépasse {most} caractères ; le reste demeure sur Trello.",
)


class NoBoard(ValueError):
    """What was brought is none."""


def read_board(document: object) -> BoardCopy:
    """The board in ``document``. Raises NoBoard."""
    if not isinstance(document, dict) or not all(
        isinstance(document.get(name), list) for name in ("lists", "cards")
    ):
        raise NoBoard
    reader = _Reader(document)
    cards = reader.cards()
    return BoardCopy(
        id=copied.title(document.get("id")),
        name=copied.title(document.get("name")) or "Trello",
        url=copied.address(document.get("shortUrl") or document.get("url")),
        columns=reader.columns,
        people=tuple(_people(document)),
        cards=cards,
        left_out=(*reader.left_out, *_left_behind(document, cards)),
    )


def _people(document: Raw) -> Iterator[Person]:
    for row in copied.rows(document.get("members")):
        username = copied.title(row.get("username"))
        name = copied.title(row.get("fullName")) or username
        if name and _id(row, "id"):
            email = copied.title(row.get("email"), 254).lower() or None
            yield Person(id=_id(row, "id"), name=name, username=username or None, email=email)


def _left_behind(document: Raw, cards: tuple[CopiedCard, ...]) -> Iterator[Leftover]:
    kinds = Counter(copied.text(row.get("type")) for row in copied.rows(document.get("actions")))
    known = {card.id for card in cards}
    files = sum(
        bool(one.get("isUpload"))
        for row in copied.rows(document["cards"])
        if _id(row, "id") in known
        for one in copied.rows(row.get("attachments"))
    )
    for what, count, sentence in (
        ("comments", kinds["commentCard"], _COMMENTS),
        ("files", files, _FILES),
    ):
        if count:
            yield Leftover(what=what, title="", reason=Said(sentence, {"count": count}))


class _Reader:
    """The cards of a file, each with what stands elsewhere in it."""

    def __init__(self, document: Raw) -> None:
        self._rows = sorted(copied.rows(document["cards"]), key=_position)
        self.columns = tuple(_columns(document))
        self._places = {column.id: n for n, column in enumerate(self.columns)}
        self._checklists: dict[str, list[Raw]] = defaultdict(list)
        for row in sorted(copied.rows(document.get("checklists")), key=_position):
            self._checklists[_id(row, "idCard")].append(row)
        self._fields = {
            _id(row, "id"): row
            for row in copied.rows(document.get("customFields"))
            if _id(row, "id") and copied.title(row.get("name"))
        }
        self.left_out: list[Leftover] = []

    def cards(self) -> tuple[CopiedCard, ...]:
        """Those that are something to do, in the order of the board."""
        found: dict[str, CopiedCard] = {}
        for row in self._rows:
            card_id, title = _id(row, "id"), copied.title(row.get("name"))
            reason = self._reason(row, card_id, title, found)
            if reason is None:
                found[card_id] = self._card(row, card_id, title)
            else:
                self.left_out.append(Leftover(what="card", title=title, reason=Said(reason, {})))
        last = len(self._places)
        return tuple(
            sorted(found.values(), key=lambda one: self._places.get(one.column or "", last))
        )

    def _reason(
        self, row: Raw, card_id: str, title: str, found: Mapping[str, CopiedCard]
    ) -> Sentence | None:
        """Why it is no task; None where it is one."""
        if row.get("isTemplate") is True:
            return _TEMPLATE
        if row.get("cardRole") == _SEPARATOR:
            return _LINE
        if not title:
            return _UNTITLED
        return _TWICE if card_id in found else None

    def _card(self, row: Raw, card_id: str, title: str) -> CopiedCard:
        faults: list[Said] = []
        column = _id(row, "idList")
        return CopiedCard(
            id=card_id,
            title=title,
            column=column if column in self._places else None,
            notes=self._notes(row, title, faults),
            url=copied.address(row.get("shortUrl") or row.get("url")),
            labels=_labels(row, faults),
            starts=_moment(row.get("start"), faults),
            due=_moment(row.get("due"), faults),
            is_done=row.get("dueComplete") is True,
            is_archived=row.get("closed") is True,
            people=tuple(copied.title(one) for one in _list(row, "idMembers")),
            steps=self._steps(row, card_id, faults),
            links=_links(row, faults),
            edited_at=_instant(row.get("dateLastActivity")),
            faults=tuple(faults),
        )

    def _notes(self, row: Raw, title: str, faults: list[Said]) -> str:
        """The description, below a title that was cut, above the values of custom fields."""
        whole = copied.title(row.get("name"), copied.LONGEST_NOTES)
        if whole != title:
            faults.append(Said(_LONG, {"most": copied.LONGEST_TITLE}))
        desc = copied.text(row.get("desc"))
        if len(desc) > copied.LONGEST_NOTES:
            faults.append(Said(_LONG_NOTES, {"most": copied.LONGEST_NOTES}))
        values = "\n".join(self._values(row))
        blocks = (whole if whole != title else "", copied.notes(desc), values)
        return copied.notes("\n\n".join(filter(None, blocks)))

    def _values(self, row: Raw) -> Iterator[str]:
        """Custom fields, one a line."""
        for item in copied.rows(row.get("customFieldItems")):
            field = self._fields.get(_id(item, "idCustomField"))
            value = _value(field, item) if field else ""
            if field and value:
                yield f"{copied.title(field['name'])}: {value}"

    def _steps(self, row: Raw, card_id: str, faults: list[Said]) -> tuple[tuple[str, bool], ...]:
        """Checklist items; where there are several checklists, with the name of theirs."""
        checklists = self._checklists.get(card_id) or list(copied.rows(row.get("checklists")))
        items = [
            (copied.title(each.get("name")) if len(checklists) > 1 else "", item)
            for each in checklists
            for item in sorted(copied.rows(each.get("checkItems")), key=_position)
            if copied.title(item.get("name"))
        ]
        dated = sum(bool(item.get("due") or item.get("idMember")) for _name, item in items)
        if dated:
            faults.append(Said(_STEP_DATES, {"count": dated}))
        if len(items) > copied.MOST_STEPS:
            faults.append(Said(_STEPS, {"count": len(items), "most": copied.MOST_STEPS}))
        return tuple(
            (
                copied.title(f"{name}: {item['name']}" if name else item["name"]),
                item.get("state") == "complete",
            )
            for name, item in items[: copied.MOST_STEPS]
        )


def _columns(document: Raw) -> Iterator[Column]:
    seen: set[str] = set()
    for row in sorted(copied.rows(document["lists"]), key=_position):
        column_id = _id(row, "id")
        if column_id and column_id not in seen:
            seen.add(column_id)
            is_archived = row.get("closed") is True
            title = copied.title(row.get("name")) or "—"
            yield Column(id=column_id, title=title, is_archived=is_archived)


def _id(row: Raw, name: str) -> str:
    return copied.title(row.get(name))


def _list(row: Raw, name: str) -> list[Any]:
    value = row.get(name)
    return value if isinstance(value, list) else []


def _position(row: Raw) -> float:
    """Where it stands among its equals."""
    value = row.get("pos")
    return float(value) if isinstance(value, int | float) else _FIRST


def _labels(row: Raw, faults: list[Said]) -> tuple[str, ...]:
    """Their names; of one without a name its colour."""
    named = (
        copied.title(one.get("name") or one.get("color"), copied.LONGEST_LABEL)
        for one in copied.rows(row.get("labels"))
    )
    labels = tuple(dict.fromkeys(filter(None, named)))
    if len(labels) > copied.MOST_LABELS:
        faults.append(Said(_LABELS, {"count": len(labels), "most": copied.MOST_LABELS}))
    return labels[: copied.MOST_LABELS]


def _links(row: Raw, faults: list[Said]) -> tuple[tuple[str, str | None], ...]:
    attached = list(copied.rows(row.get("attachments")))
    found = {
        url: copied.title(one.get("name")) or None
        for one in attached
        if (url := copied.address(one.get("url")))
    }
    links = tuple(found.items())[: copied.MOST_LINKS]
    if len(attached) > len(links):
        faults.append(Said(_BAD_LINKS, {"count": len(attached) - len(links)}))
    return links


def _moment(value: Any, faults: list[Said]) -> Moment | None:
    try:
        return copied.moment(value)
    except (ValueError, TypeError):
        faults.append(Said(_BAD_DATE, {"value": copied.title(str(value), 60)}))
        return None


def _instant(value: Any) -> datetime | None:
    try:
        return instant(value)
    except (ValueError, TypeError, OverflowError):
        return None


def _value(field: Raw, item: Raw) -> str:
    """The value of a custom field, whatever its type."""
    if chosen := _id(item, "idValue"):
        options = {_id(one, "id"): one.get("value") for one in copied.rows(field.get("options"))}
        found = options.get(chosen)
    else:
        found = item.get("value")
    if not isinstance(found, dict):
        return ""
    values = (found.get(name) for name in ("text", "number", "date", "checked"))
    return next((copied.title(one) for one in values if isinstance(one, str) and one), "")
