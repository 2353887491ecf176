"""What comes of a board, for its manager."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from tracker.boards.import_drafts import Draft
from tracker.boards.import_making import Made, import_out
from tracker.boards.import_service import Worked
from tracker.kernel.texts import Language


def worked_out(worked: Worked, made: Made | None, language: Language) -> dict[str, Any]:
    """A look where nothing was ``made``."""
    drafts, left_out = worked.drafts, worked.left_out
    return {
        "dry_run": made is None,
        "source": worked.order.source,
        "into": worked.order.into,
        "name": worked.wish.name,
        "board": worked.board.name,
        "launch_on": worked.plan.days.launch,
        "project_id": made.project["id"] if made and made.project else None,
        "playbook": _playbook(worked),
        "counts": {
            "tasks": len(drafts),
            "steps": sum(len(draft.card.steps) for draft in drafts),
            "without_dates": sum(draft.is_placed for draft in drafts),
            "left_out": len(left_out),
            **Counter(draft.status for draft in drafts),
        },
        "lists": _lists(worked),
        "people": _people(worked),
        "tasks": [_task(draft, worked, language) for draft in drafts],
        "left_out": [
            {"what": one.what, "title": one.title, "reason": one.reason.say(language)}
            for one in left_out
        ],
        "warnings": [warning.say(language) for warning in worked.warnings],
        "imported_before": [import_out(one) for one in worked.earlier],
    }


def _playbook(worked: Worked) -> dict[str, Any] | None:
    if worked.playbook is None or worked.named is None:
        return None
    named = worked.named
    return {"slug": named.slug, "version": named.version, "source": worked.playbook.source}


def _lists(worked: Worked) -> list[dict[str, Any]]:
    counts = Counter(card.column for card in worked.board.cards)
    return [
        {
            "id": rule.column.id,
            "title": rule.column.title,
            "archived": rule.column.is_archived,
            "cards": counts[rule.column.id],
            "phase": rule.phase,
            "status": rule.status,
            "left_out": rule.is_left_out,
            "guessed": rule.is_guessed,
        }
        for rule in worked.rules.values()
    ]


def _people(worked: Worked) -> list[dict[str, Any]]:
    counts = Counter(person for draft in worked.drafts for person in draft.card.people)
    return [
        {
            "id": known.person.id,
            "name": known.person.name,
            "username": known.person.username,
            "email": known.person.email,
            "member_id": known.member_id,
            "cards": counts[known.person.id],
        }
        for known in worked.people.values()
    ]


def _task(draft: Draft, worked: Worked, language: Language) -> Mapping[str, Any]:
    card, people = draft.card, worked.people
    members = (people[one].member_id for one in card.people if one in people)
    return {
        "card": card.id,
        "title": card.title,
        "list": draft.list_title,
        "key": worked.playbook.keys[card.id] if worked.playbook else None,
        "phase": draft.phase,
        "role": draft.role,
        "status": draft.status,
        "start_on": draft.start_on,
        "due_on": draft.due_on,
        "milestone": draft.is_milestone,
        "labels": list(draft.labels),
        "assignees": [] if worked.order.is_template else list(filter(None, members)),
        "steps": len(card.steps),
        "after": list(draft.after),
        "notes": [said.say(language) for said in draft.said],
    }
