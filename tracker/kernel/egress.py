"""The one door through which requests leave: checked addresses, no redirects, bounded in all."""

import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from importlib import import_module
from threading import Lock
from typing import Any, Final

from tracker.kernel.egress_reply import MOST_READ, NoReply, Reply
from tracker.kernel.egress_rules import (
    EgressRefused,
    Opening,
    Target,
    check_not_ours,
    check_port,
    parse_openings,
    parse_target,
)
from tracker.kernel.egress_wire import (
    CONNECT_SECONDS,
    Connect,
    Resolve,
    Trip,
    connect,
    on_trip,
    resolve_name,
)
from tracker.kernel.errors import DomainError
from tracker.kernel.texts import Sentence

__all__ = ["Door", "EgressRefused", "RemoteError", "Reply", "door", "make_door", "use_door"]

TOTAL_SECONDS: Final = 15.0
MOST_SENT: Final = 1024 * 1024
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9-]+")
_HEADER_VALUE: Final = re.compile(r"(?! )[ -~]*")

_UNREACHABLE: Final = Sentence(
    en="{host} cannot be reached. Check the address; if it is right, it will be tried again.",
    fr="{host} est injoignable. Vérifier l'adresse ; si elle est juste, il y aura un autre essai.",
)
_NOT_TRUSTED: Final = Sentence(
    en="The certificate of {host} cannot be trusted, so nothing was sent. Have it corrected there.",
    fr="Le certificat de {host} n'est pas digne de confiance : rien n'a été envoyé. Le faire "
    "corriger là-bas.",
)
_NO_ANSWER: Final = Sentence(
    en="{host} did not answer within {seconds} {seconds:second|seconds}, or broke off. It may "
    "have received it.",
    fr="{host} n'a pas répondu en {seconds} {seconds:seconde|secondes}, ou a coupé. Il a pu "
    "recevoir l'envoi.",
)
_BAD_HEADER: Final = Sentence(
    en="A header of this request cannot be sent. Plain letters only, without a line break and "
    "without a blank in front.",
    fr="Un en-tête de cette requête ne peut pas partir. Rien que des caractères simples, sans "
    "retour à la ligne ni espace en tête.",
)


class RemoteError(DomainError):
    """The other side cannot be reached, or did not say what came of it."""

    type = "remote-error"

    def __init__(
        self,
        sentence: Sentence,
        values: Mapping[str, object],
        *,
        word: str = "unreachable",
        has_left: bool = False,
        retry_in: timedelta | None = None,
    ) -> None:
        self.word = word  # the same for programs
        self.has_left = has_left  # the request may have arrived: trying again may repeat it
        self.retry_in = retry_in
        super().__init__(sentence, **values)


class Door:
    """Lets requests out. ``resolve`` and ``connect`` are there for tests to replace."""

    def __init__(
        self,
        openings: Sequence[Opening] = (),
        *,
        ours: Target | None = None,
        resolve: Resolve | None = None,
        connect: Connect = connect,
    ) -> None:
        self._openings, self._connect = tuple(openings), connect
        self._resolve = resolve or resolve_name
        self._ours = ours
        self._making = Lock()
        # It names whole URLs, in warnings, too; and their paths are secrets.
        logging.getLogger("urllib3").setLevel(logging.CRITICAL)

    def check(self, url: str) -> Target:
        """Whether ``url`` could be called now; nothing is sent. Raises EgressRefused, RemoteError.

        The answer holds for nothing later: each call asks again.
        """
        target = self._target(url)
        try:
            self._trip(CONNECT_SECONDS).look_up(target.host, target.port)
        except OSError:
            check_port(target.port, self._openings)
            raise RemoteError(_UNREACHABLE, {"host": target.host}) from None
        return target

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        seconds: float = TOTAL_SECONDS,
        most_read: int = MOST_READ,
    ) -> Reply:
        """Send one request and read ``most_read`` bytes of the answer, all within ``seconds``.

        Raises EgressRefused, and RemoteError where there was no answer.
        """
        if len(body) > MOST_SENT:
            raise ValueError("too much for one request")
        target, trip = self._target(url), self._trip(seconds)
        _check_headers(headers or {})
        with self._making:
            sender = self._sender
        try:
            with on_trip(trip):
                reply: Reply = sender.send(
                    method, target.url, headers or {}, body, most_read=most_read
                )
                return reply
        except NoReply as error:
            if trip.has_left:
                late = {"host": target.host, "seconds": round(seconds)}
                raise RemoteError(_NO_ANSWER, late, word="no_answer", has_left=True) from None
            if error.is_distrusted:
                named = {"host": target.host}
                raise RemoteError(_NOT_TRUSTED, named, word="certificate") from None
            raise RemoteError(_UNREACHABLE, {"host": target.host}) from None

    def _target(self, url: str) -> Target:
        target = parse_target(url)
        check_not_ours(target, self._ours)
        return target

    def _trip(self, seconds: float) -> Trip:
        return Trip(self._openings, self._resolve, self._connect, seconds)

    @cached_property
    def _sender(self) -> Any:
        return import_module("tracker.kernel.egress_requests").Sender()


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
            raise EgressRefused(_BAD_HEADER)


_door: Door | None = None


def use_door(made: Door) -> None:
    """Make it the one of this process; only composition roots call this."""
    global _door  # noqa: PLW0603 - one door for the process is the point
    _door = made


def door() -> Door:
    """The door of this process."""
    if _door is None:
        raise RuntimeError("no door is in use: the composition root has not run")
    return _door


def make_door(allow: Sequence[str], base_url: str) -> Door:
    """The door of these settings."""
    ours = None
    with suppress(EgressRefused):  # no address of this form can be called, so none can be ours
        ours = parse_target(base_url)
    return Door(parse_openings(allow), ours=ours)
