"""What whoever connects a platform has given, as connectors read it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tracker.connectors.figures import Account
from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence

MISSING: Final = Sentence(
    en="This is needed. See the help of this field.",
    fr="Cette valeur est nécessaire. Voir l'aide de ce champ.",
)
_NOT_SO: Final = Sentence(
    en="“{value}” cannot be right here. See the help of this field.",
    fr="« {value} » ne convient pas ici. Voir l'aide de ce champ.",
)
_MOST: Final = 200


def listed(config: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Several values in one field: a list, or a text with commas or blanks between them."""
    value = config.get(name) or ()
    parts: Iterable[Any] = re.split(r"[,\s]+", value) if isinstance(value, str) else value
    return tuple(str(part) for part in parts if str(part))


def check_settings(
    account: Account,
    *,
    needed: Iterable[str] = (),
    secrets: Iterable[str] = (),
    forms: Mapping[str, str] | None = None,
) -> None:
    """Raise Invalid, by field, for what is missing or not of its form (a regular expression)."""
    faults: dict[str, list[Said]] = {}
    for names, given in ((needed, account.config), (secrets, account.secrets)):
        faults |= {name: [Said(MISSING, {})] for name in names if not given.get(name)}
    for name, form in (forms or {}).items():
        wrong = [one for one in listed(account.config, name)[:_MOST] if not re.fullmatch(form, one)]
        if wrong:
            faults[name] = [Said(_NOT_SO, {"value": wrong[0][:100]})]
    if faults:
        raise Invalid(dict(faults))
