"""What playbooks say of reminders, of many projects at once."""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from threading import Lock
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.errors import NotFound
from tracker.library.models import OwnPlaybook
from tracker.playbooks.catalog import newest_version, our_playbook
from tracker.playbooks.loader import load_bytes
from tracker.playbooks.policy import Form

Edition = tuple[UUID, str, int]
"""Of a workspace: slug and version of one of ours, or of its own."""

_OWN: Final = OwnPlaybook.__table__
_SOURCES: Final = select(_OWN.c.workspace_id, _OWN.c.slug, _OWN.c.version, _OWN.c.source).where(
    tuple_(_OWN.c.workspace_id, _OWN.c.slug, _OWN.c.version).in_(
        bindparam("editions", expanding=True)
    )
)
_MOST_KNOWN: Final = 1000
# A version is never edited once it is there, so what it says may be kept; reading it takes long.
_known: Final[OrderedDict[Edition, Form]] = OrderedDict()
_lock: Final = Lock()


def policies_said(session: Session, editions: Collection[Edition]) -> Mapping[Edition, Form]:
    """What each of them says; absent are those that are not there. At most one statement."""
    ours = {one for one in editions if newest_version(one[1]) is not None}
    said = dict(_ours(ours))
    with _lock:
        said |= {one: _known[one] for one in editions if one in _known}
    unknown = [one for one in editions if one not in ours and one not in said]
    if unknown:
        rows = core(session).execute(_SOURCES, {"editions": unknown})
        read = {
            (row.workspace_id, row.slug, row.version): load_bytes(
                row.source.encode(), "playbook.yaml"
            ).reminders
            for row in rows
        }
        _keep(read)
        said |= read
    return said


def _ours(editions: Iterable[Edition]) -> Iterable[tuple[Edition, Form]]:
    for edition in editions:
        try:
            yield edition, our_playbook(edition[1], edition[2]).reminders
        except NotFound:  # of a newer tracker
            continue


def _keep(read: Mapping[Edition, Form]) -> None:
    with _lock:
        _known.update(read)
        while len(_known) > _MOST_KNOWN:
            _known.popitem(last=False)
