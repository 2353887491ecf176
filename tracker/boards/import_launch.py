"""On which day the community of a board is launched: as told, or as a card says. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from tracker.boards.import_dates import Frame, days_of, launch_card
from tracker.boards.import_lists import ListRule
from tracker.connectors.board_copy import BoardCopy
from tracker.kernel.clock import is_zone
from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.planned import Plan
from tracker.playbooks.schedule import SHORTEST_MONTHS, month_shift

_NO_LAUNCH_DAY: Final = Sentence(
    en="No card says clearly on which day the community opens: give launch_on.",
    fr="Aucune carte ne dit clairement quel jour la communauté ouvre : donner launch_on.",
)
_NO_START: Final = Sentence(
    en="What is on the board has its own dates: give launch_on in its place.",
    fr="Ce qui est sur le tableau a ses propres dates : donner plutôt launch_on.",
)
_GUESSED: Final = Sentence(
    en="Launch day is {day}, when the card “{title}” is due. Give launch_on if it is another.",
    fr="Le jour du lancement est le {day}, échéance de la carte « {title} ». Donner launch_on si "
    "c'est un autre.",
)
_RUNNING: Final = Sentence(
    en="Launch day has passed: the community counts as launched already.",
    fr="Le jour du lancement est passé : la communauté est considérée comme déjà lancée.",
)
_COUNTED: Final = Sentence(
    en="No card says when the launch is: durations are counted as if it were on {day}.",
    fr="Aucune carte ne dit quand est le lancement : les durées sont comptées comme s'il était le "
    "{day}.",
)


@dataclass(frozen=True, slots=True)
class Launch:
    """The parameters with a launch day, the card that is the launch, and what to say of both."""

    parameters: Parameters
    card: str | None
    said: tuple[Said, ...] = ()


def zone_of(parameters: Parameters) -> str:
    """The zone; UTC where it is none, which the planner refuses."""
    return parameters.timezone if is_zone(parameters.timezone) else "UTC"


def launch_of(
    board: BoardCopy,
    rules: Mapping[str, ListRule],
    parameters: Parameters,
    today: date,
    *,
    is_template: bool,
) -> Launch:
    """Raises Invalid where nobody says when it is, and it matters."""
    if parameters.start_on is not None:
        raise Invalid({"parameters": {"start_on": [Said(_NO_START, {})]}})
    left_out = {column for column, rule in rules.items() if rule.is_left_out}
    taken = [card for card in board.cards if card.column not in left_out]
    zone = zone_of(parameters)
    found = launch_card(replace(board, cards=tuple(taken)), zone)
    card = found[0].id if found else None
    if parameters.launch_on is not None:
        is_it = found is not None and found[1] == parameters.launch_on
        launch = Launch(parameters, card if is_it else None)
    elif found is not None:
        said = [Said(_GUESSED, {"day": found[1], "title": found[0].title})]
        if found[1] < today and not is_template:
            said.append(Said(_RUNNING, {}))
        already = parameters.already_launched or found[1] < today
        known = replace(parameters, launch_on=found[1], already_launched=already)
        launch = Launch(known, card, tuple(said))
    elif is_template:
        day = _behind(board, zone, today)
        launch = Launch(replace(parameters, launch_on=day), None, (Said(_COUNTED, {"day": day}),))
    else:
        raise Invalid({"parameters": {"launch_on": [Said(_NO_LAUNCH_DAY, {})]}})
    if is_template:  # what has passed is as good a pattern as what is to come
        return replace(launch, parameters=replace(launch.parameters, already_launched=True))
    return launch


def _behind(board: BoardCopy, zone: str, today: date) -> date:
    """The day after everything; where nothing has a date, as soon as can be."""
    days = [day for card in board.cards for day in days_of(card, zone)[:2] if day]
    return max(days) + timedelta(days=1) if days else month_shift(today, SHORTEST_MONTHS)


def frame_of(plan: Plan, board: BoardCopy, today: date | None) -> Frame:
    """What the cards are laid out in; no ``today`` where the plan is to be used again."""
    months = plan.parameters.prepare_months if today else SHORTEST_MONTHS
    launch, zone = plan.days.launch, zone_of(plan.parameters)
    days = [day for card in board.cards for day in days_of(card, zone)[:2] if day and day < launch]
    return Frame(
        launch_on=launch,
        borders={phase.key: (phase.start_on, phase.end_on) for phase in plan.phases},
        calendar=plan.calendar,
        zone=zone,
        today=today,
        first_on=min([*days, month_shift(launch, -months)]),
    )
