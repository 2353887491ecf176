"""What fields say of wrong values, in both languages: marshmallow speaks English only."""

import re
from collections.abc import Mapping
from typing import Any, Final

from tracker.kernel.errors import FieldErrors
from tracker.kernel.texts import Said, Sentence

UNKNOWN_FIELD: Final = "Unknown field."
NO_PARAMETERS: Final = "Takes no parameters."
# English pattern of the library or of web.fields → both sentences. Groups fill the gaps.
_KNOWN: Final[tuple[tuple[str, str, str], ...]] = (
    (r"Missing data for required field\.", "This field is required.", "Ce champ est obligatoire."),
    (
        r"Unknown field\.",
        "There is no such field; correct its name or leave it out.",
        "Ce champ n'existe pas ; corriger son nom ou le retirer.",
    ),
    (
        r"Unknown field\. (.+)",
        "There is no such field. Those that there are: {0}.",
        "Ce champ n'existe pas. Ceux qui existent : {0}.",
    ),
    (
        r"Takes no parameters\.",
        "This address takes no parameters; leave it out.",
        "Cette adresse ne prend pas de paramètres ; le retirer.",
    ),
    (r"Field may not be null\.", "Must not be null.", "Ne peut pas être null."),
    (r"Not a valid string\.", "Must be a text.", "Doit être un texte."),
    (r"Not a valid integer\.", "Must be a whole number.", "Doit être un nombre entier."),
    (r"Not a valid number\.", "Must be a number.", "Doit être un nombre."),
    (
        r"Number too large\.|Special numeric values .*",
        "Is out of range.",
        "Est hors de portée.",
    ),
    (r"Not a valid boolean\.", "Must be true or false.", "Doit être true ou false."),
    (
        r"Not a time zone of the tz database, such as Europe/Paris\.",
        "Not a time zone of the tz database, such as Europe/Paris.",
        "Pas un fuseau de la base tz, comme Europe/Paris.",
    ),
    (r"Not a valid UUID\.", "Must be an id (a UUID).", "Doit être un identifiant (UUID)."),
    (r"Not a valid list\.", "Must be a list.", "Doit être une liste."),
    (
        r"Not a valid mapping type\.|Invalid input type\.",
        "Must be an object.",
        "Doit être un objet.",
    ),
    (r"Not a valid email address\.", "Must be an e-mail address.", "Doit être une adresse e-mail."),
    (
        r"Not a valid (?:naive |aware )?datetime\.",
        "Must be an instant such as 2027-09-06T08:00:00Z.",
        "Doit être un instant, comme 2027-09-06T08:00:00Z.",
    ),
    (
        r"Not a date; write it as YYYY-MM-DD\.",
        "Not a date; write it as YYYY-MM-DD.",
        "Pas une date ; l'écrire AAAA-MM-JJ.",
    ),
    (
        r"Not a time of day; write it as HH:MM, such as 08:30\.",
        "Not a time of day; write it as HH:MM, such as 08:30.",
        "Pas une heure ; l'écrire HH:MM, comme 08:30.",
    ),
    (
        r"Not a week; write it as YYYY-Www, such as 2027-W36\.",
        "Not a week; write it as YYYY-Www, such as 2027-W36.",
        "Pas une semaine ; l'écrire AAAA-Wss, comme 2027-W36.",
    ),
    (
        r"This day does not exist in the calendar\.",
        "This day does not exist in the calendar.",
        "Ce jour n'existe pas dans le calendrier.",
    ),
    (
        r"Not a web address, such as https://example\.org/page\.",
        "Not a web address, such as https://example.org/page.",
        "Pas une adresse web, comme https://example.org/page.",
    ),
    (
        r"Holds a control character or a line break; remove it\.",
        "Holds a control character or a line break; remove it.",
        "Contient un caractère de contrôle ou un saut de ligne ; le retirer.",
    ),
    (
        r"Holds a control character; remove it\.",
        "Holds a control character; remove it.",
        "Contient un caractère de contrôle ; le retirer.",
    ),
    (
        r"Must be greater than or equal to (\S+) and less than or equal to (\S+)\.",
        "Must lie between {0} and {1}.",
        "Doit être compris entre {0} et {1}.",
    ),
    (
        r"Must be greater than or equal to (\S+)\.",
        "Must be at least {0}.",
        "Doit être d'au moins {0}.",
    ),
    (
        r"Must be one of: True\.",
        "Can only be true; else leave it out.",
        "Ne peut être que true ; sinon, l'omettre.",
    ),
    (
        r"Must be one of: (.+), None\.",
        "Must be one of: {0}; or null.",
        "Doit être une valeur parmi : {0} ; ou null.",
    ),
    (r"Must be one of: (.+)\.", "Must be one of: {0}.", "Doit être une valeur parmi : {0}."),
    (
        r"Length must be between 0 and (\d+)\.",
        "Is longer than {0} characters or items.",
        "Dépasse {0} caractères ou éléments.",
    ),
    (
        r"Length must be between (\d+) and (\d+)\.",
        "Must have {0} to {1} characters or items.",
        "Doit avoir de {0} à {1} caractères ou éléments.",
    ),
    (
        r"Longer than maximum length (\d+)\.",
        "Is longer than {0}.",
        "Dépasse {0}.",
    ),
    (r"Shorter than minimum length (\d+)\.", "Is shorter than {0}.", "Est plus court que {0}."),
)
_FORMS: Final = [(re.compile(form), Sentence(en=en, fr=fr)) for form, en, fr in _KNOWN]
_AS_IT_IS: Final = Sentence(en="{text}", fr="{text}")


def in_both_languages(messages: Any) -> FieldErrors:
    """Field errors as sentences, nested as they came."""
    if isinstance(messages, Mapping):
        return {str(name): _inner(inner) for name, inner in messages.items()}
    return {"body": _inner(messages)}


def _inner(messages: Any) -> Any:
    if isinstance(messages, Mapping):
        return in_both_languages(messages)
    named = [message for message in messages if isinstance(message, Mapping)]
    if named:  # of what lies within, as a validator of the whole has told it
        return in_both_languages({name: said for one in named for name, said in one.items()})
    return [translate(str(message)) for message in messages]


def translate(message: str) -> Said:
    """One message of the library as a sentence of ours."""
    for form, sentence in _FORMS:
        match = form.fullmatch(message)
        if match:
            return Said(
                Sentence(en=_filled(sentence.en, match), fr=_filled(sentence.fr, match)), {}
            )
    return Said(_AS_IT_IS, {"text": message})


def _filled(template: str, match: re.Match[str]) -> str:
    return template.format(*match.groups())
