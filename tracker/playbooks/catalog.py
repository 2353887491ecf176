"""The playbooks that come with the product: found, loaded once, guarded against edits."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from tracker.kernel.errors import NotFound
from tracker.kernel.resources import resource_dir
from tracker.kernel.texts import Language, Sentence
from tracker.playbooks.dictionary import FOLDER, find_dictionary_problems, is_dictionary
from tracker.playbooks.loader import find_problems, trusted_file
from tracker.playbooks.model import Playbook
from tracker.playbooks.source import Items, Problem, Unreadable, read_file

RELEASED: Final = "released.sha256"
_VERSION = re.compile(r"v([1-9][0-9]*)\.yaml")
_UNKNOWN = Sentence(
    en="There is no playbook “{slug}”{version}. `tracker catalog list` and GET /api/v1/playbooks "
    "name those that exist.",
    fr="Il n'y a pas de modèle « {slug} »{version}. `tracker catalog list` et GET "
    "/api/v1/playbooks nomment ceux qui existent.",
)


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of one playbook on disk."""

    slug: str
    version: int
    path: Path


def editions(root: Path | None = None) -> list[Edition]:
    """Every playbook version below ``root`` (ours by default), by slug and version."""
    found = [
        Edition(path.parent.name, int(match[1]), path)
        for path in (root or resource_dir("templates_catalog")).glob("*/v*.yaml")
        if (match := _VERSION.fullmatch(path.name)) and not is_dictionary(path)
    ]
    return sorted(found, key=lambda edition: (edition.slug, edition.version))


def checked_files(root: Path) -> list[Path]:
    """What there is to check below ``root``: its playbooks, then its dictionaries of metrics."""
    dictionaries = (p for p in root.glob(f"{FOLDER}/v*.yaml") if _VERSION.fullmatch(p.name))
    return [edition.path for edition in editions(root)] + sorted(dictionaries)


@lru_cache(maxsize=64)
def newest_version(slug: str) -> int | None:
    """The newest version of ours, None if there is none."""
    return max((e.version for e in editions() if e.slug == slug), default=None)


@lru_cache(maxsize=64)
def our_playbook(slug: str, version: int | None = None) -> Playbook:
    """One of ours; None takes the newest version. Raises NotFound."""
    version = version or newest_version(slug)
    for edition in editions():
        if (edition.slug, edition.version) == (slug, version):
            return trusted_file(edition.path)
    raise NotFound(_UNKNOWN, slug=slug, version=f" v{version}" if version else "")


def find_all_problems(path: Path) -> Iterator[Problem]:
    """Faults of one file, or of all below a folder, released ones' edits included."""
    if path.is_dir():
        for file in checked_files(path):
            yield from find_all_problems(file)
        return
    yield from find_dictionary_problems(path) if is_dictionary(path) else find_problems(path)
    yield from _edit_problems(path)


def _edit_problems(path: Path) -> Iterator[Problem]:
    """A released version is pinned by projects: its bytes must stay what they were."""
    name = f"{path.parent.name}/{path.name}"
    released = released_digests(path.parent.parent).get(name)
    if released is not None and released != digest(path):
        message = (
            f"{name} has been released and may not be edited; copy it to the next version instead"
        )
        yield Problem(str(path), 1, message)


def released_digests(root: Path) -> dict[str, str]:
    """What `sha256sum` would call the released versions below ``root``."""
    ledger = root / RELEASED
    if not ledger.is_file():
        return {}
    rows = (line.split() for line in ledger.read_text("utf-8").splitlines() if line.strip())
    return {name: value for value, name in rows}


def digest(path: Path) -> str:
    """SHA-256 over a playbook's file and its parts, in their order."""
    total = hashlib.sha256()
    for file in (path, *_part_files(path)):
        total.update(file.read_bytes() if file.is_file() else b"")
    return total.hexdigest()


def _part_files(path: Path) -> Iterator[Path]:
    try:
        document, _ = read_file(path)
    except Unreadable:
        return
    parts = document.get("parts") if isinstance(document, dict) else None
    if isinstance(parts, Items):
        yield from (path.parent / str(part) for part in parts)


def in_language(value: Any, language: Language) -> Any:
    """Plain values of the catalogue with every text put into ``language``."""
    if isinstance(value, dict):
        if value.keys() == {"en", "fr"}:
            return value[language]
        return {key: in_language(inner, language) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [in_language(inner, language) for inner in value]
    return value
