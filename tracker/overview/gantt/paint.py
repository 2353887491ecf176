"""Elements of SVG. Whatever text comes in, only text comes out."""

import re
from html import escape
from typing import Final

# XML 1.0 has no way to write these, not even as references.
_UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDE: Final = 0x2E80  # from here on letters are about as wide as they are high
_THIN: Final = frozenset("fijlrtI.,:;!|'()[] ")
_BROAD: Final = frozenset("mwMW@%—…")


def clean(text: str) -> str:
    """``text`` as XML can hold it, escaped for content and attributes."""
    return escape(_UNWRITABLE.sub("\ufffd", text))


def element(name: str, content: str = "", **attributes: object) -> str:
    """One element; ``content`` is markup. ``text_anchor`` and ``class_`` lose their underscores."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{clean(number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{told}>{content}</{name}>" if content else f"<{name}{told}/>"


def number(value: object) -> str:
    """A figure with at most one digit behind the point."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def text(x: float, y: float, said: str, look: str, *, anchor: str = "start") -> str:
    """A line of text, whose base is at ``y``."""
    return element(
        "text",
        clean(said),
        x=x,
        y=y,
        class_=look,
        text_anchor=None if anchor == "start" else anchor,
    )


def rect(
    x: float, y: float, size: tuple[float, float], look: str, *, corner: float | None = None
) -> str:
    """A rectangle by its upper left corner, its width and its height."""
    width, height = size
    return element("rect", x=x, y=y, width=width, height=height, class_=look, rx=corner)


def path(d: str, look: str) -> str:
    """A path."""
    return element("path", d=d, class_=look)


def upright(x: float, top: float, bottom: float, look: str) -> str:
    """A vertical line."""
    return path(f"M{number(x)} {number(top)}V{number(bottom)}", look)


def level(left: float, right: float, y: float, look: str) -> str:
    """A horizontal line."""
    return path(f"M{number(left)} {number(y)}H{number(right)}", look)


def diamond(x: float, y: float, size: float, look: str) -> str:
    """A milestone: a square on its corner, ``size`` from its middle to each of them."""
    s = number(size)
    return path(f"M{number(x)} {number(y - size)}l{s} {s}l-{s} {s}l-{s} -{s}z", look)


def width_of(said: str, size: float) -> float:
    """About how wide ``said`` is; the reader's font is not known, so rather too much."""
    return sum(map(_em, said)) * size


def _em(letter: str) -> float:
    if letter in _THIN:
        return 0.33
    if letter in _BROAD:
        return 0.92
    if ord(letter) >= _WIDE:
        return 1.05
    return 0.72 if letter.isupper() else 0.6


def fitted(said: str, size: float, room: float) -> str:
    """``said``, cut with an ellipsis where it is wider than ``room``."""
    if width_of(said, size) <= room:
        return said
    room -= _em("…") * size
    kept = ""
    for letter in said:
        room -= _em(letter) * size
        if room < 0:
            break
        kept += letter
    return f"{kept.rstrip()}…"
