"""The real catalogue, with every pair of parameters and with many random ones."""

from itertools import combinations, product

import pytest

from tests.catalog.combinations import FACTORS, Row, all_pairs, all_rows, faults, random_rows


def test_any_two_parameters_meet() -> None:
    rows = all_pairs(FACTORS)
    met = {frozenset(pair) for row in rows for pair in combinations(row.items(), 2)}
    for a, b in combinations(FACTORS, 2):
        for x, y in product(FACTORS[a], FACTORS[b]):
            assert frozenset({(a, x), (b, y)}) in met
    assert len(rows) < 250


def broken_rules(rows: list[Row]) -> list[str]:
    return [fault for row in rows for fault in faults(row)]


def test_every_pair_of_parameters_gives_a_plan_that_keeps_every_rule() -> None:
    assert broken_rules(all_pairs(FACTORS)) == []


@pytest.mark.parametrize("shard", range(8))
def test_two_thousand_random_projects_keep_every_rule_or_say_why_they_do_not_fit(
    shard: int,
) -> None:
    assert broken_rules(list(random_rows(2000))[shard::8]) == []


def test_there_are_81_900_combinations() -> None:
    assert sum(1 for _ in all_rows()) == 81_900
