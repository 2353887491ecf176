"""What Discord calls things. Its API changes: look again where a figure goes missing."""

from datetime import date
from typing import Final

VERIFIED_ON: Final = date(2026, 11, 23)

BASE_URL: Final = "https://discord.com/api/v10"
AGENT: Final = "DiscordBot (https://github.com/community-tracker, 1.0)"  # others are shut out

MEMBERS_A_PAGE: Final = 1000
MESSAGES_A_PAGE: Final = 100

# Kinds of channels.
TALKING: Final = frozenset({0, 2, 5, 13})  # text, voice, announcements, stage
FORUMS: Final = frozenset({15, 16})  # each thread in them is a question
WITH_THREADS: Final = frozenset({0, 5, 15, 16})

# Kinds of messages that a person writes; the others are notices.
WRITTEN: Final = frozenset({0, 19})

SOLVED: Final = ("solved", "answered", "résolu")  # names of a forum's tag, where nobody names one
ACCEPTING: Final = frozenset({"✅", "☑️", "✔️", "white_check_mark"})  # put to the answer that helped

MISSING_ACCESS: Final = 50001
