"""The guard that keeps tests indoors does hold."""

import socket

import pytest

from tests.indoors import ESCAPED, LeftLoopback


def test_whoever_goes_out_is_stopped_and_noted() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        with pytest.raises(LeftLoopback):
            one.connect(("192.0.2.1", 9))
        with pytest.raises(LeftLoopback):
            one.sendto(b"x", ("192.0.2.1", 9))
        one.connect(("127.0.0.1", 9))
    with pytest.raises(LeftLoopback):
        socket.getaddrinfo("example.org", 80)
    assert socket.getaddrinfo("localhost", 80)
    assert len(ESCAPED) >= 3
    del ESCAPED[-3:]
