"""``tracker plan``: a dated plan from a playbook and a launch day, or one that is stored."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from tracker.cli.days import local_today
from tracker.cli.lazy import Lazy, LazyGroup
from tracker.cli.options import format_option, parameter_options, today_option
from tracker.cli.preview import Preview
from tracker.cli.speech import spoken_language
from tracker.kernel.texts import Sentence
from tracker.playbooks.catalog import our_playbook
from tracker.playbooks.loader import load_file
from tracker.playbooks.model import Playbook
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan
from tracker.playbooks.shapes import SLUG

# Each renderer takes a Preview and gives text for people, or bytes for programs.
RENDERERS: Final = {
    "table": Lazy("tracker.cli.render.table:render"),
    "json": Lazy("tracker.cli.render.json:render"),
    "csv": Lazy("tracker.cli.render.spreadsheet:render"),
    "ics": Lazy("tracker.cli.render.diary:render"),
}
_ONE_ANCHOR: Final = Sentence(
    en="Give exactly one of --launch and --start: the other follows from it.",
    fr="Donner exactement une des deux options --launch et --start : l'autre s'en déduit.",
)


COMMANDS: Final = {
    "preview": Lazy("tracker.cli.plan:preview", "Plan a launch, without storing anything."),
    "show": Lazy("tracker.cli.show:show", "Show a stored launch as a Gantt chart."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def plan() -> None:
    """Plan a launch, or show one that is stored."""


@click.command()
@click.option(
    "--playbook",
    default="community-launch",
    show_default=True,
    metavar="SLUG|PATH",
    help="One of ours, or a YAML file of your own.",
)
@today_option()
@parameter_options
@format_option(*RENDERERS)
def preview(*, playbook: str, today: date | None, output: str, **wanted: Any) -> None:
    """Print the plan that these parameters give. Needs no database."""
    parameters = _parameters(wanted)
    today = today or local_today(parameters.timezone)
    made = make_plan(_playbook(playbook), parameters, today)
    rendered = RENDERERS[output].load()(Preview(made, parameters.language, today))
    click.echo(rendered, nl=isinstance(rendered, str))


def _parameters(wanted: Mapping[str, Any]) -> Parameters:
    """What was given; the rest keeps its default."""
    if (wanted["launch_on"] is None) == (wanted["start_on"] is None):
        raise click.UsageError(_ONE_ANCHOR.say(spoken_language()))
    return Parameters(**{name: value for name, value in wanted.items() if value is not None})


def _playbook(slug_or_path: str) -> Playbook:
    """One of ours under its slug. What is no slug is a path; ``./name`` is never a slug."""
    if SLUG.fullmatch(slug_or_path):
        return our_playbook(slug_or_path)
    return load_file(Path(slug_or_path))
