"""An endpoint as those see it who send there: its secrets are opened here, and nowhere else."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from tracker.kernel.secrets import decrypt, encrypt
from tracker.webhooks.models import Webhook
from tracker.webhooks.signing import SECRET_BYTES, secret_of

_TABLE: Final = Webhook.__tablename__


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where to send, with what, and signed by which secrets: two for a day after a rotation."""

    url: str
    headers: Mapping[str, str]
    secret: str
    old_secret: str | None
    old_until: datetime | None

    def secrets(self, now: datetime) -> Sequence[str]:
        """Those that are good at ``now``, the newest first."""
        if self.old_secret and self.old_until and now < self.old_until:
            return [self.secret, self.old_secret]
        return [self.secret]


def open_endpoint(row: Any) -> Endpoint:
    """What stands in a row of endpoints, or in one with its columns. Raises Undecipherable."""
    headers = row.headers and orjson.loads(decrypt(row.headers, _TABLE, row.id))
    return Endpoint(
        url=decrypt(row.url, _TABLE, row.id),
        headers=headers or {},
        secret=decrypt(row.secret, _TABLE, row.id),
        old_secret=row.old_secret and decrypt(row.old_secret, _TABLE, row.id),
        old_until=row.old_until,
    )


def sealed(text: str, webhook_id: UUID) -> str:
    """What is stored of an address or a secret."""
    return encrypt(text, _TABLE, webhook_id)


def sealed_headers(headers: Mapping[str, str], webhook_id: UUID) -> str | None:
    """What is stored of custom headers; None of none."""
    return sealed(orjson.dumps(dict(headers)).decode(), webhook_id) if headers else None


def new_secret() -> str:
    """A fresh secret, which its endpoint is shown once."""
    return secret_of(secrets.token_bytes(SECRET_BYTES))
