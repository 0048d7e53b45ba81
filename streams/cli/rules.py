"""The commands about rules: `huiyu rules show` and `huiyu rules test`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.reading import AS_JSON
from streams.errors import Failure

if TYPE_CHECKING:
    from streams.clinical.pack import RulePack


def register(app: typer.Typer) -> None:
    """Add this group's commands to the application."""
    group = typer.Typer(no_args_is_help=True, help="The rules that are in force here, and examples of them.")
    group.command("show")(show)
    group.command("test")(try_examples)
    app.add_typer(group, name="rules")


def show(
    rule: Annotated[str, typer.Argument(help="one rule; by default all")] = "",
    as_json: bool = AS_JSON,
) -> None:
    """The effective rule pack: the national one, changed by those in HUIYU_RULES; and who set what was changed."""
    from streams.cli.answers import print_json, print_rows
    from streams.clinical.pack import load
    from streams.settings import Settings

    pack = load(Settings().rules)
    if rule:
        told = _one(pack, rule)
        if as_json:
            print_json(told)
        else:
            print_rows(("field", "value", "set by"), _lines(pack, rule, told), widest=200)
        return
    if as_json:
        print_json(pack.model_dump(mode="json", by_alias=True))
        return
    rows = [(r.id, r.version, r.text.zh.title, r.severity.open, r.severity.escalated, r.citation) for r in pack.rules]
    print_rows(("rule", "version", "title", "open", "escalated", "source"), rows)
    for off in pack.off:
        print(f"off: {off.rule} ({pack.origins[off.rule]}): {off.reason}")


def _one(pack: RulePack, rule: str) -> dict[str, Any]:
    try:
        return pack.rule(rule).model_dump(mode="json")
    except KeyError:
        raise Failure(f"there is no rule {rule!r}, only {', '.join(each.id for each in pack.rules)}") from None


def _lines(pack: RulePack, rule: str, told: dict[str, Any]) -> list[tuple[str, Any, str]]:
    """Each field, tables by their keys, and the pack that set it."""
    fields = {
        f"{name}.{key}" if key else name: inner
        for name, value in told.items()
        for key, inner in (value.items() if isinstance(value, dict) else [("", value)])
    }
    whole = pack.origins.get(rule, f"{pack.id} {pack.version}")
    return [(name, value, _origin(pack, f"{rule}.{name}", whole)) for name, value in fields.items()]


def _origin(pack: RulePack, path: str, otherwise: str) -> str:
    """Who set a field, or anything within it."""
    near = (origin for set_, origin in pack.origins.items() if set_ == path or set_.startswith(f"{path}."))
    return next(near, otherwise)


def try_examples(files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="examples in TOML")]) -> None:
    """Examples of children, folded by the real stage under the effective rules; exit 1 names what differs."""
    from streams.clinical.pack import load
    from streams.rehearsal.files import read_examples
    from streams.rehearsal.play import differences, play
    from streams.settings import Settings

    settings = Settings()
    pack, failed = load(settings.rules), 0
    for path in files:
        for example in read_examples(path):
            lines = differences(example, play(example, pack, settings.zone))
            failed += bool(lines)
            print(f"{'differs' if lines else 'ok'}: {path}: {example.name}")
            for line in lines:
                print(f"  {line}")
    if failed:
        raise typer.Exit(1)
