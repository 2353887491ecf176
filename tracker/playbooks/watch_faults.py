"""What can be wrong with entries that have a kind, and with the rules on figures."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from tracker.playbooks.grammar import WATCHES
from tracker.playbooks.shapes import Shape
from tracker.playbooks.source import Block, Problem

_OF_ALL: Final = frozenset(
    ("key", "kind", "title", "description", "phases", "types", "cool_down_days", "corrects")
)


def kind_faults(
    block: Block, kinds: Mapping[str, Mapping[str, Shape]], common: Collection[str], what: str
) -> Iterator[Problem]:
    """What ``block`` lacks, or says too much, for one of its kind."""
    kind = block["kind"]
    wanted = kinds[kind]
    for name, shape in wanted.items():
        if name.removesuffix("?") in block:
            plain = name.removesuffix("?")
            yield from shape.problems(block[plain], (block.path, block.lines[plain]), plain)
        elif not name.endswith("?"):
            yield _at(block, "kind", f"a {what} of kind {kind} needs a “{name}”")
    known = {*common, *(name.removesuffix("?") for name in wanted)}
    for name in block:
        if name not in known:
            yield _at(block, name, f"unknown key “{name}” in a {what} of kind {kind}")


def watch_faults(document: Block) -> Iterator[Problem]:
    """Rules without a title, of the wrong form, or that correct with what is not there."""
    told = {alert["key"] for alert in document.get("alerts", ())}
    modules = {module["key"] for module in document.get("modules", ()) if "tasks" in module}
    metrics = {metric["key"] for metric in document.get("metrics", ())}
    for watch in document.get("watches", ()):
        yield from kind_faults(watch, WATCHES, _OF_ALL, "watch")
        if "title" not in watch and watch["key"] not in told:
            yield _at(watch, "key", f"the watch “{watch['key']}” needs a “title”, or an alert's")
        if "corrects" in watch and watch["corrects"] not in modules:
            message = f"“{watch['corrects']}” is no module with tasks"
            yield _at(watch, "corrects", message)
        for name in watch.get("metrics", ()):
            if metrics and name not in metrics:
                yield _at(watch, "metrics", f"the metric “{name}” does not exist")


def _at(block: Block, key: str, message: str) -> Problem:
    return Problem(block.path, block.lines.get(key, block.line), message)
