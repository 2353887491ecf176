"""A Gantt chart as SVG: one file, no script, no font and no address of anybody else's."""
