"""The words around the pictures of a plan, in each language."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from babel.dates import format_date

from tracker.kernel.texts import Language, Sentence
from tracker.overview.chart import Border, Chart, Line

STATUSES: Final[Mapping[str, Sentence]] = {
    "todo": Sentence(en="to do", fr="à faire"),
    "in_progress": Sentence(en="in progress", fr="en cours"),
    "blocked": Sentence(en="blocked", fr="bloquée"),
    "done": Sentence(en="done", fr="faite"),
    "not_applicable": Sentence(en="not applicable", fr="sans objet"),
}
STATES: Final[Mapping[str, Sentence]] = {
    "pending": Sentence(en="pending", fr="en attente"),
    "ready": Sentence(en="ready", fr="prêt"),
    "passed": Sentence(en="passed", fr="franchi"),
    "conditional": Sentence(en="passed on conditions", fr="franchi sous conditions"),
    "held": Sentence(en="held", fr="suspendu"),
    "rejected": Sentence(en="rejected", fr="refusé"),
    "waived": Sentence(en="waived", fr="levé par dérogation"),
}
LEGEND: Final[Mapping[str, Sentence]] = {
    "todo": Sentence(en="to do", fr="à faire"),
    "critical": Sentence(en="critical: no float", fr="critique : sans marge"),
    "in_progress": Sentence(en="in progress, by steps", fr="en cours, selon les étapes"),
    "done": Sentence(en="done", fr="faite"),
    "blocked": Sentence(en="blocked", fr="bloquée"),
    "not_applicable": Sentence(en="not applicable", fr="sans objet"),
    "float": Sentence(en="float", fr="marge"),
    "late": Sentence(en="overdue", fr="en retard"),
    "milestone": Sentence(en="milestone", fr="jalon"),
    "ritual": Sentence(en="ritual, until its last day", fr="rituel, jusqu'à son dernier jour"),
    "gate": Sentence(en="gate", fr="passage"),
    "baseline": Sentence(en="baseline", fr="référence"),
    "pinned": Sentence(en="pinned", fr="épinglée"),
}
FLAGGED: Final = Sentence(en="{state}, but slipping back", fr="{state}, mais en recul")
TODAY: Final = Sentence(en="Today", fr="Aujourd'hui")
LAUNCH: Final = Sentence(en="Launch day", fr="Lancement")
PROGRESS: Final = Sentence(en="{done} of {total} done", fr="{done} sur {total} {done:faite|faites}")
OVERDUE: Final = Sentence(en="{n} overdue", fr="{n} en retard")
FLOAT: Final = Sentence(
    en="float: {n} working {n:day|days}", fr="marge : {n} {n:jour ouvré|jours ouvrés}"
)
NO_FLOAT: Final = Sentence(en="no float", fr="sans marge")
LAUNCH_ON: Final = Sentence(en="launch day {day}", fr="lancement le {day}")
AS_OF: Final = Sentence(en="as of {day}", fr="au {day}")
KNEE: Final = Sentence(
    en="Until {day} the weeks are drawn wider than after it.",
    fr="Jusqu'au {day}, les semaines sont dessinées plus larges qu'ensuite.",
)
_TITLE: Final = Sentence(en="Plan of “{name}”", fr="Plan de « {name} »")
_DESCRIPTION: Final = Sentence(
    en="A Gantt chart from {first} to {last}, with launch day on {launch}. {facts}. "
    "Gates: {gates}.",
    fr="Un diagramme de Gantt du {first} au {last}, avec le lancement le {launch}. {facts}. "
    "Passages : {gates}.",
)
_NO_GATES: Final = Sentence(en="none", fr="aucun")


def said_day(day: date, language: Language) -> str:
    """``Mon 6 Sep 2027``, ``lun. 6 sept. 2027``."""
    return format_date(day, "EEE d MMM y", locale=language)


def said_state(border: Border, language: Language) -> str:
    """How a gate stands, and whether what it stood on still does."""
    state = STATES[border.state].say(language)
    return FLAGGED.say(language, state=state) if border.is_flagged else state


def facts(chart: Chart, language: Language) -> str:
    """``3 of 60 done · 2 overdue``."""
    done = sum(band.done for band in chart.bands)
    total = sum(len(band.counted) for band in chart.bands)
    told = [PROGRESS.say(language, done=done, total=total)]
    if late := sum(line.is_overdue(chart.today) for line in chart.lines):
        told.append(OVERDUE.say(language, n=late))
    return " · ".join(told)


def heading(chart: Chart, language: Language) -> str:
    """The line under the title."""
    launch = LAUNCH_ON.say(language, day=said_day(chart.launch_on, language))
    today = AS_OF.say(language, day=said_day(chart.today, language))
    return " · ".join([launch, facts(chart, language), today])


def title(chart: Chart, language: Language) -> str:
    """What the picture is called."""
    return _TITLE.say(language, name=chart.title)


def description(chart: Chart, language: Language) -> str:
    """The picture for those who cannot see it."""
    gates = ", ".join(
        f"{border.title} ({said_state(border, language)}, {said_day(border.on, language)})"
        for border in chart.borders
    )
    return _DESCRIPTION.say(
        language,
        first=said_day(chart.first, language),
        last=said_day(chart.last, language),
        launch=said_day(chart.launch_on, language),
        facts=facts(chart, language),
        gates=gates or _NO_GATES.say(language),
    )


def about(line: Line, language: Language) -> str:
    """One line in words: title, dates, status, float."""
    days = [said_day(day, language) for day in dict.fromkeys((line.start_on, line.due_on))]
    told = [line.title, " → ".join(days), STATUSES[line.status].say(language)]
    if line.is_open and line.kind != "ritual":
        spare = (
            FLOAT.say(language, n=line.float_days)
            if line.float_days > 0
            else NO_FLOAT.say(language)
        )
        told.append(spare)
    return " · ".join(told)
