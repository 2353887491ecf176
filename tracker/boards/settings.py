"""What a manager can set of every board, whatever its platform. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from tracker.boards.merging import FIELDS, POLICIES
from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence

CREATED_THERE: Final = ("list", "task")
_ONE_OF: Final = Sentence(
    en="This is one of: {names}.", fr="Une de ces valeurs est possible : {names}."
)
_NO_FIELDS: Final = Sentence(
    en="A policy for some of these fields: {names}.",
    fr="Une règle pour certains de ces champs : {names}.",
)


def check_settings(settings: Mapping[str, Any]) -> None:
    """Raise Invalid, by field, where they cannot be meant; what a platform adds it judges."""
    faults: dict[str, Any] = {}
    if settings.get("created_there", "list") not in CREATED_THERE:
        faults["created_there"] = [Said(_ONE_OF, {"names": ", ".join(CREATED_THERE)})]
    policies = settings.get("policies", {})
    if not isinstance(policies, dict) or not policies.keys() <= set(FIELDS):
        faults["policies"] = [Said(_NO_FIELDS, {"names": ", ".join(FIELDS)})]
    elif not all(policy in POLICIES for policy in policies.values()):
        faults["policies"] = [Said(_ONE_OF, {"names": ", ".join(POLICIES)})]
    if faults:
        raise Invalid({"settings": faults})
