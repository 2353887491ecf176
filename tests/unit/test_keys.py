"""Keys of this installation: one for each purpose, from one secret."""

from pathlib import Path

import pytest

from tests.conftest import a_setting
from tracker.config import Misconfigured, signing_secret
from tracker.kernel import keys


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_secret", lambda: "one secret")


def test_a_seal_is_good_for_its_content_its_purpose_and_its_secret() -> None:
    seal = keys.sign("export", b"content")
    assert keys.is_signed("export", b"content", seal)
    assert not keys.is_signed("export", b"contend", seal)
    assert not keys.is_signed("replan", b"content", seal)
    assert not keys.is_signed("export", b"content", seal[:-1])
    assert not keys.is_signed("export", b"content", "é")
    keys.use_secret(lambda: "another secret")
    assert not keys.is_signed("export", b"content", seal)


def test_processes_that_share_servers_must_be_told_the_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shared = a_setting(secret_key=None, redis_url="redis://127.0.0.1/0")
    with pytest.raises(Misconfigured):
        signing_secret(shared)
    alone = a_setting(secret_key=None)
    assert signing_secret(alone) == signing_secret(alone)
    assert signing_secret(a_setting(secret_key="mine")) == "mine"
