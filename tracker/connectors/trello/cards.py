"""Changing cards on Trello and the items of their checklists, one call each."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from tracker.connectors.boards import Card, Place, Wanted
from tracker.connectors.trello import names, parse, steps, writing
from tracker.connectors.trello.steps import Item, Steps, Todo
from tracker.connectors.trello.wire import ask, write
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import segment, understood


def page(place: Place, before: str) -> list[Any]:
    """The cards of a board that were made before this one, the newest first."""
    path = f"{names.BOARDS}{segment(place.id or '')}/cards/all"
    asked = {"fields": names.CARD_FIELDS, "limit": names.A_PAGE, "before": before}
    rows: list[Any] = ask(place.keeper, path, **asked)
    return rows


def made(place: Place, sent: Mapping[str, Any]) -> Card:
    """A new card, without steps."""
    open_list(place, sent["idList"])
    raw = write(place, "POST", names.CARDS, **sent)
    with understood():
        return parse.standing(place, raw, Steps())


def changed(place: Place, card: Card, sent: Mapping[str, Any]) -> Card:
    """The card with what was sent."""
    open_list(place, sent.get("idList"))
    raw = write(place, "PUT", path_of(card.id), **sent)
    said = parse.digest(sent["desc"]) if "desc" in sent else card.parts.get("said")
    home = sent.get("idList", card.parts.get("home"))
    by = parse.lists_by(place) if "idList" in sent else card.parts.get("by")
    known = {**place.parts, card.id: {**card.parts, "said": said, "home": home, "by": by}}
    with understood():
        return parse.standing(replace(place, parts=known), raw, steps.remembered(card.parts))


def open_list(place: Place, list_id: str | None) -> None:
    """Out of the archive, if it was there when the board was read last."""
    if list_id is not None and list_id in (place.layout.get("archived") or ()):
        write(place, "PUT", f"{names.LISTS}/{segment(list_id)}", closed=False)


def path_of(card_id: str) -> str:
    """Where a card is."""
    return f"{names.CARDS}/{segment(card_id)}"


def with_steps(place: Place, card: Card, wanted: Wanted, sends: Collection[str]) -> Card:
    """Make, take over, tick, rename and remove items."""
    found = steps.remembered(card.parts)
    for todo in list(steps.due(card, wanted, sends)):
        found = _with_step(place, card, found, todo)
    return replace(
        card,
        fields={**card.fields, "steps": found.done},
        parts={**card.parts, **found.parts()},
        steps=[(item.name, item.is_done) for item in found.loose],
    )


def _with_step(place: Place, card: Card, found: Steps, todo: Todo) -> Steps:
    if todo.item is None:
        return _with_new_item(place, card, found, todo)
    path = f"{path_of(card.id)}/checkItem/{segment(todo.item.id)}"
    if todo.title is None:
        gone_is_fine(place, "DELETE", path)
        return found.without(todo.key)
    if todo.has_changed:
        state = "complete" if todo.is_done else "incomplete"
        write(place, "PUT", path, name=writing.title(todo.title), state=state)
    return found.having(todo.key, Item(todo.item.id, todo.title, todo.is_done))


def _with_new_item(place: Place, card: Card, found: Steps, todo: Todo) -> Steps:
    if found.checklist is None:
        name = names.CHECKLIST.say(place.language)
        raw = write(place, "POST", names.CHECKLISTS, idCard=card.id, name=name)
        with understood():
            found = replace(found, checklist=str(raw["id"]))
    path = f"{names.CHECKLISTS}/{segment(found.checklist or '')}/checkItems"
    title = writing.title(todo.title or "")
    raw = write(place, "POST", path, name=title, pos="bottom", checked=todo.is_done)
    with understood():
        return found.having(todo.key, Item(str(raw["id"]), title, todo.is_done))


def gone_is_fine(place: Place, method: str, path: str, **sent: Any) -> None:
    """Change what may be deleted already."""
    try:
        write(place, method, path, **sent)
    except PlatformError as error:
        if error.trouble != "gone":
            raise
