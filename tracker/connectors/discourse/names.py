"""What Discourse calls things. Its API changes: look again where a figure goes missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

VERIFIED_ON: Final = date(2026, 11, 23)

ABOUT: Final = "/about.json"
POSTS: Final = "/posts.json"
BULK: Final = "/admin/reports/bulk.json"
MEMBERS: Final = "/admin/users/list/active.json"
POSTS_A_PAGE: Final = 50
SEEN: Final = {"basis": "seen"}  # whoever looked in; elsewhere active is who did something


@dataclass(frozen=True, slots=True)
class Named:
    """The metric behind a name. ``is_count``: a day that is left out had none."""

    metric: str
    is_count: bool = True
    dims: Mapping[str, str] = field(default_factory=dict)


REPORTS: Final[Mapping[str, Named]] = {
    "signups": Named("joins"),
    "visits": Named("dau", dims=SEEN),
    "daily_engaged_users": Named("dau"),
    "dau_by_mau": Named("stickiness", is_count=False, dims=SEEN),
    "new_contributors": Named("new_contributors"),
    "topics": Named("posts"),
    "posts": Named("messages"),  # topics and replies
    "likes": Named("reactions"),
    "time_to_first_response": Named("ttfr_mean", is_count=False),  # hours
    "topics_with_no_response": Named("topics_without_response"),
    "accepted_solutions": Named("answers_accepted"),  # by the plugin “solved”
}

# With a key the reports tell who looked in, day by day; so the rolling counter is not taken.
VISITORS_TODAY: Final = ("active_users_last_day",)
COUNTERS: Final[Sequence[tuple[tuple[str, ...], Named]]] = (
    (("users_count", "user_count"), Named("members_total")),  # the older name second
    (VISITORS_TODAY, Named("dau", dims=SEEN)),
    (("active_users_7_days",), Named("logins")),
    (("active_users_30_days",), Named("mau", dims=SEEN)),
    (("participating_users_30_days",), Named("mau")),
)
