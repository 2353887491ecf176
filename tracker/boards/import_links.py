"""Which card waits for which: what is not there is cut, and so is what would close a loop. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tracker.kernel.texts import Said, Sentence

MOST: Final = 50
_GONE: Final = Sentence(
    en="It waits for {count} {count:card that is|cards that are} not brought; {count:this link "
    "is|these links are} left out.",
    fr="Elle attend {count} {count:carte qui n'est pas apportée|cartes qui ne sont pas apportées} "
    "; {count:ce lien est laissé|ces liens sont laissés} de côté.",
)
_LOOP: Final = Sentence(
    en="It waits, over others, for itself; the link that closes the loop is left out.",
    fr="À travers d'autres, elle s'attend elle-même ; le lien qui ferme la boucle est laissé de "
    "côté.",
)
_MANY: Final = Sentence(
    en="It waits for {count} cards; the first {most} are taken.",
    fr="Elle attend {count} cartes ; les {most} premières sont prises.",
)

After = Mapping[str, Sequence[str]]


def links_among(
    after: After,
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[Said, ...]]]:
    """The links of ``after`` that can be kept, and what is to be said of the others, by card."""
    kept: dict[str, list[str]] = {}
    faults: dict[str, list[Said]] = {}
    for card, earlier in after.items():
        known = [one for one in dict.fromkeys(earlier) if one in after and one != card]
        kept[card] = known[:MOST]
        gone = len({*earlier} - {*known, card})
        if gone:
            faults.setdefault(card, []).append(Said(_GONE, {"count": gone}))
        if len(known) > MOST:
            faults.setdefault(card, []).append(Said(_MANY, {"count": len(known), "most": MOST}))
    for card, earlier_card in list(_closing(kept)):
        kept[card].remove(earlier_card)
        faults.setdefault(card, []).append(Said(_LOOP, {}))
    return (
        {card: tuple(earlier) for card, earlier in kept.items()},
        {card: tuple(said) for card, said in faults.items()},
    )


def _closing(after: After) -> Iterator[tuple[str, str]]:
    """Links by which a walk along them comes back to where it is; without these there is no loop.

    Walked without recursion: a chain may be as long as a board.
    """
    done: set[str] = set()
    for first in after:
        path: dict[str, Iterator[str]] = {} if first in done else {first: iter(after[first])}
        while path:
            card, rest = next(reversed(path.items()))
            earlier = next(rest, None)
            if earlier is None:
                del path[card]
                done.add(card)
            elif earlier in path:
                yield card, earlier
            elif earlier not in done:
                path[earlier] = iter(after[earlier])
