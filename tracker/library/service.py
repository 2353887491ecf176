"""Taking in a workspace's own playbooks and its answers to the quiz."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from tracker.kernel.db import new_id
from tracker.kernel.errors import Conflict, DomainError
from tracker.kernel.texts import Sentence
from tracker.library import queries
from tracker.library.models import Assessment, OwnPlaybook
from tracker.people.rules import Actor
from tracker.playbooks.catalog import newest_version
from tracker.playbooks.loader import BadPlaybook, load_bytes
from tracker.playbooks.model import Playbook
from tracker.playbooks.quiz import Outcome, assess

_FAULTY: Final = Sentence(
    en="The playbook has {count} {count:fault|faults}; “problems” says where. `tracker catalog "
    "check` finds the same before you send it.",
    fr="Le modèle a {count} {count:défaut|défauts} ; « problems » dit où. `tracker catalog check` "
    "les trouve avant l'envoi.",
)
_OURS: Final = Sentence(
    en="“{slug}” is a playbook of the product. Give yours another name.",
    fr="« {slug} » est un modèle du produit. Donner un autre nom au vôtre.",
)
_RELEASED: Final = Sentence(
    en="Version {version} of “{slug}” exists, and versions are never edited; the next is {next}.",
    fr="La version {version} de « {slug} » existe, et une version ne se modifie pas ; la suivante "
    "est la {next}.",
)


class FaultyPlaybook(DomainError):
    """A playbook that cannot be used. ``problems`` are lines of ``file:line: sentence``."""

    type = "faulty-playbook"
    extensions = ("problems",)

    def __init__(self, faults: BadPlaybook) -> None:
        self.problems = [str(problem) for problem in faults.problems]
        super().__init__(_FAULTY, count=len(self.problems))


def read_source(source: str) -> Playbook:
    """A playbook from its YAML. Raises FaultyPlaybook."""
    try:
        return load_bytes(source.encode(), "playbook.yaml")
    except BadPlaybook as faults:
        raise FaultyPlaybook(faults) from None


def add_playbook(session: Session, actor: Actor, source: str, *, now: datetime) -> Playbook:
    """Take in a workspace's own playbook. Raises FaultyPlaybook, Conflict."""
    playbook = read_source(source)
    if newest_version(playbook.slug) is not None:
        raise Conflict(_OURS, slug=playbook.slug)
    newest = queries.newest_own_version(session, actor.workspace_id, playbook.slug) or 0
    if playbook.version <= newest:
        raise Conflict(_RELEASED, slug=playbook.slug, version=playbook.version, next=newest + 1)
    session.add(
        OwnPlaybook(
            workspace_id=actor.workspace_id,
            slug=playbook.slug,
            version=playbook.version,
            title=dict(playbook.title),
            source=source,
            created_at=now,
        )
    )
    return playbook


def answer_quiz(
    session: Session, actor: Actor, playbook: Playbook, *, answers: str, scope: str, now: datetime
) -> tuple[Assessment, Outcome]:
    """Judge answers and keep them. Raises Invalid."""
    outcome = assess(playbook, answers, scope, now.date())
    assessment = Assessment(
        workspace_id=actor.workspace_id,
        id=new_id(),
        playbook=playbook.slug,
        playbook_version=playbook.version,
        scope=scope,
        answers=outcome.answers,
        score=outcome.score,
        band=outcome.band["key"],
        created_by=actor.member_id,
        created_at=now,
    )
    session.add(assessment)
    return assessment, outcome
