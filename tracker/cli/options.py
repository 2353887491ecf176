"""Options that several commands share."""

from collections.abc import Callable
from functools import reduce
from typing import Any, Final

import click

from tracker.cli.days import day
from tracker.cli.speech import speak_in
from tracker.kernel.texts import LANGUAGES
from tracker.playbooks.grammar import AUDIENCES, SCOPES, TYPES
from tracker.playbooks.parameters import Parameters

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

_USUAL: Final = Parameters()


def language_option(usual: str) -> Decorator:
    """``--language``, read before all others: what they refuse is said in it."""
    return click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        callback=speak_in,
        is_eager=True,
        help=_about("Language of texts and refusals.", usual),
    )


def format_option(*formats: str) -> Decorator:
    """``--format``; the first one is the default."""
    return click.option(
        "--format",
        "output",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="What to print.",
    )


def today_option() -> Decorator:
    """``--today``, for rehearsals and for output that can be compared."""
    return _date("--today", "today", _about("As if this were today.", "the real day"))


def parameter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Every parameter of a project, each under its name in ``Parameters``; None where not given."""
    return reduce(lambda inner, option: option(inner), reversed(_PARAMETERS), command)


def _about(text: str, usual: object) -> str:
    """Help that names the default as click does; click itself would put it in brackets twice."""
    return f"{text}  [default: {usual}]"


def _date(flag: str, name: str, about: str, **more: Any) -> Decorator:
    return click.option(flag, name, type=day, metavar="DATE", help=about, **more)


def _number(flag: str, about: str) -> Decorator:
    name = flag.strip("-").replace("-", "_")
    return click.option(flag, type=int, help=_about(about, getattr(_USUAL, name)))


def _choice(flag: str, name: str, choices: tuple[str, ...], about: str) -> Decorator:
    usual = getattr(_USUAL, name) or "none"
    return click.option(flag, name, type=click.Choice(choices), help=_about(about, usual))


# Defaults are those of ``Parameters``: an option that is not given is None here.
_PARAMETERS: Final = (
    _date("--launch", "launch_on", "Launch day; exactly one of --launch and --start."),
    _date("--start", "start_on", "First day of the preparation."),
    _number("--prepare-months", "Months of preparation, 2 to 6."),
    _number("--develop-months", "Months of development after month six, 6 to 18."),
    _number("--launch-weeks", "Weeks of the launch phase."),
    _choice("--type", "community_type", TYPES, "Community type; adds its mechanics."),
    _choice("--scope", "scope", SCOPES, "Whom it is for."),
    _choice("--audience", "audience", AUDIENCES, "Whether the audience is already there."),
    click.option("--public/--no-public", default=None, help="Open to consumers at large."),
    _number("--seed-members", "Seed members to win before launch day, 10 to 50."),
    _number("--first-members-target", "First members to win by month six, 10 or more."),
    click.option("--country", metavar="CODE", help="ISO 3166 code; skips its public holidays."),
    click.option("--subdivision", metavar="CODE", help="Region with holidays of its own."),
    _date("--closure", "closures", "A day off of your own; repeat as needed.", multiple=True),
    click.option("--timezone", metavar="ZONE", help=_about("Such as Europe/Paris.", "UTC")),
    language_option("en"),
    click.option(
        "--already-launched",
        is_flag=True,
        default=None,
        help="Take over a community that is running: launch day may lie in the past.",
    ),
)
