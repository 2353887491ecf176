"""Doors that lead to fakes on loopback, and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager

from tracker.kernel.egress import Door, use_door
from tracker.kernel.egress_rules import parse_openings


@contextmanager
def a_door_to(*ports: int) -> Iterator[None]:
    """Any name leads to loopback, where only these ports may be called."""
    openings = parse_openings([f"127.0.0.1:{port}" for port in ports])
    use_door(Door(openings, resolve=lambda *_asked: ["127.0.0.1"]))
    try:
        yield
    finally:
        use_door(Door())
