"""The one door through which requests leave: checked addresses, no redirects, bounded in all."""

import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from http.cookiejar import DefaultCookiePolicy
from threading import Lock
from typing import Final

from requests import Request, RequestException, Response
from requests.exceptions import SSLError
from requests_hardened import Config, HTTPSession
from urllib3.exceptions import HTTPError

from tracker.kernel.egress_rules import (
    EgressRefused,
    Opening,
    Target,
    check_not_ours,
    parse_openings,
    parse_target,
)
from tracker.kernel.egress_wire import (
    CONNECT_SECONDS,
    CheckedAdapter,
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
MOST_READ: Final = 64 * 1024
MOST_SENT: Final = 1024 * 1024
_LONGEST_WAIT: Final = timedelta(days=1)
_POOLS: Final = 50
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
    en="{host} did not answer within {seconds} seconds, or broke off. It may have received it.",
    fr="{host} n'a pas répondu en {seconds} secondes, ou a coupé. Il a pu recevoir l'envoi.",
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
        has_left: bool = False,
        retry_in: timedelta | None = None,
    ) -> None:
        self.has_left = has_left  # the request may have arrived: trying again may repeat it
        self.retry_in = retry_in
        super().__init__(sentence, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was answered: any status, and at most 64 KB of the body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    is_cut: bool = False  # there was more, or it broke off

    @property
    def is_ok(self) -> bool:
        """Only 2xx is success; a redirect is a failure, since it is not followed."""
        return 200 <= self.status < 300  # noqa: PLR2004

    @property
    def retry_in(self) -> timedelta | None:
        """What Retry-After asks for, at most a day: seconds, or a date held against their own."""
        asked = self.headers.get("Retry-After", "").strip()
        if asked.isascii() and asked.isdigit():
            return min(timedelta(seconds=int(asked[:9])), _LONGEST_WAIT)
        try:
            wait = parsedate_to_datetime(asked) - parsedate_to_datetime(self.headers["Date"])
        except (KeyError, TypeError, ValueError):  # TypeError: one has a zone, the other has not
            return None
        return max(timedelta(), min(wait, _LONGEST_WAIT))


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
    ) -> Reply:
        """Send one request and read the answer, all within ``seconds``.

        Raises EgressRefused, and RemoteError where there was no answer.
        """
        if len(body) > MOST_SENT:
            raise ValueError("too much for one request")
        target, trip = self._target(url), self._trip(seconds)
        _check_headers(headers or {})
        try:
            with on_trip(trip):
                return self._exchange(Request(method, target.url, dict(headers or {}), data=body))
        except (RequestException, HTTPError, OSError) as error:
            if trip.has_left:
                late = {"host": target.host, "seconds": round(seconds)}
                raise RemoteError(_NO_ANSWER, late, has_left=True) from None
            sentence = _NOT_TRUSTED if isinstance(error, SSLError) else _UNREACHABLE
            raise RemoteError(sentence, {"host": target.host}) from None

    def _target(self, url: str) -> Target:
        target = parse_target(url)
        check_not_ours(target, self._ours)
        return target

    def _trip(self, seconds: float) -> Trip:
        return Trip(self._openings, self._resolve, self._connect, seconds)

    def _exchange(self, request: Request) -> Reply:
        with self._making:
            session = self._session
        prepared = session.prepare_request(request)
        with closing(session.send(prepared, stream=True)) as response:
            return _read(response)

    @cached_property
    def _session(self) -> HTTPSession:
        """Made with the first request: it reads all roots of trust."""
        config = Config(
            ip_filter_enable=False,  # ours checks every address, knows openings, keeps connections
            ip_filter_allow_loopback_ips=False,
            never_redirect=True,
            default_timeout=(CONNECT_SECONDS, TOTAL_SECONDS),
        )
        session = HTTPSession(config)
        session.trust_env = False  # no proxy, no .netrc, no bundle of anybody's
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.headers.clear()
        session.headers.update({"User-Agent": "community-tracker", "Accept-Encoding": "identity"})
        for scheme in ("http://", "https://"):
            session.mount(scheme, CheckedAdapter(pool_connections=_POOLS))
        return session


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
            raise EgressRefused(_BAD_HEADER)


def _read(response: Response) -> Reply:
    """The status has been said: what goes wrong from here on only cuts the body."""
    body, is_cut = bytearray(), False
    try:
        while len(body) <= MOST_READ:
            piece = response.raw.read(MOST_READ + 1 - len(body), decode_content=False)
            if not piece:
                break
            body += piece
    except (HTTPError, OSError):
        is_cut = True
    return Reply(
        status=response.status_code,
        headers=response.headers,
        body=bytes(body[:MOST_READ]),
        is_cut=is_cut or len(body) > MOST_READ,
    )


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
