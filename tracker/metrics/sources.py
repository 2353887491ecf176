"""The kinds of connections: those that wiring has registered, and those that nobody can have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tracker.connectors.figures import Source
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence, Text

_NO_SUCH_KIND: Final = Sentence(
    en="There is no connector of the kind “{kind}”. GET /connectors lists what there is.",
    fr="Il n'y a pas de connecteur de type « {kind} ». GET /connectors liste ce qui existe.",
)


@dataclass(frozen=True, slots=True)
class Impossible:
    """A platform whose figures cannot be pulled, and why."""

    title: Text
    why: Sentence


def _named(name: str) -> Text:
    return {"en": name, "fr": name}


INSTEAD: Final = ("csv", "push", "manual")
IMPOSSIBLE: Final[Mapping[str, Impossible]] = {
    "facebook_group": Impossible(
        {"en": "Facebook Group", "fr": "Groupe Facebook"},
        Sentence(
            en="Facebook gives nobody the figures of a group since April 2024. Export them there "
            "as CSV, push them, or enter them by hand.",
            fr="Depuis avril 2024, Facebook ne donne à personne les chiffres d'un groupe. Les y "
            "exporter en CSV, les pousser, ou les saisir à la main.",
        ),
    ),
    "linkedin_group": Impossible(
        {"en": "LinkedIn Group", "fr": "Groupe LinkedIn"},
        Sentence(
            en="LinkedIn has no interface for groups. Export the figures there as CSV, push them, "
            "or enter them by hand.",
            fr="LinkedIn n'a pas d'interface pour les groupes. Y exporter les chiffres en CSV, les "
            "pousser, ou les saisir à la main.",
        ),
    ),
    "whatsapp": Impossible(
        _named("WhatsApp"),
        Sentence(
            en="WhatsApp opens neither its communities nor the figures of its groups. Enter them "
            "by hand, push them, or bring them as CSV.",
            fr="WhatsApp n'ouvre ni ses communautés ni les chiffres de ses groupes. Les saisir à "
            "la main, les pousser, ou les apporter en CSV.",
        ),
    ),
    "discord_insights": Impossible(
        _named("Discord Server Insights"),
        Sentence(
            en="Discord shows visitors and retention of a server in its Insights only, to no "
            "program. Export them there as CSV; joins and messages come with the connector for "
            "Discord.",
            fr="Discord ne montre visiteurs et rétention d'un serveur que dans ses Insights, à "
            "aucun programme. Les y exporter en CSV ; arrivées et messages viennent par le "
            "connecteur Discord.",
        ),
    ),
}

_sources: dict[str, Source] = {}


def use_sources(sources: Iterable[Source]) -> None:
    """Make these the kinds that can be connected; only composition roots call this."""
    _sources.clear()
    _sources.update({source.kind: source for source in sources})


def source_of(kind: str) -> Source:
    """The source behind a kind. Raises NotFound."""
    source = _sources.get(kind)
    if source is None:
        raise NotFound(_NO_SUCH_KIND, kind=kind)
    return source


def all_sources() -> Sequence[Source]:
    """Every kind that can be connected."""
    return tuple(_sources.values())
