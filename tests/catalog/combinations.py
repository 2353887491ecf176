"""Which parameters the real catalogue is tried with."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations, product
from random import Random
from typing import Any, Final

from tests.unit.playbooks.invariants import broken
from tracker.playbooks.catalog import our_playbook
from tracker.playbooks.grammar import AUDIENCES, SCOPES, TYPES
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan
from tracker.playbooks.refusals import PlanDoesNotFit

TODAY: Final = date(2027, 1, 4)
COUNTRIES: Final = (None, "FR", "DE", "US", "GB", "JP", "IN", "BR", "SA", "CN")
FACTORS: Final[Mapping[str, Sequence[Any]]] = {
    "community_type": (None, *TYPES),
    "scope": SCOPES,
    "audience": AUDIENCES,
    "public": (False, True),
    "prepare_months": range(2, 7),
    "develop_months": range(6, 19),
    "country": COUNTRIES,
}
Row = dict[str, Any]


def all_pairs(factors: Mapping[str, Sequence[Any]]) -> list[Row]:
    """Rows in which any two values of any two factors meet at least once; greedy, not minimal."""
    names = list(factors)
    open_pairs = {
        frozenset({(a, x), (b, y)})
        for a, b in combinations(names, 2)
        for x, y in product(factors[a], factors[b])
    }
    rows: list[Row] = []
    while open_pairs:
        row: Row = dict(min(open_pairs, key=lambda pair: sorted(map(repr, pair))))
        for name in names:
            if name not in row:
                row[name] = max(factors[name], key=lambda value: _new(row, name, value, open_pairs))
        open_pairs -= {frozenset(pair) for pair in combinations(row.items(), 2)}
        rows.append(row)
    return rows


def _new(row: Row, name: str, value: Any, open_pairs: set[frozenset[tuple[str, Any]]]) -> int:
    return sum(frozenset({(name, value), known}) in open_pairs for known in row.items())


def random_rows(count: int) -> Iterator[Row]:
    """The same ones in every run, with launch days of four years."""
    random = Random(2027)
    for _ in range(count):
        row = {name: random.choice(values) for name, values in FACTORS.items()}
        yield {**row, "launch_on": TODAY + timedelta(days=random.randrange(1460))}


def all_rows() -> Iterator[Row]:
    """Seven types, three scopes, three audiences, …: 81 900."""
    factors = {**FACTORS, "community_type": TYPES}
    for values in product(*factors.values()):
        yield dict(zip(factors, values, strict=True))


def faults(row: Row) -> list[str]:
    """What is wrong with the plan of ``row``.

    A refusal that says why is not; but nothing is refused that has eight months left.
    """
    wanted = Parameters(**{"launch_on": date(2027, 9, 6), **row})
    try:
        plan = make_plan(our_playbook("community-launch"), wanted, TODAY)
    except PlanDoesNotFit as refused:
        return _unexplained(refused, row)
    return [f"{row}: {fault}" for fault in broken(plan, TODAY)]


def _unexplained(refused: PlanDoesNotFit, row: Row) -> list[str]:
    if "launch_on" not in row or not refused.chain or refused.earliest_launch_on is None:
        return [f"{row}: refused without a chain or a launch day that fits: {refused}"]
    row = {**row, "launch_on": refused.earliest_launch_on}
    plan = make_plan(our_playbook("community-launch"), Parameters(**row), TODAY)
    return [f"{row}: {fault}" for fault in broken(plan, TODAY)]
