"""``tracker catalog``: which playbooks there are, what they say, and whether they are sound."""

from pathlib import Path
from typing import Final

import click

from tracker.cli.options import format_option, language_option
from tracker.cli.render.json import dump
from tracker.cli.render.playbook import document, page
from tracker.cli.speech import Refusal, spoken_language
from tracker.kernel.resources import resource_dir
from tracker.kernel.texts import Language, Sentence
from tracker.playbooks.catalog import checked_files, editions, find_all_problems, our_playbook

_SUMMARY: Final = Sentence(
    en="{title} ({tasks} {tasks:task|tasks}, {gates} {gates:gate|gates})",
    fr="{title} ({tasks} {tasks:tâche|tâches}, {gates} {gates:passage|passages})",
)
_SOUND: Final = Sentence(
    en="Checked, and found no fault: {names}.", fr="Vérifié, sans défaut : {names}."
)
_NOTHING_THERE: Final = Sentence(
    en="There is no playbook below {path}: they lie in <slug>/v<number>.yaml.",
    fr="Il n'y a pas de modèle sous {path} : ils sont dans <slug>/v<numéro>.yaml.",
)


@click.group()
def catalog() -> None:
    """List, show and check playbooks."""


@catalog.command("list")
@language_option("that of LANG")
def list_playbooks(language: Language | None) -> None:
    """One line for each version of each playbook."""
    for edition in editions():
        playbook = our_playbook(edition.slug, edition.version)
        about = _SUMMARY.say(
            language or spoken_language(),
            title=playbook.title,
            tasks=len(playbook.tasks),
            gates=len(playbook.gates),
        )
        click.echo(f"{edition.slug} v{edition.version}  {about}")


@catalog.command()
@click.argument("slug")
@click.option("--version", type=click.IntRange(min=1), help="The newest one by default.")
@language_option("that of LANG")
@format_option("table", "json")
def show(slug: str, *, version: int | None, language: Language | None, output: str) -> None:
    """Everything that a playbook says."""
    playbook = our_playbook(slug, version)
    said = language or spoken_language()
    if output == "json":
        click.echo(dump(document(playbook, said)), nl=False)
    else:
        click.echo(page(playbook, said))


@catalog.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Check playbooks and metrics, ours by default; print ``file:line: fault``, exit 1 on any."""
    paths = paths or (_near(resource_dir("templates_catalog")),)
    checked = [file for path in paths for file in _files(path)]
    problems = [fault for file in checked for fault in find_all_problems(file)]
    for problem in problems:
        click.echo(problem)
    if problems:
        raise SystemExit(1)
    click.echo(_SOUND.say(spoken_language(), names=", ".join(map(str, checked))))


def _files(path: Path) -> list[Path]:
    """What is to be checked at ``path``. Refuses a folder without: nothing checked is not sound."""
    files = checked_files(path) if path.is_dir() else [path]
    if not files:
        raise Refusal(_NOTHING_THERE.say(spoken_language(), path=path))
    return files


def _near(path: Path) -> Path:
    """``path`` as seen from here, where it lies below: such lines are short and can be clicked."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
