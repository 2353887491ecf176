"""The head of a plan: what is planned, for whom, and when."""

from collections.abc import Iterator

import click

from tracker.cli.days import say_day
from tracker.cli.preview import Preview
from tracker.cli.render.labels import (
    AUDIENCES,
    HOLIDAYS,
    LABELS,
    NO_TYPE,
    PREPARATION,
    PUBLIC,
    SCOPES,
    WEEKENDS,
    count,
)
from tracker.cli.render.page import pairs, paragraph


def header(preview: Preview) -> Iterator[str]:
    """Title, fixed days, parameters."""
    playbook = preview.plan.playbook
    title = f"{playbook.title[preview.language]} ({playbook.slug} v{playbook.version})"
    yield from (click.style(line, bold=True) for line in paragraph(title, first=""))
    yield ""
    rows = {
        "launch": say_day(preview.plan.days.launch, preview.language),
        "start": _preparation(preview),
        "end": say_day(preview.plan.days.end, preview.language),
        "community": _community(preview),
        "audience": AUDIENCES[preview.plan.parameters.audience].say(preview.language),
        "days_off": _days_off(preview),
        "tasks": _tasks(preview),
    }
    yield from pairs((LABELS[name].say(preview.language), value) for name, value in rows.items())


def _preparation(preview: Preview) -> str:
    day = say_day(preview.plan.days.start, preview.language)
    months = preview.plan.parameters.prepare_months
    return PREPARATION.say(preview.language, day=day, n=months)


def _community(preview: Preview) -> str:
    parameters, language = preview.plan.parameters, preview.language
    kind = preview.plan.playbook.community_type(parameters.community_type or "")
    name = kind["title"][language] if kind else parameters.community_type
    words = [name or NO_TYPE.say(language), SCOPES[parameters.scope].say(language)]
    if parameters.public:
        words.append(PUBLIC.say(language))
    return " · ".join(words)


def _days_off(preview: Preview) -> str:
    parameters, language = preview.plan.parameters, preview.language
    words = [WEEKENDS.say(language)]
    if parameters.country:
        place = "-".join(filter(None, (parameters.country, parameters.subdivision)))
        words.append(HOLIDAYS.say(language, place=place))
    if parameters.closures:
        words.append(count("closures", len(parameters.closures), language))
    return " · ".join(words)


def _tasks(preview: Preview) -> str:
    """How many, and how many of them leave no room."""
    total = count("tasks", len(preview.plan.tasks), preview.language)
    critical = sum(task.is_critical for task in preview.plan.tasks)
    return f"{total} · {count('critical', critical, preview.language)}" if critical else total
