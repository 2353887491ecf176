"""Stored secrets: what opens them, what does not, and how keys are changed."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from tests.api.tables import everything
from tests.personas import World
from tracker.channels.models import Channel
from tracker.kernel.clock import utcnow
from tracker.kernel.db import core, new_id, reading, unit_of_work
from tracker.kernel.secrets import (
    Undecipherable,
    check_readable,
    decrypt,
    encrypt,
    rotate,
    use_encryption_keys,
)
from tracker.people.models import Member

OLD, NEW = "an old key that is long enough to be one", "a new key that is long enough to be one"
TEXT = "https://chat.example/hooks/s3cr3t-é"


@pytest.fixture(autouse=True)
def _keys() -> Iterator[None]:
    holds(OLD)
    yield
    holds("nobody uses this one any more")


def holds(*keys: str) -> None:
    use_encryption_keys(lambda: keys)


def test_a_secret_opens_in_its_place_and_nowhere_else() -> None:
    row, other = new_id(), new_id()
    stored = encrypt(TEXT, "channels", row)
    assert decrypt(stored, "channels", row) == TEXT
    for table, place in (("channels", other), ("boards", row), ("channel", row)):
        with pytest.raises(Undecipherable, match="TRACKER_ENCRYPTION_KEYS"):
            decrypt(stored, table, place)


def test_the_same_secret_never_looks_the_same() -> None:
    row = new_id()
    assert len({encrypt(TEXT, "channels", row) for _ in range(100)}) == 100


def test_what_was_changed_does_not_open(subtests: pytest.Subtests) -> None:
    row = new_id()
    stored = encrypt(TEXT, "channels", row)
    kid, nonce, sealed = stored.split(":")
    for wrong in (
        *("", ":", "::", kid, f"{kid}:{nonce}", TEXT, f"x{stored}", f"{kid}::{sealed}"),
        f"{kid}:{nonce}:{sealed[:-8]}",
        f"{kid}:{nonce}:{'A' + sealed[1:] if sealed[0] != 'A' else 'B' + sealed[1:]}",
        f"{kid}:{nonce[:-4]}AAAA:{sealed}",
        f"{kid}:{nonce}:%%%",
        f"00000000:{nonce}:{sealed}",
    ):
        with subtests.test(wrong), pytest.raises(Undecipherable):
            decrypt(wrong, "channels", row)


def test_the_first_key_encrypts_and_all_decrypt() -> None:
    row = new_id()
    old = encrypt(TEXT, "channels", row)
    holds(NEW, OLD)
    new = encrypt(TEXT, "channels", row)
    assert [decrypt(one, "channels", row) for one in (old, new)] == [TEXT, TEXT]
    holds(NEW)
    assert decrypt(new, "channels", row) == TEXT
    with pytest.raises(Undecipherable):
        decrypt(old, "channels", row)


def test_all_secrets_move_to_the_new_key_and_the_old_one_is_good_for_nothing(world: World) -> None:
    holds(OLD)
    kept(world, count=450)
    holds(NEW, OLD)
    assert [_rotated() for _ in range(4)] == [200, 200, 50, 0]
    holds(NEW)
    with reading() as session:
        check_readable(session)
    assert addresses() == [f"{TEXT}{number}" for number in range(450)]
    holds(OLD)
    with reading() as session, pytest.raises(Undecipherable, match="secrets rotate"):
        check_readable(session)
    before = everything()
    with pytest.raises(Undecipherable):
        _rotated()
    assert everything() == before


def test_without_secrets_no_key_is_asked_for(world: World) -> None:
    def none() -> Sequence[str]:
        raise AssertionError

    use_encryption_keys(none)
    with reading() as session:
        check_readable(session)


def _rotated() -> int:
    with unit_of_work() as session:
        return rotate(session)


def kept(world: World, *, count: int) -> None:
    """Channels of Bob's, as an older key has left them."""
    now = utcnow()
    with unit_of_work() as session:
        bob = UUID(world.bob.member_id)
        workspace_id = session.scalars(select(Member.workspace_id).where(Member.id == bob)).one()
        rows = []
        for number in range(count):
            row_id = new_id()
            rows.append(
                {
                    "workspace_id": workspace_id,
                    "id": row_id,
                    "member_id": bob,
                    "kind": "hook",
                    "address": encrypt(f"{TEXT}{number}", "channels", row_id),
                    "label": str(number),
                    "position": number,
                    "state": "active",
                    "created_at": now,
                }
            )
        core(session).execute(insert(Channel), rows)


def addresses() -> list[str]:
    with reading() as session:
        found = session.scalars(select(Channel).order_by(Channel.position)).all()
        return [decrypt(one.address, "channels", one.id) for one in found]
