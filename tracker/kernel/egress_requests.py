"""Requests, by way of sockets that go to checked addresses only.

Loaded with the first request: it takes a moment, and some megabytes that many never need.
"""

import ssl
from collections.abc import Mapping
from contextlib import closing
from http.cookiejar import DefaultCookiePolicy
from socket import socket
from typing import Any, Final

from certifi import where
from requests import Request, RequestException, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import SSLError
from requests_hardened import Config, HTTPSession
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from tracker.kernel.egress_reply import NoReply, Reply
from tracker.kernel.egress_wire import CONNECT_SECONDS, TLSSocket, this_trip

_POOLS: Final = 50
_ALWAYS: Final = {"User-Agent": "community-tracker", "Accept-Encoding": "identity"}
_KEPT: Final = 16  # connections to one of them: as many as deliver at once


class Sender:
    """Sends requests, each on the trip under way; connections are kept, nothing else is."""

    def __init__(self) -> None:
        config = Config(
            ip_filter_enable=False,  # ours checks every address, knows openings, keeps connections
            ip_filter_allow_loopback_ips=False,
            never_redirect=True,
            default_timeout=CONNECT_SECONDS,  # in the end the trip's own deadline holds
        )
        self._session = HTTPSession(config)
        self._session.trust_env = False  # no proxy, no .netrc, no bundle of anybody's
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(
                scheme, _CheckedAdapter(pool_connections=_POOLS, pool_maxsize=_KEPT)
            )

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, most_read: int
    ) -> Reply:
        """One request and its answer. Raises NoReply, and what the trip refuses."""
        request = Request(method, url, {**_ALWAYS, **headers}, data=body)
        try:
            prepared = request.prepare()  # the session has nothing to add
            with closing(self._session.send(prepared, stream=True)) as response:
                return _read(response, most_read)
        except (RequestException, HTTPError, OSError) as error:
            raise NoReply(is_distrusted=isinstance(error, SSLError)) from None


def _read(response: Response, most: int) -> Reply:
    """The status has been said: what goes wrong from here on only cuts the body."""
    body, is_cut = bytearray(), False
    try:
        while len(body) <= most:
            piece = response.raw.read(most + 1 - len(body), decode_content=False)
            if not piece:
                break
            body += piece
    except (HTTPError, OSError):
        is_cut = True
    return Reply(
        status=response.status_code,
        headers=response.headers,
        body=bytes(memoryview(body)[:most]),
        is_cut=is_cut or len(body) > most,
    )


def _open(connection: HTTPConnection) -> socket:
    """What both connections do in place of a look-up of their own."""
    trip = this_trip()
    try:
        addresses = trip.look_up(connection.host, connection.port)
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, "no answer from the resolver") from error
    except OSError as error:
        raise NewConnectionError(connection, "the name cannot be resolved") from error
    try:
        made = trip.dial(addresses, connection.port)
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, "no connection in time") from error
    except OSError as error:
        raise NewConnectionError(connection, "no connection") from error
    made.settimeout(trip.left())  # a handshake follows under it
    return made


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket:
        return _open(self)


class _TLSConnection(HTTPSConnection):
    def _new_conn(self) -> socket:
        return _open(self)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


class _CheckedAdapter(HTTPAdapter):
    """Has requests connect through a trip. Connections are kept: each was checked when made."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Give urllib3 our connections, and one context of TLS for all."""
        super().init_poolmanager(*args, **{**kwargs, "ssl_context": _tls()})
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """The context knows whom to trust; requests would read all roots for each connection."""

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """A proxy would do the looking up in our place."""
        raise NotImplementedError("no request goes through a proxy")


def _tls() -> ssl.SSLContext:
    context = create_urllib3_context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = True
    context.load_verify_locations(where())
    context.load_default_certs()  # an operator's own root, installed on the machine
    context.sslsocket_class = TLSSocket
    return context
