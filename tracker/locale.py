"""The language of the person at the terminal, as the environment tells it."""

import os
from collections.abc import Mapping
from typing import Final

from tracker.kernel.texts import DEFAULT_LANGUAGE, Language, language_of

_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def reader_language(environ: Mapping[str, str] = os.environ) -> Language:
    """The language for messages; English where the environment names none of ours.

    The first variable that is set and not empty decides. Source: POSIX.1-2017, chapter 8.2.
    """
    tag = next(filter(None, map(environ.get, _VARIABLES)), None)
    return language_of(tag) or DEFAULT_LANGUAGE
