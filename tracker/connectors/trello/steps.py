"""The steps of a task as items of checklists: which item is which step, and what to do. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tracker.connectors.boards import Card, Wanted


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a checklist there."""

    id: str
    name: str
    is_done: bool

    def same(self, title: str) -> bool:
        """Whether it says the same."""
        return plain(self.name).casefold() == plain(title).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Our checklist on a card: items by our keys, and those that people have made there."""

    checklist: str | None = None
    items: Mapping[str, Item] = field(default_factory=dict)
    loose: Sequence[Item] = ()

    @property
    def done(self) -> dict[str, bool]:
        """What a card tells of them."""
        return {key: item.is_done for key, item in self.items.items()}

    def parts(self) -> dict[str, Any]:
        """To be remembered with the card."""
        return {
            "checklist": self.checklist,
            "steps": {key: _row(item) for key, item in self.items.items()},
            "loose": [_row(item) for item in self.loose],
        }

    def having(self, key: str, item: Item) -> "Steps":
        """With this item for this step."""
        loose = [one for one in self.loose if one.id != item.id]
        return replace(self, items={**self.items, key: item}, loose=loose)

    def without(self, key: str) -> "Steps":
        """Without this step."""
        return replace(self, items={one: item for one, item in self.items.items() if one != key})


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """What is to be done about one step. ``item`` is None where there is none there yet.

    ``title`` is None where it is to go; ``has_changed``: there is something to say about it.
    """

    key: str
    item: Item | None
    title: str | None
    is_done: bool
    has_changed: bool = True


def plain(text: str) -> str:
    """As a line: Trello keeps no line breaks and no blanks around names."""
    return " ".join(text.split())


def remembered(parts: Mapping[str, Any]) -> Steps:
    """As ``Steps.parts`` has put them."""
    items = {key: Item(*row) for key, row in (parts.get("steps") or {}).items()}
    loose = [Item(*row) for row in parts.get("loose") or ()]
    return Steps(checklist=parts.get("checklist"), items=items, loose=loose)


def read(
    checklists: Iterable[Mapping[str, Any]], known: Mapping[str, Any], titles: Collection[str]
) -> Steps:
    """As they are on a card now. ``titles`` are those by which our checklist is known at first.

    What people add to it is loose. Where there is none of ours yet everything is, and the first of
    theirs becomes ours.
    """
    lists, before = list(checklists), remembered(known)
    keys = {item.id: key for key, item in before.items.items()}
    ours = _ours(lists, before, titles)
    found = [(one["id"], _item(row)) for one in lists for row in _in_order(one.get("checkItems"))]
    return Steps(
        checklist=ours or next((one["id"] for one in lists), None),
        items={keys[item.id]: item for _, item in found if item.id in keys},
        loose=[item for one, item in found if item.id not in keys and ours in (None, one)],
    )


def _ours(lists: Iterable[Mapping[str, Any]], before: Steps, titles: Collection[str]) -> str | None:
    """Our checklist: the one that is known, else by its title, else where our items are."""
    items = {item.id for item in before.items.values()}
    tests: list[Callable[[Mapping[str, Any]], bool]] = [
        lambda one: one["id"] == before.checklist,
        lambda one: one["name"] in titles,
        lambda one: any(row["id"] in items for row in one.get("checkItems") or ()),
    ]
    found = (one["id"] for test in tests for one in lists if test(one))
    return next(found, None)


def due(card: Card, wanted: Wanted, names: Iterable[str]) -> Iterator[Todo]:
    """What makes the card's steps the wanted ones, in their order."""
    sends, shapes = "steps" in names, "own" in names
    there = remembered(card.parts)
    loose = list(there.loose)
    done = wanted.fields.get("steps") or {}
    for key, title in wanted.steps:
        item = there.items.get(key) or _taken(loose, title)
        is_new = key not in there.items
        follows = item is not None and not is_new and not sends
        is_done = item.is_done if item is not None and follows else bool(done.get(key))
        renames = shapes and item is not None and item.name != plain(title)
        says = item is None or renames or item.is_done != is_done
        if says or is_new:
            yield Todo(key=key, item=item, title=plain(title), is_done=is_done, has_changed=says)
    if shapes or sends:
        kept = {key for key, _title in wanted.steps}
        for key in there.items.keys() - kept:
            yield Todo(key=key, item=there.items[key], title=None, is_done=False)


def _taken(loose: list[Item], title: str) -> Item | None:
    """The first one that says the same; it is taken once."""
    found = next((item for item in loose if item.same(title)), None)
    if found is not None:
        loose.remove(found)
    return found


def _in_order(items: Iterable[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    return sorted(items or (), key=lambda row: float(row.get("pos") or 0))


def _item(row: Mapping[str, Any]) -> Item:
    return Item(str(row["id"]), str(row["name"]), row.get("state") == "complete")


def _row(item: Item) -> list[Any]:
    return [item.id, item.name, item.is_done]
