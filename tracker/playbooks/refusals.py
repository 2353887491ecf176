"""Why there is no plan, in sentences that say what would help."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from tracker.kernel.errors import DomainError
from tracker.kernel.texts import Said, Sentence
from tracker.playbooks.model import TaskSpec

PREPARATION_TOO_LATE: Final = Sentence(
    en="A preparation of {months} months does not fit before {launch_on}: {chain} takes {days} "
    "working {days:day|days} and would have to start on {start_on}, before today, {today}.{cure}",
    fr="Une préparation de {months} mois ne tient pas avant le {launch_on} : {chain} demande "
    "{days} {days:jour ouvré|jours ouvrés} et devrait commencer le {start_on}, avant "
    "aujourd'hui, {today}.{cure}",
)
EARLIEST: Final = Sentence(
    en=" The earliest launch day that fits is {earliest}{shorter}.",
    fr=" Le premier jour de lancement possible est le {earliest}{shorter}.",
)
SHORTER: Final = Sentence(
    en="; with prepare_months {months} the wanted day fits",
    fr=" ; avec prepare_months {months}, le jour voulu convient",
)
BEYOND_LAUNCH: Final = Sentence(
    en="The playbook does not fit before launch day, {launch_on}: {chain} ends on {due_on}. Relax "
    "its windows, or plan it after the launch.{cure}",
    fr="Le modèle ne tient pas avant le jour du lancement, {launch_on} : {chain} se termine le "
    "{due_on}. Assouplir ses bornes, ou la planifier après le lancement.{cure}",
)
BEYOND_END: Final = Sentence(
    en="The plan does not fit before the project's end, {end_on}: {chain} ends on {due_on}.{cure}",
    fr="Le plan ne tient pas avant la fin du projet, {end_on} : {chain} se termine le {due_on}."
    "{cure}",
)
MORE_MONTHS: Final = Sentence(
    en=" It fits with develop_months {months}.", fr=" Il tient avec develop_months {months}."
)
SHORTEN: Final = Sentence(en=" Shorten the chain.", fr=" Raccourcir la chaîne.")
ENDLESS: Final = Sentence(
    en="{chain} lies {days} working days from launch day; a plan reaches {most} at most. Shorten "
    "the chain.",
    fr="{chain} est à {days} jours ouvrés du jour du lancement ; un plan en couvre {most} au plus. "
    "Raccourcir la chaîne.",
)
FIXED_IN_THE_PAST: Final = Sentence(
    en="{chain} is fixed on {on}, before today, {today}.{cure}",
    fr="{chain} est fixée au {on}, avant aujourd'hui, {today}.{cure}",
)
LATE_FOR_FIXED: Final = Sentence(
    en="“{task}” is fixed on {on}, but {chain} reaches {due_on}. Shorten the chain or move the "
    "date.{cure}",
    fr="« {task} » est fixée au {on}, mais {chain} va jusqu'au {due_on}. Raccourcir la chaîne ou "
    "déplacer la date.{cure}",
)


_MOST_TITLES: Final = 8
"""More than a sentence can carry."""


class PlanDoesNotFit(DomainError):
    """No plan exists for these parameters. ``chain`` are the keys of the tasks that do not fit.

    ``earliest_launch_on`` is None where no launch day would help.
    """

    type = "plan-does-not-fit"
    extensions = ("chain", "earliest_launch_on")

    def __init__(
        self,
        sentence: Sentence,
        *,
        chain: Sequence[TaskSpec],
        earliest_launch_on: date | None = None,
        **values: object,
    ) -> None:
        self.chain = tuple(task.key for task in chain)
        self.earliest_launch_on = earliest_launch_on
        told = Said(_chain_sentence(chain), {})
        super().__init__(sentence, chain=told, **values)


def _chain_sentence(chain: Sequence[TaskSpec]) -> Sentence:
    """The titles of a chain, shortened in the middle where it is long."""
    titles = [task.title for task in chain]
    en = [f"“{title['en']}”" for title in titles]
    fr = [f"« {title['fr']} »" for title in titles]
    return Sentence(en=_arrows(en), fr=_arrows(fr))


def _arrows(titles: list[str]) -> str:
    if len(titles) > _MOST_TITLES:
        titles[4:-3] = ["…"]
    return " → ".join(titles)
