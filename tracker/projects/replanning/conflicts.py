"""What the new dates do not keep, told so that somebody can act."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from tracker.kernel.texts import Said, Sentence
from tracker.projects.replanning.following import Course
from tracker.projects.replanning.net import Tie
from tracker.projects.replanning.values import Conflict, Frozen

_LINK: Final = Sentence(
    en="“{task}” lies {days} working {days:day|days} too early for “{other}”, which it waits for. "
    "Move it, cut the link, or close gaps.",
    fr="« {task} » est placée {days} {days:jour ouvré|jours ouvrés} trop tôt pour « {other} », "
    "qu'elle attend. La déplacer, couper le lien, ou resserrer les écarts.",
)
_PINNED: Final = Sentence(
    en="“{task}” is pinned, {days} working {days:day|days} too early for “{other}”, which it "
    "waits for. Unpin it, or cut the link.",
    fr="« {task} » est épinglée, {days} {days:jour ouvré|jours ouvrés} trop tôt pour « {other} », "
    "qu'elle attend. La libérer, ou couper le lien.",
)
_FIXED: Final = Sentence(
    en="“{task}” is tied to its day by the playbook, {days} working {days:day|days} too early for "
    "“{other}”, which it waits for. Move launch day, or finish “{other}” sooner.",
    fr="« {task} » est liée à son jour par le modèle, {days} {days:jour ouvré|jours ouvrés} trop "
    "tôt pour « {other} », qu'elle attend. Déplacer le lancement, ou terminer « {other} » plus "
    "tôt.",
)
_PAST: Final = Sentence(
    en="“{task}” is pinned to {on}, which has passed, and is still open. Unpin it, or close it.",
    fr="« {task} » est épinglée au {on}, qui est passé, et reste ouverte. La libérer, ou la clore.",
)
_LAUNCH: Final = Sentence(
    en="“{task}” is due on {on}, not before launch day, {launch_on}. Launch later, or shorten what "
    "leads to it.",
    fr="« {task} » est due le {on}, pas avant le jour du lancement, {launch_on}. Lancer plus tard, "
    "ou raccourcir ce qui y mène.",
)
_END: Final = Sentence(
    en="“{task}” is due on {on}, after the project's end, {end_on}. Lengthen the project, or "
    "shorten what leads to it.",
    fr="« {task} » est due le {on}, après la fin du projet, {end_on}. Allonger le projet, ou "
    "raccourcir ce qui y mène.",
)
_LINKED: Final = {Frozen.PINNED: ("pinned", _PINNED), Frozen.FIXED: ("link", _FIXED)}


def conflicts_of(
    course: Course, *, launch_on: date, end_on: date, today: date
) -> Iterator[Conflict]:
    """Violated links, pinned tasks in the way, and what is due too late."""
    net = course.net
    launch = course.places.axis.calendar.index(launch_on)
    end = course.places.axis.calendar.index(end_on)
    for n, task in enumerate(net.tasks):
        if not task.is_open:
            continue
        yield from _links(course, n)
        if net.frozen[n] is Frozen.PINNED and task.began_on is None and task.start_on < today:
            yield Conflict("past", task.key, _said(course, n, _PAST, on=task.start_on))
        last = _last(course, n)
        if task.is_before_launch and last >= launch:
            said = _said(course, n, _LAUNCH, on=course.due(n), launch_on=launch_on)
            yield Conflict("launch", task.key, said, by_days=last - launch + 1)
        elif last > end and course.due(n) > end_on:
            said = _said(course, n, _END, on=course.due(n), end_on=end_on)
            yield Conflict("end", task.key, said, by_days=last - end)


def _last(course: Course, n: int) -> int:
    places = course.places
    own = places.start[n] + places.span[n] - 1
    return places.axis.position(own, opens=course.net.opens[n])


def _links(course: Course, n: int) -> Iterator[Conflict]:
    """What has started has started: only what lies ahead can still wait."""
    net, places = course.net, course.places
    if net.frozen[n] is Frozen.STARTED:
        return
    for tie in net.ties[n]:
        missing = places.bound(n, tie) - places.start[n]
        if missing > 0:
            yield _link(course, n, tie, missing)


def _link(course: Course, n: int, tie: Tie, missing: int) -> Conflict:
    net = course.net
    kind, sentence = "link", _LINK
    frozen = net.frozen[n]
    if frozen in _LINKED:
        kind, sentence = _LINKED[frozen]
    other = net.tasks[tie.at]
    said = Said(sentence, {"task": net.tasks[n].title, "other": other.title, "days": missing})
    return Conflict(kind, net.tasks[n].key, said, other.key, missing)


def _said(course: Course, n: int, sentence: Sentence, **days: date) -> Said:
    told = {name: day.isoformat() for name, day in days.items()}
    return Said(sentence, {"task": course.net.tasks[n].title, **told})
