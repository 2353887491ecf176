"""What is known of a metric: the dictionary's word, then that of a workspace's own playbook."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from tracker.playbooks.dictionary import Metric, load_dictionary
from tracker.playbooks.model import Playbook


def canonical(name: str) -> str:
    """The key of a metric that may have been called by another name."""
    return load_dictionary().aliases.get(name, name)


@lru_cache(maxsize=1_000)
def definition_version(metric: str) -> int:
    """Which edition of its formula a figure of today follows."""
    known = load_dictionary().find(metric)
    return known.version if known else 1


def definitions_in(playbook: Playbook) -> Mapping[str, Metric]:
    """The metrics that a project of this playbook can have, in the order in which they are told."""
    known = load_dictionary()
    own = {
        metric["key"]: _own(metric)
        for metric in playbook.reference.get("metrics", ())
        if known.find(metric["key"]) is None
    }
    return {**own, **known.metrics} if own else known.metrics


def by_any_name(definitions: Mapping[str, Metric]) -> Mapping[str, Metric]:
    """The same, and under their other names."""
    return {
        **{name: metric for metric in definitions.values() for name in metric.also},
        **definitions,
    }


def _own(metric: Mapping[str, Any]) -> Metric:
    """A metric that only the playbook knows: people bring its figures."""
    return Metric(
        key=metric["key"],
        version=1,
        chapter="plan",
        title=metric["title"],
        description=metric.get("description", metric["title"]),
        formula=metric.get("description", metric["title"]),
        unit=metric["unit"],
        good=metric["good"],
        window="day",
        kind="manual",
        counts=("anyone",),
        phases=tuple(metric.get("phases", ())),
        group=metric.get("group"),
        types=tuple(metric.get("types", ())),
    )
