"""Why a date is what it is: kept as facts, told as a sentence in the reader's language."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from tracker.kernel.texts import Language, Said, Sentence
from tracker.playbooks.calendar import WEEKEND, WorkCalendar

# What fixed the start. The gaps: task and day of what it waited for, lag in working days.
REASONS: Final[Mapping[str, Sentence]] = {
    "start": Sentence(
        en="Starts with the preparation, on {from_on}.",
        fr="Commence avec la préparation, le {from_on}.",
    ),
    "network": Sentence(
        en="Nothing holds it back: it starts as early as the preparation allows.",
        fr="Rien ne la retient : elle commence dès que la préparation le permet.",
    ),
    "launch": Sentence(
        en="Tied to launch day, {from_on}.", fr="Liée au jour du lancement, le {from_on}."
    ),
    "launch_end": Sentence(
        en="Not before the first weeks after launch are over, on {from_on}.",
        fr="Pas avant la fin des premières semaines qui suivent le lancement, le {from_on}.",
    ),
    "develop": Sentence(
        en="Counted from month six after launch, {from_on}.",
        fr="Comptée à partir du sixième mois après le lancement, le {from_on}.",
    ),
    "end": Sentence(
        en="Counted from the project's end, {from_on}.",
        fr="Comptée à partir de la fin du projet, le {from_on}.",
    ),
    "from_start": Sentence(
        en="Counted from the start of the preparation: {from_on}.",
        fr="Comptée à partir du début de la préparation : {from_on}.",
    ),
    "from_launch": Sentence(
        en="Counted from launch day: {from_on}.",
        fr="Comptée à partir du jour du lancement : {from_on}.",
    ),
    "from_launch_end": Sentence(
        en="Counted from the end of the first weeks after launch: {from_on}.",
        fr="Comptée à partir de la fin des premières semaines qui suivent le lancement : "
        "{from_on}.",
    ),
    "from_develop": Sentence(
        en="Counted from month six after launch: {from_on}.",
        fr="Comptée à partir du sixième mois après le lancement : {from_on}.",
    ),
    "from_end": Sentence(
        en="Counted from the project's end: {from_on}.",
        fr="Comptée à partir de la fin du projet : {from_on}.",
    ),
    "phase": Sentence(
        en="Starts with its phase, on {from_on}.", fr="Commence avec sa phase, le {from_on}."
    ),
    "today": Sentence(
        en="Not before today, {from_on}: the community is already running.",
        fr="Pas avant aujourd'hui, le {from_on} : la communauté tourne déjà.",
    ),
    "ritual": Sentence(
        en="An occurrence of its ritual, on {from_on}.",
        fr="Une occurrence de son rituel, le {from_on}.",
    ),
    "own_ritual": Sentence(
        en="Comes back by the team's own rule, from {from_on} on.",
        fr="Revient selon la règle de l'équipe, à partir du {from_on}.",
    ),
    "checklist_day": Sentence(
        en="Stands on the day chosen for what was added, {from_on}.",
        fr="Placée au jour choisi pour ce qui a été ajouté, le {from_on}.",
    ),
    "with_checklist": Sentence(
        en="Starts with what was added, on {from_on}.",
        fr="Commence avec ce qui a été ajouté, le {from_on}.",
    ),
    "by_hand": Sentence(en="Set by hand: {from_on}.", fr="Fixée à la main : {from_on}."),
    "board": Sentence(
        en="As it lay on the board that it comes from: {from_on}.",
        fr="Comme sur le tableau d'où elle vient : {from_on}.",
    ),
    "board_order": Sentence(
        en="Without a date on the board that it comes from; by its order there: {from_on}.",
        fr="Sans date sur le tableau d'où elle vient ; d'après son ordre là-bas : {from_on}.",
    ),
    "condition": Sentence(
        en="A condition of a gate, set on {from_on}.",
        fr="Une condition posée à un point de passage, le {from_on}.",
    ),
    "roster": Sentence(
        en="Within five working days of {from_on}, the day that made the member strategic.",
        fr="Dans les cinq jours ouvrés qui suivent le {from_on}, jour où ce membre est devenu "
        "stratégique.",
    ),
    "FS": Sentence(
        en="Follows “{task}”, due on {from_on}{lag}.", fr="Suit « {task} », due le {from_on}{lag}."
    ),
    "SS": Sentence(
        en="Starts with “{task}”, on {from_on}{lag}.",
        fr="Commence avec « {task} », le {from_on}{lag}.",
    ),
    "FF": Sentence(
        en="Ends with “{task}”, on {from_on}{lag}.",
        fr="Se termine avec « {task} », le {from_on}{lag}.",
    ),
    "SF": Sentence(
        en="Ends once “{task}” has started, on {from_on}{lag}.",
        fr="Se termine une fois « {task} » commencée, le {from_on}{lag}.",
    ),
    # What fixed it in a plan that is running.
    "asked": Sentence(en="Set by hand to {from_on}.", fr="Fixée à la main au {from_on}."),
    "with": Sentence(
        en="Moved together with “{task}”, now due {from_on}.",
        fr="Déplacée avec « {task} », désormais due le {from_on}.",
    ),
    "distance": Sentence(
        en="Keeps its distance to where the plan's rules put it, counted from {from_on}.",
        fr="Garde sa distance à ce que disent les règles du plan, comptée depuis le {from_on}.",
    ),
    "not_past": Sentence(
        en="Nothing open stays in the past: it lay on {from_on}.",
        fr="Rien d'ouvert ne reste dans le passé : elle était placée au {from_on}.",
    ),
    "overdue": Sentence(
        en="Has started and is not done; it was due on {from_on}.",
        fr="Commencée et pas terminée ; elle était due le {from_on}.",
    ),
}
_LAG = Sentence(
    en=", {lag:+d} working {lag:day|days}", fr=", {lag:+d} {lag:jour ouvré|jours ouvrés}"
)
_LASTS = Sentence(en="Lasts {days} working days.", fr="Dure {days} jours ouvrés.")
_ONE_DAY = Sentence(en="Lasts one working day.", fr="Dure un jour ouvré.")
_STRETCHED = Sentence(
    en="Lasts {days} working days: {reference} at the shortest preparation, stretched to {months} "
    "months.",
    fr="Dure {days} jours ouvrés : {reference} pour la préparation la plus courte, étirés à "
    "{months} mois.",
)
_MILESTONE = Sentence(
    en="A milestone: it takes no time.", fr="Un jalon : il ne prend pas de temps."
)
_SKIPS = Sentence(en="Skips {what}.", fr="Saute {what}.")
_WEEKEND_DAYS = Sentence(en="{n} weekend {n:day|days}", fr="{n} {n:jour|jours} de week-end")
_CLOSED_LAUNCH = Sentence(
    en="Launch day is a closed day ({name}) and is kept.",
    fr="Le jour du lancement est un jour fermé ({name}) et il est maintenu.",
)


def explain(
    facts: Mapping[str, Any], titles: Mapping[str, str], calendar: WorkCalendar, language: Language
) -> str:
    """The sentences behind one task's dates. ``titles`` names the tasks that it may wait for."""
    lag = facts.get("lag") or 0
    said = [
        REASONS[facts["rule"]].say(
            language,
            from_on=facts["from_on"],
            task=titles.get(facts.get("task", ""), facts.get("task", "")),
            lag=_LAG.say(language, lag=lag) if lag else "",
        ),
        _duration(facts, language),
        _closed_launch(facts, calendar, language),
        _closed_days(facts, calendar, language),
    ]
    return " ".join(filter(None, said))


def reason(rule: str, from_on: date, task: str | None = None, lag: int = 0) -> Said:
    """The first of these sentences alone. ``task`` is the title of what it waits for."""
    told = Said(_LAG, {"lag": lag}) if lag else ""
    return Said(REASONS[rule], {"from_on": from_on.isoformat(), "task": task or "", "lag": told})


def _duration(facts: Mapping[str, Any], language: Language) -> str:
    days, reference = facts["days"], facts["reference"]
    if reference == 0:
        return _MILESTONE.say(language)
    if days != reference:
        return _STRETCHED.say(language, days=days, reference=reference, months=facts["months"])
    return _ONE_DAY.say(language) if days == 1 else _LASTS.say(language, days=days)


def _closed_launch(facts: Mapping[str, Any], calendar: WorkCalendar, language: Language) -> str:
    day = date.fromisoformat(facts["start_on"])
    if day != calendar.opened:
        return ""
    return _CLOSED_LAUNCH.say(language, name=calendar.name(day, language) or WEEKEND)


def _closed_days(facts: Mapping[str, Any], calendar: WorkCalendar, language: Language) -> str:
    """Name the days that were jumped over, from what it waited for to the due day."""
    first, last = (date.fromisoformat(facts[name]) for name in ("span_from", "due_on"))
    weekend, named = 0, []
    for day, name in calendar.skipped(first, last, language):
        if name is None:
            weekend += 1
        else:
            named.append(f"{name} ({day.isoformat()})")
    counted = [_WEEKEND_DAYS.say(language, n=weekend)] if weekend else []
    what = ", ".join(counted + named)
    return _SKIPS.say(language, what=what) if what else ""
