"""Small pages for people: whole as they come, without script, and nothing from anywhere else."""

from base64 import b64encode
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from flask import Response
from markupsafe import Markup

from tracker.kernel.texts import Language

_STYLE: Final = Markup(
    ":root{color-scheme:light dark;--page:#eef2f5;--card:#fff;--ink:#1d2733;--soft:#5b6773;"
    "--line:#dde3e9;--go:#0b7a75;--on-go:#fff;--stop:#b3261e}"
    "@media(prefers-color-scheme:dark){:root{--page:#12171d;--card:#1a2129;--ink:#e7ecf1;"
    "--soft:#97a4b1;--line:#323d49;--go:#3cc4bb;--on-go:#08211f;--stop:#ff8a80}}"
    "*{box-sizing:border-box}"
    "body{margin:0;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;"
    "justify-content:center;padding:1.25rem;background:var(--page);color:var(--ink);"
    'font:1.0625rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;'
    "-webkit-text-size-adjust:100%}"
    "main,footer{width:100%;max-width:30rem;margin:0 auto;overflow-wrap:anywhere}"
    "main{padding:1.75rem 1.5rem;background:var(--card);border:1px solid var(--line);"
    "border-radius:1rem;box-shadow:0 1px 3px rgba(16,24,40,.08)}"
    "h1{margin:0 0 1rem;font-size:1.4rem;line-height:1.25}p{margin:0 0 1rem}a{color:var(--go)}"
    "main>:last-child{margin-bottom:0}"
    "dl{margin:0 0 1.25rem;padding:.875rem 1rem;border-left:4px solid var(--go);"
    "background:var(--page);border-radius:0 .5rem .5rem 0}"
    "dt{font-size:.8125rem;color:var(--soft)}dd{margin:0 0 .5rem}dd:last-child{margin:0}"
    "dd:first-of-type{font-weight:600}"
    "label{display:block;margin:0 0 .375rem;font-weight:600}"
    "label::first-letter{text-transform:uppercase}"
    "input,textarea{width:100%;padding:.75rem;border:1px solid var(--soft);border-radius:.625rem;"
    "background:var(--card);color:var(--ink);font:inherit}textarea{resize:vertical}"
    "form p.soft,form p.stop{margin:.375rem 0 1rem}.stop{color:var(--stop)}"
    "button{width:100%;padding:.875rem 1rem;border:0;border-radius:.625rem;background:var(--go);"
    "color:var(--on-go);font:inherit;font-weight:600;cursor:pointer}"
    ":focus-visible{outline:3px solid var(--ink);outline-offset:2px}"
    "button.quiet{background:none;color:var(--go);border:1px solid var(--line)}"
    ".no dl{border-color:var(--stop)}.no h1{color:var(--stop)}"
    ".soft,footer{color:var(--soft);font-size:.875rem}"
    ".soft{margin-top:.75rem}footer{padding:1rem 1.5rem}"
)
READER: Final = "/api/docs/"
_LINK: Final = Markup('<a href="{}">{}</a>').format(READER, READER.rstrip("/"))
_HASH: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_PAGE: Final = Markup(
    '<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    '<meta name="robots" content="noindex,nofollow"><title>{title}</title>'
    "<style>{style}</style></head>\n"
    '<body><main class="{mood}"><h1>{title}</h1>{content}</main>'
    "<footer>Community tracker</footer></body></html>\n"
)


def page(title: str, content: Markup, *, language: Language, status: int = 200) -> Response:
    """A page headed ``title``; one of a refusal looks like one. ``content`` is escaped already."""
    mood = "no" if status >= HTTPStatus.BAD_REQUEST else "yes"
    html = _PAGE.format(language=language, title=title, style=_STYLE, mood=mood, content=content)
    response = Response(html, status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Content-Language"] = language
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


def paragraph(text: str) -> Markup:
    """A paragraph of plain text."""
    return Markup("<p>{}</p>").format(text)


def linked(text: str) -> Markup:
    """The same; where it names the API's reader, one click leads there."""
    before, named, after = text.partition(READER.rstrip("/"))
    return Markup("<p>{}{}{}</p>").format(before, _LINK if named else "", after)
