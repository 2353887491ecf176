"""Memory of `tracker up` that has answered a few requests and rests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.benchmarks.report import Line
from tests.benchmarks.sites import Site
from tests.personas import API, a_wish

BUDGET_MB: Final = 120
REQUESTS: Final = 20


def lines(site: Site) -> Iterator[Line]:
    """Proportional and resident size; /proc tells both, on Linux only."""
    client = site.tracker.client(site.world.token)
    client.post(f"{API}/projects", a_wish()).json(201)
    for _ in range(REQUESTS):
        client.get(f"{API}/projects/{site.sample.project_id}/tasks?limit=150").json()
    rollup = Path(f"/proc/{site.tracker.pid}/smaps_rollup")
    if not rollup.exists():
        return
    sizes = dict(_sizes(rollup.read_text()))
    yield Line(
        work=f"memory of tracker up after {REQUESTS} requests",
        ours=f"{sizes['Pss']:.0f} MB PSS",
        theirs="",
        value=f"{sizes['Rss']:.0f} MB RSS",
        budget=f"< {BUDGET_MB} MB",
        is_met=sizes["Pss"] < BUDGET_MB,
        against="zou 400 MB idle",
    )


def _sizes(text: str) -> Iterator[tuple[str, float]]:
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        if rest.strip().endswith("kB"):
            yield name, int(rest.split()[0]) / 1024
