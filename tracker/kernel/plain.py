"""What people wrote, made fit to leave the house: nothing that a reader does not see. Pure."""

import re
from typing import Final

# Control characters but tab and line ends, halves of surrogate pairs, what is no character at all.
UNWRITABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
# They turn the text around them: "gpj.exe" reads "exe.jpg" (https://trojansource.codes).
_OVERRIDES: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UNSEEN: Final = re.compile(f"{UNWRITABLE.pattern}|{_OVERRIDES.pattern}")
_ENDS: Final = re.compile("\r\n|[\r\x85\u2028\u2029]")
_BLANKS: Final = re.compile(r"\s+")
_CUT: Final = "…"


def prose(text: str, most: int = 2000) -> str:
    """``text`` in lines that end in a newline, at most ``most`` characters of it."""
    if text.isascii() and text.isprintable():
        return cut(text, most)
    return cut(_UNSEEN.sub("", _ENDS.sub("\n", text)), most)


def line(text: str, most: int = 300) -> str:
    """``text`` as one line, at most ``most`` characters of it."""
    return cut(_BLANKS.sub(" ", prose(text, max(most, len(text)))).strip(), most)


def cut(text: str, most: int) -> str:
    """``text``, or its beginning and a sign that there was more."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}{_CUT}"
