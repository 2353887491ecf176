"""What roles, stages and consents are called by people, in both languages."""

import unicodedata
from collections.abc import Mapping
from typing import Final

from tracker.kernel.texts import LANGUAGES, Sentence

ROLE_WORDS: Final[Mapping[str, Sentence]] = {
    "seed": Sentence(en="seed member", fr="membre seed"),
    "ambassador": Sentence(en="ambassador", fr="ambassadeur"),
    "expert": Sentence(en="expert", fr="expert"),
    "influencer": Sentence(en="influencer", fr="influenceur"),
    "sponsor": Sentence(en="sponsor", fr="sponsor"),
    "natural_leader": Sentence(en="natural leader", fr="leader naturel"),
}
STAGE_WORDS: Final[Mapping[str, Sentence]] = {
    "candidate": Sentence(en="candidate", fr="candidat"),
    "contacted": Sentence(en="contacted", fr="contacté"),
    "agreed": Sentence(en="agreed", fr="d'accord"),
    "joined": Sentence(en="joined", fr="inscrit"),
    "introduced": Sentence(en="introduced", fr="présenté"),
    "active": Sentence(en="active", fr="actif"),
}
CONSENT_WORDS: Final[Mapping[str, Sentence]] = {
    "unknown": Sentence(en="unknown", fr="inconnu"),
    "asked": Sentence(en="asked", fr="demandé"),
    "given": Sentence(en="given", fr="donné"),
    "refused": Sentence(en="refused", fr="refusé"),
}
COLUMN_WORDS: Final[Mapping[str, Sentence]] = {
    "name": Sentence(en="name", fr="nom"),
    "role": Sentence(en="role", fr="rôle"),
    "stage": Sentence(en="stage", fr="étape"),
    "why": Sentence(en="why", fr="pourquoi"),
    "email": Sentence(en="email", fr="e-mail"),
    "contact": Sentence(en="contact", fr="contact"),
    "owner": Sentence(en="owner", fr="responsable"),
    "strategic": Sentence(en="strategic", fr="stratégique"),
    "consent": Sentence(en="consent", fr="accord"),
    "notes": Sentence(en="notes", fr="notes"),
    "next_contact_on": Sentence(en="next contact", fr="prochain contact"),
}
FLAG_WORDS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("true", "yes", "oui", "vrai", "x", "1"), True),
    **dict.fromkeys(("false", "no", "non", "faux", "0"), False),
}


def plain(word: str) -> str:
    """A word without what people write differently: capitals, accents, spaces, hyphens."""
    bare = unicodedata.normalize("NFKD", word.strip().casefold())
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return "".join(filter(str.isalnum, letters))


def keys_of(words: Mapping[str, Sentence]) -> dict[str, str]:
    """The key behind each word of each language, and behind the key itself."""
    said = {plain(word.say(language)): key for key, word in words.items() for language in LANGUAGES}
    return said | {plain(key): key for key in words}
