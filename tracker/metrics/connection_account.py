"""A connection as its connector sees it: the secrets are opened here, and nowhere else."""

import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import orjson

from tracker.connectors.figures import Account, Source
from tracker.kernel.errors import FieldErrors, Invalid
from tracker.kernel.secrets import decrypt, encrypt
from tracker.kernel.texts import Said, Sentence
from tracker.metrics.connection_models import Connection
from tracker.playbooks.dictionary import load_dictionary

_TABLE: Final = Connection.__tablename__
_KEY_BYTES: Final = 32
_UNKNOWN: Final = Sentence(
    en="Unknown here; this kind takes {names}.", fr="Inconnu ici ; ce type accepte {names}."
)
_TAKES_NONE: Final = Sentence(
    en="Unknown here; this kind takes none.", fr="Inconnu ici ; ce type n'en accepte aucun."
)
_MISSING: Final = Sentence(en="This is needed: {title}.", fr="Il faut donner : {title}.")
_NO_METRIC: Final = Sentence(
    en="There is no metric “{name}”. GET /projects/{{id}}/metrics lists them.",
    fr="Il n'y a pas d'indicateur « {name} ». GET /projects/{{id}}/metrics les liste.",
)
_NEEDS_CREDENTIALS: Final = Sentence(
    en="The credentials that are kept go to {server} alone. Send those of the new server along, as "
    "“credentials”.",
    fr="Les identifiants conservés ne vont qu'à {server}. Joindre ceux du nouveau serveur, sous "
    "« credentials ».",
)
_NEEDS_ADDRESS: Final = Sentence(
    en="This kind needs the address of the platform, such as https://forum.example.org.",
    fr="Ce type a besoin de l'adresse de la plateforme, telle que https://forum.example.org.",
)


def sealed_credentials(credentials: Mapping[str, str], connection_id: UUID) -> str | None:
    """What is stored of them; None of none."""
    if not credentials:
        return None
    return encrypt(orjson.dumps(dict(credentials)).decode(), _TABLE, connection_id)


def new_actor_key(connection_id: UUID) -> str:
    """What is stored of a fresh key for the hashes of members."""
    return encrypt(secrets.token_hex(_KEY_BYTES), _TABLE, connection_id)


def credentials_of(connection: Connection) -> dict[str, str]:
    """The credentials themselves, for connectors alone. Raises Undecipherable."""
    if connection.credentials is None:
        return {}
    opened: dict[str, str] = orjson.loads(decrypt(connection.credentials, _TABLE, connection.id))
    return opened


def actor_key_of(connection: Connection) -> bytes:
    """The key that makes hashes of its members. Raises Undecipherable."""
    return decrypt(connection.actor_key, _TABLE, connection.id).encode()


def account_of(connection: Connection) -> Account:
    """What a connector is given. Raises Undecipherable."""
    return Account(
        base_url=connection.base_url or "",
        config=connection.config,
        secrets=credentials_of(connection),
        zone=connection.zone,
    )


def check_stays(connection: Connection, base_url: str | None) -> None:
    """Raise Invalid where stored credentials would be sent to another server than theirs.

    Nobody who may change an address but was never shown the credentials is to get hold of them.
    """
    was = connection.base_url or ""
    if connection.credentials is not None and _server(was) != _server(base_url or ""):
        raise Invalid({"base_url": [Said(_NEEDS_CREDENTIALS, {"server": urlsplit(was).netloc})]})


def _server(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def check_account(source: Source, account: Account) -> None:
    """Raise Invalid where a source cannot work with it, by field."""
    faults: dict[str, Any] = {}
    if source.streams and not account.base_url:
        faults["base_url"] = [Said(_NEEDS_ADDRESS, {})]
    for given, is_secret in ((account.config, False), (account.secrets, True)):
        if found := _faults(source, given, is_secret=is_secret):
            faults[_place(is_secret=is_secret)] = found
    if faults:
        raise Invalid(faults)
    try:
        source.check(account)
    except Invalid as error:
        raise Invalid(_placed(source, error.fields)) from None


def _placed(source: Source, faults: FieldErrors) -> FieldErrors:
    """Under ``config`` and ``credentials``, as they were sent: sources know their fields alone."""
    places = {field.name: _place(is_secret=field.is_secret) for field in source.fields}
    found: dict[str, Any] = {}
    for name, fault in faults.items():
        if name in places:
            found.setdefault(places[name], {})[name] = fault
        else:
            found[name] = fault
    return found


def _place(*, is_secret: bool) -> str:
    return "credentials" if is_secret else "config"


def _faults(source: Source, given: Mapping[str, Any], *, is_secret: bool) -> FieldErrors:
    fields = {field.name: field for field in source.fields if field.is_secret == is_secret}
    faults: dict[str, list[Said]] = {}
    metric = given.get("metric") if "metric" in fields else None
    if metric and metric not in load_dictionary().metrics:
        faults["metric"] = [Said(_NO_METRIC, {"name": str(metric)[:60]})]
    for name in given.keys() - fields.keys():
        unknown = Said(_UNKNOWN, {"names": ", ".join(fields)}) if fields else Said(_TAKES_NONE, {})
        faults[name] = [unknown]
    for name, field in fields.items():
        if field.is_required and given.get(name) in (None, ""):
            faults[name] = [Said(_MISSING, {"title": field.title})]
    return faults
