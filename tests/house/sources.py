"""Our own source files, read as syntax trees."""

import ast
import gc
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[2]
OURS = ("tracker", "workers", "migrations")
Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True)
class Source:
    """One Python file."""

    name: str
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """Where a fault is, to be clicked."""
        return f"{self.name}:{getattr(node, 'lineno', 1)}"


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the product."""
    paths = sorted(path for folder in OURS for path in (ROOT / folder).rglob("*.py"))
    with _to_keep():
        return tuple(
            Source(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8")))
            for path in paths
        )


def nodes(kind: type[Node]) -> Iterator[tuple[Source, Node]]:
    """Every node of a kind, with the file that it stands in."""
    for exactly, found in _walked().items():
        if issubclass(exactly, kind):
            yield from ((source, node) for source, node in found if isinstance(node, kind))


@cache
def _walked() -> dict[type[ast.AST], list[tuple[Source, ast.AST]]]:
    """All of it, walked once: each time would take a second."""
    found: dict[type[ast.AST], list[tuple[Source, ast.AST]]] = {}
    with _to_keep():
        for source in sources():
            for node in ast.walk(source.tree):
                found.setdefault(type(node), []).append((source, node))
    return found


@contextmanager
def _to_keep() -> Iterator[None]:
    """Half a million nodes stay for good: to look through them for garbage takes seconds."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def dotted(node: ast.expr) -> str:
    """``a.b.c`` as it is written; of anything else what follows it."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def kept_files() -> list[Path]:
    """What is tracked, or would be with the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted(filter(None, listed.stdout.split("\0")))
    return [ROOT / name for name in names if (ROOT / name).is_file()]
