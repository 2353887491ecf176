"""What cannot be asked of a plan, field by field."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.projects.replanning.axis import Axis
from tracker.projects.replanning.frame import LAUNCHED
from tracker.projects.replanning.values import Changes, Move, State, StoredTask

MOST_DAYS: Final = 2600
_CLOSED: Final = Sentence(
    en="“{task}” is {status}; its dates tell what was. Reopen it first.",
    fr="« {task} » est {status} ; ses dates disent ce qui a été. La rouvrir d'abord.",
)
_STATUS: Final[Mapping[str, Sentence]] = {
    "done": Sentence(en="done", fr="terminée"),
    "not_applicable": Sentence(en="not applicable", fr="sans objet"),
}
_PINNED: Final = Sentence(
    en="“{task}” is pinned and stays. Unpin it in the same request to move it.",
    fr="« {task} » est épinglée et reste en place. La libérer dans la même requête pour la bouger.",
)
_STARTED: Final = Sentence(
    en="“{task}” started on {on} and keeps its start. Move its due day instead.",
    fr="« {task} » a commencé le {on} et garde son début. Déplacer plutôt son échéance.",
)
_PAST: Final = Sentence(
    en="{on} lies in the past: nothing open is set before today, {today}.",
    fr="{on} est dans le passé : rien d'ouvert n'est placé avant aujourd'hui, {today}.",
)
_BACKWARDS: Final = Sentence(
    en="It would be due on {due_on}, before it starts on {start_on}.",
    fr="L'échéance, {due_on}, précéderait le début, {start_on}.",
)
_TOO_MUCH: Final = Sentence(
    en="Give two of start_on, due_on and duration_days; the third follows.",
    fr="Donner deux valeurs parmi start_on, due_on et duration_days ; la troisième s'en déduit.",
)
_DAYS: Final = Sentence(
    en="A task lasts 1 to {most} working days.", fr="Une tâche dure de 1 à {most} jours ouvrés."
)
_MILESTONE: Final = Sentence(
    en="“{task}” is a milestone: it takes no time, and lies on one day.",
    fr="« {task} » est un jalon : il ne prend pas de temps et tient sur un jour.",
)
_CLOSED_DAY: Final = Sentence(
    en="{on} is not worked, and a pinned task is not moved to the next day. Choose an open day.",
    fr="Le {on} n'est pas travaillé, et une tâche épinglée n'est pas reportée. Choisir un jour "
    "ouvré.",
)
_LAUNCHED: Final = Sentence(
    en="The community has been open since {launch_on}; its launch day does not move any more.",
    fr="La communauté est ouverte depuis le {launch_on} ; son lancement ne se déplace plus.",
)
Faults = Iterator[tuple[str, Said]]


def is_launched(state: State, today: date) -> bool:
    """Whether launch day lies behind: by its gate, or because it was taken over so."""
    has_passed = state.launch_on <= today
    return has_passed and (state.phase in LAUNCHED or state.parameters.already_launched)


def check_launch_day(state: State, wanted: date, today: date) -> None:
    """Raise Invalid where launch day would move although it is past, or into the past."""
    if wanted == state.launch_on:
        return
    if is_launched(state, today):
        launch_on = state.launch_on.isoformat()
        raise Invalid({"launch_on": [Said(_LAUNCHED, {"launch_on": launch_on})]})
    if wanted < today:
        values = {"on": wanted.isoformat(), "today": today.isoformat()}
        raise Invalid({"launch_on": [Said(_PAST, values)]})


def check_moves(state: State, changes: Changes, axis: Axis, today: date) -> None:
    """Raise Invalid, naming every task that cannot be moved so."""
    tasks = {task.key: task for task in state.tasks}
    faults: dict[str, dict[str, list[Said]]] = {}
    for key, move in changes.moves.items():
        for name, said in _faults(tasks[key], move, axis, today):
            faults.setdefault(key, {}).setdefault(name, []).append(said)
    if faults:
        raise Invalid({"tasks": faults})


def _faults(task: StoredTask, move: Move, axis: Axis, today: date) -> Faults:
    name = next(iter(_given(move)), None)
    if name is None:
        return
    if not task.is_open:
        yield name, Said(_CLOSED, {"task": task.title, "status": _STATUS[task.status]})
    elif task.is_pinned and move.pinned is not False:
        yield name, Said(_PINNED, {"task": task.title})
    else:
        yield from _of_dates(task, move, today)
        yield from _of_length(task, move)
        if move.pinned:
            yield from _of_pinned(move, axis)


def _given(move: Move) -> Mapping[str, object]:
    told = {"start_on": move.start_on, "due_on": move.due_on, "duration_days": move.days}
    return {name: value for name, value in told.items() if value is not None}


def _of_dates(task: StoredTask, move: Move, today: date) -> Faults:
    if task.began_on is not None and move.start_on not in (None, task.start_on):
        yield "start_on", Said(_STARTED, {"task": task.title, "on": task.began_on.isoformat()})
    for name, day in (("start_on", move.start_on), ("due_on", move.due_on)):
        has_begun = name == "start_on" and task.began_on is not None
        if day is not None and day < today and not has_begun:
            yield name, Said(_PAST, {"on": day.isoformat(), "today": today.isoformat()})
    if move.start_on and move.due_on and move.due_on < move.start_on:
        told = {"due_on": move.due_on.isoformat(), "start_on": move.start_on.isoformat()}
        yield "due_on", Said(_BACKWARDS, told)


def _of_length(task: StoredTask, move: Move) -> Faults:
    if move.start_on and move.due_on and move.days is not None:
        yield "duration_days", Said(_TOO_MUCH, {})
    if task.is_milestone:
        if move.days or (move.start_on and move.due_on and move.start_on != move.due_on):
            name = "duration_days" if move.days else "due_on"
            yield name, Said(_MILESTONE, {"task": task.title})
    elif move.days is not None and not 1 <= move.days <= MOST_DAYS:
        yield "duration_days", Said(_DAYS, {"most": MOST_DAYS})


def _of_pinned(move: Move, axis: Axis) -> Faults:
    for name, day in (("start_on", move.start_on), ("due_on", move.due_on)):
        if day is not None and not axis.is_open(day, opens=True):
            yield name, Said(_CLOSED_DAY, {"on": day.isoformat()})
