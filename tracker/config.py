"""Settings: the only reader of the environment, and loud about what it cannot read."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from environs import Env, EnvValidationError, FileAwareEnv, ValidationError

from tracker.kernel.egress_rules import parse_openings
from tracker.kernel.errors import DomainError
from tracker.kernel.mail import Mailbox, MailServer, read_mail_server, read_mailbox
from tracker.kernel.setting_words import in_both
from tracker.kernel.texts import Sentence, Text

PREFIX: Final = "TRACKER_"
VAR: Final = Path("var")
DEFAULT_BASE_URL: Final = "http://127.0.0.1:8000"
SECRET_SETTINGS: Final = frozenset(
    {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "SMTP_URL"}
)
MIN_SECRET_LENGTH: Final = 32
_FEWEST_LETTERS: Final = 6
_FARTHEST_CLOCK: Final = timedelta(days=3660)
_KNOWN_SECRETS: Final = frozenset({"change-me", "changeme", "secret", "dev", "development"})

_UNREADABLE: Final = Sentence(
    en="The settings cannot be read: {faults}",
    fr="Les réglages ne peuvent pas être lus : {faults}",
)
_UNKNOWN: Final = Sentence(
    en="There is no setting {names}. Correct or unset it; the README lists the settings.",
    fr="Il n'y a pas de réglage {names}. Le corriger ou le retirer ; le README liste les réglages.",
)
_WEAK_KEY: Final = Sentence(
    en="TRACKER_SECRET_KEY must be a secret of your own, at least {least} characters long. "
    "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
    fr="TRACKER_SECRET_KEY doit être un secret à vous d'au moins {least} caractères. En créer un "
    "avec : python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
)
_NEEDS_ENCRYPTION_KEYS: Final = Sentence(
    en="TRACKER_ENCRYPTION_KEYS must hold secrets of your own, each at least {least} characters "
    "long, the newest first. Make one with: "
    "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
    fr="TRACKER_ENCRYPTION_KEYS doit tenir des secrets à vous, chacun d'au moins {least} "
    "caractères, le plus récent en tête. En créer un avec : "
    "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
)
_NEEDS_SERVERS: Final = Sentence(
    en="`tracker {command}` needs PostgreSQL and Redis: set {missing}. `tracker up` needs neither.",
    fr="`tracker {command}` a besoin de PostgreSQL et de Redis : définir {missing}. `tracker up` "
    "se passe des deux.",
)
_CANNOT_WRITE: Final = Sentence(
    en="{path} cannot be written. Start the tracker in a folder where it may write.",
    fr="Impossible d'écrire dans {path}. Lancer le tracker dans un dossier où il peut écrire.",
)
_CLOCK_IS_EMBEDDED_ONLY: Final = Sentence(
    en="TRACKER_CLOCK_OFFSET is for rehearsals with `tracker up`; `tracker {command}` refuses it.",
    fr="TRACKER_CLOCK_OFFSET sert aux répétitions avec `tracker up` ; le retirer pour `tracker "
    "{command}`.",
)


class Misconfigured(DomainError):
    """The settings do not allow a start."""

    type = "misconfigured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator decides. The README's table describes each of them."""

    database_url: str
    redis_url: str | None
    secret_key: str | None
    encryption_keys: tuple[str, ...]
    base_url: str
    smtp_url: str | None
    mail_from: str
    log_format: str
    rate_limit: int
    egress_allow: tuple[str, ...]
    clock_offset: int

    @property
    def is_embedded(self) -> bool:
        """One process, no broker."""
        return self.redis_url is None

    @property
    def mail_server(self) -> MailServer | None:
        """Where mails are handed in; None where they are only shown in the log."""
        return read_mail_server(self.smtp_url) if self.smtp_url else None

    @property
    def sender(self) -> Mailbox:
        """In whose name mails are sent."""
        return read_mailbox(self.mail_from)

    @property
    def database_path(self) -> Path | None:
        """The file of an SQLite database."""
        scheme, _, path = self.database_url.partition(":///")
        return Path(path) if scheme == "sqlite" and path not in ("", ":memory:") else None


def load_settings() -> Settings:
    """Read the environment. Raises Misconfigured with every fault at once."""
    _refuse_unknown(os.environ)
    env = FileAwareEnv(eager=False, prefix=PREFIX, strip_whitespace=True)
    try:
        values = _read(env)
        env.seal()
    except EnvValidationError as error:
        raise Misconfigured(_UNREADABLE, faults=_told(error)) from None
    except ValueError as error:  # a TRACKER_X_FILE that is not there or cannot be read
        raise Misconfigured(_UNREADABLE, faults=in_both(str(error))) from None
    return Settings(**values)


def _read(env: Env) -> dict[str, Any]:
    return {
        "database_url": env.str("DATABASE_URL", _default_database(), validate=_is_database),
        "redis_url": env.str("REDIS_URL", None, validate=_is_redis),
        "secret_key": env.str("SECRET_KEY", None),
        "encryption_keys": tuple(env.list("ENCRYPTION_KEYS", [])),
        "base_url": env.str("BASE_URL", DEFAULT_BASE_URL, validate=_is_http),
        "smtp_url": env.str("SMTP_URL", None, validate=_is_smtp),
        "mail_from": env.str("MAIL_FROM", "tracker@localhost", validate=_is_sender),
        "log_format": env.str("LOG_FORMAT", "text", validate=_is_log_format),
        "rate_limit": env.int("RATE_LIMIT", 6000, validate=_is_positive),
        "egress_allow": tuple(env.list("EGRESS_ALLOW", [], validate=_is_egress) or ()),
        "clock_offset": env.int("CLOCK_OFFSET", 0, validate=_is_near),
    }


def _default_database() -> str:
    return f"sqlite:///{VAR / 'tracker.sqlite3'}"


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    """A misspelt setting would silently leave the default in force."""
    known = {field.name.upper() for field in fields(Settings)}
    known |= {f"{name}_FILE" for name in known}
    unknown = sorted(
        name
        for name in environ
        if name.startswith(PREFIX)
        and not name.startswith(f"{PREFIX}TEST_")
        and name.removeprefix(PREFIX) not in known
    )
    if unknown:
        raise Misconfigured(_UNKNOWN, names=", ".join(unknown))


def _told(error: EnvValidationError) -> Text:
    messages: Any = error.error_messages
    told = [
        (name, in_both(str(fault))) for name, faults in sorted(messages.items()) for fault in faults
    ]
    return {
        "en": "; ".join(f"{name}: {fault['en']}" for name, fault in told),
        "fr": " ; ".join(f"{name} : {fault['fr']}" for name, fault in told),
    }


def _starts(value: str | None, *schemes: str) -> None:
    if value is not None and not value.startswith(schemes):
        raise ValidationError(f"must start with {' or '.join(schemes)}")


def _is_database(value: str) -> None:
    _starts(value, "sqlite:///", "postgresql://", "postgresql+psycopg://")
    if value.removeprefix("sqlite:///") in ("", ":memory:"):
        raise ValidationError("must name a file: each connection has a memory of its own")
    try:
        _ = urlsplit(value).port
    except ValueError:
        raise ValidationError("must be an address, such as postgresql://host:5432/name") from None


def _is_redis(value: str | None) -> None:
    _starts(value, "redis://", "rediss://")


def _is_http(value: str) -> None:
    _starts(value, "http://", "https://")


def _is_smtp(value: str | None) -> None:
    try:
        _ = value is None or read_mail_server(value)
    except ValueError as fault:
        raise ValidationError(str(fault)) from None


def _is_sender(value: str) -> None:
    try:
        read_mailbox(value)
    except ValueError as fault:
        raise ValidationError(str(fault)) from None


def _is_egress(value: list[str]) -> None:
    try:
        parse_openings(value)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def _is_log_format(value: str) -> None:
    if value not in ("text", "json"):
        raise ValidationError("must be text or json")


def _is_positive(value: int) -> None:
    if value < 1:
        raise ValidationError("must be 1 or more")


def _is_near(value: int) -> None:
    most = int(_FARTHEST_CLOCK.total_seconds())
    if abs(value) > most:
        raise ValidationError(f"must lie between -{most} and {most} seconds")


def check_scaled(settings: Settings, command: str) -> None:
    """Raise Misconfigured where processes that share servers cannot start."""
    missing = []
    if settings.database_url.startswith("sqlite"):
        missing.append("TRACKER_DATABASE_URL=postgresql://…")
    if settings.redis_url is None:
        missing.append("TRACKER_REDIS_URL=redis://…")
    if missing:
        raise Misconfigured(_NEEDS_SERVERS, command=command, missing=", ".join(missing))
    if settings.clock_offset:
        raise Misconfigured(_CLOCK_IS_EMBEDDED_ONLY, command=command)
    if _is_weak(settings.secret_key or ""):
        raise Misconfigured(_WEAK_KEY, least=MIN_SECRET_LENGTH)
    encryption_keys(settings)


def _is_weak(key: str) -> bool:
    return (
        len(key) < MIN_SECRET_LENGTH
        or key.lower() in _KNOWN_SECRETS
        or len(set(key)) < _FEWEST_LETTERS
    )


def signing_secret(settings: Settings) -> str:
    """What keys are made from. Processes that share servers must be told it: Misconfigured."""
    if settings.secret_key is None and not settings.is_embedded:
        raise Misconfigured(_WEAK_KEY, least=MIN_SECRET_LENGTH)
    return settings.secret_key or embedded_secret_key()


def encryption_keys(settings: Settings) -> tuple[str, ...]:
    """What stored secrets are encrypted with, the newest first. Raises Misconfigured.

    Processes that share servers must be told; `tracker up` makes one for itself.
    """
    keys = settings.encryption_keys
    if any(map(_is_weak, keys)) or not (keys or settings.is_embedded):
        raise Misconfigured(_NEEDS_ENCRYPTION_KEYS, least=MIN_SECRET_LENGTH)
    return keys or (_kept("encryption_key"),)


def embedded_secret_key() -> str:
    """The key that `tracker up` made for itself on its first start, kept in var/."""
    return _kept("secret_key")


def _kept(name: str) -> str:
    path = VAR / name
    try:
        VAR.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _place_once(path, secrets.token_urlsafe(48))
        return path.read_text("ascii").strip()
    except OSError:
        raise Misconfigured(_CANNOT_WRITE, path=path) from None


def _place_once(path: Path, content: str) -> None:
    """The file appears with its content or not at all; of two starts at once the first wins."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:  # readable by its owner only
        file.write(content)
        file.flush()
        with suppress(FileExistsError):
            path.hardlink_to(file.name)
