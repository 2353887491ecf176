"""Trello, played by its rules: its API, its limits, its errors, its webhooks, and its people."""

from tests.fakes.trello.api import KEY, SECRET, TOKEN, FakeTrello

__all__ = ["KEY", "SECRET", "TOKEN", "FakeTrello"]
