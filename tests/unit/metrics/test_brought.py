"""Figures that are made of other figures: costs, returns, surveys, mailings, capacity."""

import pytest

from tests.unit.metrics.stories import ZONE, figures, line, on, split
from tracker.metrics.formulas.computing import compute
from tracker.metrics.formulas.story import Line, Story

JUNE, JULY = 29, 60
"""The last days of these months."""


def told_of(*lines: Line, days: tuple[int, ...] = (JUNE,)) -> dict[str, float]:
    """What the last of the days tells."""
    found = figures(Story(lines=lines), *days)
    return {metric: value for (metric, day), (value, _) in found.items() if day == on(days[-1])}


def test_a_newcomer_costs_what_was_spent_and_worked() -> None:
    told = told_of(
        line("joins", [(0, 3), (9, 1)]),
        line("activations", [(9, 2)]),
        line("recruitment_spend", [(JUNE, 100)]),
        line("recruitment_hours", [(4, 10)]),
        line("hour_cost", [(-50, 30)]),
    )
    assert told["cost_per_member"] == 25
    assert told["cost_per_activated"] == 50
    assert told["acquisition_cost_per_member"] == 100


def test_hours_of_which_nobody_said_the_cost_give_no_cost() -> None:
    told = told_of(line("joins", [(0, 3)]), line("recruitment_hours", [(4, 10)]))
    assert told == {}


def test_without_newcomers_there_is_no_cost_for_each() -> None:
    told = told_of(line("joins", [(0, 0)]), line("recruitment_spend", [(0, 100)]))
    assert "cost_per_member" not in told
    assert told["community_cost"] == 100


def test_what_a_channel_cost_is_told_by_channel_and_as_a_whole() -> None:
    lines = [
        line("joins", [(0, 4)]),
        line("joins", [(0, 1)], channel="ads"),
        line("recruitment_spend", [(0, 60)], channel="ads"),
        line("recruitment_spend", [(0, 40)], channel="email"),
        line("people_reached", [(0, 50)], channel="ads"),
    ]
    samples = compute(Story(lines=lines), [on(JUNE)], ZONE)
    assert split(samples, "cost_per_member", "channel") == {"ads": 60}
    assert split(samples, "conversion_rate_by_channel", "channel") == {"ads": 2}
    assert {s.value for s in samples if s.metric == "cost_per_member" and not s.dims} == {25}


def test_the_return_is_the_value_of_a_year_against_its_cost() -> None:
    lines = [
        line("peer_answers", [(0, 30), (JULY, 10)]),
        line("ticket_probability", [(0, 0.5)]),
        line("ticket_cost", [(0, 10), (JULY, 20)]),
        line("value_revenue", [(JULY, 50)]),
        line("animation_spend", [(0, 100), (JULY, 100)]),
        line("animation_hours_spent", [(0, 1)]),
        line("hour_cost", [(0, 50)]),
    ]
    june, july = told_of(*lines), told_of(*lines, days=(JUNE, JULY))
    assert june["community_value"] == 150
    assert june["measurable_return"] == 0
    assert july["community_value"] == 150
    assert july["animation_cost"] == 100
    assert july["profitability"] == 300 - 250
    assert july["measurable_return"] == 20
    assert told_of(*lines, days=(400,)).keys() == set()
    samples = compute(Story(lines=lines), [on(JULY)], ZONE)
    assert split(samples, "community_value", "line") == {"deflection": 100, "revenue": 50}
    assert split(samples, "community_cost", "line") == {"spend": 100}


def test_a_return_without_cost_or_without_value_is_none() -> None:
    assert "measurable_return" not in told_of(line("value_revenue", [(0, 5)]))
    assert "measurable_return" not in told_of(line("animation_spend", [(0, 5)]))
    free = told_of(line("value_revenue", [(0, 5)]), line("animation_spend", [(0, 0)]))
    assert "measurable_return" not in free
    assert free["profitability"] == 5


def test_a_survey_is_told_in_full_or_not_at_all() -> None:
    promoters, detractors = line("nps_promoters", [(0, 1)]), line("nps_detractors", [(0, 0)])
    assert told_of(promoters, detractors, days=(0,)) == {}
    told = told_of(
        promoters,
        detractors,
        line("nps_passives", [(0, 1)]),
        line("nps_asked", [(0, 4)]),
        days=(0,),
    )
    assert (told["nps"], told["nps_response_rate"]) == (50, 50)


def test_mailings_are_shares_of_what_was_delivered() -> None:
    told = told_of(
        line("emails_delivered", [(0, 150), (9, 50)]),
        line("email_unique_clicks", [(9, 10)]),
        line("email_unsubscribes", [(9, 1)]),
        line("list_size", [(-1, 100), (9, 180)]),
        line("list_subscribed", [(9, 8)]),
        line("list_cleaned", [(9, 2)]),
    )
    assert (told["email_ctr"], told["unsub_rate"], told["list_growth"]) == (5, 0.5, 5)


def test_visitors_are_those_of_the_month() -> None:
    lines = [line("joins", [(0, 5)]), line("unique_visitors_month", [(JUNE, 200)])]
    assert told_of(*lines)["visitor_to_member"] == 2.5
    assert "visitor_to_member" not in told_of(*lines, days=(JULY,))


def test_sellers_and_members_are_told_by_animator() -> None:
    told = told_of(
        line("active_sellers", [(-1, 40), (JUNE, 30)]),
        line("sellers_lost", [(3, 10)]),
        line("animators_fte", [(-20, 1.5)]),
        line("members_total", [(JUNE, 300)]),
        line("sellers_first_sale", [(3, 4)]),
        line("recruitment_spend", [(3, 100)]),
    )
    assert told["seller_attrition"] == 25
    assert told["sellers_per_animator"] == 20
    assert told["members_per_animator"] == 200
    assert told["acquisition_cost"] == 25


def test_misfits_that_the_team_counted_are_a_share_of_28_days() -> None:
    lines = [line("persona_fits", [(0, 3)]), line("persona_misfits", [(27, 1)])]
    assert told_of(*lines, days=(27,))["persona_misfit_share"] == 25
    assert told_of(*lines, days=(28,))["persona_misfit_share"] == 100
    assert "persona_misfit_share" not in told_of(*lines, days=(JULY,))


def test_costs_add_up_in_whatever_order_they_were_told() -> None:
    values = [(n, 0.1) for n in range(JUNE)]
    first = told_of(line("animation_spend", values))
    assert first == told_of(line("animation_spend", values[::-1]))
    assert first["community_cost"] == pytest.approx(2.9)
