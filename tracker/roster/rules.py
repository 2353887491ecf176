"""How somebody moves along the roster, and what their consent allows. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from tracker.kernel.errors import FieldErrors, Forbidden, Invalid
from tracker.kernel.texts import Said, Sentence

ROLES: Final = ("seed", "ambassador", "expert", "influencer", "sponsor", "natural_leader")
STAGES: Final = ("candidate", "contacted", "agreed", "joined", "introduced", "active")
CONSENTS: Final = ("unknown", "asked", "given", "refused")
CONFIRMED: Final = STAGES[STAGES.index("agreed") :]
ENGAGED: Final = STAGES[STAGES.index("introduced") :]
# What tells who somebody is, or was written about them; gone as soon as they refuse.
PERSONAL: Final = ("name", "why", "email", "contact", "notes")
# What the history and the events may tell.
TOLD: Final = ("role", "stage", "consent")

_NEEDS_CONSENT: Final = Sentence(
    en="Beyond “contacted” their consent is needed: send consent “given” once you have it.",
    fr="Au-delà de « contacted », leur accord est nécessaire : envoyer consent « given » dès que "
    "vous l'avez.",
)
_STAGE_STANDS: Final = Sentence(
    en="They are at “{stage}”, which stands on their consent: send “refused” if they withdrew it.",
    fr="Cette personne en est à « {stage} », ce qui repose sur son accord : envoyer « refused » si "
    "elle l'a retiré.",
)
_BACK_NEEDS_NOTE: Final = Sentence(
    en="From “{old}” back to “{new}” needs a word on why: send note.",
    fr="Revenir de « {old} » à « {new} » demande un mot d'explication : envoyer note.",
)
_REFUSED: Final = Sentence(
    en="They refused to be kept by name. If they changed their mind, send consent “given” as well.",
    fr="Cette personne a refusé d'être citée. Si elle a changé d'avis, envoyer aussi consent "
    "« given ».",
)
_NEW_REFUSED: Final = Sentence(
    en="Somebody who refuses is not put on the roster.",
    fr="Une personne qui refuse n'est pas inscrite au carnet.",
)
_NO_NAME: Final = Sentence(
    en="They need a name again, with their consent.",
    fr="Il faut de nouveau un nom, avec leur accord.",
)
_NOT_ON_TEAM: Final = Sentence(
    en="The roster is for the project's team: its managers, the people named for a role, who looks "
    "after somebody on it, and who has a task in the project. A manager can give you one.",
    fr="Le carnet est réservé à l'équipe du projet : ses managers, les personnes nommées pour un "
    "rôle, celles qui y suivent quelqu'un et celles qui ont une tâche dans le projet. Un manager "
    "peut vous en confier une.",
)


def check_on_team(*, is_on_team: bool) -> None:
    """Raise Forbidden for who is not on the project's team."""
    if not is_on_team:
        raise Forbidden(_NOT_ON_TEAM)


def new_values(wish: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The values of somebody new. Raises Invalid."""
    if wish["consent"] == "refused":
        raise Invalid({"consent": [Said(_NEW_REFUSED, {})]})
    faults: dict[str, list[Said] | FieldErrors] = {}
    if wish["stage"] in CONFIRMED and wish["consent"] != "given":
        faults["stage"] = [Said(_NEEDS_CONSENT, {})]
    if faults:
        raise Invalid(faults)
    return {**wish, "consent_at": None if wish["consent"] == "unknown" else now}


def changed_values(
    old: Mapping[str, Any], wish: Mapping[str, Any], *, today: date, now: datetime
) -> dict[str, Any]:
    """What of ``old`` becomes another value by ``wish``. Raises Invalid.

    ``note`` says why somebody steps back, and is added to the notes. Who refuses is kept as a role
    and a stage, without anything that tells who it is.
    """
    note = wish.get("note")
    wish = {name: value for name, value in wish.items() if name != "note"}
    new = {**old, **wish}
    if faults := dict(_faults(old, new, wish, note=note)):
        raise Invalid(faults)
    if new["consent"] == "refused":
        new |= dict.fromkeys((*PERSONAL, "next_contact_on"))
    elif note and new["stage"] != old["stage"]:
        line = f"{today.isoformat()}, {old['stage']} → {new['stage']}: {note}"
        new["notes"] = "\n".join(filter(None, (new["notes"], line)))
    if new["consent"] != old["consent"]:
        new["consent_at"] = None if new["consent"] == "unknown" else now
    return {name: value for name, value in new.items() if value != old[name]}


def _faults(
    old: Mapping[str, Any], new: Mapping[str, Any], wish: Mapping[str, Any], *, note: str | None
) -> Mapping[str, list[Said] | FieldErrors]:
    faults: dict[str, list[Said] | FieldErrors] = {}
    if new["consent"] == "refused":
        named = [name for name in PERSONAL if wish.get(name) is not None]
        return {name: [Said(_REFUSED, {})] for name in named} | _moved_on(old, new)
    if new["name"] is None:
        faults["name"] = [Said(_NO_NAME, {})]
    if new["stage"] in CONFIRMED and new["consent"] != "given":
        if new["stage"] == old["stage"]:
            faults["consent"] = [Said(_STAGE_STANDS, {"stage": old["stage"]})]
        else:
            faults["stage"] = [Said(_NEEDS_CONSENT, {})]
    elif _place(new) < _place(old) and not note:
        values = {"old": old["stage"], "new": new["stage"]}
        faults["note"] = [Said(_BACK_NEEDS_NOTE, values)]
    return faults


def _moved_on(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> dict[str, list[Said] | FieldErrors]:
    """Who has refused stays where they were, or steps back."""
    return {"stage": [Said(_NEEDS_CONSENT, {})]} if _place(new) > _place(old) else {}


def _place(values: Mapping[str, Any]) -> int:
    return STAGES.index(values["stage"])
