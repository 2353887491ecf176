"""The dictionary of metrics: what each figure is, read once, strictly, and shared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from tracker.kernel.resources import resource_dir
from tracker.kernel.texts import Text
from tracker.playbooks.loader import BadPlaybook, read_document
from tracker.playbooks.metric_grammar import CHAPTERS, DICTIONARY, find_twice
from tracker.playbooks.source import Block, Problem

FOLDER: Final = "metrics"
"""Below the catalogue; so no playbook of ours has this slug."""
NEWEST: Final = "v1.yaml"

Good = Literal["up", "down", "level"]
Window = Literal["day", "7d", "28d", "30d", "90d", "month", "quarter", "year", "total"]
MetricKind = Literal["native", "derived", "input", "manual"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. ``version`` is that of its definition; ``n`` says what a reading counts.

    Kinds: native (only platforms can tell), derived (computed by us; a platform may tell it, too),
    input (people bring it, others are computed from it), manual (people judge it). ``counts`` are
    those whose deeds count: member, staff, or anyone. ``maturity`` is when it is too early to tell.
    ``dims`` are the words by which it may be split, ``also`` its other names.
    """

    key: str
    version: int
    chapter: str
    title: Text
    description: Text
    formula: Text
    unit: str
    good: Good
    window: Window
    kind: MetricKind
    counts: tuple[str, ...]
    maturity: Text | None = None
    n: Text | None = None
    dims: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    group: str | None = None
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dictionary:
    """All metrics by key, in the order in which they are told."""

    version: int
    metrics: Mapping[str, Metric]
    aliases: Mapping[str, str]

    def find(self, name: str) -> Metric | None:
        """The metric of this key or other name; None: there is none."""
        return self.metrics.get(self.aliases.get(name, name))


@lru_cache(maxsize=1)
def load_dictionary() -> Dictionary:
    """Ours."""
    return read_dictionary(resource_dir("templates_catalog") / FOLDER / NEWEST)


def read_dictionary(path: Path) -> Dictionary:
    """The dictionary at ``path`` with its parts. Raises BadPlaybook."""
    problems = list(find_dictionary_problems(path))
    if problems:
        raise BadPlaybook(problems)
    document, _ = read_document(path)
    assert isinstance(document, Block)
    return _build(document)


def is_dictionary(path: Path) -> bool:
    """Whether the file at ``path`` is one, by its place."""
    return path.parent.name == FOLDER


def find_dictionary_problems(path: Path) -> list[Problem]:
    """Every fault of the dictionary at ``path``, in the order of its files and lines."""
    document, problems = read_document(path)
    return sorted({*problems, *_faults(document, str(path))})


def _faults(document: object, path: str) -> Iterator[Problem]:
    if not isinstance(document, Block):
        return
    faults = list(DICTIONARY.problems(document, (path, document.line), "the dictionary"))
    yield from faults or find_twice(document)


def _build(document: Mapping[str, Any]) -> Dictionary:
    metrics = [
        _metric(chapter, metric) for chapter in CHAPTERS for metric in document.get(chapter, ())
    ]
    return Dictionary(
        version=document["version"],
        metrics={metric.key: metric for metric in metrics},
        aliases={name: metric.key for metric in metrics for name in metric.also},
    )


def _metric(chapter: str, told: Mapping[str, Any]) -> Metric:
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in told.items()
    }
    return Metric(chapter=chapter, **values)
