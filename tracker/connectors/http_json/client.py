"""The source ``http_json``: any address that answers in JSON, read by paths."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from tracker.connectors.days import local_day
from tracker.connectors.figures import Account, FieldSpec, Page, StreamSpec, Tested
from tracker.connectors.http_json import paging
from tracker.connectors.http_json.parse import samples
from tracker.connectors.http_json.paths import BadPath, read_path
from tracker.connectors.settings import check_settings
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import Answer, call_json
from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence, Text

_TITLE: Final = {"en": "Any JSON over HTTP", "fr": "N'importe quel JSON par HTTP"}
_GAP: Final = re.compile(r"\{\{\s*([a-z_.]{1,40})\s*\}\}")
_WINDOW: Final = frozenset({"window.start_date", "window.end_date"})
_SECRET: Final = "secret.token"  # noqa: S105 - the name of a gap
_PATHS: Final = ("rows", "day", "value", "channel", "next")
_NEED_NEXT: Final = frozenset({"cursor", "next_url"})
_OVERLAP: Final = timedelta(days=3)
_BACK: Final = 30
_SHOWN: Final = 5
_BAD_PATH: Final = Sentence(
    en="This is no path into JSON such as $.data[*].members; filters and “..” are not allowed.",
    fr="Ce n'est pas un chemin dans du JSON, comme $.data[*].members ; les filtres et « .. » sont "
    "exclus.",
)
_BAD_START: Final = Sentence(
    en="It follows the base address: begin it with “/” or “?”.",
    fr="Il suit l'adresse de base : le commencer par « / » ou « ? ».",
)
_BAD_GAP: Final = Sentence(
    en="The gap “{gap}” is not known here. Known are: {known}.",
    fr="Le champ « {gap} » n'est pas connu ici. Sont connus : {known}.",
)
_BAD_KIND: Final = Sentence(
    en="This must be one of: {kinds}.", fr="Il faut l'une de ces valeurs : {kinds}."
)
_NEEDS_NEXT: Final = Sentence(
    en="Paging of this kind needs the path of what leads on.",
    fr="Cette pagination demande le chemin de ce qui mène à la suite.",
)
_READ: Final = Sentence(
    en="{rows} {rows:row was read and is shown|rows were read; the first ones are shown}.",
    fr="{rows} {rows:ligne lue, et montrée|lignes lues ; les premières sont montrées}.",
)


def _field(name: str, en: str, fr: str, *, help_en: str = "", help_fr: str = "") -> FieldSpec:
    help_: Text | None = {"en": help_en, "fr": help_fr} if help_en else None
    needed = name in {"path", "metric", "rows", "day", "value"}
    return FieldSpec(
        name, {"en": en, "fr": fr}, is_secret=name == "token", is_required=needed, help=help_
    )


class HttpJson:
    """The source ``http_json``."""

    kind: str = "http_json"
    title: Text = _TITLE
    default_url: str | None = None
    most_calls: int = 500
    fields: Sequence[FieldSpec] = (
        _field(
            "path",
            "Path",
            "Chemin",
            help_en="After the base address; {{window.start_date}} and {{window.end_date}} are "
            "filled in.",
            help_fr="Après l'adresse de base ; {{window.start_date}} et {{window.end_date}} sont "
            "remplis.",
        ),
        _field("metric", "Metric", "Indicateur"),
        _field("rows", "Path of the rows", "Chemin des lignes"),
        _field("day", "Path of the day in a row", "Chemin de la date dans une ligne"),
        _field("value", "Path of the value in a row", "Chemin de la valeur dans une ligne"),
        _field("channel", "Path of the channel in a row", "Chemin du canal dans une ligne"),
        _field("token", "Secret", "Secret"),
        _field(
            "header",
            "Header of the secret",
            "En-tête du secret",
            help_en="As “Authorization: Bearer {{secret.token}}”, which it is by default.",
            help_fr="Comme « Authorization: Bearer {{secret.token}} », la valeur par défaut.",
        ),
        _field(
            "paging",
            "Paging",
            "Pagination",
            help_en="none, cursor, page, offset, link_header or next_url",
            help_fr="none, cursor, page, offset, link_header ou next_url",
        ),
        _field("next", "Path of what leads on", "Chemin de ce qui mène à la suite"),
        _field("param", "Parameter of the page", "Paramètre de la page"),
        _field("first_page", "Number of the first page", "Numéro de la première page"),
        _field("days_back", "Days to read at first", "Jours à lire au début"),
    )
    streams: Sequence[StreamSpec] = (StreamSpec("rows", timedelta(hours=6)),)

    def check(self, account: Account) -> None:
        """Refuse what cannot be meant. Raises Invalid."""
        forms = {"first_page": r"[0-9]{1,4}", "days_back": r"[0-9]{1,3}"}
        needed = ("path", "metric", "rows", "day", "value")
        check_settings(account, needed=needed, forms=forms)
        faults = dict(_faults(account.config))
        if faults:
            raise Invalid({name: [said] for name, said in faults.items()})

    def test(self, account: Account, *, now: datetime) -> Tested:
        """The first page, and what its rows come to."""
        page, _answer = _page(account, {}, now)
        rows = [
            {"metric": one.metric, "day": one.day.isoformat(), "value": one.value, **one.dims}
            for one in page.samples
        ]
        values = {"rows": len(rows)}
        return Tested(account.base_url, _READ, values, rows[:_SHOWN])

    def fetch(
        self, account: Account, stream: str, cursor: Mapping[str, Any] | None, *, now: datetime
    ) -> Page:
        """One more page of the days since the last pull, and of some before it."""
        return _page(account, cursor or {}, now)[0]


def _faults(config: Mapping[str, Any]) -> Iterator[tuple[str, Said]]:
    for name in _PATHS:
        try:
            if config.get(name):
                read_path(str(config[name]))
        except BadPath:
            yield name, Said(_BAD_PATH, {})
    # The secret goes along: what does not follow our address may lead to another one.
    if not str(config["path"]).startswith(("/", "?")):
        yield "path", Said(_BAD_START, {})
    for name, known in (("path", _WINDOW), ("header", frozenset({_SECRET}))):
        for gap in _GAP.findall(str(config.get(name) or "")):
            if gap not in known:
                yield name, Said(_BAD_GAP, {"gap": gap, "known": ", ".join(sorted(known))})
    kind = config.get("paging") or "none"
    if kind not in paging.KINDS:
        yield "paging", Said(_BAD_KIND, {"kinds": ", ".join(paging.KINDS)})
    if kind in _NEED_NEXT and not config.get("next"):
        yield "next", Said(_NEEDS_NEXT, {})


def _page(account: Account, cursor: Mapping[str, Any], now: datetime) -> tuple[Page, Answer]:
    config, today = account.config, local_day(now, account.zone)
    place = cursor.get("place") or paging.first(config)
    path = _filled(str(config["path"]), _window(cursor, today, config))
    address = f"{account.base_url.rstrip('/')}{path}"
    answer = call_json(
        account,
        "GET",
        str(place.get("url") or path),
        query=paging.query_of(config, place),
        headers=_headers(account),
    )
    found = samples(config, answer.json, account.zone)
    further = paging.after(config, place, answer, len(found), address=address)
    pages = int(cursor.get("pages") or 0) + 1
    if further is not None and pages >= paging.MOST_PAGES:
        raise PlatformError("our_fault", f"more than {paging.MOST_PAGES} pages")
    if further is None:
        return Page({"until": today.isoformat()}, is_last=True, samples=found), answer
    going_on = {**cursor, "place": further, "pages": pages}
    return Page(going_on, is_last=False, samples=found), answer


def _window(cursor: Mapping[str, Any], today: date, config: Mapping[str, Any]) -> dict[str, str]:
    until = cursor.get("until")
    back = timedelta(days=int(config.get("days_back") or _BACK))
    since = date.fromisoformat(until) - _OVERLAP if until else today - back
    return {"window.start_date": since.isoformat(), "window.end_date": today.isoformat()}


def _headers(account: Account) -> Mapping[str, str]:
    token = account.secrets.get("token")
    if not token:
        return {}
    line = str(account.config.get("header") or "Authorization: Bearer {{secret.token}}")
    name, _, value = line.partition(":")
    return {name.strip(): _filled(value.strip(), {_SECRET: token})}


def _filled(template: str, values: Mapping[str, str]) -> str:
    return _GAP.sub(lambda gap: values.get(gap[1], ""), template)
