"""Sources of the tests: one that figures are brought to, and one that is pulled page by page."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from tracker.connectors.figures import (
    Account,
    Event,
    FieldSpec,
    MemberState,
    Page,
    Sample,
    Source,
    StreamSpec,
    Tested,
)
from tracker.connectors.wire import call_json
from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence, Text
from tracker.metrics.sources import all_sources, use_sources

_NO_ROOM = Sentence(en="There is no room {room}.", fr="Il n'y a pas de salon {room}.")


def named(name: str) -> Text:
    return {"en": name, "fr": f"{name} (fr)"}


class Brought:
    """Nothing is pulled."""

    kind = "brought"
    title: Text = named("Brought along")
    fields: Sequence[FieldSpec] = (FieldSpec("note", named("A note"), is_required=False),)
    streams: Sequence[StreamSpec] = ()
    default_url: str | None = None
    most_calls = 10

    def check(self, account: Account) -> None:
        """Takes everything."""

    def test(self, account: Account, *, now: datetime) -> Tested:
        return Tested("nobody", Sentence(en="Ready.", fr="Prêt."))

    def fetch(
        self, account: Account, stream: str, cursor: Mapping[str, Any] | None, *, now: datetime
    ) -> Page:
        raise NotImplementedError


class Forum:
    """A platform that answers ``/{stream}?after=N`` with rows in our own words."""

    kind = "forum"
    title: Text = named("Forum")
    fields: Sequence[FieldSpec] = (
        FieldSpec("room", named("Room"), is_required=False),
        FieldSpec("token", named("Token"), is_secret=True, help=named("From the settings")),
    )
    streams: Sequence[StreamSpec] = (
        StreamSpec("posts", timedelta(hours=1)),
        StreamSpec("members", timedelta(days=1)),
        StreamSpec("past", timedelta(minutes=1), is_backfill=True),
    )
    default_url: str | None = None
    most_calls = 1000

    def check(self, account: Account) -> None:
        if account.config.get("room") == "nowhere":
            raise Invalid({"config": {"room": [Said(_NO_ROOM, {"room": "nowhere"})]}})

    def test(self, account: Account, *, now: datetime) -> Tested:
        told = call_json(account, "GET", "/me", headers=self._headers(account))
        sentence = Sentence(en="Reads as {who}.", fr="Lit en tant que {who}.")
        return Tested(str(told.field("who")), sentence, {"who": told.field("who")})

    def fetch(
        self, account: Account, stream: str, cursor: Mapping[str, Any] | None, *, now: datetime
    ) -> Page:
        query = {"after": (cursor or {}).get("after")}
        told = call_json(account, "GET", f"/{stream}", query=query, headers=self._headers(account))
        if told.is_unchanged:
            return Page(cursor=cursor or {}, is_last=True)
        return page_of(told.json, cursor)

    def _headers(self, account: Account) -> dict[str, str]:
        return {"Authorization": f"Bearer {account.secrets['token']}"}


def page_of(body: Mapping[str, Any], cursor: Mapping[str, Any] | None) -> Page:
    return Page(
        cursor={"after": body["next"] or (cursor or {}).get("after")},
        is_last=body["is_last"],
        events=[_event(row) for row in body.get("events", ())],
        members=[_member(row) for row in body.get("members", ())],
        samples=[_sample(row) for row in body.get("samples", ())],
        whole_list=body.get("whole", False),
    )


def _event(row: Mapping[str, Any]) -> Event:
    at = datetime.fromisoformat(row["at"])
    return Event(row["id"], row.get("kind", "post"), at, row["who"])


def _member(row: Mapping[str, Any]) -> MemberState:
    return MemberState(row["id"], datetime.fromisoformat(row["joined"]))


def _sample(row: Mapping[str, Any]) -> Sample:
    return Sample(row["metric"], datetime.fromisoformat(row["day"]).date(), row["value"], "native")


def also_use(*sources: Source) -> None:
    """Have these kinds beside those that wiring has registered."""
    use_sources([*all_sources(), *sources])


@contextmanager
def only_with(*sources: Source) -> Iterator[None]:
    """Have these kinds beside the others, meanwhile."""
    before = all_sources()
    also_use(*sources)
    try:
        yield
    finally:
        use_sources(before)
