"""A Matrix homeserver of the tests' own, from the environment that `make peers` makes."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha1
from itertools import count
from signal import SIGTERM
from typing import Any, Final
from urllib.parse import quote

import requests
import yaml

from tests.house.sources import ROOT
from tests.servers.home import LOOPBACK, Account, Home, NoServer, free_port, fresh_home

PYTHON: Final = ROOT / ".cache" / "peers" / "bin" / "python"
_SETTINGS: Final = {
    "trusted_key_servers": [],
    "rc_message": {"per_second": 10_000, "burst_count": 10_000},
    "rc_joins": {"local": {"per_second": 10_000, "burst_count": 10_000}},
    "rc_login": {"address": {"per_second": 0.003, "burst_count": 2}},  # so that it soon refuses
}
_numbers = count()


@dataclass(frozen=True)
class Synapse:
    """A homeserver that runs."""

    url: str
    secret: str

    def ask(self, method: str, path: str, token: str | None = None, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.request(method, self.url + path, headers=headers, json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def register(self, name: str, *, is_admin: bool = False) -> str:
        """A new account; the token that it was made with."""
        path, password = "/_synapse/admin/v1/register", "a password of nobody's"
        nonce = self.ask("GET", path)["nonce"]
        kind = "admin" if is_admin else "notadmin"
        said = f"{nonce}\0{name}\0{password}\0{kind}"
        mac = hmac.new(self.secret.encode(), said.encode(), sha1).hexdigest()
        body = {"nonce": nonce, "username": name, "password": password, "admin": is_admin}
        made = self.ask("POST", path, body={**body, "mac": mac})
        return str(made["access_token"])

    def room(self, token: str) -> str:
        """A new room that all may join."""
        body = {"preset": "public_chat", "name": "launch"}
        return str(self.ask("POST", "/_matrix/client/v3/createRoom", token, body)["room_id"])

    def join(self, token: str, room: str) -> None:
        self.ask("POST", f"/_matrix/client/v3/join/{quote(room)}", token, {})

    def leave(self, token: str, room: str) -> None:
        self.ask("POST", f"/_matrix/client/v3/rooms/{quote(room)}/leave", token, {})

    def send(self, token: str, room: str, kind: str, content: Any) -> str:
        path = f"/_matrix/client/v3/rooms/{quote(room)}/send/{kind}/{next(_numbers)}"
        return str(self.ask("PUT", path, token, content)["event_id"])

    def say(self, token: str, room: str, text: str, answers: str | None = None) -> str:
        content: dict[str, Any] = {"msgtype": "m.text", "body": text}
        if answers:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": answers}}
        return self.send(token, room, "m.room.message", content)

    def react(self, token: str, room: str, target: str, emoji: str) -> str:
        relation = {"rel_type": "m.annotation", "event_id": target, "key": emoji}
        return self.send(token, room, "m.reaction", {"m.relates_to": relation})


@contextmanager
def start_synapse() -> Iterator[Synapse]:
    """A fresh homeserver on loopback. Raises NoServer where none is installed."""
    if not PYTHON.is_file():
        raise NoServer("matrix-synapse is not installed; `make peers` sees to it")
    program = (str(PYTHON), "-m", "synapse.app.homeserver")
    with fresh_home("synapse", Account(), SIGTERM) as home:
        secret = _configure(home, program, port := free_port())
        url = f"http://{LOOPBACK}:{port}"
        files = ("--config-path", "hs.yaml", "--config-path", "more.yaml")
        home.start([*program, *files], lambda _pid: _answers(url))
        yield Synapse(url, secret)


def _configure(home: Home, program: tuple[str, ...], port: int) -> str:
    made = home.folder / "hs.yaml"
    here = ("--config-directory", str(home.folder), "--data-directory", str(home.folder))
    name = ("--server-name", "localhost", "--config-path", str(made), "--report-stats=no")
    home.run(*program, *name, *here, "--generate-config")
    settings = yaml.safe_load(made.read_text("utf-8"))
    listener = {**settings["listeners"][0], "port": port, "bind_addresses": [LOOPBACK]}
    more = {**_SETTINGS, "listeners": [listener]}
    (home.folder / "more.yaml").write_text(yaml.safe_dump(more), "utf-8")
    return str(settings["registration_shared_secret"])


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=1).ok
    except requests.RequestException:
        return False
