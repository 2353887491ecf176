"""Who may approve what, and which approvals count. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import orjson

from tracker.gates.facts import (
    ApprovalFact,
    ContentFact,
    Facts,
    GateFact,
    MemberFact,
    ProjectFact,
)
from tracker.gates.words import ROLE, names_of
from tracker.kernel.errors import Conflict, Forbidden
from tracker.kernel.texts import Said, Sentence

Criterion = Mapping[str, Any]

_NOT_YOURS: Final = Sentence(
    en="For the role “{role}”, {who} approves or declines here; you can ask with “request”.",
    fr="Pour le rôle « {role} », c'est à {who} d'approuver ou de refuser ; vous pouvez le demander "
    "avec « request ».",
)
_OWNERS: Final = Sentence(en="an owner of the workspace", fr="un owner de l'espace")
_NAMED_OR_OWNERS: Final = Sentence(
    en="{named} or an owner of the workspace", fr="{named} ou à un owner de l'espace"
)
_OWN_REQUEST: Final = Sentence(
    en="You asked for this approval yourself, and nobody approves their own request. Have somebody "
    "else ask, or somebody else approve.",
    fr="Vous avez demandé cette approbation vous-même, et personne n'approuve sa propre demande. "
    "La faire demander, ou approuver, par quelqu'un d'autre.",
)
_SAID_ALREADY: Final = Sentence(
    en="You have said so already on {on}, and nothing has changed since.",
    fr="Vous l'avez déjà dit le {on}, et rien n'a changé depuis.",
)


class OwnRequest(Forbidden):
    """Nobody approves what they asked for themselves."""

    type = "own-request"


class SaidAlready(Conflict):
    """The same member, the same word, the same subject."""

    type = "said-already"


@dataclass(frozen=True, slots=True)
class Tally:
    """What an approval criterion has come to.

    ``approved`` are those that count; ``may_be_alone`` where nobody is named and no owner has
    spoken; ``alone`` where the decision itself is the approval.
    """

    named: MemberFact | None
    approved: tuple[MemberFact, ...]
    declined: tuple[ApprovalFact, ...]
    last: ApprovalFact | None
    is_reached: bool
    may_be_alone: bool = False
    alone: bool = False


_NOT_APPROVED: Final = frozenset({"people", "start_on"})


def subject_of(
    criterion: Criterion, project: ProjectFact, contents: Mapping[str, ContentFact]
) -> str:
    """A digest of what is approved: the named tasks' content, else the plan and its launch day.

    The start is left out: it follows from both, and differs by the way on which they came about.
    """
    if "of" in criterion:
        found: object = [[key, _content(contents.get(key))] for key in sorted(criterion["of"])]
    else:
        told = project.parameters.items()
        plan = {name: value for name, value in told if name not in _NOT_APPROVED}
        found = [plan, project.launch_on]
    return sha256(orjson.dumps(found, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _content(content: ContentFact | None) -> object:
    if content is None:
        return None
    evidences = [[e.kind, e.url, e.note, e.figure] for e in content.evidences]
    return [content.title, content.description, content.notes, evidences]


def is_valid(approval: ApprovalFact, subject: str) -> bool:
    """Whether it still speaks of what is there: not rejected since, and nothing changed."""
    return approval.voided_at is None and approval.subject == subject


def of_criterion(facts: Facts, gate: GateFact, criterion: Criterion) -> list[ApprovalFact]:
    """What was asked, given and refused for one criterion, the oldest first."""
    return [
        one
        for one in facts.approvals
        if one.gate_id == gate.id and one.criterion == criterion["key"]
    ]


def tally(
    facts: Facts, gate: GateFact, criterion: Criterion, decider: MemberFact | None = None
) -> Tally:
    """Count valid approvals; a decision of somebody who may approve is one, too."""
    found = of_criterion(facts, gate, criterion)
    subject = subject_of(criterion, facts.project, facts.contents)
    words = _last_words(one for one in found if is_valid(one, subject))
    named = facts.people.named.get(criterion["role"])
    heard = {one.member.id: one.member for one in words if one.kind == "approve"}
    alone = _decides_for_it(facts, criterion, found, decider)
    if decider is not None and alone:
        heard.setdefault(decider.id, decider)
    approved = _that_count(facts, criterion, named, heard)
    declined = tuple(one for one in words if one.kind == "decline" and one.member.id not in heard)
    wanted = criterion["count"] if named else 1
    return Tally(
        named=named,
        approved=approved,
        declined=declined,
        last=words[-1] if words else None,
        is_reached=len(approved) >= wanted and (named is None or named in approved),
        may_be_alone=named is None and decider is None and not approved and not declined,
        alone=alone,
    )


def _last_words(valid: Iterable[ApprovalFact]) -> list[ApprovalFact]:
    """The last thing that each member said of it, in the order in which they said it."""
    last = {one.member.id: one for one in valid if one.kind != "request"}
    return sorted(last.values(), key=lambda one: (one.at, one.id))


def _that_count(
    facts: Facts, criterion: Criterion, named: MemberFact | None, heard: Mapping[Any, MemberFact]
) -> tuple[MemberFact, ...]:
    """The named member, and as many owners as are asked for beyond them."""
    first = [named] if named is not None and named.id in heard else []
    others = [one for one in facts.people.owners if one.id in heard and one != named]
    room = criterion["count"] - 1 if named else criterion["count"]
    return (*first, *others[:room])


def _decides_for_it(
    facts: Facts, criterion: Criterion, found: Sequence[ApprovalFact], decider: MemberFact | None
) -> bool:
    """Whether a decision by ``decider`` is the approval that the criterion asks for."""
    return (
        decider is not None
        and may_approve(facts, criterion, decider)
        and not is_own_request(found, decider)
    )


def may_approve(facts: Facts, criterion: Criterion, member: MemberFact) -> bool:
    """The named member; owners where nobody is named, or where more are asked for than named."""
    named = facts.people.named.get(criterion["role"])
    if named is not None and named.id == member.id:
        return True
    is_owner = any(owner.id == member.id for owner in facts.people.owners)
    return is_owner and (named is None or criterion["count"] > 1)


def is_own_request(found: Sequence[ApprovalFact], member: MemberFact) -> bool:
    """Whether it was asked for, and by nobody but ``member``.

    A request counts whatever has changed since: a change of notes must not free its author.
    """
    asked = [one for one in found if one.kind == "request" and one.voided_at is None]
    return bool(asked) and all(one.member.id == member.id for one in asked)


def check_may_say(
    facts: Facts, gate: GateFact, criterion: Criterion, *, member: MemberFact, kind: str
) -> None:
    """Raise Forbidden, OwnRequest or SaidAlready unless ``member`` may say this now."""
    found = of_criterion(facts, gate, criterion)
    if kind != "request" and not may_approve(facts, criterion, member):
        raise Forbidden(_NOT_YOURS, role=ROLE[criterion["role"]], who=_who(facts, criterion))
    if kind == "approve" and is_own_request(found, member):
        raise OwnRequest(_OWN_REQUEST)
    subject = subject_of(criterion, facts.project, facts.contents)
    valid = [one for one in found if is_valid(one, subject)]
    spoken = valid if kind == "request" else [one for one in valid if _is_word_of(one, member)]
    if spoken and spoken[-1].kind == kind and spoken[-1].member.id == member.id:
        raise SaidAlready(_SAID_ALREADY, on=spoken[-1].at.date().isoformat())


def _is_word_of(approval: ApprovalFact, member: MemberFact) -> bool:
    return approval.kind != "request" and approval.member.id == member.id


def _who(facts: Facts, criterion: Criterion) -> Said | Sentence | str:
    named = facts.people.named.get(criterion["role"])
    if named is None:
        return _OWNERS
    if criterion["count"] > 1:
        return Said(_NAMED_OR_OWNERS, {"named": named.name})
    return names_of([named])
