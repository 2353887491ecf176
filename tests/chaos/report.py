"""What came of runs, as tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from tests.chaos.judging import Verdict
from tests.chaos.running import Outcome

SHOWN = 20  # faults of a kind
COLUMN = 32


def table(outcome: Outcome, *, shown: int = SHOWN) -> str:
    """The figures of one run, and its faults, if there are any."""
    judged = list(outcome.verdicts.values())
    figures = [(name, [of(one) for one in judged]) for name, of in FIGURES.items()]
    rows = [("", list(outcome.verdicts)), *figures, *_figures(outcome), *_done(outcome)]
    width = max(len(name) for name, _ in rows)
    lines = [f"  {name.ljust(width)}  {_cells(cells)}".rstrip() for name, cells in rows]
    return "\n".join([f"seed {outcome.run.seed}", *lines, *_faults(outcome, shown)])


def _cells(cells: Sequence[str]) -> str:
    return "".join(cell.ljust(COLUMN) for cell in cells)


def _shares(verdict: Verdict) -> str:
    return " ".join(f"{name} {verdict.late(share):.1f}" for name, share in SHARES.items())


SHARES = {"p50": 0.5, "p99": 0.99, "most": 1.0}
FIGURES: Mapping[str, Callable[[Verdict], str]] = {
    "owed": lambda one: str(one.owed),
    "told": lambda one: str(one.told),
    "told by another": lambda one: str(one.folded),
    "lost": lambda one: str(len(one.lost)),
    "repeated where ids are honoured": lambda one: str(len(one.repeated)),
    "raw repeats": lambda one: str(one.raw_repeats),
    "attempts logged unknown": lambda one: str(one.unknown),
    "of them had arrived": lambda one: str(one.unknown_delivered),
    "unexplained": lambda one: str(len(one.unexplained)),
    "expired": lambda one: str(one.expired),
    "late, in seconds": _shares,
}


def _figures(outcome: Outcome) -> Iterator[tuple[str, Sequence[str]]]:
    caller = outcome.caller
    answered = f"{caller.accepted} accepted, {caller.retried} tried again"
    yield "calls", [f"{answered}, slowest at once {caller.slowest:.1f} s"]
    yield "seconds", [f"{outcome.seconds:.0f}"]


def _done(outcome: Outcome) -> Iterator[tuple[str, Sequence[str]]]:
    for name, count in sorted(outcome.done.items()):
        yield name, [str(count)]


def _faults(outcome: Outcome, shown: int) -> Iterator[str]:
    for whose, verdict in outcome.verdicts.items():
        kinds: dict[str, Sequence[str]] = {
            "lost": verdict.lost,
            "repeated": verdict.repeated,
            "unexplained": verdict.unexplained,
        }
        for name, faults in kinds.items():
            yield from (f"  {name} of {whose}: {fault}" for fault in faults[:shown])
