"""Which column of a data source is which of ours, by id, and what is lacking. Pure.

A layout is plain JSON: ``columns`` and ``lost`` are ids by our names, ``options`` the option that
we set for each status, ``words`` what each option means, ``phases`` and ``labels`` options by our
keys and texts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from tracker.connectors.boards import Place
from tracker.connectors.notion.names import APART, COMPLETE, TITLES, TYPES, UNDER_WAY
from tracker.connectors.notion.problems import COLUMN
from tracker.connectors.trouble import PlatformError

STATUSES: Final = ("todo", "in_progress", "blocked", "done", "not_applicable")
_ONLY_ONE: Final = frozenset({"title", "status", "when", "owner"})  # found by their type alone
_SUFFIX: Final = " (tracker)"
_LONGEST_OPTION: Final = 100
_COLORS: Final = {"blocked": "red", "not_applicable": "gray"}

CHOSEN: Final = tuple(name for name in (*TYPES, *APART) if name not in {"title", "marker"})

Columns = Mapping[str, Mapping[str, Any]]
"""Columns of a data source by their names, as it tells them."""


def option_name(text: str) -> str:
    """A text as the name of an option, which may have no comma."""
    return text.replace(",", ";").strip()[:_LONGEST_OPTION] or "?"


def first_columns(place: Place) -> dict[str, Any]:
    """The columns of a new database: those that need not know its id."""
    made = {role: kind for role, kind in TYPES.items() if kind != "relation"}
    configs: dict[str, Any] = {role: {kind: {}} for role, kind in made.items()}
    configs["phase"]["select"]["options"] = _named(title for _key, title in place.phases)
    configs["labels"]["multi_select"]["options"] = _named(place.labels)
    return {TITLES[role][place.language]: config for role, config in configs.items()}


def read_layout(place: Place, source_id: str, columns: Columns) -> dict[str, Any]:
    """What the columns are to us. Raises PlatformError where one that was named is not there."""
    by_id = {str(column["id"]): column for column in columns.values()}
    before = place.layout.get("columns")
    if before is None:
        found, lost = dict(_recognised(place, columns)), {}
    else:
        known = {**place.layout.get("lost", {}), **before}
        found = {role: one for role, one in known.items() if _fits(role, by_id.get(one))}
        lost = {role: one for role, one in known.items() if role not in found}
    layout: dict[str, Any] = {"data_source": source_id, "columns": found, "lost": lost}
    status = by_id.get(found.get("status", ""), {}).get("status", {})
    layout["options"] = _status_options(place, status)
    layout["words"] = _meanings(layout["options"], status)
    phases = _options(by_id, found, "phase", "select")
    layout["phases"] = _kept(place, "phases", place.phases, phases)
    labels = _options(by_id, found, "labels", "multi_select")
    layout["labels"] = _kept(place, "labels", [(text, text) for text in place.labels], labels)
    return layout


def lacking(place: Place, layout: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    """What is to be added, as a change of the data source; nothing where it is complete.

    Whoever removes a column there does not want it: only that by which pages are found comes back.
    """
    found: Mapping[str, str] = layout["columns"]
    new = _wanted_roles(place) if place.layout.get("columns") is None else ["marker"]
    added = {
        _free_name(role, place, columns): _config(role, layout["data_source"])
        for role in new
        if role not in found
    }
    by_id = {str(column["id"]): column for column in columns.values()}
    wanted = {
        "status": [(word, place.statuses.get(word, word)) for word in STATUSES],
        "phase": list(place.phases),
        "labels": [(text, text) for text in place.labels],
    }
    known = {"status": layout["options"], "phase": layout["phases"], "labels": layout["labels"]}
    for role, pairs in wanted.items():
        missing = [(key, title) for key, title in pairs if key not in known[role]]
        if role in found and missing:
            there = by_id[found[role]][TYPES[role]]["options"]
            added[found[role]] = {TYPES[role]: {"options": _with_new(there, missing)}}
    return added


def _with_new(
    there: Sequence[Mapping[str, Any]], pairs: Iterable[tuple[str, str]]
) -> list[dict[str, str]]:
    """Options that are not named again would be taken away."""
    names = {str(one["name"]).casefold() for one in there}
    titles = {key: option_name(title) for key, title in pairs}
    added = {
        title + _SUFFIX if title.casefold() in names else title: _COLORS.get(key, "default")
        for key, title in titles.items()
    }
    kept = [{"id": str(one["id"])} for one in there]
    return kept + [{"name": name, "color": color} for name, color in added.items()]


def _named(texts: Iterable[str]) -> list[dict[str, str]]:
    return [{"name": name} for name in dict.fromkeys(map(option_name, texts))]


def _config(role: str, source_id: str) -> dict[str, Any]:
    kind = TYPES[role]
    relation = {"data_source_id": source_id, "single_property": {}}
    return {kind: relation if kind == "relation" else {}}


def _fits(role: str, column: Mapping[str, Any] | None) -> bool:
    return column is not None and column.get("type") == {**TYPES, **APART}[role]


def _settings(place: Place) -> Mapping[str, str | None]:
    """The columns that a manager named. Raises PlatformError where they mean nothing."""
    if not is_meant(place.settings):
        raise PlatformError("our_fault", COLUMN)
    named: Mapping[str, str | None] = place.settings.get("columns") or {}
    return named


def is_meant(settings: Mapping[str, Any]) -> bool:
    """Whether the columns in a manager's settings can be those of some database."""
    named = settings.get("columns") or {}
    is_known = isinstance(named, dict) and named.keys() <= {*CHOSEN}
    return is_known and all(name is None or isinstance(name, str) for name in named.values())


def _wanted_roles(place: Place) -> list[str]:
    """Ours, without those that a manager does without, or has in another form."""
    named = _settings(place)
    apart = any(named.get(role) for role in APART)
    left_out = {role for role, name in named.items() if name is None}
    return [role for role in TYPES if role not in left_out and not (role == "when" and apart)]


def _recognised(place: Place, columns: Columns) -> Iterator[tuple[str, str]]:
    given = {role: name for role, name in _settings(place).items() if name is not None}
    taken = {role: _given(role, name, columns) for role, name in given.items()}
    yield from taken.items()
    for role in _wanted_roles(place):
        if role not in taken:
            used = set(taken.values())
            free = [one for one in columns.values() if str(one["id"]) not in used]
            found = _guessed(role, [one for one in free if _fits(role, one)])
            if found is not None:
                taken[role] = found
                yield role, found


def _given(role: str, name: str, columns: Columns) -> str:
    """By its name or its id."""
    for column in columns.values():
        if name in {column["id"], column["name"]}:
            if not _fits(role, column):
                break
            return str(column["id"])
    raise PlatformError("our_fault", COLUMN)


def _guessed(role: str, fitting: Sequence[Mapping[str, Any]]) -> str | None:
    names = {title.casefold() for title in TITLES[role].values()}
    names |= {name + _SUFFIX for name in names}
    by_name = [one for one in fitting if str(one["name"]).casefold() in names]
    if not by_name and role in _ONLY_ONE and len(fitting) == 1:
        by_name = list(fitting)
    return str(by_name[0]["id"]) if by_name else None


def _free_name(role: str, place: Place, columns: Columns) -> str:
    name = TITLES[role][place.language]
    return name + _SUFFIX if name in columns else name


def _options(
    by_id: Mapping[str, Mapping[str, Any]], found: Mapping[str, str], role: str, kind: str
) -> list[Mapping[str, Any]]:
    column = by_id.get(found.get(role, ""))
    return list(column[kind]["options"]) if column else []


def _kept(
    place: Place,
    part: str,
    pairs: Iterable[tuple[str, str]],
    there: Sequence[Mapping[str, Any]],
) -> dict[str, str]:
    """Options by our keys: those that are known, else by their names."""
    ids = {str(one["id"]) for one in there}
    by_name = {str(one["name"]).casefold(): str(one["id"]) for one in there}
    known = {key: one for key, one in place.layout.get(part, {}).items() if one in ids}
    by_title = {
        key: by_name[option_name(title).casefold()]
        for key, title in pairs
        if option_name(title).casefold() in by_name
    }
    return {**by_title, **known}


def _status_options(place: Place, status: Mapping[str, Any]) -> dict[str, str]:
    """What we set for each. What a person has moved into or out of the group Complete is not it."""
    pairs = [(word, place.statuses.get(word, word)) for word in STATUSES]
    groups = _groups(status)
    found = {
        word: one
        for word, one in _kept(place, "options", pairs, status.get("options", ())).items()
        if word == "not_applicable" or (word == "done") == (one in groups["done"])
    }
    for word in ("todo", "in_progress", "done"):
        free = [one for one in groups[word] if one not in found.values()]
        if word not in found and free:
            found[word] = free[0]
    return found


def _meanings(options: Mapping[str, str], status: Mapping[str, Any]) -> dict[str, str]:
    """Ours by their ids; any other by its group: complete is done."""
    return meanings_of(status) | {one: word for word, one in options.items()}


def meanings_of(status: Mapping[str, Any]) -> dict[str, str]:
    """What the options of a status mean by their groups, by their ids."""
    return {one: word for word, ids in _groups(status).items() for one in ids}


def _groups(status: Mapping[str, Any]) -> dict[str, list[str]]:
    """Options of the three groups, which Notion lets nobody add to or take from."""
    found: dict[str, list[str]] = {"todo": [], "in_progress": [], "done": []}
    groups = list(status.get("groups", ()))
    names = [str(group["name"]) for group in groups]
    for place, group in enumerate(groups):
        is_last = COMPLETE not in names and place == len(groups) - 1
        is_middle = UNDER_WAY not in names and place == 1
        word = "done" if names[place] == COMPLETE or is_last else "todo"
        word = "in_progress" if names[place] == UNDER_WAY or (is_middle and not is_last) else word
        found[word] += map(str, group["option_ids"])
    return found
