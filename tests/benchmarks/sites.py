"""A stocked database with the product and the yardstick serving it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.benchmarks.serving import Server, bare_flask, tracker_up
from tests.benchmarks.stock import Sample, World, fill, make_sample, make_world


@dataclass(frozen=True, slots=True)
class Site:
    """``stored`` is how many tasks the database held at first."""

    stored: int
    world: World
    sample: Sample
    tracker: Server
    bare: Server


@contextmanager
def a_site(url: str, stored: int) -> Iterator[Site]:
    """Serve an empty database at ``url`` after filling it with about ``stored`` tasks."""
    world = make_world(url)
    with tracker_up(url) as tracker, bare_flask(url) as bare:
        sample = make_sample(tracker.client(world.token))
        fill(url, sample, stored)
        yield Site(stored, world, sample, tracker, bare)
