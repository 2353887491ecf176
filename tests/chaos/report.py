"""What came of runs, as tables."""

from collections.abc import Iterator, Sequence

from tests.chaos.running import Outcome

SHOWN = 20  # faults of a kind


def table(outcome: Outcome, *, shown: int = SHOWN) -> str:
    """The figures of one run, and its faults, if there are any."""
    rows = [*_figures(outcome), *_done(outcome)]
    width = max(len(name) for name, _ in rows)
    lines = [f"  {name.ljust(width)}  {value}" for name, value in rows]
    return "\n".join([f"seed {outcome.run.seed}", *lines, *_faults(outcome, shown)])


def _figures(outcome: Outcome) -> Iterator[tuple[str, str]]:
    verdict, caller = outcome.verdict, outcome.caller
    yield "owed", f"{verdict.owed}, told {verdict.told}, {verdict.folded} of them by another"
    yield "lost", str(len(verdict.lost))
    yield "repeated where ids are honoured", str(len(verdict.repeated))
    yield "raw repeats", str(verdict.raw_repeats)
    unknown = f"{verdict.unknown}, {verdict.unknown_delivered} of them had arrived"
    yield "attempts logged unknown", unknown
    yield "unexplained", str(len(verdict.unexplained))
    yield "expired", str(verdict.expired)
    shares = ", ".join(f"{name} {verdict.late(share):.1f}" for name, share in SHARES.items())
    yield "late, in seconds", shares
    answered = f"{caller.accepted} accepted, {caller.retried} tried again"
    yield "calls", f"{answered}, slowest at once {caller.slowest:.1f} s"
    yield "seconds", f"{outcome.seconds:.0f}"


SHARES = {"p50": 0.5, "p99": 0.99, "most": 1.0}


def _done(outcome: Outcome) -> Iterator[tuple[str, str]]:
    for name, count in sorted(outcome.done.items()):
        yield name, str(count)


def _faults(outcome: Outcome, shown: int) -> Iterator[str]:
    verdict = outcome.verdict
    kinds: dict[str, Sequence[str]] = {
        "lost": verdict.lost,
        "repeated": verdict.repeated,
        "unexplained": verdict.unexplained,
    }
    for name, faults in kinds.items():
        yield from (f"  {name}: {fault}" for fault in faults[:shown])
