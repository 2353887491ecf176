"""Fakes speak as the vendors' own documents say; where these are not at hand, nobody can tell."""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.connectors.rigs import RIGS, Pulled, a_stage
from tests.fakes.serving import Asked
from tests.fakes.story import D0, golden
from tests.house.sources import ROOT

PAPERS = ROOT.parent / "shared" / "openapi"
OURS = {"accepted_answer"}  # of a plugin, which the document does not know
PATHS = {
    "discourse": {
        "/posts.json": "/posts.json",
        "/admin/users/list/active.json": "/admin/users/list/{flag}.json",
    },
    "discord": {
        "/guilds/{}": "/guilds/{guild_id}",
        "/guilds/{}/channels": "/guilds/{guild_id}/channels",
        "/guilds/{}/members": "/guilds/{guild_id}/members",
        "/guilds/{}/roles/member-counts": "/guilds/{guild_id}/roles/member-counts",
        "/guilds/{}/threads/active": "/guilds/{guild_id}/threads/active",
        "/guilds/{}/messages/search": "/guilds/{guild_id}/messages/search",
        "/guilds/{}/invites": "/guilds/{guild_id}/invites",
        "/channels/{}/messages": "/channels/{channel_id}/messages",
        "/channels/{}/threads/archived/public": "/channels/{channel_id}/threads/archived/public",
    },
}


@cache
def paper(kind: str) -> Any:
    path = PAPERS / f"{kind}-openapi.json"
    if not path.is_file():
        pytest.skip(f"THE VENDOR'S DOCUMENT IS NOT HERE: {path.name}")
    return relaxed(json.loads(path.read_text("utf-8")))


def relaxed(node: Any) -> Any:
    """Without ``required``: a fake says what is asked about, not all that there is."""
    if isinstance(node, list):
        return [relaxed(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {name: relaxed(one) for name, one in node.items() if not _demands(name, one)}
    if kept.get("minItems") == 1:  # the end of a list is an empty page
        del kept["minItems"]
    return kept


def _demands(name: str, value: Any) -> bool:
    return name == "required" and isinstance(value, list)


def form(kind: str, asked: Asked) -> str | None:
    parts = ["{}" if part.isdigit() else part for part in asked.parts]
    return PATHS[kind].get("/" + "/".join(parts))


def faults(kind: str, path: str, body: Any) -> list[str]:
    document = paper(kind)
    operation = document["paths"][path]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    whole = {**schema, "components": document.get("components", {})}
    found = Draft202012Validator(whole).iter_errors(body)
    return [f"{path} {one.json_path}: {one.message[:200]}" for one in found]


def without_plugins(body: Any) -> Any:
    if isinstance(body, list):
        return [without_plugins(one) for one in body]
    if isinstance(body, Mapping):
        return {name: without_plugins(one) for name, one in body.items() if name not in OURS}
    return body


@pytest.mark.parametrize("kind", PATHS)
def test_a_fake_answers_as_the_vendors_document_says(kind: str) -> None:
    paper(kind)
    rig = next(rig for rig in RIGS if rig.kind == kind)
    with a_stage(rig, golden(), D0 + timedelta(days=18)) as stage:
        for stream in rig.source.streams:
            stage.pull(stream.name, Pulled())
        rig.source.test(stage.account, now=stage.now)
        seen = {path: asked for asked in stage.played.asked if (path := form(kind, asked))}
        bodies = {path: stage.fake.answer(asked).body for path, asked in seen.items()}
    assert set(bodies) == set(PATHS[kind].values())
    found = [f for path, body in bodies.items() for f in faults(kind, path, without_plugins(body))]
    assert found == []
