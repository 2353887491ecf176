"""Playbooks of a workspace's own, as small or as large as a test wants them."""

from typing import Any

from tests.personas import Persona, a_wish, answer

HEAD = """\
playbook: {slug}
version: {version}
title: {{en: {title}, fr: {title} (fr)}}
phases:
  - key: prepare
    title: {{en: Prepare, fr: Préparer}}
    checklists:
      - key: work
        title: {{en: Work, fr: Travail}}
        tasks:
"""
TASK = """\
          - key: task{number}
            title: {{en: {title} {number}, fr: {title} {number} (fr)}}
            role: {role}
            days: 1
            steps: [{{key: look, title: {{en: Look, fr: Regarder}}}}]
"""


GATE = """\
gates:
  - key: ready
    title: {{en: {title}, fr: {title} (fr)}}
    after_phase: prepare
    before_phase: null
    "on": {{anchor: launch, working_days: -1}}
    criteria:
      - key: approved
        kind: approval
        title: {{en: {title}, fr: {title} (fr)}}
        role: sponsor
        count: 1
"""


def a_source(
    slug: str = "mine",
    version: int = 1,
    *,
    tasks: int = 2,
    title: str = "Mine",
    role: str = "content",
    gated: bool = False,
) -> str:
    """The YAML of a playbook whose tasks wait for nothing; a gate closes what lies before it."""
    head = HEAD.format(slug=slug, version=version, title=title)
    body = "".join(TASK.format(number=number, title=title, role=role) for number in range(tasks))
    return head + body + (GATE.format(title=title) if gated else "")


def brings(persona: Persona, source: str) -> dict[str, Any]:
    """Add a playbook to the persona's workspace."""
    return answer(persona.post("/playbooks", {"source": source}), 201)


def has_a_project_of(persona: Persona, tasks: int, title: str = "Mine") -> dict[str, Any]:
    """A project with this many tasks."""
    slug = f"plan-of-{tasks}"
    brings(persona, a_source(slug, tasks=tasks, title=title))
    return answer(persona.post("/projects", {**a_wish(), "playbook": slug}), 201)
