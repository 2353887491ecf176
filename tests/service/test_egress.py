"""The door for outgoing requests, against servers on loopback that behave as badly as they can."""

import gzip
import logging
import socket
import ssl
import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from itertools import cycle
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.fakes.receiver import Receiver, a_receiver, answering, saying
from tests.unit.kernel.test_egress_rules import INNER, UNREADABLE
from tracker.kernel.egress import Door, EgressRefused, RemoteError
from tracker.kernel.egress_rules import Address, parse_openings, parse_target
from tracker.kernel.egress_wire import connect, resolve_name

SECRET = "s3cr3t-path"
EARLIER, NOON, LATER = (
    f"Fri, 04 Jun 2027 {time} GMT" for time in ("11:59:00", "12:00:00", "12:00:30")
)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as made:
        yield made


def opened(*receivers: Receiver) -> Door:
    """A door that knows two names, and lets only these receivers be reached."""
    openings = parse_openings(f"127.0.0.1:{one.port}" for one in receivers)
    return Door(openings, resolve=lambda _host, _port, _seconds: ["127.0.0.1"])


def to(receiver: Receiver, scheme: str = "http") -> str:
    return f"{scheme}://good.example:{receiver.port}/{SECRET}"


# Where it does not lead.


def test_no_trick_leads_to_a_canary_on_loopback(subtests: pytest.Subtests) -> None:
    dialled: list[Address] = []

    def dial(address: Address, port: int, seconds: float) -> socket.socket:
        dialled.append(address)
        return connect(address, port, seconds)

    with a_receiver() as four, a_receiver("::1") as six:
        tricks = [*UNREADABLE, *(f"http://{_bracketed(one)}/" for one in INNER)]
        tricks += [f"http://127.0.0.1:{four.port}/", f"http://[::1]:{six.port}/"]
        tricks += [f"http://localhost:{four.port}/", "http://localhost/", "https://localhost/x"]
        door = Door(resolve=resolve_name, connect=dial)
        for url in tricks:
            with subtests.test(ascii(url)), pytest.raises(EgressRefused):
                door.call("POST", url, body=b"x")
            with subtests.test(f"check {url!a}"), pytest.raises(EgressRefused):
                door.check(url)
        assert (four.connections, six.connections, dialled) == (0, 0, [])


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def test_a_name_that_changes_between_look_ups_never_gets_inside() -> None:
    """Rebinding: what is dialled is what was checked, a thousand times."""
    answers = cycle([["1.1.1.1"], ["127.0.0.1"], ["1.1.1.1", "::1"], ["169.254.169.254"]])
    dialled = []

    def dial(address: Address, _port: int, _seconds: float) -> socket.socket:
        dialled.append(str(address))
        raise ConnectionRefusedError

    with a_receiver() as canary:
        door = Door(resolve=lambda *_asked: next(answers), connect=dial)
        said = []
        for _ in range(1000):
            with pytest.raises((EgressRefused, RemoteError)) as refusal:
                door.call("GET", "http://rebind.example/")
            said.append(type(refusal.value))
        assert canary.connections == 0
    assert set(dialled) == {"1.1.1.1"}
    assert (said.count(EgressRefused), said.count(RemoteError)) == (750, 250)


@pytest.mark.parametrize("name", ["localhost.", "metadata.google.internal", "a.cname.example"])
def test_a_name_is_judged_by_what_it_stands_for(name: str) -> None:
    door = Door(resolve=lambda *_asked: ["169.254.169.254"])
    with pytest.raises(EgressRefused):
        door.check(f"http://{name}/")


def test_a_name_that_is_not_known_yet_is_judged_by_its_port() -> None:
    def unknown(*_asked: object) -> list[str]:
        raise socket.gaierror

    for url, error in (
        ("https://tomorrow.example/", RemoteError),
        ("https://tomorrow.example:6379/", EgressRefused),
        ("https://tomorrow.example:9000/", RemoteError),
    ):
        with pytest.raises(error):
            Door(parse_openings(["10.0.0.0/8:9000"]), resolve=unknown).check(url)


def test_every_address_is_tried_in_turn(receiver: Receiver) -> None:
    def dial(address: Address, _port: int, seconds: float) -> socket.socket:
        if str(address) == "1.1.1.1":
            raise ConnectionRefusedError
        return connect(IPv4Address("127.0.0.1"), receiver.port, seconds)

    door = Door(resolve=lambda *_asked: ["1.1.1.1", "8.8.8.8"], connect=dial)
    assert door.call("GET", "http://good.example/").status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_not_followed(receiver: Receiver, status: int) -> None:
    with a_receiver() as canary:
        receiver.script = answering(status, Location=f"http://127.0.0.1:{canary.port}/")
        reply = opened(receiver, canary).call("POST", to(receiver), body=b"{}")
        assert (reply.status, reply.is_ok, canary.connections) == (status, False, 0)
        assert len(receiver.requests) == 1


def test_no_proxy_and_no_netrc_of_the_environment_is_asked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login eve password leaked\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with a_receiver() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert opened(receiver, proxy).call("GET", to(receiver)).is_ok
        assert proxy.connections == 0
    assert b"authorization" not in receiver.requests[0].lower()


def test_it_does_not_call_the_tracker_itself(receiver: Receiver) -> None:
    ours = parse_target(f"http://good.example:{receiver.port}")
    openings = parse_openings([f"127.0.0.1:{receiver.port}"])
    door = Door(openings, ours=ours, resolve=lambda *_asked: ["127.0.0.1"])
    with pytest.raises(EgressRefused, match="calling itself"):
        door.call("POST", to(receiver))
    assert receiver.connections == 0


# What it sends.


def test_the_other_side_sees_the_name_and_only_what_was_meant(receiver: Receiver) -> None:
    door = opened(receiver)
    door.call("POST", to(receiver) + "?a=b", headers={"Content-Type": "text/plain"}, body=b"hello")
    head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == f"POST /{SECRET}?a=b HTTP/1.1"
    assert sorted(lines[1:]) == [
        "Accept-Encoding: identity",
        "Content-Length: 5",
        "Content-Type: text/plain",
        f"Host: good.example:{receiver.port}",
        "User-Agent: community-tracker",
    ]
    assert body == b"hello"


def test_a_connection_is_kept_and_cookies_are_not(receiver: Receiver) -> None:
    receiver.script = answering(200, b"ok", Set_Cookie="a=b; Path=/")
    door = opened(receiver)
    assert [door.call("GET", to(receiver)).body for _ in range(3)] == [b"ok"] * 3
    assert receiver.connections == 1
    assert all(b"cookie" not in request.lower() for request in receiver.requests)


@pytest.mark.parametrize("value", ["a\r\nHost: evil", "a\nb", " a", "a\x00b", "\u20ac"])
def test_a_header_that_could_become_two_is_refused(receiver: Receiver, value: str) -> None:
    with pytest.raises(EgressRefused):
        opened(receiver).call("GET", to(receiver), headers={"X-Mine": value})
    assert receiver.requests == []


# How it is answered.


def drip(client: socket.socket, over: Event) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
    while not over.wait(0.05):
        client.sendall(b"x")


def drip_the_head(client: socket.socket, over: Event) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n")
    while not over.wait(0.05):
        client.sendall(b"X")


def chunks_without_end(client: socket.socket, over: Event) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not over.is_set():
        client.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")


def hang(_client: socket.socket, over: Event) -> None:
    over.wait(5)


def hang_up(client: socket.socket, _over: Event) -> None:
    client.close()


def reset(client: socket.socket, _over: Event) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def reset_after_the_head(client: socket.socket, over: Event) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nxx")
    reset(client, over)


def test_much_is_cut_and_slow_is_given_up(receiver: Receiver, subtests: pytest.Subtests) -> None:
    door = opened(receiver)
    bomb = gzip.compress(b"\0" * 10_000_000)
    for script, most in (
        (drip, 10),
        (chunks_without_end, 64 * 1024),
        (answering(200, b"x" * 1_000_000), 64 * 1024),
        (answering(200, bomb, Content_Encoding="gzip"), len(bomb)),
        (reset_after_the_head, 2),
    ):
        with subtests.test(getattr(script, "__name__", "answer")):
            receiver.script, began = script, monotonic()
            reply = door.call("GET", to(receiver), seconds=0.4)
            assert reply.status == 200
            assert len(reply.body) <= most
            assert reply.is_cut is (reply.body != bomb)
            assert monotonic() - began < 1


def test_who_expects_much_says_so_and_keeps_the_connection(receiver: Receiver) -> None:
    door, much = opened(receiver), b"x" * 1_000_000
    receiver.script = answering(200, much)
    for _ in range(3):
        reply = door.call("GET", to(receiver), most_read=len(much))
        assert (len(reply.body), reply.is_cut) == (len(much), False)
    assert receiver.connections == 1
    assert door.call("GET", to(receiver), most_read=len(much) - 1).is_cut


def test_no_answer_says_that_it_may_have_arrived(
    receiver: Receiver, subtests: pytest.Subtests
) -> None:
    door = opened(receiver)
    for script in (
        hang,
        drip_the_head,
        hang_up,
        reset,
        saying(b"SSH-2.0-OpenSSH\r\n"),
        saying(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000 + b"\r\n"),
        saying(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"),
    ):
        with subtests.test(getattr(script, "__name__", "answer")):
            receiver.script, began = script, monotonic()
            with pytest.raises(RemoteError, match="may have received it") as error:
                door.call("POST", to(receiver), body=b"x", seconds=0.4)
            assert error.value.has_left
            assert monotonic() - began < 1


def test_what_was_never_reached_has_not_left(subtests: pytest.Subtests) -> None:
    with a_receiver() as gone:
        pass

    def no_such_name(*_asked: object) -> Sequence[str]:
        raise socket.gaierror("no such name")

    def no_connection(*_asked: object) -> socket.socket:
        raise TimeoutError

    outside = "https://good.example/"
    for door, url in (
        (opened(gone), to(gone)),
        (Door(resolve=no_such_name), outside),
        (Door(resolve=lambda *_asked: ["1.1.1.1"], connect=no_connection), outside),
    ):
        with (
            subtests.test(ascii(url)),
            pytest.raises(RemoteError, match="cannot be reached") as error,
        ):
            door.call("POST", url, body=b"x")
        assert not error.value.has_left


def test_a_resolver_that_hangs_is_not_waited_for() -> None:
    door = Door(resolve=lambda _host, _port, seconds: _hang(seconds))
    began = monotonic()
    with pytest.raises(RemoteError, match="cannot be reached"):
        door.call("GET", "https://good.example/", seconds=0.2)
    assert monotonic() - began < 1


def _hang(seconds: float) -> list[str]:
    Event().wait(seconds)
    raise TimeoutError


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "120"}, 120),
        ({"Retry_After": " 7 "}, 7),
        ({"Retry_After": "9" * 40}, 86400),
        ({"Retry_After": LATER, "Date": NOON}, 30),
        ({"Retry_After": EARLIER, "Date": NOON}, 0),
        ({"Retry_After": LATER}, None),
        ({"Retry_After": "soon", "Date": NOON}, None),
        ({"Retry_After": f"Mon, 01 Jan {'9' * 30} 00:00:00 GMT", "Date": NOON}, None),
        ({"Retry_After": "-5"}, None),
        ({"Retry_After": "²"}, None),
        ({}, None),
    ],
)
def test_when_to_come_back_is_heard(
    receiver: Receiver, headers: dict[str, str], seconds: int | None
) -> None:
    receiver.script = answering(429, b"", **headers)
    reply = opened(receiver).call("GET", to(receiver))
    assert reply.retry_in == (None if seconds is None else timedelta(seconds=seconds))


def test_addresses_and_secrets_are_in_no_log_and_no_error(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    door = opened(receiver)
    told = [repr(door.check(to(receiver)).host)]
    for script in (
        answering(200),
        answering(500),
        hang_up,
        saying(b"HTTP/1.1 200 OK\r\n:x\r\n\r\n"),
    ):
        receiver.script = script
        try:
            told.append(repr(door.call("POST", to(receiver), body=b"x", seconds=0.3)))
        except RemoteError as error:
            told += [error.say("en"), error.say("fr"), repr(error)]
    with pytest.raises(EgressRefused) as refusal:
        door.call("POST", f"http://127.0.0.1/{SECRET}")
    told += [refusal.value.say("en"), repr(refusal.value)]
    assert SECRET not in caplog.text
    assert [line for line in told if SECRET in line] == []


# TLS.


def a_certificate(folder: Path, name: str, *, days: int = 1) -> tuple[Path, ssl.SSLContext]:
    """A root that vouches for ``name`` only, and what a server needs to show it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    both = folder / f"{name}.pem"
    both.write_bytes(pem + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return both, context


def test_a_root_installed_on_the_machine_is_trusted_for_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, context = a_certificate(tmp_path, "good.example", days=36500)
    named: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: named.append(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(root))
    with a_receiver(context=context) as receiver:
        door = opened(receiver)
        assert door.call("POST", to(receiver, "https"), body=b"x").is_ok
        assert door.call("POST", to(receiver, "https"), body=b"x").is_ok
        assert (receiver.connections, named) == (1, ["good.example"])
        receiver.script = drip
        began = monotonic()
        assert door.call("GET", to(receiver, "https"), seconds=0.3).is_cut
        assert monotonic() - began < 1


@pytest.mark.parametrize("fault", ["unknown root", "other name", "expired"])
def test_a_certificate_that_does_not_hold_stops_it_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    name = "other.example" if fault == "other name" else "good.example"
    root, context = a_certificate(tmp_path, name, days=1 if fault == "expired" else 36500)
    if fault != "unknown root":
        monkeypatch.setenv("SSL_CERT_FILE", str(root))
    with a_receiver(context=context) as receiver:
        with pytest.raises(RemoteError, match="cannot be trusted, so nothing was sent") as error:
            opened(receiver).call("POST", to(receiver, "https"), body=b"x")
        assert not error.value.has_left
        assert receiver.requests == []
