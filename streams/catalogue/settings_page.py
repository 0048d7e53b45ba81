"""The page of settings: every environment variable, from the typed class."""

from __future__ import annotations

from streams.catalogue.fields import Field, fields_of
from streams.catalogue.json_schemas import plain_schema
from streams.catalogue.markdown import code, page, table
from streams.catalogue.words import range_of, type_of
from streams.settings import Settings

INTRODUCTION = """
Environment variables; every command and every stage reads the same. A value that is not allowed ends the command in one
line with exit code 2.
"""


def settings_page() -> str:
    """The whole page."""
    rows = map(_row, fields_of(plain_schema(Settings)))
    return page("# Settings", INTRODUCTION, table(("variable", "type", "allowed", "default", "meaning"), rows))


def _row(field: Field) -> tuple[str, ...]:
    name = f"{Settings.model_config['env_prefix']}{field.path}".upper()
    default = Settings.model_fields[field.path].get_default(call_default_factory=True)
    shown = "" if default is None else code(default)
    return code(name), type_of(field.node, "en"), range_of(field.node, "en"), shown, field.en
