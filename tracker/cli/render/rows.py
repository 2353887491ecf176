"""Short lists: columns for people, JSON for programs."""

from collections.abc import Mapping, Sequence

import click

from tracker.cli.render.json import dump


def echo_rows(rows: Sequence[Mapping[str, object]], output: str) -> None:
    """Print rows of the same keys as a table, or as a JSON list."""
    if output == "json":
        click.echo(dump(list(rows)), nl=False)
        return
    if not rows:
        return
    names = list(rows[0])
    table = [names, *([_cell(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(names))]
    for line in table:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _cell(value: object) -> str:
    return "" if value is None else str(value)
