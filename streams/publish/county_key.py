"""The county key, from which subjects are derived; it comes from the settings and goes nowhere else."""

from __future__ import annotations

from streams.errors import Failure
from streams.settings import Settings


class NoCountyKey(Failure):
    """Subjects cannot be derived without the county's key."""


def county_key(settings: Settings) -> bytes:
    """HUIYU_COUNTY_KEY, else what HUIYU_COUNTY_KEY_FILE holds. Raises NoCountyKey."""
    if settings.county_key is not None:
        return _not_empty(settings.county_key.get_secret_value(), "HUIYU_COUNTY_KEY")
    if settings.county_key_file is None:
        raise NoCountyKey("no county key: set HUIYU_COUNTY_KEY, or HUIYU_COUNTY_KEY_FILE to a file that holds it")
    try:
        text = settings.county_key_file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        message = f"the county key's file {settings.county_key_file} cannot be read: {reason}"
        raise NoCountyKey(message) from error
    return _not_empty(text.strip(), f"the county key's file {settings.county_key_file}")


def _not_empty(text: str, where: str) -> bytes:
    if not text:
        raise NoCountyKey(f"{where} is empty: it must hold the county's key")
    return text.encode()
