"""``tracker secrets``: change the keys that stored secrets are kept with."""

from typing import Final

import click

from tracker.cli.opening import open_database
from tracker.cli.speech import spoken_language
from tracker.kernel.db import unit_of_work
from tracker.kernel.secrets import rotate as rotate_some
from tracker.kernel.texts import Sentence

_ROTATED: Final = Sentence(
    en="{count} {count:secret|secrets} encrypted anew; all are kept with the first of "
    "TRACKER_ENCRYPTION_KEYS.",
    fr="{count} {count:secret chiffré|secrets chiffrés} à nouveau ; tous sont gardés avec la "
    "première clé de TRACKER_ENCRYPTION_KEYS.",
)


@click.group()
def secrets() -> None:
    """Change the keys of stored secrets."""


@secrets.command()
def rotate() -> None:
    """Encrypt everything anew with the first key; the others may go afterwards.

    The tracker may run meanwhile, where its processes know both keys.
    """
    open_database()
    count = 0
    while done := _rotate_some():
        count += done
    click.echo(_ROTATED.say(spoken_language(), count=count))


def _rotate_some() -> int:
    with unit_of_work() as session:
        return rotate_some(session)
