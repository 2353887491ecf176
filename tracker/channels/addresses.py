"""What people give as the address of a channel: whether it can be one, and what may be shown."""

from typing import Final

from tracker.channels.words import Kind
from tracker.connectors.chat import addresses as chats
from tracker.connectors.email.log_mailbox import masked
from tracker.kernel.egress import EgressRefused, RemoteError, door
from tracker.kernel.errors import Invalid
from tracker.kernel.mail import is_mailbox
from tracker.kernel.texts import Said, Sentence

_NO_MAILBOX: Final = Sentence(
    en="This is not an e-mail address, such as name@example.org.",
    fr="Ce n'est pas une adresse e-mail, telle que nom@example.org.",
)
_NEEDS_NONE: Final = Sentence(
    en="An event is announced to all who listen; leave the address out.",
    fr="Un événement s'annonce à tous ceux qui écoutent ; omettre l'adresse.",
)


def check_address(kind: Kind, address: str) -> None:
    """Raise Invalid unless a channel of that kind can have it.

    May ask the network, so no transaction may be open.
    """
    try:
        _check(kind, address)
        if kind in chats.THROUGH_THE_DOOR:
            door().check(address)
    except (EgressRefused, RemoteError) as refusal:
        raise Invalid({"address": [refusal.said]}) from None


def _check(kind: Kind, address: str) -> None:
    if kind == Kind.EMAIL:
        if not is_mailbox(address):
            raise Invalid({"address": [Said(_NO_MAILBOX, {})]})
    elif kind == Kind.EVENT:
        if address:
            raise Invalid({"address": [Said(_NEEDS_NONE, {})]})
    else:
        chats.check_form(kind, address)


def label_of(kind: Kind, address: str) -> str:
    """What may be shown of an address that has been checked."""
    if kind == Kind.EMAIL:
        return masked(address)
    return chats.label(kind, address) if address else kind.value
