"""Whoever kills, flushes, crashes and stops things at random, and starts them again at once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from time import monotonic, sleep

from redis import Redis

from tests.chaos.house import House
from tests.servers.valkey import Valkey

REST = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """How often what is to happen, at random over ``seconds``."""

    seconds: float
    kills: int
    flushes: int = 0
    redis_kills: int = 0
    database_crashes: int = 0
    stops: int = 0
    stopped_seconds: float = 0
    away_seconds: float = 0  # for which Redis is gone, once
    victims: tuple[str, ...] = ("web", "worker", "beat", "up")
    # Beside these, just when a platform has made a card, and has not said so yet.
    aimed_kills: int = 0  # of all workers
    aimed_stops: int = 0  # of one

    def moves(self, dice: Random) -> list[str]:
        """One word each, in an order that the dice decide."""
        moves = (
            ["kill"] * self.kills
            + ["flush"] * self.flushes
            + ["kill redis"] * self.redis_kills
            + ["crash database"] * self.database_crashes
            + ["stop"] * self.stops
            + ["take redis away"] * bool(self.away_seconds)
        )
        dice.shuffle(moves)
        return moves


@dataclass(kw_only=True)
class Killer:
    """Does what a program says, and what a supervisor does: start what has ended."""

    house: House
    dice: Random
    program: Program
    done: Counter[str] = field(default_factory=Counter)
    moments: list[float] = field(default_factory=list)  # of whatever may end what is under way
    made: Callable[[], int] = lambda: 0  # cards
    _seen: int = 0
    _aims_after: float = 0
    _asleep: dict[str, float] = field(default_factory=dict)  # until when, by name
    _redis_away_until: float = 0

    def run(self) -> None:
        """All moves, each followed by a pause; it takes as long as the program says."""
        moves = self.program.moves(self.dice)
        began = monotonic()
        for number, move in enumerate(moves, 1):
            self.moments.append(monotonic())
            self._moves[move]()
            self.done[move] += 1
            share = number / len(moves) + self.dice.uniform(-0.4, 0.4) / len(moves)
            self._wait_until(began + share * self.program.seconds)
        self._wait_until(began + self.program.seconds)

    def rest(self) -> None:
        """A pause in which everything is looked after."""
        now = monotonic()
        for name in [name for name, until in self._asleep.items() if until <= now]:
            del self._asleep[name]
            if name in self.house.pids:
                self.house.wake(name)
        if 0 < self._redis_away_until <= now:
            self._redis_away_until = 0
            self._redis.restart()
        self._aim(now)
        for name in self.house.ended():
            self.moments.append(now)
            self.house.restart(name)
            self.done["ended by itself"] += 1
        sleep(REST)

    def _aim(self, now: float) -> None:
        """Aimed moves have the same pause between them, as long as there are any left."""
        seen, self._seen = self._seen, self.made()
        left = [
            move
            for move, most in (
                ("aimed kill", self.program.aimed_kills),
                ("aimed stop", self.program.aimed_stops),
            )
            if self.done[move] < most
        ]
        if self._seen == seen or not left or now < self._aims_after:
            return
        move = self.dice.choice(left)
        self.moments.append(now)
        if move == "aimed stop":
            self._stop()
        else:
            workers = [one for one in self._victims() if one.startswith(("worker", "up"))]
            self.house.strike(workers)
            for name in workers:
                self._asleep.pop(name, None)
                self.house.restart(name)
        self.done[move] += 1
        most = self.program.aimed_kills + self.program.aimed_stops
        self._aims_after = monotonic() + self.program.seconds / most

    def _wait_until(self, instant: float) -> None:
        while monotonic() < instant:
            self.rest()

    @property
    def _moves(self) -> dict[str, Callable[[], None]]:
        return {
            "kill": self._kill,
            "flush": self._flush,
            "kill redis": self._kill_redis,
            "crash database": self._crash_database,
            "stop": self._stop,
            "take redis away": self._take_redis_away,
        }

    def _kill(self) -> None:
        name = self.dice.choice(self._victims())
        self._asleep.pop(name, None)
        self.house.restart(name)
        self.done[f"kill {name}"] += 1

    @property
    def _redis(self) -> Valkey:
        assert self.house.valkey, "one process does without"
        return self.house.valkey

    def _flush(self) -> None:
        self._has_redis()
        with Redis.from_url(self._redis.url) as client:
            client.flushall()

    def _take_redis_away(self) -> None:
        self._redis.kill()
        self._redis_away_until = monotonic() + self.program.away_seconds

    def _has_redis(self) -> None:
        while self._redis_away_until:
            self.rest()

    def _kill_redis(self) -> None:
        self._has_redis()
        self._redis.kill()
        self._redis.restart()

    def _crash_database(self) -> None:
        assert self.house.postgres
        self.house.postgres.stop_immediately()
        self.house.postgres.restart()

    def _stop(self) -> None:
        """Longer than any lease."""
        name = self.dice.choice([one for one in self._victims() if one not in self._asleep])
        self.house.stop(name)
        self._asleep[name] = monotonic() + self.program.stopped_seconds

    def _victims(self) -> list[str]:
        return [one for one in sorted(self.house.pids) if one.startswith(self.program.victims)]
