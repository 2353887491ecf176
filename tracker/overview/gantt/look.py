"""The colours of the picture, by day and by night.

Classes and not custom properties: what turns SVG into other formats seldom knows those.
"""

from typing import Final

_FONT: Final = 'system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,"DejaVu Sans",sans-serif'

# Class → declarations, by day and by night.
_LOOKS: Final[dict[str, tuple[str, str]]] = {
    "page": ("fill:#fff", "fill:#12171d"),
    "ink": ("fill:#1d2733", "fill:#e7ecf1"),
    "soft": ("fill:#64707d", "fill:#97a4b1"),
    "faint": ("fill:#8d98a4", "fill:#7b8794"),
    "late": ("fill:#b3261e", "fill:#ff8a80"),
    "gone": ("fill:#9aa4ae", "fill:#5f6b77"),
    "halo": ("stroke:#fff", "stroke:#12171d"),
    "grid": ("stroke:#e8ecf0", "stroke:#222b35"),
    "month": ("stroke:#d3dae1", "stroke:#323d49"),
    "odd": ("fill:#f7f9fb", "fill:#171d24"),
    "zebra": ("fill:#1d2733;fill-opacity:.025", "fill:#fff;fill-opacity:.025"),
    "prepare": ("fill:#e6eff9", "fill:#1a2735"),
    "launch": ("fill:#fdf0dc", "fill:#33281a"),
    "recruit": ("fill:#e6f4e8", "fill:#1a2d20"),
    "develop": ("fill:#f0eafa", "fill:#271f36"),
    "span-prepare": ("fill:#3f77b0", "fill:#6ba4dd"),
    "span-launch": ("fill:#d18a1f", "fill:#e3a94f"),
    "span-recruit": ("fill:#3d9150", "fill:#67bd7b"),
    "span-develop": ("fill:#7c5cb8", "fill:#a98be0"),
    "todo": ("fill:#d6e5f3;stroke:#4f86ba", "fill:#22384d;stroke:#6ba4dd"),
    "todo-critical": ("fill:#fbdcd8;stroke:#cf4436", "fill:#4a221f;stroke:#f0796b"),
    "full": ("fill:#4f86ba;stroke:#4f86ba", "fill:#6ba4dd;stroke:#6ba4dd"),
    "full-critical": ("fill:#cf4436;stroke:#cf4436", "fill:#f0796b;stroke:#f0796b"),
    "void": ("fill:none;stroke:#a9b3bd", "fill:none;stroke:#55616d"),
    "tail": ("stroke:#b4cbe1", "stroke:#3a5470"),
    "overdue": ("stroke:#b3261e", "stroke:#ff8a80"),
    "ring": ("fill:#fff;stroke:#4f86ba", "fill:#12171d;stroke:#6ba4dd"),
    "ring-critical": ("fill:#fff;stroke:#cf4436", "fill:#12171d;stroke:#f0796b"),
    "ghost": ("fill:#9aa4ae;fill-opacity:.75", "fill:#7b8794;fill-opacity:.75"),
    "tick": ("stroke:#2f8a4c", "stroke:#67bd7b"),
    "go": ("fill:#4f86ba", "fill:#6ba4dd"),
    "stop": ("fill:#b3261e", "fill:#ff8a80"),
    "pin": ("fill:#64707d", "fill:#97a4b1"),
    "today": ("fill:#0b7a75", "fill:#3cc4bb"),
    "today-line": ("stroke:#0b7a75", "stroke:#3cc4bb"),
    "launch-day": ("fill:#1d2733", "fill:#e7ecf1"),
    "launch-line": ("stroke:#1d2733", "stroke:#e7ecf1"),
    "on-dark": ("fill:#fff", "fill:#12171d"),
    "pill": ("fill:#fff;stroke:#d3dae1", "fill:#1a2129;stroke:#3a4652"),
    "shut": ("fill:#7a8591", "fill:#8d98a4"),
    "shut-line": ("stroke:#7a8591", "stroke:#8d98a4"),
    "near": ("fill:#b9770b", "fill:#e3a94f"),
    "near-line": ("stroke:#b9770b", "stroke:#e3a94f"),
    "open": ("fill:#2f8a4c", "fill:#67bd7b"),
    "open-line": ("stroke:#2f8a4c", "stroke:#67bd7b"),
    "refused": ("fill:#b3261e", "fill:#ff8a80"),
    "refused-line": ("stroke:#b3261e", "stroke:#ff8a80"),
    "track": ("fill:#1d2733;fill-opacity:.12", "fill:#fff;fill-opacity:.16"),
}
_SHAPES: Final = (
    f"text{{font-family:{_FONT};font-size:12px}}"
    ".big{font-size:20px;font-weight:600}.mid{font-size:13px;font-weight:600}"
    ".small{font-size:10.5px}.flag{font-size:11.5px}.strong{font-weight:600}.struck{text-decoration:line-through}"
    ".grid,.month,.tail,.overdue,.tick,.today-line,.launch-line,.shut-line,.near-line,.open-line,"
    ".refused-line{fill:none}"
    ".tail{stroke-width:1.6}.overdue{stroke-width:2;stroke-dasharray:2 2}"
    ".tick{stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}"
    ".today-line{stroke-width:1.6}.launch-line{stroke-width:1.4}"
    ".shut-line,.near-line,.refused-line{stroke-width:1.2;stroke-dasharray:4 3}"
    ".open-line{stroke-width:1.4}"
    ".todo-critical,.ring-critical{stroke-width:1.6}.void{stroke-dasharray:3 2}"
    ".halo{paint-order:stroke;stroke-width:3px;stroke-linejoin:round}"
    ".dots{stroke-dasharray:1 4;stroke-linecap:round}"
)


def style() -> str:
    """The content of the picture's one style element."""
    day, night = (
        "".join(f".{name}{{{looks[n]}}}" for name, looks in _LOOKS.items()) for n in (0, 1)
    )
    return f"{_SHAPES}{day}@media (prefers-color-scheme:dark){{{night}}}"
