"""A plan for people: plain text, 100 columns wide."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import click

from tracker.cli.days import say_day
from tracker.cli.preview import Preview
from tracker.cli.render.header import header
from tracker.cli.render.labels import LABELS, MARKS, ROLES, count
from tracker.cli.render.page import WIDTH, fit, heading, paragraph, together
from tracker.cli.render.strip import Scale
from tracker.cli.render.tasks import critical_tasks, phase_tasks
from tracker.playbooks.planned import PlannedGate

_PHASE: Final = 18


def render(preview: Preview) -> str:
    """The whole plan."""
    return together(_sections(preview))


def _sections(preview: Preview) -> Iterator[Iterator[str]]:
    yield header(preview)
    yield _warnings(preview)
    yield _phases(preview)
    yield _gates(preview)
    yield from critical_tasks(preview)
    for phase in preview.plan.phases:
        yield phase_tasks(preview, phase)
    yield _left_out(preview)
    yield _legend(preview)


def _warnings(preview: Preview) -> Iterator[str]:
    if preview.plan.warnings:
        yield heading(LABELS["warnings"].say(preview.language))
    for warning in preview.plan.warnings:
        lines = paragraph(warning.say(preview.language), first="  ! ")
        yield from (click.style(line, fg="yellow") for line in lines)


def _phases(preview: Preview) -> Iterator[str]:
    """Each phase with its dates and a bar, and under them the gates."""
    plan, language = preview.plan, preview.language
    yield heading(LABELS["phases"].say(language))
    rows = [
        (phase.title[language], say_day(phase.start_on, language), say_day(phase.end_on, language))
        for phase in plan.phases
    ]
    day = max((len(day) for row in rows for day in row[1:]), default=0)
    room = WIDTH - len("  ") - _PHASE - len("    →    ") - 2 * day
    scale = Scale(plan.days.start, plan.days.end, room)
    margin = " " * (WIDTH - room)
    yield click.style(f"{margin}{scale.axis(language)}", dim=True)
    for (title, start, end), phase in zip(rows, plan.phases, strict=True):
        bar = click.style(scale.bar(phase.start_on, phase.end_on), fg="cyan")
        yield f"  {fit(title, _PHASE)}  {start:<{day}}  →  {end:<{day}}  {bar}"
    if plan.gates:
        name = fit(LABELS["gates"].say(language), WIDTH - room - len("  "))
        yield f"  {name}{scale.marks(gate.on for gate in plan.gates)}"


def _gates(preview: Preview) -> Iterator[str]:
    """Each gate with its day and what opens it."""
    if preview.plan.gates:
        yield heading(LABELS["gates"].say(preview.language))
    days = {gate.on: say_day(gate.on, preview.language) for gate in preview.plan.gates}
    width = max(map(len, days.values()), default=0)
    for gate in preview.plan.gates:
        name = f"◆ {gate.spec.title[preview.language]} ({_border(preview, gate)})"
        first = f"  {days[gate.on]:<{width}}  "
        yield from paragraph(name, first=first, rest=" " * (len(first) + 2))
        for criterion in gate.spec.criteria:
            informs = criterion.get("blocks") is False
            note = f" {LABELS['informs'].say(preview.language)}" if informs else ""
            text = f"{criterion['title'][preview.language]}{note}"
            yield from paragraph(text, first=f"{' ' * len(first)}  • ")


def _border(preview: Preview, gate: PlannedGate) -> str:
    titles = {phase.key: phase.title[preview.language] for phase in preview.plan.phases}
    sides = (gate.spec.after_phase, gate.spec.before_phase)
    return " → ".join(titles.get(side or "", "…") for side in sides)


def _left_out(preview: Preview) -> Iterator[str]:
    """The reasons, and how many tasks each of them concerns."""
    language = preview.language
    reasons = Counter(reason.say(language) for reason in preview.plan.left_out.values())
    if reasons:
        note = count("tasks", reasons.total(), language)
        yield heading(LABELS["left_out"].say(language), note)
    for reason, tasks in reasons.most_common():
        yield from paragraph(reason, first=f"  {tasks:>3}  ")


def _legend(preview: Preview) -> Iterator[str]:
    language = preview.language
    used = {task.spec.role for task in preview.plan.tasks}
    marks = [f"{mark} {said.say(language)}" for mark, said in MARKS.items()]
    roles = [
        f"{mark.say(language)} {name.say(language)}"
        for role, (mark, name) in ROLES.items()
        if role in used
    ]
    yield heading(LABELS["legend"].say(language))
    yield from paragraph(" · ".join(marks))
    yield from paragraph(" · ".join(roles))
