"""Signatures as the specification has them: its vectors, its library, and what that must refuse."""

import gzip
import json
from base64 import b64decode, b64encode
from binascii import hexlify
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.house.sources import ROOT
from tracker.kernel.clock import utcnow
from tracker.webhooks.signing import secret_of, signed_headers

VECTORS = ROOT.parent / "shared" / "reference" / "signature-vectors.json"
SECRET = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
OTHER = secret_of(bytes(range(32, 64)))
ID = "evt_01a216117c4a7f0e9d1f6f2b7a51c001"
BODY = '{"type":"task.changed","data":{"title":"Fête à l\'été"}}'.encode()
Sent = tuple[dict[str, str], bytes]

# Secret, id, second, body, signature. The first is the specification's own.
KNOWN = [
    (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ),
]


def of(secret: str, message_id: str, second: int, body: bytes) -> str:
    at = datetime.fromtimestamp(second, UTC)
    headers = signed_headers(message_id, body, [secret], now=at)
    assert headers["webhook-timestamp"] == str(second)
    return headers["webhook-signature"]


def test_known_messages_have_their_known_signatures() -> None:
    for secret, message_id, second, body, signature in KNOWN:
        assert of(secret, message_id, second, body) == signature


def test_the_vectors_beside_this_checkout_come_out_the_same(subtests: pytest.Subtests) -> None:
    if not VECTORS.exists():
        pytest.skip("the vectors are not beside this checkout")
    found = [
        one
        for one in json.loads(VECTORS.read_text("utf-8"))["standard_webhooks"]["vectors"]
        if one.get("scheme", "v1") == "v1"
    ]
    assert len(found) >= 4
    for one in found:
        with subtests.test(one["name"]):
            told = (one["webhook_id"], one["webhook_timestamp"], one["body"].encode())
            is_it = of(one["secret"], *told) == one["signature_header"]
            assert is_it is one["valid"]


def sent(*secrets: str, at: timedelta = timedelta()) -> Sent:
    """What goes out now."""
    headers = signed_headers(ID, BODY, secrets or [SECRET], now=utcnow() + at)
    return dict(headers), BODY


def is_taken(one: Sent, secret: str = SECRET) -> bool:
    headers, body = one
    try:
        Webhook(secret).verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError, OverflowError):  # its own bugs: 400 all the same
        return False
    return True


def test_what_is_sent_is_taken_by_the_public_library() -> None:
    assert is_taken(sent())
    assert is_taken(sent(at=timedelta(seconds=-299)))
    both = sent(OTHER, SECRET)
    assert is_taken(both, SECRET)
    assert is_taken(both, OTHER)
    assert not is_taken(sent(OTHER), SECRET), "rotated out"


def other(name: str, change: Callable[[str], str]) -> Callable[[Sent], Sent]:
    return lambda one: ({**one[0], name: change(one[0][name])}, one[1])


def body(change: Callable[[bytes], bytes]) -> Callable[[Sent], Sent]:
    return lambda one: (one[0], change(one[1]))


def without(name: str) -> Callable[[Sent], Sent]:
    return lambda one: ({key: value for key, value in one[0].items() if key != name}, one[1])


def _reordered(raw: bytes) -> bytes:
    told: dict[str, Any] = json.loads(raw)
    return json.dumps(dict(reversed(told.items())), ensure_ascii=False).encode()


def _moved_dot(one: Sent) -> Sent:
    """Id and timestamp that read together what ours do."""
    headers, raw = one
    second = headers["webhook-timestamp"]
    moved = {"webhook-id": f"{headers['webhook-id']}.{second}", "webhook-timestamp": ""}
    return {**headers, **moved}, raw


def _flipped(signature: str) -> str:
    raw = bytearray(b64decode(signature.removeprefix("v1,")))
    raw[0] ^= 1
    return f"v1,{b64encode(raw).decode()}"


SIGNATURE, STAMP = "webhook-signature", "webhook-timestamp"
WRONG: Mapping[str, Callable[[Sent], Sent]] = {
    "no id": without("webhook-id"),
    "no timestamp": without(STAMP),
    "no signature": without(SIGNATURE),
    "a byte more": body(lambda raw: raw + b"x"),
    "a byte less": body(lambda raw: raw[:-1]),
    "written again": body(lambda raw: json.dumps(json.loads(raw)).encode()),
    "keys in another order": body(_reordered),
    "a line break at the end": body(lambda raw: raw + b"\n"),
    "a mark of byte order": body(lambda raw: b"\xef\xbb\xbf" + raw),
    "packed": body(gzip.compress),
    "another id": other("webhook-id", lambda text: text[:-1] + "2"),
    "a dot moved": _moved_dot,
    "too old": other(STAMP, lambda text: str(int(text) - 301)),
    "too new": other(STAMP, lambda text: str(int(text) + 301)),
    "a negative time": other(STAMP, lambda text: f"-{text}"),
    "milliseconds": other(STAMP, lambda text: f"{text}000"),
    "no time": other(STAMP, lambda _text: ""),
    "truncated": other(SIGNATURE, lambda text: text[:-8]),
    "a bit flipped": other(SIGNATURE, _flipped),
    "in hex": other(
        SIGNATURE, lambda text: "v1," + hexlify(b64decode(text.removeprefix("v1,"))).decode()
    ),
    "version 0": other(SIGNATURE, lambda text: text.replace("v1,", "v0,")),
    "as if of a key pair": other(SIGNATURE, lambda text: text.replace("v1,", "v1a,")),
    "a thousand others": other(SIGNATURE, lambda _text: " ".join(["v1,AAAA"] * 1000)),
    "replayed after six minutes": lambda _one: sent(at=timedelta(minutes=-6)),
}


def test_what_was_tampered_with_is_not(subtests: pytest.Subtests) -> None:
    for name, change in WRONG.items():
        with subtests.test(name):
            assert not is_taken(change(sent()))
    assert is_taken(sent())


def test_a_zone_does_not_shift_the_second() -> None:
    """The public library's own ``sign`` does; ours never asks it."""
    zone = UTC.fromutc(datetime(2026, 11, 2, 9, 32, tzinfo=UTC))
    east = zone.astimezone(datetime.strptime("+0530", "%z").tzinfo)
    first, second = (signed_headers(ID, BODY, [SECRET], now=at) for at in (zone, east))
    assert first == second
