"""Public holidays and weekends of the world's countries, and of their parts. Cached by the year."""

import sys
from datetime import date
from functools import lru_cache
from importlib.util import find_spec, module_from_spec
from typing import Final

import holidays
from holidays.registry import EntityLoader

from tracker.kernel.texts import Language

_USUAL_WEEKEND: Final = frozenset({5, 6})  # Saturday and Sunday, as date.weekday() counts
_COUNTRIES: Final = "holidays.countries"


def _load_countries_singly() -> None:
    """Have a country be read when it is asked for: left to itself the package reads all 250.

    That takes a tenth of a second, and 8 MB for good.
    """
    spec = find_spec(_COUNTRIES)
    assert spec is not None
    sys.modules.setdefault(_COUNTRIES, module_from_spec(spec))  # it has a path, and ran nothing


_load_countries_singly()


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(EntityLoader.get_country_codes(include_aliases=True))


def knows_country(country: str) -> bool:
    """Whether the public holidays of this ISO 3166 two-letter code are known."""
    return len(country) == len("FR") and country in _codes()


def knows_subdivision(country: str, subdivision: str) -> bool:
    """Whether the country's holidays differ by a subdivision of this name."""
    return country in _codes() and subdivision in getattr(holidays, country).subdivisions


@lru_cache(maxsize=256)
def weekend_of(country: str | None) -> frozenset[int]:
    """Friday and Saturday in Riyadh, Saturday and Sunday in Paris; as date.weekday() counts."""
    if country is None:
        return _USUAL_WEEKEND
    return frozenset(holidays.country_holidays(country).weekend)


@lru_cache(maxsize=1024)
def public_holidays(country: str | None, subdivision: str | None, year: int) -> frozenset[date]:
    """The days of a year; none where no country is named."""
    return frozenset(named_holidays(country, subdivision, year, None))


@lru_cache(maxsize=1024)
def named_holidays(
    country: str | None, subdivision: str | None, year: int, language: Language | None
) -> dict[date, str]:
    """The same with their names; without ``language`` in the country's own."""
    if country is None:
        return {}
    spoken = _holiday_language(country, language) if language else None
    return dict(holidays.country_holidays(country, subdiv=subdivision, years=year, language=spoken))


def _holiday_language(country: str, language: Language) -> str | None:
    """The package's name for ``language``, or None where it only knows the country's own."""
    offered = holidays.country_holidays(country).supported_languages
    return next((tag for tag in offered if tag.split("_")[0] == language), None)
