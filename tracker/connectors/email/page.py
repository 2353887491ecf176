"""A letter as HTML that is read on a phone, in the dark, and without images. Pure.

One column, styles within, nothing from elsewhere. What people wrote is text, and in its own
direction; links are of our own making alone.
"""

from collections.abc import Iterator
from html import escape
from typing import Final

from tracker.connectors.email.addresses import followed
from tracker.connectors.email.words import UNSUBSCRIBE
from tracker.connectors.letter import Action, Item, Letter
from tracker.kernel.plain import line, prose

_HEAD: Final = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    '<meta name="color-scheme" content="light dark">'
    '<meta name="supported-color-schemes" content="light dark"><title>{title}</title><style>'
    "@media (prefers-color-scheme:dark){{"
    ".page{{background:#11161c!important}}"
    ".card{{background:#1b232c!important;border-color:#2b3642!important}}"
    ".ink,.ink a{{color:#e8edf2!important}}"
    ".pale,.pale a{{color:#a3b0bd!important}}"
    ".item{{border-color:#3b4855!important}}.urgent{{border-color:#f08a7d!important}}"
    ".ink a.main{{background:#7db3ff!important;color:#0d1620!important}}"
    ".ink a.more{{background:#25303b!important;color:#cfe2ff!important;"
    "border-color:#3b4855!important}}"
    "}}</style></head>"
    '<body class="page" style="margin:0;padding:0;background:#f3f5f8;'
    '-webkit-text-size-adjust:100%">'
    '<div class="page" style="background:#f3f5f8;padding:16px 10px">'
    '<div lang="{language}" style="max-width:560px;margin:0 auto;'
    "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
    'font-size:16px;line-height:1.5;overflow-wrap:anywhere">'
    '<div class="card ink" style="background:#ffffff;border:1px solid #e0e5eb;'
    'border-radius:14px;padding:22px 20px 14px;color:#1b2733">'
)
_P: Final = '<p dir="auto" style="margin:0 0 14px">'
_HEADING: Final = '<h2 dir="auto" style="margin:22px 0 10px;font-size:17px;line-height:1.3">'
_ITEM: Final = (
    '<div class="item{mark}" style="margin:0 0 16px;padding:2px 0 2px 14px;'
    'border-left:4px solid {colour}">'
)
_TITLE: Final = '<p dir="auto" style="margin:0 0 2px;font-weight:600">'
_DETAIL: Final = '<p class="pale" dir="auto" style="margin:0 0 2px;font-size:15px;color:#566473">'
_LINK: Final = '<a href="{url}" style="color:#1b2733">{label}</a>'
# 16 px above and below a line make a target of more than 44 px: a thumb's width.
_BUTTON: Final = (
    '<a class="{kind}" href="{url}" style="display:inline-block;margin:0 8px 10px 0;'
    "padding:{pad};border-radius:10px;border:1px solid {border};background:{back};color:{ink};"
    'font-weight:600;font-size:{size};line-height:20px;text-decoration:none">{label}</a>'
)
_MAIN: Final = {"kind": "main", "border": "#1a5fd0", "back": "#1a5fd0", "ink": "#ffffff"}
_MORE: Final = {"kind": "more", "border": "#cfd7e0", "back": "#f6f8fb", "ink": "#1d4f9e"}
_LARGE: Final = {"pad": "13px 20px", "size": "16px"}
_SMALL: Final = {"pad": "12px 14px", "size": "14px"}
_FOOT: Final = (
    '</div><div class="pale" style="padding:14px 20px;font-size:13px;line-height:1.45;'
    'color:#5d6b7a">'
)
_FOOT_LINK: Final = (
    '<p style="margin:0 0 8px"><a href="{url}" style="color:#5d6b7a">{label}</a></p>'
)


def page(letter: Letter) -> str:
    """The whole letter."""
    return "".join(_parts(letter))


def _parts(letter: Letter) -> Iterator[str]:
    yield _HEAD.format(language=letter.language, title=_said(letter.subject))
    yield f"{_P}{_said(letter.greeting)}</p>{_P}{_told(letter.opening)}</p>"
    for section in letter.sections:
        if section.heading:
            yield f"{_HEADING}{_said(section.heading)}</h2>"
        for item in section.items:
            yield from _item(item)
    if letter.actions:
        yield f'<div style="margin:20px 0 0">{_buttons(letter.actions, _LARGE, _MAIN)}</div>'
    yield _FOOT
    for said in letter.closing:
        yield f'<p dir="auto" style="margin:0 0 8px">{_told(said)}</p>'
    if url := followed(letter.unsubscribe_url):
        label = escape(UNSUBSCRIBE.say(letter.language))
        yield _FOOT_LINK.format(url=escape(url), label=label)
    yield "</div></div></div></body></html>"


def _item(item: Item) -> Iterator[str]:
    title, url = _said(item.title), followed(item.url)
    label = _LINK.format(url=escape(url), label=title) if url else title
    mark, colour = (" urgent", "#c8402f") if item.is_urgent else ("", "#c3ccd6")
    yield f"{_ITEM.format(mark=mark, colour=colour)}{_TITLE}{label}</p>"
    for detail in item.details:
        yield f"{_DETAIL}{_told(detail)}</p>"
    if item.actions:
        yield f'<div style="margin:10px 0 0">{_buttons(item.actions, _SMALL, _MORE)}</div>'
    yield "</div>"


def _buttons(actions: tuple[Action, ...], size: dict[str, str], first: dict[str, str]) -> str:
    """The first is what most people want to say; among many things it does not shout."""
    safe = [(url, action.label) for action in actions if (url := followed(action.url))]
    return "".join(
        _BUTTON.format(**(_MORE if place else first), **size, url=escape(url), label=_said(label))
        for place, (url, label) in enumerate(safe)
    )


def _said(text: str) -> str:
    return escape(line(text))


def _told(text: str) -> str:
    return escape(prose(text)).replace("\n", "<br>")
