"""Settings: the only reader of the environment, and loud about what it cannot read."""

import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from environs import Env, EnvValidationError, FileAwareEnv, ValidationError

from tracker.kernel.egress_rules import parse_openings
from tracker.kernel.errors import DomainError, Unfit
from tracker.kernel.mail import Mailbox, MailServer, read_mail_server, read_mailbox
from tracker.kernel.texts import Said, Sentence, Text, speak

PREFIX: Final = "TRACKER_"
VAR: Final = Path("var")
_DATABASE: Final = f"sqlite:///{VAR / 'tracker.sqlite3'}"
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
_NO_FILE: Final = Sentence(
    en="The settings cannot be read: {name} must be a readable file path.",
    fr="Les réglages ne peuvent pas être lus : {name} doit être le chemin d'un fichier lisible.",
)
_NO_NUMBER: Final = Sentence(en="must be a whole number", fr="doit être un nombre entier")
_START: Final = Sentence(en="must start with {schemes}", fr="doit commencer par {schemes}")
_NO_PATH: Final = Sentence(
    en="must name a file: each connection has a memory of its own",
    fr="doit nommer un fichier : chaque connexion a sa propre mémoire",
)
_NO_ADDRESS: Final = Sentence(
    en="must be an address, such as postgresql://host:5432/name",
    fr="doit être une adresse, comme postgresql://host:5432/name",
)
_NO_FORMAT: Final = Sentence(en="must be text or json", fr="doit être text ou json")
_TOO_FEW: Final = Sentence(en="must be 1 or more", fr="doit valoir 1 ou plus")
_TOO_FAR: Final = Sentence(
    en="must lie between -{most} and {most} seconds",
    fr="doit être entre -{most} et {most} secondes",
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
_WHOLE: Final[Mapping[str, Any]] = {"error_messages": {"invalid": [Said(_NO_NUMBER, {})]}}


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
        raise Misconfigured(_NO_FILE, name=_named_in(str(error))) from None
    return Settings(**values)


def _read(env: Env) -> dict[str, Any]:
    return {
        "database_url": env.str("DATABASE_URL", _DATABASE, validate=_fits(_check_database)),
        "redis_url": env.str("REDIS_URL", None, validate=_fits(_check_redis)),
        "secret_key": env.str("SECRET_KEY", None),
        "encryption_keys": tuple(env.list("ENCRYPTION_KEYS", [])),
        "base_url": env.str("BASE_URL", DEFAULT_BASE_URL, validate=_fits(_check_http)),
        "smtp_url": env.str("SMTP_URL", None, validate=_fits(read_mail_server)),
        "mail_from": env.str("MAIL_FROM", "tracker@localhost", validate=_fits(read_mailbox)),
        "log_format": env.str("LOG_FORMAT", "text", validate=_fits(_check_format)),
        "rate_limit": env.int("RATE_LIMIT", 6000, validate=_fits(_check_positive), **_WHOLE),
        "egress_allow": tuple(env.list("EGRESS_ALLOW", [], validate=_fits(parse_openings)) or ()),
        "clock_offset": env.int("CLOCK_OFFSET", 0, validate=_fits(_check_near), **_WHOLE),
    }


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
    told = [(name, fault) for name, faults in sorted(messages.items()) for fault in faults]
    return {
        "en": "; ".join(f"{name}: {speak(fault, 'en')}" for name, fault in told),
        "fr": " ; ".join(f"{name} : {speak(fault, 'fr')}" for name, fault in told),
    }


def _named_in(fault: str) -> str:
    """The setting of which environs says that its file cannot be read."""
    return next((word for word in fault.split() if word.startswith(PREFIX)), fault)


def _fits(check: Callable[[Any], object]) -> Callable[[Any], None]:
    """Have what ``check`` finds unfit be told together with all else that is."""

    def validate(value: Any) -> None:
        try:
            check(value)
        except Unfit as fault:
            raise ValidationError([fault.said]) from None

    return validate


def _check_start(value: str, *schemes: str) -> None:
    if not value.startswith(schemes):
        raise Unfit(_START, schemes={"en": " or ".join(schemes), "fr": " ou ".join(schemes)})


def _check_database(value: str) -> None:
    _check_start(value, "sqlite:///", "postgresql://", "postgresql+psycopg://")
    if value.removeprefix("sqlite:///") in ("", ":memory:"):
        raise Unfit(_NO_PATH)
    try:
        _ = urlsplit(value).port
    except ValueError:
        raise Unfit(_NO_ADDRESS) from None


def _check_redis(value: str) -> None:
    _check_start(value, "redis://", "rediss://")


def _check_http(value: str) -> None:
    _check_start(value, "http://", "https://")


def _check_format(value: str) -> None:
    if value not in ("text", "json"):
        raise Unfit(_NO_FORMAT)


def _check_positive(value: int) -> None:
    if value < 1:
        raise Unfit(_TOO_FEW)


def _check_near(value: int) -> None:
    most = int(_FARTHEST_CLOCK.total_seconds())
    if abs(value) > most:
        raise Unfit(_TOO_FAR, most=most)


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
