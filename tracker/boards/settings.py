"""What a manager can set of every board, whatever its platform. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from tracker.boards.merging import FIELDS, POLICIES
from tracker.connectors.boards import Port
from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence

CREATED_THERE: Final = ("list", "task")
_OF_ALL: Final = ("created_there", "policies")
_UNKNOWN: Final = Sentence(
    en="There is no such setting of these boards. There are: {names}.",
    fr="Ces tableaux n'ont pas de tel réglage. Il y a : {names}.",
)
_ONE_OF: Final = Sentence(
    en="This is one of: {names}.", fr="Une de ces valeurs est possible : {names}."
)
_NO_FIELDS: Final = Sentence(
    en="A policy for some of these fields: {names}.",
    fr="Une règle pour certains de ces champs : {names}.",
)


def check_settings(
    port: Port, settings: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> None:
    """Raise Invalid, by field, where they cannot be meant; what a platform adds it judges.

    ``before`` as for ``Port.setting_faults``.
    """
    known = {*_OF_ALL, *port.settings}
    names = ", ".join(sorted(known))
    faults: dict[str, Any] = {
        name: [Said(_UNKNOWN, {"names": names})] for name in settings.keys() - known
    }
    told = port.setting_faults(settings, before)
    faults |= {name: [said] for name, said in told.items()}
    if settings.get("created_there", "list") not in CREATED_THERE:
        faults["created_there"] = [Said(_ONE_OF, {"names": ", ".join(CREATED_THERE)})]
    policies = settings.get("policies", {})
    if not isinstance(policies, dict) or not policies.keys() <= set(FIELDS):
        faults["policies"] = [Said(_NO_FIELDS, {"names": ", ".join(FIELDS)})]
    elif not all(policy in POLICIES for policy in policies.values()):
        faults["policies"] = [Said(_ONE_OF, {"names": ", ".join(POLICIES)})]
    if faults:
        raise Invalid({"settings": faults})
