# ruff: noqa: INP001 - a script beside the page that it writes, not a package
"""Write the list of docs/events.md anew, from the classes of the events."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import tracker.app  # noqa: F401 - every event is known then
from tracker.people.rules import Permission
from tracker.webhooks.describing import data_of, description_of, public_types
from tracker.webhooks.event_rights import RIGHTS, Right, family_of

PAGE: Final = Path(__file__).with_name("events.md")
BEGIN: Final = "<!-- The list: made by docs/list_events.py from the classes of the events. -->"


def listed() -> Iterator[str]:
    """The lines of the list."""
    for family, types in groupby(public_types().items(), key=lambda item: family_of(item[0])):
        yield f"\n### {family}\n"
        yield f"{_to_whom(RIGHTS[family])}\n"
        yield "| type | when | `data` | `sequence` counts |"
        yield "|---|---|---|---|"
        for name, kind in types:
            data = ", ".join(f"`{word}`{_form(schema)}" for word, schema in data_of(kind).items())
            yield f"| `{name}` | {description_of(kind)} | {data} | `{kind.about}` |"


def _to_whom(right: Right) -> str:
    if right.permission == Permission.LOOK:
        return "Told to everybody in the workspace."
    if right.own:
        return "Told to managers; to others where it is their own."
    return "Told to managers, by tokens that may write."


def _form(schema: dict[str, Any]) -> str:
    """What a reader cannot guess from a name."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or null" if "null" in kinds else ""


def page() -> str:
    """The whole page, with the list as it ought to be."""
    written, begin, _list = PAGE.read_text("utf-8").partition(BEGIN)
    return "".join([written, begin, "\n", *(f"{line}\n" for line in listed())])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
