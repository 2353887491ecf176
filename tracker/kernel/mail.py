"""Where mails are handed in, and in whose name; read from settings. Unfit says what is wrong.

What is said of a wrong address never repeats it: it may hold a password.
"""

import re
from dataclasses import dataclass, field
from email.utils import getaddresses
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from tracker.kernel.errors import Unfit
from tracker.kernel.plain import UNWRITABLE
from tracker.kernel.texts import Sentence

_PORTS: Final = {"smtp": 25, "smtps": 465}
_SUBMISSION: Final = 587
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST: Final = 254
_MAILBOX: Final = re.compile(
    r"[^\s@<>(),:;\"\\\[\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
)
_NO_SERVER: Final = Sentence(
    en="must name a server, such as smtp://mail.example.org:587",
    fr="doit nommer un serveur, comme smtp://mail.example.org:587",
)
_NO_USER: Final = Sentence(
    en="has a password, but no user", fr="a un mot de passe, mais pas d'utilisateur"
)
_BLANK: Final = Sentence(
    en="holds a space or a control character; write it as %20 and the like",
    fr="contient une espace ou un caractère de contrôle ; l'écrire %20, et ainsi de suite",
)
_NO_ADDRESS: Final = Sentence(
    en="must be an address, such as smtp://mail.example.org:587",
    fr="doit être une adresse, comme smtp://mail.example.org:587",
)
_SCHEME: Final = Sentence(
    en="must start with smtp:// or smtps://", fr="doit commencer par smtp:// ou smtps://"
)
_MORE: Final = Sentence(
    en="has something after the port; a / or # in a password is written %2F, %23",
    fr="a quelque chose après le port ; dans un mot de passe, / et # s'écrivent %2F et %23",
)
_PORT_0: Final = Sentence(
    en="names port 0, which is none", fr="nomme le port 0, qui n'en est pas un"
)
_OPTIONS: Final = Sentence(
    en="knows one option: ?starttls=required or ?starttls=never",
    fr="ne connaît qu'une option : ?starttls=required ou ?starttls=never",
)
_STARTTLS: Final = Sentence(
    en="takes starttls=required or starttls=never", fr="accepte starttls=required ou starttls=never"
)
_TWICE: Final = Sentence(
    en="needs no starttls: smtps:// is encrypted from its first byte on",
    fr="se passe de starttls : smtps:// est chiffré dès le premier octet",
)
_CONTROL: Final = Sentence(
    en="holds a control character",
    fr="contient un caractère de contrôle",
)
_NO_MAILBOX: Final = Sentence(
    en="must be one address: name@example.org, or Name <name@example.org>",
    fr="doit être une seule adresse : nom@example.org, ou Nom <nom@example.org>",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A server that takes mails. Nothing is handed in before TLS where ``has_tls`` says so."""

    host: str
    port: int
    is_tls: bool  # from the first byte on
    has_starttls: bool  # demanded: a server that does not offer it gets nothing
    user: str | None = None
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address, perhaps with the name of whoever has it."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What follows the @."""
        return self.address.rpartition("@")[2]


def read_mail_server(url: str) -> MailServer:
    """``smtp://user:password@host:587?starttls=required``, or ``smtps://…``.

    Without ``starttls`` it is required, but on this machine itself.
    """
    parts, port = _split(url)
    wanted = _wanted(parts)
    host = (parts.hostname or "").strip()
    if not host:
        raise Unfit(_NO_SERVER)
    if parts.password is not None and not parts.username:
        raise Unfit(_NO_USER)
    is_tls = parts.scheme == "smtps"
    return MailServer(
        host=host,
        port=port or (_SUBMISSION if parts.username and not is_tls else _PORTS[parts.scheme]),
        is_tls=is_tls,
        has_starttls=not is_tls and wanted != "never" and (bool(wanted) or host not in _LOOPBACK),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or ""),
    )


def _split(url: str) -> tuple[SplitResult, int | None]:
    if UNWRITABLE.search(url) or re.search(r"\s", url):
        raise Unfit(_BLANK)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Unfit(_NO_ADDRESS) from None
    if parts.scheme not in _PORTS:
        raise Unfit(_SCHEME)
    if parts.path.strip("/") or parts.fragment:
        raise Unfit(_MORE)
    if port == 0:
        raise Unfit(_PORT_0)
    return parts, port


def _wanted(parts: SplitResult) -> str:
    options = parse_qsl(parts.query, keep_blank_values=True)
    if len(options) > 1 or any(name != "starttls" for name, _ in options):
        raise Unfit(_OPTIONS)
    wanted = dict(options).get("starttls", "")
    if options and wanted not in ("required", "never"):
        raise Unfit(_STARTTLS)
    if options and parts.scheme == "smtps":
        raise Unfit(_TWICE)
    return wanted


def read_mailbox(text: str) -> Mailbox:
    """``tracker@example.org`` or ``Our tracker <tracker@example.org>``."""
    if UNWRITABLE.search(text) or "\n" in text or "\r" in text:
        raise Unfit(_CONTROL)
    (name, address), *others = getaddresses([text]) or [("", "")]
    if others or not is_mailbox(address) or not address.isascii():
        raise Unfit(_NO_MAILBOX)
    return Mailbox(address, name)


def is_mailbox(address: str) -> bool:
    """Whether a mail can be addressed to it; nobody knows whether somebody is there."""
    return len(address) <= _LONGEST and _MAILBOX.fullmatch(_in_ascii(address)) is not None


def _in_ascii(address: str) -> str:
    """The domain as it is looked up; as it stands where there is no such form."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


def transport_form(address: str) -> str:
    """The address with its domain in ASCII; what stands before the @ stays as it is."""
    return address if address.isascii() else _in_ascii(address)
