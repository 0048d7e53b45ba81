"""Every document of the catalogue: where it lies in a checkout, and its text."""

from __future__ import annotations

from pathlib import Path

from schemas.kinds import KINDS
from streams.catalogue.async_api import async_api
from streams.catalogue.commands_page import commands_page
from streams.catalogue.events_page import events_page
from streams.catalogue.examples import Examples
from streams.catalogue.index_page import index_page
from streams.catalogue.json_schemas import envelope_schema, event_schema, json_text
from streams.catalogue.rejections_page import rejections_page
from streams.catalogue.rules_page import rules_page
from streams.catalogue.settings_page import settings_page
from streams.catalogue.tables_page import tables_page
from streams.serve.open_api import open_api

FOLDER = Path("docs/reference")
RULES = Path("docs/rules.md")


def documents(root: Path) -> dict[Path, str]:
    """Path under `root` → text. Only the examples are read from the checkout; the rest is in the package."""
    examples = Examples(root)
    texts = {
        "README.md": index_page(),
        "events.md": events_page("en", examples),
        "events.zh.md": events_page("zh", examples),
        "asyncapi.json": json_text(async_api(examples)),
        "openapi.json": json_text(open_api()),
        "tables.md": tables_page(),
        "settings.md": settings_page(),
        "cli.md": commands_page(),
        "rejections.md": rejections_page(),
        "schemas/envelope.json": json_text(envelope_schema()),
    }
    texts |= {f"schemas/{name}.json": json_text(event_schema(kind)) for name, kind in KINDS.items()}
    return {FOLDER / name: text for name, text in texts.items()} | {RULES: rules_page(root)}


def write(root: Path) -> None:
    """Write every document, and remove what the catalogue no longer holds."""
    wanted = documents(root)
    for path in set(present(root)) - set(wanted):
        (root / path).unlink()
    for path, text in wanted.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def present(root: Path) -> list[Path]:
    """The files that are there, relative to `root`."""
    found = (*(root / FOLDER).rglob("*"), root / RULES)
    return sorted(path.relative_to(root) for path in found if path.is_file())
