"""What is wrong with a setting, in both languages: validators say it in English. Pure."""

import re
from typing import Final

from tracker.kernel.texts import Text

_FRENCH: Final[tuple[tuple[str, str], ...]] = (
    (r"Not a valid integer\.", r"doit être un nombre entier"),
    (r"must be 1 or more", r"doit valoir 1 ou plus"),
    (r"must be text or json", r"doit être text ou json"),
    (r"must lie between (\S+) and (\S+) seconds", r"doit être entre \1 et \2 secondes"),
    (r"must start with (\S+)", r"doit commencer par \1"),
    (r"must start with (\S+) or (\S+)", r"doit commencer par \1 ou \2"),
    (r"must start with (\S+) or (\S+) or (\S+)", r"doit commencer par \1, \2 ou \3"),
    (
        r"must name a file: each connection has a memory of its own",
        r"doit nommer un fichier : chaque connexion a sa propre mémoire",
    ),
    (r"must name a server, such as (\S+)", r"doit nommer un serveur, comme \1"),
    (r"must be an address, such as (\S+)", r"doit être une adresse, comme \1"),
    (r"has a password, but no user", r"a un mot de passe, mais pas d'utilisateur"),
    (
        r"holds a space or a control character; write it as %20 and the like",
        r"contient une espace ou un caractère de contrôle ; l'écrire %20, et ainsi de suite",
    ),
    (
        r"has something after the port; a / or # in a password is written %2F, %23",
        r"a quelque chose après le port ; dans un mot de passe, / et # s'écrivent %2F et %23",
    ),
    (r"names port 0, which is none", r"nomme le port 0, qui n'en est pas un"),
    (r"knows one option: (\S+) or (\S+)", r"ne connaît qu'une option : \1 ou \2"),
    (r"takes (starttls=\S+) or (starttls=\S+)", r"accepte \1 ou \2"),
    (
        r"needs no starttls: smtps:// is encrypted from its first byte on",
        r"se passe de starttls : smtps:// est chiffré dès le premier octet",
    ),
    (r"holds a control character", r"contient un caractère de contrôle"),
    (r"must be one address: (\S+), or (.+)", r"doit être une seule adresse : \1, ou \2"),
    (
        r"“(.*)” must be CIDR:port, such as (\S+) or (\S+)",
        r"« \1 » doit être CIDR:port, comme \2 ou \3",
    ),
    (
        r"The value of (\w+) must be a readable file path\.",
        r"\1 doit être le chemin d'un fichier lisible.",
    ),
)
_FORMS: Final = [(re.compile(form, re.DOTALL), french) for form, french in _FRENCH]


def in_both(fault: str) -> Text:
    """A fault as a validator has told it."""
    for form, french in _FORMS:
        if match := form.fullmatch(fault):
            return {"en": fault, "fr": match.expand(french)}
    return {"en": fault, "fr": fault}
