"""A terminal to type commands into."""

from pathlib import Path

from click.testing import CliRunner, Result

from tracker.cli import main

SHOWN = (
    "plan preview --launch 2027-09-06 --today 2027-01-04 --prepare-months 3 --type advocacy "
    "--audience existing --country FR"
)
"""The preview that the project shows its visitors, without its language."""


def run(line: str, *more: str, typed: str | None = None, lang: str = "en_GB.UTF-8") -> Result:
    """Run a command line; ``more`` are arguments that may hold spaces."""
    environment = {"LANG": lang, "LC_ALL": "", "LC_MESSAGES": ""}
    runner = CliRunner(env=environment)
    result = runner.invoke(main, [*line.split(), *more], input=typed)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def printed(line: str, *more: str) -> str:
    """What a command that must succeed prints."""
    result = run(line, *more)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(line: str, *more: str, lang: str = "en_GB.UTF-8") -> str:
    """The sentences of a refusal: exit code 1, nothing on standard output."""
    result = run(line, *more, lang=lang)
    assert (result.exit_code, result.stdout) == (1, "")
    return result.stderr.strip()


def misused(line: str, *more: str, lang: str = "en_GB.UTF-8") -> str:
    """The last line of a usage error: exit code 2, nothing on standard output."""
    result = run(line, *more, lang=lang)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.strip().splitlines()[-1]


def a_file(folder: Path, content: str, name: str = "mine.yaml") -> Path:
    """A YAML file in ``folder``."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def a_playbook(title: str = "My launch", purpose: str = "Say why", more: str = "") -> str:
    """A small playbook: a task before launch day, a gate, and what ``more`` adds to the task."""
    return f"""\
playbook: my-launch
version: 1
title: {{en: "{title}", fr: Mon lancement}}
phases:
  - key: prepare
    title: {{en: Prepare, fr: Préparer}}
    checklists:
      - key: strategy
        title: {{en: Strategy, fr: Stratégie}}
        tasks:
          - key: purpose
            title: {{en: "{purpose}", fr: Dire pourquoi}}
            role: sponsor
            days: 5{more}
gates:
  - key: ready_to_launch
    title: {{en: Ready to launch, fr: Prêt à lancer}}
    after_phase: prepare
    before_phase: null
    "on": {{anchor: launch, working_days: -1}}
    criteria: []
"""
