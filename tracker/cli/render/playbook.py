"""A playbook as plain values, and as a page for people."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from tracker.cli.render.labels import LABELS, ROLES, count
from tracker.cli.render.page import heading, paragraph, titled, together
from tracker.kernel.texts import Language, Sentence
from tracker.playbooks.catalog import in_language
from tracker.playbooks.model import GateSpec, PhaseSpec, Playbook, TaskSpec

_TITLE: Final = 60
_PITFALLS: Final = Sentence(en="Pitfalls", fr="Pièges")
_SUCCESS: Final = Sentence(en="What makes it work", fr="Facteurs de succès")
_ALSO: Final = Sentence(en="It also holds", fr="Il contient aussi")
_DAYS: Final = Sentence(en="{n} d", fr="{n} j")


def document(playbook: Playbook, language: Language) -> dict[str, Any]:
    """Everything that the playbook says, in one language."""
    values: dict[str, Any] = in_language(_plain(playbook), language)
    return values


def _plain(value: Any) -> Any:
    """Dataclasses as mappings; texts keep their languages."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def page(playbook: Playbook, language: Language) -> str:
    """Phases with their checklists and tasks, then gates, then what else there is."""
    return together(_sections(playbook, language))


def _sections(playbook: Playbook, language: Language) -> Iterator[Iterator[str]]:
    yield _head(playbook, language)
    for phase in playbook.phases:
        yield _phase(playbook, phase, language)
    if playbook.gates:
        yield _gates(playbook.gates, language)
    yield _also(playbook, language)


def _head(playbook: Playbook, language: Language) -> Iterator[str]:
    yield from paragraph(
        f"{playbook.title[language]} ({playbook.slug} v{playbook.version})", first=""
    )
    if playbook.description:
        yield from paragraph(playbook.description[language])


def _phase(playbook: Playbook, phase: PhaseSpec, language: Language) -> Iterator[str]:
    tasks = [task for task in playbook.tasks if task.phase == phase.key]
    yield heading(phase.title[language], count("tasks", len(tasks), language))
    if phase.description:
        yield from paragraph(phase.description[language])
    for key, title in phase.checklists.items():
        yield f"  {title[language]}"
        for task in tasks:
            if task.checklist == key:
                yield from _task(task, language)
    yield from _points(_PITFALLS.say(language), phase.pitfalls, language)
    yield from _points(_SUCCESS.say(language), phase.success_factors, language)


def _task(task: TaskSpec, language: Language) -> Iterator[str]:
    mark = "↻" if task.recurring else "◇" if task.is_milestone else "○"
    days = _DAYS.say(language, n=task.days)
    cells = f"  {days:>5}  {ROLES[task.role][0].say(language)}  {_conditions(task)}"
    first, *more = titled(task.title[language], _TITLE, cells)
    yield f"    {mark} {first}"
    yield from (f"      {line}" for line in more)


def _conditions(task: TaskSpec) -> str:
    """When it applies, in the words of the YAML."""
    return " ".join(f"{name}={'|'.join(map(str, of))}" for name, of in task.only_for.items())


def _points(title: str, points: tuple[Mapping[str, Any], ...], language: Language) -> Iterator[str]:
    if points:
        yield f"  {title}"
    for point in points:
        yield from paragraph(point["title"][language], first="    • ")


def _gates(gates: tuple[GateSpec, ...], language: Language) -> Iterator[str]:
    yield heading(LABELS["gates"].say(language))
    for gate in gates:
        yield f"  ◆ {gate.title[language]}"
        for criterion in gate.criteria:
            yield from paragraph(criterion["title"][language], first="    • ")


def _also(playbook: Playbook, language: Language) -> Iterator[str]:
    """Sections that date nothing: JSON shows them in full."""
    sections = [f"{name} ({len(section)})" for name, section in playbook.reference.items()]
    if playbook.quiz:
        sections.append(f"quiz ({len(playbook.quiz['questions'])})")
    if sections:
        yield heading(_ALSO.say(language))
        yield from paragraph(" · ".join(sections))
