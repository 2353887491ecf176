"""Figures that are made of other figures: costs, returns, surveys, mailings, capacity."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from math import fsum

from tracker.connectors.figures import Sample
from tracker.metrics.formulas.books import Books
from tracker.metrics.formulas.calendar import month_number
from tracker.metrics.formulas.money import cost_of, total, value_of
from tracker.metrics.formulas.story import Line
from tracker.metrics.formulas.survey import surveyed

NEEDED = (
    *("joins", "activations", "members_total", "peer_answers"),
    *("recruitment_spend", "recruitment_hours", "hour_cost", "animation_hours_spent"),
    *("animation_spend", "animators_fte", "people_reached", "unique_visitors_month"),
    *("nps_promoters", "nps_passives", "nps_detractors", "nps_asked"),
    *("value_revenue", "value_research", "value_hiring", "value_other"),
    *("ticket_probability", "ticket_cost", "answer_views", "persona_fits", "persona_misfits"),
    *("emails_delivered", "email_unique_clicks", "email_unsubscribes"),
    *("list_subscribed", "list_cleaned", "list_size"),
    *("active_sellers", "sellers_lost", "sellers_first_sale"),
)
"""The metrics that others are made of."""
_YEAR = 12
_FIT_DAYS = timedelta(days=27)


def brought(lines: Sequence[Line], days: Sequence[date]) -> Iterator[Sample]:
    """What the lines come to, on those of the ``days`` on which it is told."""
    books = Books(lines)
    yield from surveyed(books, days)
    yield from _fit(books, days)
    ends = [day for day in days if day.day == monthrange(day.year, day.month)[1]]
    for end in ends:
        month = month_number(end)
        yield from _shares(books, month, end)
        yield from _costs(books, month, end)
    yield from _returns(books, ends)


def _share(
    metric: str,
    end: date,
    part: float | None,
    whole: float | None,
    *,
    scale: float = 100,
    channel: str = "",
) -> Iterator[Sample]:
    """No value where either is not told, or where there is no whole."""
    if part is not None and whole is not None and whole > 0:
        dims = {"channel": channel} if channel else {}
        yield Sample(metric, end, part * scale / whole, "derived", dims, int(whole))


def _fit(books: Books, days: Sequence[date]) -> Iterator[Sample]:
    if not books.days_of("persona_misfits") and not books.days_of("persona_fits"):
        return
    for day in days:
        fits = books.between("persona_fits", day - _FIT_DAYS, day)
        misfits = books.between("persona_misfits", day - _FIT_DAYS, day)
        yield from _share("persona_misfit_share", day, misfits, fits + misfits)


def _shares(books: Books, month: int, end: date) -> Iterator[Sample]:
    """Shares of a month."""
    joins, mails = books.sum_of("joins", month), books.sum_of("emails_delivered", month)
    visitors = books.within("unique_visitors_month", month, end)
    yield from _share("visitor_to_member", end, joins, visitors)
    yield from _share("email_ctr", end, books.sum_of("email_unique_clicks", month), mails)
    unsubscribed = books.sum_of("email_unsubscribes", month)
    yield from _share("unsub_rate", end, unsubscribed, mails)
    first = end.replace(day=1)
    subscribed, size = books.sum_of("list_subscribed", month), books.as_of("list_size", _eve(first))
    if subscribed is not None:
        lost = (unsubscribed or 0) + (books.sum_of("list_cleaned", month) or 0)
        yield from _share("list_growth", end, subscribed - lost, size)
    by_channel = books.channels("joins")
    for channel in books.channels("people_reached") if by_channel else ():
        came = books.sum_of("joins", month, channel) or 0
        reached = books.sum_of("people_reached", month, channel)
        yield from _share("conversion_rate_by_channel", end, came, reached, channel=channel)
    sellers, lost_sellers = books.as_of("active_sellers", _eve(first)), "sellers_lost"
    yield from _share("seller_attrition", end, books.sum_of(lost_sellers, month), sellers)
    animators = books.as_of("animators_fte", end)
    for metric, people in (
        ("sellers_per_animator", books.within("active_sellers", month, end)),
        ("members_per_animator", books.within("members_total", month, end)),
    ):
        for sample in _share(metric, end, people, animators, scale=1):
            yield Sample(metric, end, sample.value, "derived", count=int(people or 0))


def _eve(day: date) -> date:
    return day - timedelta(days=1)


def _costs(books: Books, month: int, end: date) -> Iterator[Sample]:
    """What each newcomer of a month has cost, and the lines of cost and value."""
    costs, values = cost_of(books, month, end), value_of(books, month, end)
    joins, spend = books.sum_of("joins", month), books.sum_of("recruitment_spend", month)
    recruitment = total(costs, "recruitment")
    yield from _share("acquisition_cost_per_member", end, recruitment, joins, scale=1)
    first_sales = books.sum_of("sellers_first_sale", month)
    yield from _share("acquisition_cost", end, recruitment, first_sales, scale=1)
    yield from _share("cost_per_member", end, spend, joins, scale=1)
    for channel in books.channels("recruitment_spend"):
        spent = books.sum_of("recruitment_spend", month, channel)
        came = books.sum_of("joins", month, channel)
        yield from _share("cost_per_member", end, spent, came, scale=1, channel=channel)
    activated = books.sum_of("activations", month)
    yield from _share("cost_per_activated", end, spend, activated, scale=1)
    for metric, whole in (
        ("animation_cost", total(costs, "animation")),
        ("community_cost", total(costs)),
        ("community_value", total(values)),
    ):
        if whole is not None:
            yield Sample(metric, end, whole, "derived")
    for metric, lines in (("community_cost", costs or {}), ("community_value", values)):
        for line, value in lines.items():
            yield Sample(metric, end, value, "derived", {"line": line})


def _returns(books: Books, ends: Sequence[date]) -> Iterator[Sample]:
    """The return over a year, and what there is to show since the beginning."""
    months = sorted(books.months())
    costs = {month: cost_of(books, month, _last_of(month)) for month in months}
    values = {month: total(value_of(books, month, _last_of(month))) for month in months}
    for end in ends:
        until = month_number(end)
        for metric, since in (("measurable_return", until - _YEAR + 1), ("profitability", 0)):
            some = [month for month in months if since <= month <= until]
            # Hours without a price hide a cost: the return would look too good.
            if any(costs[month] is None for month in some):
                continue
            cost = _sum(total(costs[month]) for month in some)
            value = _sum(values[month] for month in some)
            if cost is None or value is None:
                continue
            if metric == "profitability":
                yield Sample(metric, end, value - cost, "derived")
            elif cost > 0:
                yield Sample(metric, end, (value - cost) * 100 / cost, "derived")


def _sum(values: "Iterator[float | None]") -> float | None:
    told = [value for value in values if value is not None]
    return fsum(told) if told else None


def _last_of(month: int) -> date:
    year, index = divmod(month, _YEAR)
    return date(year, index + 1, monthrange(year, index + 1)[1])
