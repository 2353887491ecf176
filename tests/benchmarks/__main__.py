"""`python -m tests.benchmarks` = `make bench`: each budget of the design, measured here and now.

Speed is measured, not asserted: the exit code is 0 whatever is missed.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

from tests.benchmarks import (
    boarding,
    changing,
    creating,
    delivering,
    enduring,
    figuring,
    judging,
    keeping,
    listing,
    previewing,
    pulling,
    reminding,
    replanning,
    resting,
    scheduling,
    working,
)
from tests.benchmarks.measuring import PAIRS
from tests.benchmarks.report import MISSED, Line, heading
from tests.benchmarks.sites import Site, a_site
from tests.servers.home import NoServer
from tests.servers.postgres import DURABLE, create_database, drop_database, start_postgres

STORED: Final = (1_000, 100_000)
SERVED: Final = ("create", "list", "change", "judge", "replan", "readings", "memory")
REMINDERS: Final = ("look", "send", "drain", "jobs")
PARTS: Final = ("schedule", "preview", "figures", *SERVED, "pull", *REMINDERS, "webhooks", "boards")
BACKENDS: Final = ("sqlite", "postgresql")


def main() -> None:
    """Print every line as soon as it is known."""
    wanted = _arguments()
    print(f"Medians of {PAIRS} interleaved pairs, p10 and p90 of the ratios beside them.")
    lines: list[Line] = []
    if "schedule" in wanted.parts:
        lines += _print("In memory", scheduling.lines())
    if "replan" in wanted.parts:
        lines += _print("In memory, running plans", replanning.lines())
    if "figures" in wanted.parts:
        lines += _print("In memory, figures", figuring.lines())
    if "preview" in wanted.parts:
        lines += _print("From the shell", previewing.lines())
    for backend in wanted.backends:
        try:
            if set(wanted.parts) & set(SERVED):
                with _sites(backend) as (small, large):
                    lines += _print(f"Over HTTP, {backend}", _served(wanted.parts, small, large))
            if set(wanted.parts) & {"pull", *REMINDERS, "webhooks", "boards"}:
                lines += _print(f"By jobs, {backend}", _by_jobs(wanted.parts, backend))
        except NoServer as reason:
            print(f"\nNO {backend.upper()}, half of the budgets are not measured here: {reason}")
    missed = [line.work for line in lines if not line.is_met]
    print(f"\n{len(lines) - len(missed)} of {len(lines)} budgets met.")
    for work in missed:
        print(f"{MISSED}: {work}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", default=PARTS, metavar="|".join(PARTS))
    parser.add_argument("--backends", nargs="+", default=BACKENDS, choices=BACKENDS)
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    return arguments


def _print(title: str, lines: Iterable[Line]) -> Iterator[Line]:
    print(heading(title))
    for line in lines:
        print(line)
        sys.stdout.flush()
        yield line


def _served(parts: Iterable[str], small: Site, large: Site) -> Iterator[Line]:
    works = {
        "create": creating.lines,
        "list": listing.lines,
        "change": changing.lines,
        "judge": judging.lines,
        "replan": replanning.served,
        "readings": keeping.lines,
    }
    if "memory" in parts and small.world.url.startswith("sqlite"):  # where `tracker up` lives
        yield from resting.lines(small)
    for part, work in works.items():
        if part in parts:
            yield from work(small, large)


def _by_jobs(parts: Iterable[str], backend: str) -> Iterator[Line]:
    """Each part in databases of its own."""
    if "pull" in parts:
        with _databases(backend) as urls:
            yield from pulling.lines(urls)
    if "webhooks" in parts:
        with _databases(backend) as (only, _other):
            yield from delivering.lines(only)
    if "boards" in parts and backend == "sqlite":  # where `tracker up` lives
        with _databases(backend) as urls:
            yield from boarding.lines(urls)
    if "look" in parts:
        with _databases(backend) as urls:
            yield from reminding.looks(urls)
    if set(parts) & {"send", "drain"}:
        with _databases(backend) as (first, second):
            if "send" in parts:
                yield from reminding.sends(first)
            if "drain" in parts:
                yield from reminding.drains(second)
    if "jobs" in parts:
        with _databases(backend) as (only, _other):
            yield from (enduring if backend == "sqlite" else working).lines(only)


@contextmanager
def _sites(backend: str) -> Iterator[tuple[Site, Site]]:
    with (
        _databases(backend) as (small, large),
        a_site(small, STORED[0]) as first,
        a_site(large, STORED[1]) as second,
    ):
        yield first, second


@contextmanager
def _databases(backend: str) -> Iterator[list[str]]:
    """Two empty databases."""
    if backend == "sqlite":
        with TemporaryDirectory(prefix="tracker-bench-") as folder:
            yield [f"sqlite:///{Path(folder) / f'{stored}.sqlite3'}" for stored in STORED]
        return
    names = [f"bench_{uuid4().hex}" for _ in STORED]
    with start_postgres(DURABLE) as server:
        yield [create_database(server, name) for name in names]
        for name in names:
            drop_database(server, name)


if __name__ == "__main__":
    main()
