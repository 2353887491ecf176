"""Fields that refuse what people never mean: control characters, lone surrogates, endless text."""

import re
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields, validate

UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
BREAKS: Final = re.compile("[\n\r\t\u2028\u2029]")


class Line(fields.String):
    """One line of text, trimmed, never empty."""

    def __init__(self, *, longest: int = 200, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(1, longest), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if UNPRINTABLE.search(text) or BREAKS.search(text):
            raise ValidationError("Holds a control character or a line break; remove it.")
        return text.strip()


class EMail(Line):
    """An address, lower-cased: people do not mean two mailboxes by two spellings."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=254, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        return str(validate.Email()(text)).lower()


class WebAddress(Line):
    """An address that a browser opens: http or https, with a host, and without a password."""

    def __init__(self, *, longest: int = 2000, **kwargs: Any) -> None:
        kwargs.setdefault("metadata", {"format": "uri"})
        super().__init__(longest=longest, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not is_web_address(text):
            raise ValidationError("Not a web address, such as https://example.org/page.")
        return text


def is_web_address(text: str) -> bool:
    """Whether a browser would open ``text``, and say nothing secret to anybody by it."""
    try:
        parts = urlsplit(text)
        known = parts.hostname and parts.port != 0
    except ValueError:  # brackets or a port that mean nothing
        return False
    plain = not any(mark in text for mark in ' <>"\\^`{|}')
    return bool(known) and plain and parts.scheme in ("http", "https") and "@" not in parts.netloc


class Prose(fields.String):
    """Text of several lines."""

    def __init__(self, *, least: int = 0, longest: int = 10_000, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(least, longest), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if UNPRINTABLE.search(text):
            raise ValidationError("Holds a control character; remove it.")
        return text


class Day(fields.Date):
    """A local day, YYYY-MM-DD and nothing else; a day that does not exist is named as such."""

    _FORM: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not self._FORM.fullmatch(value):
            raise ValidationError("Not a date; write it as YYYY-MM-DD.")
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError:
            raise ValidationError("This day does not exist in the calendar.") from None


class Instant(fields.AwareDateTime):
    """An instant with its zone. What UTC cannot write, in the years 1 and 9999, is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        instant: datetime = super()._deserialize(value, attr, data, **kwargs)
        try:
            return instant.astimezone(UTC)
        except OverflowError:
            raise self.make_error("invalid", obj_type="datetime") from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        """As it is: web.jsons writes every instant the same way."""
        return value


class Whole(fields.Integer):
    """A whole number; 3.5, "3" and true are none."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool | str):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class Flag(fields.Boolean):
    """true or false; "yes" and 1 are neither."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Amount(fields.Float):
    """A number; "3", true and infinity are none."""

    def __init__(self, least: float, most: float, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(least, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool | str):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)
