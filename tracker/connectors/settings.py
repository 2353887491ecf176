"""What whoever connects a platform has given, as connectors read it."""

import re
from collections.abc import Collection, Iterable, Mapping
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


def listed(config: Mapping[str, Any], name: str, *, between: str = r"[,\s]+") -> tuple[str, ...]:
    """Several values in one field: a list, or a text with commas or blanks between them."""
    value = config.get(name) or ()
    if isinstance(value, str):
        return tuple(filter(None, re.split(between, value.strip())))
    return tuple(map(str, value if isinstance(value, (list, tuple)) else [value]))


def check_settings(
    account: Account,
    *,
    needed: Collection[str] = (),
    secrets: Iterable[str] = (),
    forms: Mapping[str, str] | None = None,
) -> None:
    """Raise Invalid, by field, for what is missing or not of its form (a regular expression).

    What is needed is one value; other fields may hold several.
    """
    faults: dict[str, list[Said]] = {}
    for names, given in ((needed, account.config), (secrets, account.secrets)):
        faults |= {name: [Said(MISSING, {})] for name in names if not given.get(name)}
    for name, form in (forms or {}).items():
        values = listed(account.config, name)
        if name in needed and account.config.get(name):
            values = (str(account.config[name]),)
        wrong = [one for one in values if not re.fullmatch(form, one)]
        if len(values) > _MOST:
            wrong = [name]
        if wrong:
            faults[name] = [Said(_NOT_SO, {"value": wrong[0][:100]})]
    if faults:
        raise Invalid(dict(faults))
