"""``tracker doctor``: what is misconfigured, and what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import click
from redis import Redis
from redis.exceptions import RedisError

from tracker.cli.opening import open_database
from tracker.cli.speech import spoken_language
from tracker.config import Settings, check_scaled, encryption_keys, load_settings
from tracker.connectors.email.client import EmailCarrier
from tracker.connectors.email.wire import Unreachable
from tracker.kernel.db import reading
from tracker.kernel.errors import DomainError
from tracker.kernel.hearing import parked
from tracker.kernel.muting import muting
from tracker.kernel.secrets import check_readable
from tracker.kernel.texts import Said, Sentence

_FINE: Final = Sentence(en="ok      {what}", fr="bien    {what}")
_NOTE: Final = Sentence(en="note    {what}", fr="note    {what}")
_BAD: Final = Sentence(en="WRONG   {what}", fr="DÉFAUT  {what}")

_DATABASE: Final = Sentence(
    en="The database answers and is up to date.", fr="La base de données répond et est à jour."
)
_SECRETS: Final = Sentence(
    en="Stored secrets can be read with the keys that there are.",
    fr="Les secrets enregistrés sont lisibles avec les clés présentes.",
)
_LEFT_ALONE: Final = Sentence(
    en="{count} {count:event was|events were} left alone after three crashes. Look into the log "
    "of the worker, then run `tracker events replay`.",
    fr="{count} {count:événement a été laissé|événements ont été laissés} de côté après trois "
    "arrêts. Consulter le journal du worker, puis lancer `tracker events replay`.",
)
_EMBEDDED: Final = Sentence(
    en="TRACKER_REDIS_URL is unset: everything runs in one process (`tracker up`).",
    fr="TRACKER_REDIS_URL n'est pas défini : tout tourne dans un processus (`tracker up`).",
)
_BROKER: Final = Sentence(en="Redis answers.", fr="Redis répond.")
_NO_BROKER: Final = Sentence(
    en="Redis does not answer. Check TRACKER_REDIS_URL, and that it is running.",
    fr="Redis ne répond pas. Vérifier TRACKER_REDIS_URL, et qu'il tourne.",
)
_PATIENCE: Final = 5.0
_NO_MAIL: Final = Sentence(
    en="TRACKER_SMTP_URL is unset: mails are shown in the log and sent to nobody.",
    fr="TRACKER_SMTP_URL n'est pas défini : les mails vont dans le journal, à personne d'autre.",
)
_MAIL: Final = Sentence(en="The mail server answers.", fr="Le serveur de mail répond.")
_NO_MAIL_SERVER: Final = Sentence(
    en="The mail server takes no mails: “{detail}”. Check TRACKER_SMTP_URL.",
    fr="Le serveur de mail ne prend pas de mails : « {detail} ». Vérifier TRACKER_SMTP_URL.",
)
_NO_DATABASE: Final = Sentence(
    en="There is no database {path} yet; `tracker up` and `tracker demo` make it.",
    fr="Il n'y a pas encore de base de données {path} ; `tracker up` et `tracker demo` la créent.",
)
_CLOCK: Final = Sentence(
    en="TRACKER_CLOCK_OFFSET shifts the clock by {seconds} {seconds:second|seconds}: a rehearsal, "
    "not the real day.",
    fr="TRACKER_CLOCK_OFFSET décale l'horloge de {seconds} {seconds:seconde|secondes} : une "
    "répétition, pas le jour réel.",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    mark: Sentence
    what: Said | DomainError

    @property
    def is_bad(self) -> bool:
        """Whether the tracker cannot work like this."""
        return self.mark is _BAD


@click.command()
def doctor() -> None:
    """Say what is misconfigured; exit 1 if the tracker cannot work like this."""
    language = spoken_language()
    findings = list(_look())
    for finding in findings:
        click.echo(finding.mark.say(language, what=finding.what.say(language)))
    raise SystemExit(any(finding.is_bad for finding in findings))


def _look() -> Iterator[Finding]:
    try:
        settings = load_settings()
        if settings.encryption_keys:
            encryption_keys(settings)
    except DomainError as error:
        yield Finding(_BAD, error)
        return
    yield from _database(settings)
    yield from _servers(settings)
    yield _mail(settings)
    if settings.clock_offset:
        yield Finding(_NOTE, Said(_CLOCK, {"seconds": settings.clock_offset}))


def _database(settings: Settings) -> Iterator[Finding]:
    path = settings.database_path
    if path is not None and not path.exists():
        yield Finding(_NOTE, Said(_NO_DATABASE, {"path": path}))
        return
    try:
        open_database(settings)
    except DomainError as error:
        yield Finding(_BAD, error)
        return
    yield Finding(_FINE, Said(_DATABASE, {}))
    try:
        with reading() as session:
            check_readable(session)
    except DomainError as error:
        yield Finding(_BAD, error)
        return
    yield Finding(_FINE, Said(_SECRETS, {}))
    with reading() as session:
        count, muted = parked(session), muting(session)
    if muted is not None:
        yield Finding(_NOTE, muted.said)
    if count:
        yield Finding(_NOTE, Said(_LEFT_ALONE, {"count": count}))


def _mail(settings: Settings) -> Finding:
    server = settings.mail_server
    if server is None:
        return Finding(_NOTE, Said(_NO_MAIL, {}))
    try:
        EmailCarrier(server, settings.sender, seconds=_PATIENCE).check()
    except Unreachable as error:
        return Finding(_BAD, Said(_NO_MAIL_SERVER, {"detail": str(error)}))
    return Finding(_FINE, Said(_MAIL, {}))


def _servers(settings: Settings) -> Iterator[Finding]:
    if settings.redis_url is None:
        yield Finding(_FINE, Said(_EMBEDDED, {}))
        return
    try:
        with Redis.from_url(settings.redis_url, socket_timeout=2) as redis:
            redis.ping()
        yield Finding(_FINE, Said(_BROKER, {}))
    except RedisError:
        yield Finding(_BAD, Said(_NO_BROKER, {}))
    try:
        check_scaled(settings, "web")
    except DomainError as error:
        yield Finding(_BAD, error)
