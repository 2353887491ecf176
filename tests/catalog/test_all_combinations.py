"""Every one of the 81 900 combinations; in shards, so that several processes can share them."""

from itertools import islice

import pytest

from tests.catalog.combinations import all_rows, faults

SHARDS = 60


@pytest.mark.long
@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_combination_of_parameters_gives_a_plan_that_keeps_every_rule(shard: int) -> None:
    rows = islice(all_rows(), shard, None, SHARDS)
    assert [fault for row in rows for fault in faults(row)] == []
