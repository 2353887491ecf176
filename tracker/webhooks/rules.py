"""What may go with the requests to an endpoint. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from tracker.kernel.errors import FieldErrors
from tracker.kernel.texts import Said, Sentence

MOST_HEADERS: Final = 20
LONGEST_HEADER: Final = 2000
_OURS: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "cookie",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_OUR_FAMILIES: Final = ("content-", "webhook-", "proxy-")
_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,100}")
_VALUE: Final = re.compile(r"(?! )[ -~]*(?<! )")
_BAD_NAME: Final = Sentence(
    en="The name of a header has letters, digits and hyphens only, at most 100.",
    fr="Le nom d'un en-tête n'a que des lettres, des chiffres et des traits d'union, 100 au plus.",
)
_BAD_VALUE: Final = Sentence(
    en="The value of a header is printable ASCII, without line breaks, and without blanks around "
    "it.",
    fr="La valeur d'un en-tête est en ASCII imprimable, sans retour à la ligne ni espaces autour.",
)
_IS_OURS: Final = Sentence(
    en="The tracker sets this header itself. Name yours differently.",
    fr="Cet en-tête est posé par le tracker. Nommer le vôtre autrement.",
)
_TWICE: Final = Sentence(
    en="This header stands here twice, in other letters. Give it once.",
    fr="Cet en-tête figure deux fois, à la casse près. Le donner une seule fois.",
)


def header_faults(headers: Mapping[str, str]) -> FieldErrors:
    """What is wrong with custom headers, by name."""
    faults: dict[str, list[Said]] = {}
    seen: set[str] = set()
    for name, value in headers.items():
        lower = name.lower()
        if not _NAME.fullmatch(name):
            faults[name] = [Said(_BAD_NAME, {})]
        elif not _VALUE.fullmatch(value):
            faults[name] = [Said(_BAD_VALUE, {})]
        elif lower in _OURS or lower.startswith(_OUR_FAMILIES):
            faults[name] = [Said(_IS_OURS, {})]
        elif lower in seen:
            faults[name] = [Said(_TWICE, {})]
        seen.add(lower)
    return faults
