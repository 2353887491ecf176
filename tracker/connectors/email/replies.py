"""What a mail server's reply means for a letter (RFC 5321 §4.2, RFC 3463). Pure.

A detail is a number, never the server's words: they like to repeat the address.
"""

import re
from datetime import timedelta
from typing import Final

from tracker.connectors.letter import Answer, Outcome

LATER: Final = timedelta(seconds=60)  # what greylisting wants
SET_RIGHT: Final = timedelta(minutes=5)  # a person has to change a setting first

_ENHANCED: Final = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")
# No such mailbox, no such domain, moved, disabled; of a sender, 5.1.7 and 5.1.8, it is our fault.
_GONE: Final = re.compile(r"5\.1\.(?:0|1|2|3|6|10)|5\.2\.1")
_GONE_BARE: Final = frozenset({550, 551, 553})
_PERMANENT: Final = 500
_TOO_LARGE: Final = 552


def judged(stage: str, code: int, said: bytes) -> Answer:
    """The answer that a refusal at MAIL, RCPT, DATA, or of the mail itself (END) amounts to."""
    match = _ENHANCED.match(said)
    enhanced = match[1].decode() if match else ""
    detail = f"{code} {enhanced} at {stage}".replace("  ", " ")
    if code < _PERMANENT:
        is_of_one = stage == "RCPT"  # greylisted, or a mailbox that is full
        return Answer(outcome=Outcome.DEFERRED, detail=detail, retry_in=LATER, is_of_one=is_of_one)
    if stage == "MAIL" and code != _TOO_LARGE:
        return Answer(outcome=Outcome.DEFERRED, detail=detail, retry_in=SET_RIGHT)
    is_gone = _is_gone(stage, code, enhanced)
    return Answer(outcome=Outcome.GONE if is_gone else Outcome.REFUSED, detail=detail)


def _is_gone(stage: str, code: int, enhanced: str) -> bool:
    """Some servers look for the mailbox only once they have the mail, and then say 5.1.x."""
    if enhanced:
        return _GONE.fullmatch(enhanced) is not None
    return stage == "RCPT" and code in _GONE_BARE
