"""Where the files that travel with the code are: in the wheel, or beside it in a checkout."""

from importlib.resources import files
from pathlib import Path
from typing import Literal

_PACKAGE = Path(str(files("tracker")))


def resource_dir(name: Literal["templates_catalog", "migrations"]) -> Path:
    """The folder ``name``, installed or editable. Raises FileNotFoundError if it is in neither."""
    for home in (_PACKAGE / "_data", _PACKAGE.parent):
        if (home / name).is_dir():
            return home / name
    raise FileNotFoundError(f"{name} is neither inside the installed package nor beside it")
