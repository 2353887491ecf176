"""What a plan that fits should still be looked at for."""

from collections.abc import Iterator
from typing import Final

from tracker.kernel.texts import Said, Sentence
from tracker.playbooks.parameters import USUAL_DEVELOP_MONTHS
from tracker.playbooks.planned import Plan

_CLOSED_LAUNCH: Final = Sentence(
    en="Launch day {launch_on} is a closed day ({name}). It is kept; the next working day is "
    "{next}.",
    fr="Le jour du lancement, {launch_on}, est un jour fermé ({name}). Il est maintenu ; le jour "
    "ouvré suivant est le {next}.",
)
_WEEKEND: Final = Sentence(en="weekend", fr="week-end")
_SHORT_DEVELOPMENT: Final = Sentence(
    en="Developing a community takes a year or more; {months} months is short.",
    fr="Développer une communauté demande un an ou plus ; {months} mois, c'est court.",
)
_ODD_SCOPE: Final = Sentence(
    en="“{type}” communities are usually {usual}; this one is {scope}.",
    fr="Les communautés « {type} » sont d'ordinaire de portée {usual} ; celle-ci est {scope}.",
)
_AFTER_DEADLINE: Final = Sentence(
    en="“{task}” is due on {due_on}, after its deadline of {deadline}.",
    fr="« {task} » est due le {due_on}, après son échéance du {deadline}.",
)
_AFTER_PHASE: Final = Sentence(
    en="“{task}” is due on {due_on}, after its phase ends on {end_on}.",
    fr="« {task} » est due le {due_on}, après la fin de sa phase, le {end_on}.",
)


def warnings_of(plan: Plan) -> Iterator[Said]:
    """A closed launch day, odd parameters, tasks beyond their deadline or their phase."""
    yield from _about_launch_day(plan)
    yield from _about_parameters(plan)
    end_of = {phase.key: phase.end_on for phase in plan.phases}
    for task in plan.tasks:
        told = {"task": task.spec.title, "due_on": task.due_on.isoformat()}
        if task.deadline_on and task.due_on > task.deadline_on:
            yield Said(_AFTER_DEADLINE, {**told, "deadline": task.deadline_on.isoformat()})
        end_on = end_of[task.spec.phase]
        if task.due_on > end_on:
            yield Said(_AFTER_PHASE, {**told, "end_on": end_on.isoformat()})


def _about_launch_day(plan: Plan) -> Iterator[Said]:
    calendar, launch = plan.calendar, plan.days.launch
    if calendar.opened is None:
        return
    en, fr = calendar.name(launch, "en"), calendar.name(launch, "fr")
    values = {
        "launch_on": launch.isoformat(),
        "name": Sentence(en=en, fr=fr) if en and fr else _WEEKEND,
        "next": calendar.day(calendar.index(launch) + 1).isoformat(),
    }
    yield Said(_CLOSED_LAUNCH, values)


def _about_parameters(plan: Plan) -> Iterator[Said]:
    wanted = plan.parameters
    if wanted.develop_months < USUAL_DEVELOP_MONTHS:
        yield Said(_SHORT_DEVELOPMENT, {"months": wanted.develop_months})
    kind = plan.playbook.community_type(wanted.community_type or "")
    if kind and wanted.scope not in kind["scope"]:
        usual = ", ".join(kind["scope"])
        yield Said(_ODD_SCOPE, {"type": kind["title"], "usual": usual, "scope": wanted.scope})
