"""Fields of what another program wants to know: settings, and secrets."""

from typing import Any, Final

import orjson
from marshmallow import ValidationError, fields, validate

from tracker.web.fields import UNPRINTABLE

_LONGEST_SECRET: Final = 10_000
_LARGEST_CONFIG: Final = 20_000


def _check_config(config: dict[str, Any]) -> None:
    if len(orjson.dumps(config)) > _LARGEST_CONFIG:
        raise ValidationError(f"Longer than maximum length {_LARGEST_CONFIG}.")
    _check_texts(config)


def _check_texts(value: Any) -> None:
    if isinstance(value, str) and UNPRINTABLE.search(value):
        raise ValidationError("Holds a control character; remove it.")
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for inner in value:
            _check_texts(inner)


def settings_field(told: str, **kwargs: Any) -> fields.Dict:
    """What somebody sets, as JSON: bounded, and of harmless texts."""
    return fields.Dict(
        keys=fields.String(validate=validate.Length(1, 100)),
        validate=_check_config,
        metadata={"description": told},
        **kwargs,
    )


class Secret(fields.String):
    """Something that is never shown again."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(1, _LONGEST_SECRET), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if UNPRINTABLE.search(text):
            raise ValidationError("Holds a control character; remove it.")
        return text


def credentials_field(**kwargs: Any) -> fields.Dict:
    """Secrets by their names."""
    return fields.Dict(
        keys=fields.String(validate=validate.Length(1, 100)),
        values=Secret(),
        metadata={"description": "Kept encrypted, and never shown again."},
        **kwargs,
    )
