"""Kinds of connections that are not pulled: figures are brought to them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Never

from tracker.connectors.figures import Account, FieldSpec, Page, StreamSpec, Tested
from tracker.connectors.trouble import PlatformError
from tracker.kernel.texts import Text


class Brought:
    """A source without streams: files, messages and people bring what it has."""

    fields: Sequence[FieldSpec] = ()
    streams: Sequence[StreamSpec] = ()
    default_url: str | None = None
    most_calls: int = 1

    def __init__(self, kind: str, title: Text, fields: Sequence[FieldSpec] = ()) -> None:
        self.kind, self.title, self.fields = kind, title, fields

    def check(self, account: Account) -> None:
        """There is nothing that could be wrong."""

    def test(self, account: Account, *, now: datetime) -> Tested:
        """Nobody can be asked."""
        return _nobody()

    def fetch(
        self, account: Account, stream: str, cursor: Mapping[str, Any] | None, *, now: datetime
    ) -> Page:
        """Nobody can be asked."""
        return _nobody()


def _nobody() -> Never:
    raise PlatformError("our_fault", "nothing is pulled here")


PUSH = Brought(
    "push",
    {"en": "Pushed by another program", "fr": "Poussé par un autre programme"},
    [
        FieldSpec(
            "secret",
            {"en": "Signing secret", "fr": "Secret de signature"},
            is_secret=True,
            is_required=False,
            help={
                "en": "Made by POST /connections/{id}/secret, which shows it once.",
                "fr": "Créé par POST /connections/{id}/secret, qui le montre une fois.",
            },
        )
    ],
)
CSV = Brought("csv", {"en": "Files (CSV)", "fr": "Fichiers (CSV)"})
MANUAL = Brought("manual", {"en": "By hand", "fr": "À la main"})
