"""Routes of the links in messages. Looking changes nothing: scanners of mail follow every link."""

from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, request

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.errors import DomainError
from tracker.reminders import links
from tracker.reminders.answers import pages, words
from tracker.reminders.answers.opening import opened

answers = Blueprint("answers", __name__)
# What a button sends, and what a mail program may send for List-Unsubscribe (RFC 8058 §3.2).
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


@answers.get("/a/<token>")
def look(token: str) -> Response:
    """Tell what the link would do."""
    return _behind(token, to_act=False)


@answers.post("/a/<token>")
def act(token: str) -> Response:
    """Do it. The link itself is the secret, so that no other is asked for."""
    return _behind(token, to_act=True) if request.mimetype in _FORMS else pages.no_form()


def _behind(token: str, *, to_act: bool) -> Response:
    now = utcnow()
    link = links.read(token)
    if link is None or link.expires_at <= now:
        return pages.dead(HTTPStatus.NOT_FOUND if link is None else HTTPStatus.GONE)
    reply, typed = None, request.form.get(pages.FIELD, "")
    try:
        with unit_of_work() if to_act else reading() as session:
            reply = opened(session, link, now=now, to_act=to_act)
            settled = reply.settled()
            if settled is None:
                said = reply.act(session, typed, now) if to_act else reply.foresee(now)
    except DomainError as error:
        return pages.refused(reply, error, typed)
    if settled is not None:
        return pages.told(reply, settled, heading=words.SETTLED, now=now)
    if to_act:
        return pages.told(reply, said, heading=words.THANKS, now=now)
    return pages.ask(reply, said)
