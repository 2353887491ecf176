"""Delivering webhooks: beside a bare requests.Session loop, and beside an endpoint that is dead."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.benchmarks.courier import Courier, a_courier, a_web_sink
from tests.benchmarks.measuring import PAIRS, Comparison, Spread, spread_of_inverse
from tests.benchmarks.report import Line, spread

ENDPOINTS: Final = 8
COUNT: Final = 480
BUDGET: Final = 0.6
OTHERS: Final = 49
EACH: Final = 10
RACES: Final = 5


def lines(url: str) -> Iterator[Line]:
    """To a sink that answers at once and to one that takes 50 ms, then fifty with one dead."""
    with a_web_sink() as port, a_courier(url, port) as courier:
        for endpoints, milliseconds in ((ENDPOINTS, 0), (ENDPOINTS, 50), (1, 0)):
            yield from _beside_bare(courier, endpoints, milliseconds)
        yield _one_dead(courier)


def _beside_bare(courier: Courier, endpoints: int, milliseconds: int) -> Iterator[Line]:
    work = f"{milliseconds} {endpoints} {COUNT}"
    walls, cpus = [], []
    for n in range(PAIRS + 1):
        order = ("ours", "bare") if n % 2 else ("bare", "ours")
        taken = {who: courier.does(f"{who} {work}") for who in order}
        walls.append((taken["ours"].seconds / COUNT, taken["bare"].seconds / COUNT))
        cpus.append((taken["ours"].cpu / COUNT, taken["bare"].cpu / COUNT))
    found = _comparison(walls[1:])
    pace = spread_of_inverse(found.ratio)
    lanes = min(16, 2 * endpoints)
    line = Line(
        work=f"deliver to {endpoints} endpoint{'s' * (endpoints > 1)}, {milliseconds} ms",
        ours=f"{1 / found.ours.median:.0f} /s",
        theirs=f"{1 / found.theirs.median:.0f} /s",
        value=spread(pace),
        budget=f">= {BUDGET} x",
        is_met=pace.median >= BUDGET,
        against=f"a bare requests.Session loop in each of {lanes} threads that posts a body made "
        "before; ours makes, signs and records each",
    )
    yield line
    if milliseconds == 0:  # else it waits most of the time
        cpu = _comparison(cpus[1:])
        share = spread_of_inverse(cpu.ratio)
        yield replace(
            line,
            work=f"{line.work}, by its CPU",
            ours=f"{cpu.ours.median * 1000:.2f} ms",
            theirs=f"{cpu.theirs.median * 1000:.2f} ms",
            value=spread(share),
            is_met=share.median >= BUDGET,
            against="the same, in seconds of CPU of the process: what others do on the machine "
            "meanwhile plays no part",
        )


def _comparison(measured: list[tuple[float, float]]) -> Comparison:
    return Comparison(
        Spread.of([ours for ours, _ in measured]),
        Spread.of([theirs for _, theirs in measured]),
        Spread.of([ours / theirs for ours, theirs in measured]),
    )


def _one_dead(courier: Courier) -> Line:
    """How late the slowest of a hundred is, with a fiftieth that never answers, and without."""
    courier.does(f"late {OTHERS} {EACH} 0")
    with_dead, without = [], []
    for _ in range(RACES):
        with_dead.append(courier.does(f"late {OTHERS} {EACH} 100").seconds)
        without.append(courier.does(f"late {OTHERS} {EACH} 0").seconds)
    late, usual = Spread.of(with_dead), Spread.of(without)
    grown = late.median - usual.median
    return Line(
        work=f"lateness p99 of {OTHERS} endpoints, a 50th dead",
        ours=f"{late.median:.2f} s",
        theirs=f"{usual.median:.2f} s",
        value=f"{grown:+.2f} s",
        budget="< 1 s more",
        is_met=grown < 1,
        against=f"the same without it; {EACH} deliveries to each of the others are ready at once, "
        "behind a hundred that it never answers",
    )
